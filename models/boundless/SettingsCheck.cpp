// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/SettingsCheck.h"

#include "models/boundless/Digits.h"
#include "models/logs/LogText.h"

#include <QCoreApplication>
#include <QSet>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

using Type = SettingKey::Type;

QString tr(const char *text)
{
    return QCoreApplication::translate("SettingsCheck", text);
}

class Checker
{
public:
    Checker(const SettingsFile &file, const SettingsContext &context)
        : m_file(file)
        , m_context(context)
        , m_era(checkedEra(file, context))
        , m_schema(SettingsSchema::builtIn())
    {
    }

    QList<SettingFlag> run()
    {
        if (!m_file.problem().isEmpty()) {
            flag("toml-syntax", Severity::Error, {}, {},
                 tr("The file is no valid TOML: %1. A running broker keeps its old values, a new "
                    "one "
                    "does not start.")
                     .arg(plainLine(m_file.problem())),
                 tr("Mend line %1.").arg(m_file.problemLine()), m_file.problemLine());
            return m_flags;
        }
        for (const SettingEntry &entry : m_file.entries()) {
            if (!entry.isCommentedOut) {
                checkEntry(entry);
            }
        }
        if (!m_context.isOverride) {
            checkMissing();
            checkTogether();
        }
        return m_flags;
    }

private:
    void flag(const char *code, Severity severity, const QString &section, const QString &key,
              const QString &text, const QString &advice, qint64 line = 0)
    {
        const SettingEntry *entry = key.isEmpty() ? nullptr : m_file.find(section, key);
        line = line == 0 && entry != nullptr ? entry->line : line;
        Evidence evidence{m_context.name, line, entry != nullptr ? entry->lineStart : -1, {}};
        if (entry != nullptr) {
            evidence.text = plainLine(entry->key + u" = "_s + QString::fromUtf8(entry->text));
        }
        m_flags << SettingFlag{
            {QString::fromLatin1(code), severity, text, advice, evidence, 1}, section, key};
    }

    /// Tables whose keys are the operator's own, or the oracle's sources.
    [[nodiscard]] static bool isFreeTable(const QString &section)
    {
        return section.startsWith("market.pricing_overrides"_L1)
            || section.startsWith("price_oracle."_L1);
    }

    void checkEntry(const SettingEntry &entry)
    {
        const QString key = plainLine(entry.key, 80);
        if (isFreeTable(entry.section) && m_era >= BrokerEra::V14) {
            checkOverride(entry);
            return;
        }
        const SettingKey *known = m_schema->find(m_era, entry.section, entry.key);
        const RenamedSetting *renamed = m_schema->renamed(m_era, entry.key);
        if (known == nullptr) {
            unknownKey(entry, key, renamed);
            return;
        }
        if (known->name != entry.key) {
            flag("alias-key", Severity::Info, entry.section, entry.key,
                 tr("%1 is an old name of %2; this broker still reads it.").arg(key, known->name),
                 tr("Rename it before an update: 2.0 no longer reads it."));
        }
        if (const SettingTrap *trap = m_schema->trap(m_era, entry.section, entry.key)) {
            flag("ineffective-key", trap->severity, entry.section, entry.key, trap->text,
                 trap->advice);
        }
        if (m_context.isOverride && !known->isOverridable) {
            flag("global-only-key", Severity::Warning, entry.section, entry.key,
                 tr("%1 counts for all chains: the broker drops it from a chain's file, with a "
                    "warning in its log.")
                     .arg(key),
                 tr("Set it in broker.toml."));
        }
        checkValue(entry, *known);
    }

