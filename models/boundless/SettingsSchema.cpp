// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/SettingsSchema.h"

#include "models/boundless/Digits.h"
#include "models/boundless/Toml.h"
#include "models/evm/Address.h"

#include <QCoreApplication>
#include <QFile>
#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

using Type = SettingKey::Type;

QString tr(const char *text)
{
    return QCoreApplication::translate("SettingsSchema", text);
}

struct TypeWord
{
    const char *word;
    Type type;
};
constexpr std::array TypeWords{
    TypeWord{"integer", Type::Integer}, TypeWord{"boolean", Type::Boolean},
    TypeWord{"amount", Type::Amount},   TypeWord{"price", Type::Price},
    TypeWord{"choice", Type::Choice},   TypeWord{"text", Type::Text},
    TypeWord{"list", Type::List},       TypeWord{"addresses", Type::Addresses},
    TypeWord{"auto", Type::Auto}};

QStringList textsOf(const toml::table &row, std::string_view key)
{
    QStringList texts;
    if (const toml::array *list = row.get_as<toml::array>(key)) {
        for (const toml::node &item : *list) {
            texts << (item.is_string() ? tomlText(item.as_string()->get()) : QString());
        }
    }
    return texts;
}

BrokerEra eraOr(const toml::table &row, std::string_view key, BrokerEra fallback)
{
    const BrokerEra era = eraFromWord(tomlText(row, key));
    return era == BrokerEra::Unknown ? fallback : era;
}

std::optional<qint64> integerOf(const toml::table &row, std::string_view key)
{
    const toml::node *node = row.get(key);
    return node != nullptr && node->is_integer() ? std::optional(qint64(node->as_integer()->get()))
                                                 : std::nullopt;
}

tl::expected<SettingKey, QString> keyOf(const toml::table &row)
{
    SettingKey key;
    key.name = tomlText(row, "name");
    key.section = tomlText(row, "section");
    const QString word = tomlText(row, "type");
    const auto type = std::ranges::find_if(TypeWords, [&word](const TypeWord &other) {
        return word == QLatin1StringView(other.word);
    });
    if (type == TypeWords.end() || key.name.isEmpty() || key.section.isEmpty()) {
        return tl::unexpected(tr("Line %1: a key needs a name, a section and a known type.")
                                  .arg(row.source().begin.line));
    }
    key.type = type->type;
    key.unit = tomlText(row, "unit");
    key.units = textsOf(row, "units");
    key.choices = textsOf(row, "choices");
    key.min = integerOf(row, "min");
    key.max = integerOf(row, "max");
    key.from = eraOr(row, "from", BrokerEra::V013);
    key.until = eraOr(row, "until", BrokerEra::V20);
    for (const QString &era : textsOf(row, "required")) {
        key.required << eraFromWord(era);
    }
    if (const QString text = tomlText(row, "default"); !text.isEmpty()) {
        key.defaults << qMakePair(BrokerEra::V013, text);
    }
    if (const toml::table *defaults = row.get_as<toml::table>("defaults")) {
        for (const auto &[era, text] : *defaults) {
            key.defaults << qMakePair(eraFromWord(tomlText(era.str())),
                                      tomlText(*defaults, era.str()));
        }
    }
    key.without = tomlText(row, "without");
    key.isLive = row["live"].value_or(false);
    key.isOverridable = row["overridable"].value_or(true);
    key.help = tomlText(row, "help");
    const QStringList alias = textsOf(row, "alias");
    key.alias = alias.value(0);
    key.aliasUntil = eraFromWord(alias.value(1));
    return key;
}

template<class Put> void eachTable(const toml::table &document, std::string_view name, Put put)
{
    if (const toml::array *rows = document.get_as<toml::array>(name)) {
        for (const toml::node &node : *rows) {
            if (node.is_table()) {
                put(*node.as_table());
            }
        }
    }
}

} // namespace

QString SettingKey::defaultIn(BrokerEra era) const
{
    BrokerEra newest = BrokerEra::Unknown;
    QString text;
    for (const auto &[since, value] : defaults) {
        if (since <= era && since > newest && !isRequired(era)) {
            newest = since;
            text = value;
        }
    }
    return text;
}

