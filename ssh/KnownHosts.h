// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Result.h"

#include <QByteArray>
#include <QList>
#include <QStringList>

namespace proverdeck::ssh {

/// What known_hosts says about a key that a server shows.
struct HostKeyVerdict
{
    enum class Kind {
        Match,
        Changed, ///< another key of this type is on record
        Revoked,
        OnlyOtherTypes, ///< the host is on record with keys of other types
        OnlyAuthority, ///< only a @cert-authority line names the host
        Unknown,
    };
    Kind kind = Kind::Unknown;
    QString file; ///< of the line that decided; empty for Unknown
    int line = 0; ///< counted from 1
    QByteArray knownBlob; ///< the key on that line
    bool operator==(const HostKeyVerdict &) const = default;
};

/// The known_hosts files of one connection, read once. A plain value, used in the worker thread.
///
/// libssh2's own reader is not used: it ignores @revoked and falls back between ports.
class KnownHosts
{
public:
    struct Entry
    {
        enum class Marker { None, Revoked, Authority };
        Marker marker = Marker::None;
        QByteArray hosts; ///< the first field as it stands
        QByteArray type;
        QByteArray blob;
        QString file;
        int line = 0;
    };

    /// The name to look up: "host" for port 22, else "[host]:port", in lower case.
    [[nodiscard]] static QByteArray nameFor(const QString &host, int port);
    /// Whether a host field (plain, patterns or hashed) names @p name.
    [[nodiscard]] static bool hostsMatch(const QByteArray &field, const QByteArray &name);

    /// Reads @p file as well; one that does not exist counts as empty, malformed lines are skipped.
    void addFile(const QString &file);
    void addText(const QByteArray &text, const QString &file);

    /// Reads the lines of a RevokedHostKeys file: public keys that no host may show. Fails if the
    /// file cannot be read; then ssh trusts nobody.
    [[nodiscard]] Result<> addRevoked(const QString &file);

    [[nodiscard]] HostKeyVerdict check(const QByteArray &name, const QByteArray &blob) const;
    /// The key types on record for @p name, in the order of the files.
    [[nodiscard]] QList<QByteArray> typesFor(const QByteArray &name) const;
    [[nodiscard]] const QList<Entry> &entries() const { return m_entries; }

    /// Adds one line to @p file, which is created (0600, its folder 0700) if it does not exist.
    [[nodiscard]] static Result<> append(const QString &file, const QByteArray &name,
                                         const QByteArray &blob, bool isHashed);

private:
    QList<Entry> m_entries;
};

} // namespace proverdeck::ssh
