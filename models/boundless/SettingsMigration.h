// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/SettingsFile.h"
#include "models/boundless/SettingsSchema.h"

namespace proverdeck::models::boundless {

/// One key of a broker.toml that a newer release calls otherwise.
struct SettingMove
{
    QString section;
    QString old;
    QString now;
    QString value; ///< as it stands there
    QString remark; ///< what a person should look at; empty: nothing
    bool isDone = false; ///< false: it stays as it is, and remark says why
    bool operator==(const SettingMove &) const = default;
};

struct SettingsMigration
{
    QByteArray text; ///< the whole file with the new names; every other byte as it was
    QList<SettingMove> moves; ///< in the order of the file
};

/// Fits a broker.toml of the generation @p from to a broker of @p to. Only names change, where the
/// new key means the same, each by an edit of its own; values never do.
[[nodiscard]] QList<SettingMove> applyMigration(SettingsFile &file, BrokerEra from, BrokerEra to);
/// The same on bytes. The error is a sentence: the file is no TOML. Pure.
[[nodiscard]] tl::expected<SettingsMigration, QString>
migrateSettings(const QByteArray &bytes, BrokerEra from, BrokerEra to);

} // namespace proverdeck::models::boundless