    void unknownKey(const SettingEntry &entry, const QString &key, const RenamedSetting *renamed)
    {
        const QStringList sections = m_schema->sectionsOf(m_era, entry.key);
        const SettingTrap *trap = m_schema->trap(m_era, entry.section, entry.key);
        if (!sections.isEmpty()) {
            flag("misplaced-key", Severity::Warning, entry.section, entry.key,
                 tr("%1 does nothing in [%2]: the broker reads it from [%3] only.")
                     .arg(key, plainLine(entry.section, 80), sections.first()),
                 tr("Move it to [%1].").arg(sections.first()));
        } else if (renamed != nullptr) {
            flag("renamed-key", renamed->isFatal ? Severity::Error : Severity::Warning,
                 entry.section, entry.key,
                 renamed->isFatal
                     ? tr("%1 is called %2 since %3; with the old name the broker does not start.")
                           .arg(key, renamed->now, eraWord(renamed->since))
                     : tr("%1 is called %2 since %3; the old name is ignored in silence.")
                           .arg(key, renamed->now, eraWord(renamed->since)),
                 tr("Rename it to %1 and look at its unit.").arg(renamed->now));
        } else if (trap != nullptr) {
            flag("ineffective-key", trap->severity, entry.section, entry.key, trap->text,
                 trap->advice);
        } else if (const BrokerEra first = m_schema->firstEraOf(entry.section, entry.key);
                   first != BrokerEra::Unknown) {
            flag("unknown-key", Severity::Warning, entry.section, entry.key,
                 first > m_era ? tr("%1 exists since %2; this broker (%3) ignores it in silence.")
                                     .arg(key, eraWord(first), eraWord(m_era))
                               : tr("%1 is gone in %2: the broker ignores it in silence.")
                                     .arg(key, eraWord(m_era)),
                 tr("Remove it, or check which release runs."));
        } else {
            flag("unknown-key", Severity::Warning, entry.section, entry.key,
                 tr("The broker knows no %1 in [%2] and ignores it in silence.")
                     .arg(key, plainLine(entry.section, 80)),
                 tr("Is it a typing error? Remove it otherwise."));
        }
    }

    void checkOverride(const SettingEntry &entry)
    {
        if (!entry.section.startsWith("market.pricing_overrides"_L1)) {
            return;
        }
        const auto value = m_file.value(entry.section, entry.key);
        SettingKey price{.name = entry.key, .type = Type::Price, .unit = u"ETH per Mcycle"_s};
        price.units = {u"USD"_s, u"ETH"_s};
        if (value && value->type == SettingValue::Type::Text) {
            const QString problem = problemWith(price, m_era, value->text);
            if (!problem.isEmpty()) {
                flag("bad-value", Severity::Error, entry.section, entry.key, plainLine(problem),
                     {});
            }
        }
    }

    void checkValue(const SettingEntry &entry, const SettingKey &key)
    {
        const auto value = m_file.value(entry.section, entry.key);
        if (!value) {
            return;
        }
        using Kind = SettingValue::Type;
        const bool fits = key.type == Type::Integer ? value->type == Kind::Integer
            : key.type == Type::Boolean             ? value->type == Kind::Boolean
            : key.type == Type::List || key.type == Type::Addresses
            ? value->type == Kind::List && value->isTextList
            : key.type == Type::Auto ? value->type != Kind::List && value->type != Kind::Boolean
                                     : value->type == Kind::Text;
        if (!fits) {
            flag("wrong-type", Severity::Error, entry.section, entry.key,
                 tr("%1 must be %2. A running broker keeps its old values, a new one does not "
                    "start.")
                     .arg(plainLine(entry.key, 80), typeText(key.type)),
                 key.type == Type::Integer || key.type == Type::Boolean
                     ? tr("Write it without quotes.")
                     : QString());
            return;
        }
        const QString text = value->type == Kind::List ? value->list.join(u' ') : value->text;
        const QString problem = problemWith(key, m_era, text);
        if (!problem.isEmpty()) {
            flag("bad-value", Severity::Error, entry.section, entry.key, plainLine(problem), {});
        }
    }

    [[nodiscard]] static QString typeText(Type type)
    {
        switch (type) {
        case Type::Integer:
            return tr("a whole number");
        case Type::Boolean:
            return tr("true or false");
        case Type::List:
        case Type::Addresses:
            return tr("a list of texts in quotes");
        default:
            return tr("a text in quotes");
        }
    }

    void checkMissing()
    {
        const bool hasMarket = m_file.sections().contains(u"market"_s);
        for (const SettingKey &key : m_schema->keys(m_era)) {
            const bool isNeeded = key.isRequired(m_era) && (m_era < BrokerEra::V20 || hasMarket);
            if (isNeeded && m_file.find(key.section, key.name) == nullptr
                && (key.alias.isEmpty() || m_era > key.aliasUntil
                    || m_file.find(key.section, key.alias) == nullptr)) {
                flag("missing-key", Severity::Error, key.section, key.name,
                     tr("%1 is missing in [%2]: the broker does not start without it.")
                         .arg(key.name, key.section),
                     tr("Add it: %1").arg(key.help));
            }
        }
        for (const QString &section : {u"market"_s, u"prover"_s, u"batcher"_s}) {
            if (m_era <= BrokerEra::V10 && !m_file.sections().contains(section)) {
                flag("missing-section", Severity::Error, section, {},
                     tr("The section [%1] is missing: the broker does not start without it.")
                         .arg(section),
                     {});
            }
        }
    }