tl::expected<SettingsSchema, QString> SettingsSchema::load(const QByteArray &toml)
{
    SettingsSchema schema;
    QString problem;
    try {
        const toml::table document
            = toml::parse(std::string_view(toml.constData(), std::size_t(toml.size())));
        eachTable(document, "key", [&](const toml::table &row) {
            const auto key = keyOf(row);
            if (key) {
                schema.m_keys << *key;
            } else if (problem.isEmpty()) {
                problem = key.error();
            }
        });
        eachTable(document, "renamed", [&](const toml::table &row) {
            schema.m_renamed << RenamedSetting{
                tomlText(row, "old"), tomlText(row, "section"), tomlText(row, "new"),
                eraFromWord(tomlText(row, "since")), tomlText(row, "effect") == "fatal"_L1};
        });
        eachTable(document, "trap", [&](const toml::table &row) {
            schema.m_traps << SettingTrap{
                tomlText(row, "name"),
                tomlText(row, "section"),
                eraFromWord(tomlText(row, "from")),
                eraFromWord(tomlText(row, "until")),
                tomlText(row, "severity") == "error"_L1 ? Severity::Error : Severity::Warning,
                tomlText(row, "text"),
                tomlText(row, "advice")};
        });
    } catch (const toml::parse_error &error) {
        problem
            = tr("Line %1: %2").arg(error.source().begin.line).arg(tomlText(error.description()));
    }
    if (!problem.isEmpty()) {
        return tl::unexpected(problem);
    }
    return schema;
}

std::shared_ptr<const SettingsSchema> SettingsSchema::builtIn()
{
    static const std::shared_ptr<const SettingsSchema> schema = [] {
        QFile file(u":/boundless/broker-settings.toml"_s);
        const auto made = load(file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray());
        Q_ASSERT_X(made.has_value(), "SettingsSchema", qPrintable(made ? QString() : made.error()));
        return std::make_shared<const SettingsSchema>(made.value_or(SettingsSchema()));
    }();
    return schema;
}

QList<SettingKey> SettingsSchema::keys(BrokerEra era) const
{
    QList<SettingKey> found;
    std::ranges::copy_if(m_keys, std::back_inserter(found),
                         [era](const SettingKey &key) { return key.isOf(era); });
    return found;
}

const SettingKey *SettingsSchema::find(BrokerEra era, const QString &section,
                                       const QString &name) const
{
    const auto key = std::ranges::find_if(m_keys, [&](const SettingKey &other) {
        return other.section == section && other.isOf(era)
            && (other.name == name || (other.alias == name && era <= other.aliasUntil));
    });
    return key == m_keys.end() ? nullptr : &*key;
}

QStringList SettingsSchema::sectionsOf(BrokerEra era, const QString &name) const
{
    QStringList sections;
    for (const SettingKey &key : m_keys) {
        if (key.isOf(era) && key.name == name && !sections.contains(key.section)) {
            sections << key.section;
        }
    }
    return sections;
}

const RenamedSetting *SettingsSchema::renamed(BrokerEra era, const QString &name) const
{
    const RenamedSetting *found = nullptr;
    for (const RenamedSetting &row : m_renamed) {
        if (row.old == name && row.since <= era
            && (found == nullptr || found->since <= row.since)) {
            found = &row;
        }
    }
    return found;
}

const SettingTrap *SettingsSchema::trap(BrokerEra era, const QString &section,
                                        const QString &name) const
{
    const auto row = std::ranges::find_if(m_traps, [&](const SettingTrap &other) {
        return other.name == name && other.section == section && other.from <= era
            && era <= other.until;
    });
    return row == m_traps.end() ? nullptr : &*row;
}

BrokerEra SettingsSchema::firstEraOf(const QString &section, const QString &name) const
{
    BrokerEra first = BrokerEra::Unknown;
    for (const SettingKey &key : m_keys) {
        if (key.name == name && key.section == section
            && (first == BrokerEra::Unknown || key.from < first)) {
            first = key.from;
        }
    }
    return first;
}

BrokerEra eraOfSettings(const SettingsFile &file)
{
    const auto has = [&file](const QString &key) { return file.find(u"market"_s, key) != nullptr; };
    const auto schema = SettingsSchema::builtIn();
    BrokerEra newest = BrokerEra::Unknown;
    for (const SettingEntry &entry : file.entries()) {
        if (!entry.isCommentedOut) {
            newest = std::max(newest, schema->firstEraOf(entry.section, entry.key));
        }
        const bool hasUnit = !entry.isCommentedOut
            && (entry.text.endsWith(" USD\"") || entry.text.endsWith(" ETH\"")
                || entry.text.endsWith(" ZKC\""));
        if (hasUnit || entry.section.startsWith("market.pricing_overrides"_L1)
            || entry.section.startsWith("price_oracle"_L1)) {
            newest = std::max(newest, BrokerEra::V14);
        }
    }
    if (newest >= BrokerEra::V14) {
        return BrokerEra::V20; // the same keys; 2.0 is what 1.4 is updated to
    }
    if (newest >= BrokerEra::V10) {
        return newest;
    }
    const bool isOld = has(u"mcycle_price_stake_token"_s) || has(u"max_stake"_s)
        || has(u"stake_balance_warn_threshold"_s) || has(u"mcycle_price"_s);
    return isOld ? BrokerEra::V013 : BrokerEra::Unknown;
}

