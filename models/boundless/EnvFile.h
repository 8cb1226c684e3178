// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/findings/Finding.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <tl/expected.hpp>

#include <optional>

namespace proverdeck::models::boundless {

/// NAME=VALUE of a file that a shell sources or docker compose reads.
struct EnvEntry
{
    QString name;
    QString value; ///< without quotes; of a secret: never shown, see EnvFile::shown()
    bool isExported = false;
    qint64 line = 0; ///< 1-based
    qsizetype valueStart = 0; ///< bytes, with quotes
    qsizetype valueEnd = 0;
    bool operator==(const EnvEntry &) const = default;
};

/// .env.base, .env.broker, .env: read and edited byte by byte in place. A name that stands twice
/// has its last value, as in a shell. Plain value.
class EnvFile
{
public:
    explicit EnvFile(QByteArray bytes = {});

    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }
    [[nodiscard]] const QList<EnvEntry> &entries() const { return m_entries; }
    [[nodiscard]] std::optional<QString> value(const QString &name) const;
    /// What may be on a screen: keys and passwords as stars, addresses without their keys.
    [[nodiscard]] QString shown(const QString &name) const;
    [[nodiscard]] static bool isSecret(const QString &name);

    /// Replaces the value, or adds a line in the manner of the others (with or without "export").
    [[nodiscard]] tl::expected<void, QString> set(const QString &name, const QString &value);

    /// Missing RPC address, a key of the wrong form, lines that "source" does not export.
    [[nodiscard]] QList<Finding> check(const QString &fileName) const;

private:
    void read();
    [[nodiscard]] const EnvEntry *find(const QString &name) const;

    QByteArray m_bytes;
    QList<EnvEntry> m_entries;
};

} // namespace proverdeck::models::boundless