    /// The value of a key by its name or alias, as digits; none if it is absent or no integer.
    [[nodiscard]] std::optional<qint64> integer(const QString &section, const QString &name) const
    {
        const SettingKey *key = m_schema->find(m_era, section, name);
        auto value = m_file.value(section, name);
        if (!value && key != nullptr && !key->alias.isEmpty()) {
            value = m_file.value(section, key->alias);
        }
        bool ok = false;
        const qint64 number
            = value && value->type == SettingValue::Type::Integer ? value->text.toLongLong(&ok) : 0;
        return ok ? std::optional(number) : std::nullopt;
    }

    [[nodiscard]] std::optional<QString> amount(const QString &section, const QString &name) const
    {
        const auto value = m_file.value(section, name);
        return value && value->type == SettingValue::Type::Text
            ? digitsOf(value->text.trimmed(), 18)
            : std::nullopt;
    }

    void checkTogether()
    {
        const QString market = u"market"_s;
        for (const QString &prefix : {u"balance"_s, u"stake_balance"_s, u"collateral_balance"_s}) {
            const QString warn = prefix + u"_warn_threshold"_s;
            const auto low = amount(market, warn);
            const auto high = amount(market, prefix + u"_error_threshold"_s);
            if (low && high && compareDigits(*low, *high) < 0) {
                flag("warn-below-error", Severity::Warning, market, warn,
                     tr("%1 is below %2_error_threshold: the error comes before the warning.")
                         .arg(warn, prefix),
                     tr("Swap the two values."));
            }
        }
        checkAgents();
        checkCapacity();
        checkGas();
        checkCollateral();
        const QString price = m_era <= BrokerEra::V10 ? u"mcycle_price"_s : u"min_mcycle_price"_s;
        if (const auto floor = amount(market, price); floor && compareDigits(*floor, u"0") == 0) {
            flag(
                "price-zero", Severity::Warning, market, price,
                tr("%1 is 0: every order is taken, without a limit on the execution for its price.")
                    .arg(price),
                tr("Set it to what a million cycles cost you."));
        }
    }

    void checkAgents()
    {
        const QString market = u"market"_s;
        const auto preflights = integer(market, u"max_concurrent_preflights"_s);
        const qint64 assumed = preflights.value_or(m_era >= BrokerEra::V20 ? 8 : 4);
        if (m_context.execAgents && assumed > *m_context.execAgents - 1) {
            const int most = std::max(1, *m_context.execAgents - 1);
            flag("preflights-above-agents", Severity::Warning, market,
                 u"max_concurrent_preflights"_s,
                 tr("max_concurrent_preflights is %1%2, and there are %3 exec agents: pricing "
                    "leaves "
                    "none for proving.")
                     .arg(assumed)
                     .arg(preflights ? QString() : tr(" (the default)"))
                     .arg(*m_context.execAgents),
                 tr("Set it to at most %1, or add exec agents.").arg(most));
        }
        const auto proofs = integer(market, u"max_concurrent_proofs"_s);
        const auto batch = integer(u"batcher"_s, u"min_batch_size"_s);
        if (batch && proofs && *proofs > 0 && *batch > *proofs) {
            flag("batch-size-clamped", Severity::Warning, u"batcher"_s, u"min_batch_size"_s,
                 tr("min_batch_size (%1) is above max_concurrent_proofs (%2); the broker uses %2.")
                     .arg(*batch)
                     .arg(*proofs),
                 tr("Set it to at most %1.").arg(*proofs));
        }
        if (!proofs && m_era < BrokerEra::V14) {
            flag("proofs-unlimited", Severity::Warning, market, u"max_concurrent_proofs"_s,
                 tr("Without max_concurrent_proofs there is no limit on how many orders are locked "
                    "at once."),
                 tr("Set it to 1 or 2 and raise it with experience."));
        } else if (proofs == 0) {
            flag("locking-stopped", Severity::Info, market, u"max_concurrent_proofs"_s,
                 tr("max_concurrent_proofs is 0: no new orders are locked."), {});
        }
    }

