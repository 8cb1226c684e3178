// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerEvent.h"
#include "models/boundless/SettingsFile.h"

#include <memory>

namespace proverdeck::models::boundless {

/// What is known of one key in some generations of the broker.
struct SettingKey
{
    enum class Type { Integer, Boolean, Amount, Price, Choice, Text, List, Addresses, Auto };
    QString name;
    QString section;
    Type type = Type::Text;
    QString unit;
    QStringList units; ///< of a price since 1.4: "USD", …
    QStringList choices;
    std::optional<qint64> min;
    std::optional<qint64> max;
    BrokerEra from = BrokerEra::V013;
    BrokerEra until = BrokerEra::V20;
    QList<BrokerEra> required;
    QList<QPair<BrokerEra, QString>> defaults; ///< what counts if it is absent, since when
    QString without;
    bool isLive = false; ///< a running broker takes a change at once
    bool isOverridable = true; ///< may stand in a chain override
    QString help;
    QString alias; ///< an older name that is still read…
    BrokerEra aliasUntil = BrokerEra::Unknown; ///< …until then
    bool operator==(const SettingKey &) const = default;

    [[nodiscard]] bool isOf(BrokerEra era) const { return from <= era && era <= until; }
    /// Empty if there is none: see without.
    [[nodiscard]] QString defaultIn(BrokerEra era) const;
    [[nodiscard]] bool isRequired(BrokerEra era) const { return required.contains(era); }
};

/// What an old name became.
struct RenamedSetting
{
    QString old;
    QString section;
    QString now;
    BrokerEra since = BrokerEra::Unknown;
    bool isFatal = false; ///< the broker does not start with the old one
};

/// A key that does not do what it says.
struct SettingTrap
{
    QString name;
    QString section;
    BrokerEra from = BrokerEra::Unknown;
    BrokerEra until = BrokerEra::Unknown;
    Severity severity = Severity::Warning;
    QString text;
    QString advice;
};

/// The keys of broker.toml, by generation: resources/boundless/broker-settings.toml. Constant after
/// it was loaded.
class SettingsSchema
{
public:
    [[nodiscard]] static tl::expected<SettingsSchema, QString> load(const QByteArray &toml);
    [[nodiscard]] static std::shared_ptr<const SettingsSchema> builtIn();

    /// Those of a generation, in the order of the template.
    [[nodiscard]] QList<SettingKey> keys(BrokerEra era) const;
    /// By its name or its alias.
    [[nodiscard]] const SettingKey *find(BrokerEra era, const QString &section,
                                         const QString &name) const;
    /// In which sections a generation reads this name.
    [[nodiscard]] QStringList sectionsOf(BrokerEra era, const QString &name) const;
    /// The last change up to @p era.
    [[nodiscard]] const RenamedSetting *renamed(BrokerEra era, const QString &name) const;
    [[nodiscard]] const SettingTrap *trap(BrokerEra era, const QString &section,
                                          const QString &name) const;
    /// The first generation that knows it; Unknown if none does.
    [[nodiscard]] BrokerEra firstEraOf(const QString &section, const QString &name) const;

private:
    QList<SettingKey> m_keys;
    QList<RenamedSetting> m_renamed;
    QList<SettingTrap> m_traps;
};

/// The generation whose file this looks like; Unknown if nothing in it tells.
[[nodiscard]] BrokerEra eraOfSettings(const SettingsFile &file);

/// Why a text that somebody typed is no value for this key: a sentence; empty if it is one.
[[nodiscard]] QString problemWith(const SettingKey &key, BrokerEra era, const QString &text);
/// What somebody typed, as TOML writes it: with quotes where the key wants them. For lists: entries
/// separated by commas or blanks.
[[nodiscard]] QByteArray tomlFor(const SettingKey &key, const QString &text);
/// An address: 0x and 40 hexadecimal digits; with capital letters its checksum must be right
/// (EIP-55).
[[nodiscard]] QString problemWithAddress(const QString &text);

} // namespace proverdeck::models::boundless
