// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/SettingsMigration.h"

#include <QCoreApplication>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr int LongestChain = 5; ///< of renamings

QString tr(const char *text)
{
    return QCoreApplication::translate("SettingsMigration", text);
}

/// In the token of the collateral, which was another one until 0.14.
bool countsCollateral(const QString &name)
{
    return name.contains("stake"_L1) || name.contains("collateral"_L1);
}

/// What the name became in the end, if it did.
const RenamedSetting *lastName(const SettingsSchema &schema, BrokerEra to, const QString &name)
{
    const RenamedSetting *found = nullptr;
    QString now = name;
    for (int i = 0; i < LongestChain; ++i) {
        const RenamedSetting *next = schema.renamed(to, now);
        if (next == nullptr || next->now == name) {
            break;
        }
        found = next;
        now = next->now;
    }
    return found;
}

SettingMove moveOf(const SettingsSchema &schema, const SettingsFile &file,
                   const SettingEntry &entry, const RenamedSetting &renamed, BrokerEra from,
                   BrokerEra to)
{
    SettingMove move{entry.section, entry.key, renamed.now, QString::fromUtf8(entry.text), {},
                     false};
    const SettingKey *before = schema.find(from, entry.section, entry.key);
    const SettingKey *after = schema.find(to, renamed.section, renamed.now);
    const auto value = file.value(entry.section, entry.key);
    const bool isSame = before != nullptr && after != nullptr && before->type == after->type
        && renamed.section == entry.section;
    if (!isSame) {
        move.remark
            = tr("%1 took its place and means something else: set that, and delete this line.")
                  .arg(renamed.now);
    } else if (file.find(entry.section, renamed.now) != nullptr) {
        move.remark = tr("%1 is there already: delete one of the two.").arg(renamed.now);
    } else if (const QString problem = value ? problemWith(*after, to, value->text) : QString();
               !problem.isEmpty()) {
        move.remark = problem;
    } else {
        move.isDone = true;
        const QString oldToken = collateralSymbol(from);
        const QString newToken = collateralSymbol(to);
        if (countsCollateral(entry.key) && oldToken != newToken) {
            move.remark = tr("The number was in %1 and counts in %2 from now on: set it anew.")
                              .arg(oldToken, newToken);
        }
    }
    return move;
}

} // namespace

QList<SettingMove> applyMigration(SettingsFile &file, BrokerEra from, BrokerEra to)
{
    const auto schema = SettingsSchema::builtIn();
    QList<SettingMove> moves;
    const QList<SettingEntry> entries = file.entries(); // those of the beginning
    for (const SettingEntry &entry : entries) {
        if (entry.isCommentedOut || schema->find(to, entry.section, entry.key) != nullptr) {
            continue;
        }
        const RenamedSetting *renamed = lastName(*schema, to, entry.key);
        if (renamed == nullptr) {
            continue;
        }
        SettingMove move = moveOf(*schema, file, entry, *renamed, from, to);
        if (move.isDone) {
            const auto done = file.rename(entry.section, entry.key, renamed->now);
            move.isDone = done.has_value();
            move.remark = done ? move.remark : done.error();
        }
        moves << move;
    }
    return moves;
}

tl::expected<SettingsMigration, QString> migrateSettings(const QByteArray &bytes, BrokerEra from,
                                                         BrokerEra to)
{
    SettingsFile file(bytes);
    if (!file.problem().isEmpty()) {
        return tl::unexpected(file.problem());
    }
    const QList<SettingMove> moves = applyMigration(file, from, to);
    return SettingsMigration{file.bytes(), moves};
}

} // namespace proverdeck::models::boundless