QString problemWithAddress(const QString &text)
{
    static const QRegularExpression address(u"^0x[0-9a-fA-F]{40}$"_s);
    if (!address.match(text).hasMatch()) {
        return tr("\"%1\" is no address: 0x and 40 digits or letters from a to f.")
            .arg(text.left(60));
    }
    const auto read = evm::Address::fromText(text);
    return read ? QString() : read.error();
}

namespace {

QStringList splitList(const QString &text)
{
    static const QRegularExpression separator(u"[\\s,]+"_s);
    QStringList items = text.split(separator, Qt::SkipEmptyParts);
    for (QString &item : items) {
        item.remove(u'"').remove(u'[').remove(u']');
    }
    items.removeAll(QString());
    return items;
}

QString problemWithInteger(const SettingKey &key, const QString &text)
{
    QString plain = text;
    bool ok = false;
    const qint64 value = plain.remove(u'_').toLongLong(&ok);
    if (!ok) {
        return tr("%1 must be a whole number%2, without quotes.")
            .arg(key.name, key.unit.isEmpty() ? QString() : tr(" (%1)").arg(key.unit));
    }
    if ((key.min && value < *key.min) || (key.max && value > *key.max)) {
        return key.max
            ? tr("%1 must be from %2 to %3.").arg(key.name).arg(key.min.value_or(0)).arg(*key.max)
            : tr("%1 must be at least %2.").arg(key.name).arg(key.min.value_or(0));
    }
    return {};
}

QString problemWithAmount(const SettingKey &key, BrokerEra era, const QString &text)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    const bool takesUnit = key.type == Type::Price && era >= BrokerEra::V14 && !key.units.isEmpty();
    if (words.size() > (takesUnit ? 2 : 1)
        || (words.size() == 2 && !key.units.contains(words.at(1)))) {
        return takesUnit ? tr("%1 must be a number, or a number and %2.")
                               .arg(key.name, key.units.join(tr(" or ")))
                         : tr("%1 must be a number without a unit (%2).").arg(key.name, key.unit);
    }
    return !words.isEmpty() && digitsOf(words.first(), 18)
        ? QString()
        : tr("%1 must be a decimal number of at most 18 decimals, not below 0 (%2). The broker "
             "finds a wrong one only at the first order.")
              .arg(key.name, key.unit);
}

} // namespace

QString problemWith(const SettingKey &key, BrokerEra era, const QString &text)
{
    const QString plain = text.trimmed();
    switch (key.type) {
    case Type::Integer:
        return problemWithInteger(key, plain);
    case Type::Boolean:
        return plain == "true"_L1 || plain == "false"_L1 ? QString()
                                                         : tr("%1 is true or false.").arg(key.name);
    case Type::Amount:
    case Type::Price:
        return problemWithAmount(key, era, plain);
    case Type::Choice:
        return key.choices.contains(plain)
            ? QString()
            : tr("%1 is one of %2.").arg(key.name, key.choices.join(u", "_s));
    case Type::Auto:
        return plain == "auto"_L1 || (digitsOf(plain, 18) && plain.toDouble() > 0)
            ? QString()
            : tr("%1 is \"auto\" or a number above 0.").arg(key.name);
    case Type::Addresses:
        for (const QString &item : splitList(plain)) {
            if (const QString problem = problemWithAddress(item); !problem.isEmpty()) {
                return problem;
            }
        }
        return {};
    case Type::Text:
    case Type::List:
        break;
    }
    return {};
}

QByteArray tomlFor(const SettingKey &key, const QString &text)
{
    const QString plain = text.trimmed();
    switch (key.type) {
    case Type::Integer:
    case Type::Boolean:
        return plain.toUtf8();
    case Type::List:
    case Type::Addresses: {
        QByteArrayList quoted;
        for (const QString &item : splitList(plain)) {
            quoted << tomlQuoted(item);
        }
        return '[' + quoted.join(", ") + ']';
    }
    case Type::Auto:
    case Type::Amount:
    case Type::Price:
    case Type::Choice:
    case Type::Text:
        break;
    }
    return tomlQuoted(plain);
}

} // namespace proverdeck::models::boundless
