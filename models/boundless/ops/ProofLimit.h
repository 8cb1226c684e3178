// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <tl/expected.hpp>

#include <optional>

namespace proverdeck::models::boundless {

/// How many orders the broker may lock at once, as broker.toml says it.
struct ProofLimit
{
    std::optional<qint64> value; ///< none: the key is absent
    QByteArray text; ///< the number as written; empty: the key is absent
    bool operator==(const ProofLimit &) const = default;
};

struct ProofLimitEdit
{
    QByteArray text; ///< the whole file with the limit 0
    ProofLimit before;
    bool operator==(const ProofLimitEdit &) const = default;
};

// Key max_concurrent_proofs of [market], by its alias max_concurrent_locks where the file uses that
// (until 1.4). Every other byte of the file stays as it is. Errors are sentences.

[[nodiscard]] tl::expected<ProofLimit, QString> readProofLimit(const QByteArray &toml);
/// With the limit set to 0, so that the broker locks nothing more.
[[nodiscard]] tl::expected<ProofLimitEdit, QString> withoutNewLocks(const QByteArray &toml);
/// With the limit as it was @p before. A file in which somebody has meanwhile set another limit
/// than 0 stays as it is: nullopt.
[[nodiscard]] tl::expected<std::optional<QByteArray>, QString>
withLimitRestored(const QByteArray &toml, const ProofLimit &before);

/// Writes @p now over the file @p path in place, if it still holds @p before: the broker's
/// container has the file itself mounted, not its name. Keeps a copy as "PATH.proverdeck-ID.bak"
/// and prints "written", "already" or "changed". For sh.
[[nodiscard]] QByteArray writeInPlaceScript(const QString &path, const QByteArray &before,
                                            const QByteArray &now, const QString &id);

/// A limit from before a stop that was never brought to its end, out of the copy that it kept.
struct LeftLimit
{
    ProofLimit limit;
    QString copy; ///< name of that file
    bool operator==(const LeftLimit &) const = default;
};
/// Prints the newest such copy; changes nothing. For sh.
[[nodiscard]] QByteArray leftLimitScript(const QString &path);
/// Nothing if there is none, or one that says 0 itself.
[[nodiscard]] std::optional<LeftLimit> readLeftLimit(const QByteArray &out);
/// The stop has set its limit back: its copy is renamed to "….done" and no longer looked at.
[[nodiscard]] QByteArray retireCopyScript(const QString &path, const QString &id);

} // namespace proverdeck::models::boundless