    void checkCapacity()
    {
        const QString market = u"market"_s;
        const auto khz = integer(market, u"peak_prove_khz"_s);
        if (!khz) {
            flag("peak-unknown", Severity::Warning, market, u"peak_prove_khz"_s,
                 tr("Without peak_prove_khz the broker does not know how fast this machine is, and "
                    "locks orders that it cannot prove in time."),
                 tr("Run a benchmark and set it to 75 % of the result."));
            return;
        }
        if (*khz <= 0) {
            return;
        }
        if (m_context.benchmarkKhz && double(*khz) > *m_context.benchmarkKhz) {
            flag("peak-above-benchmark", Severity::Error, market, u"peak_prove_khz"_s,
                 tr("peak_prove_khz is %1, and the benchmark reached %2 kHz: orders will be locked "
                    "that cannot be proved in time, and their collateral is lost.")
                     .arg(*khz)
                     .arg(*m_context.benchmarkKhz, 0, 'f', 0),
                 tr("Set it to %1 (75 %).").arg(peakProveKhzFor(*m_context.benchmarkKhz)));
        }
        constexpr qint64 LongSeconds = 4 * 3600; // max_commitment_duration_secs of 2.x
        const auto limit = integer(market, u"max_mcycle_limit"_s);
        if (limit && *limit < 1'000'000'000'000) {
            const qint64 seconds = *limit * 1000 / *khz;
            const qint64 proofs
                = std::max<qint64>(1, integer(market, u"max_concurrent_proofs"_s).value_or(1));
            if (seconds > LongSeconds) {
                flag("capacity", Severity::Info, market, u"max_mcycle_limit"_s,
                     tr("The biggest order that is let in takes %1 min at %2 kHz, %3 of them at "
                        "once "
                        "as many times as long.")
                         .arg(seconds / 60)
                         .arg(*khz)
                         .arg(proofs),
                     tr("Orders rarely stay open for so long: %1 Mcycles fit into four hours.")
                         .arg(LongSeconds * *khz / 1000));
            }
        }
    }

    void checkGas()
    {
        constexpr qint64 LittleWei = 1'000'000;
        const auto wei = integer(u"market"_s, u"lockin_priority_gas"_s);
        if (wei && *wei > 0 && *wei < LittleWei) {
            flag("priority-gas-tiny", Severity::Warning, u"market"_s, u"lockin_priority_gas"_s,
                 tr("lockin_priority_gas is in wei, not in gwei: %1 wei is next to nothing.")
                     .arg(*wei),
                 tr("1 gwei is 1000000000."));
        }
    }

    void checkCollateral()
    {
        const QString name = m_era == BrokerEra::V013 ? u"max_stake"_s : u"max_collateral"_s;
        const auto most = amount(u"market"_s, name); // none with a unit that is no token
        const auto proofs = integer(u"market"_s, u"max_concurrent_proofs"_s);
        const auto balance = digitsOf(m_context.balance, 18);
        if (!most || !proofs || *proofs <= 0 || *proofs > 10'000 || !balance) {
            return;
        }
        QString sum = u"0"_s;
        for (qint64 i = 0; i < *proofs; ++i) {
            sum = sumOf(sum, *most);
        }
        const bool isShort = compareDigits(sum, *balance) > 0;
        flag(isShort ? "collateral-exceeds-balance" : "collateral-exposure",
             isShort ? Severity::Warning : Severity::Info, u"market"_s, name,
             tr("Up to %1 can be locked at once (%2 × %3); %4 are in the market.")
                 .arg(amountText(sum, 18))
                 .arg(*proofs)
                 .arg(amountText(*most, 18), m_context.balance),
             isShort
                 ? tr("Orders will be skipped for lack of collateral: deposit more, or lower one "
                      "of the two.")
                 : QString());
    }

    const SettingsFile &m_file;
    const SettingsContext &m_context;
    BrokerEra m_era;
    std::shared_ptr<const SettingsSchema> m_schema;
    QList<SettingFlag> m_flags;
};

} // namespace

BrokerEra checkedEra(const SettingsFile &file, const SettingsContext &context)
{
    if (context.era != BrokerEra::Unknown) {
        return context.era;
    }
    const BrokerEra seen = eraOfSettings(file);
    return seen != BrokerEra::Unknown ? seen
        : context.isOverride          ? BrokerEra::V20
                                      : BrokerEra::V013;
}

QList<SettingFlag> checkSettings(const SettingsFile &file, const SettingsContext &context)
{
    return Checker(file, context).run();
}

} // namespace proverdeck::models::boundless
