// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/SettingsCheck.h"

#include "support/Test.h"

namespace proverdeck::models::boundless {
namespace {

using namespace Qt::StringLiterals;

SettingsFile sample(const char *name)
{
    return SettingsFile(testing::readData(u"boundless/"_s + QString::fromLatin1(name)));
}

QStringList codes(const SettingsFile &file, const SettingsContext &context = {})
{
    QStringList list;
    for (const SettingFlag &flag : checkSettings(file, context)) {
        list << flag.finding.code + u':' + flag.key;
    }
    return list;
}

TEST(SettingsSchema, KnowsEveryKeyOfTheTemplates)
{
    struct Row
    {
        const char *name;
        BrokerEra era;
    };
    const auto schema = SettingsSchema::builtIn();
    for (const Row &row :
         {Row{"broker-0.13.toml", BrokerEra::V013}, Row{"broker-1.2.toml", BrokerEra::V11},
          Row{"broker-2.0.toml", BrokerEra::V20}}) {
        const SettingsFile file = sample(row.name);
        EXPECT_EQ(eraOfSettings(file), row.era) << row.name;
        for (const SettingEntry &entry : file.entries()) {
            const bool isOwn = entry.section.contains("pricing_overrides"_L1);
            const bool isTrap = entry.key == "max_critical_task_retries"_L1
                || entry.key == "bonsai_r0_zkvm_ver"_L1;
            const bool isSentence = entry.key.contains(u' ') || entry.key.startsWith("0x"_L1);
            EXPECT_TRUE(isOwn || isTrap || isSentence
                        || schema->find(row.era, entry.section, entry.key) != nullptr)
                << row.name << ": " << entry.section.toStdString() << '.'
                << entry.key.toStdString();
        }
    }
    for (const BrokerEra era :
         {BrokerEra::V013, BrokerEra::V10, BrokerEra::V11, BrokerEra::V14, BrokerEra::V20}) {
        for (const SettingKey &key : schema->keys(era)) {
            EXPECT_FALSE(key.help.isEmpty()) << key.name.toStdString();
            const QString standard = key.defaultIn(era);
            EXPECT_TRUE(standard.isEmpty() || problemWith(key, era, standard).isEmpty())
                << problemWith(key, era, standard).toStdString();
        }
    }
}

TEST(SettingsSchema, DefaultsDifferByGeneration)
{
    const auto schema = SettingsSchema::builtIn();
    const auto standard = [&schema](BrokerEra era, const QString &section, const QString &name) {
        return schema->find(era, section, name)->defaultIn(era);
    };
    const QString limit = u"max_mcycle_limit"_s;
    EXPECT_EQ(standard(BrokerEra::V013, u"market"_s, limit), QString()) << "no limit";
    EXPECT_EQ(standard(BrokerEra::V14, u"market"_s, limit), u"8000"_s);
    EXPECT_EQ(standard(BrokerEra::V013, u"market"_s, u"max_concurrent_preflights"_s), u"4"_s);
    EXPECT_EQ(standard(BrokerEra::V20, u"market"_s, u"max_concurrent_preflights"_s), u"8"_s);
    EXPECT_EQ(standard(BrokerEra::V013, u"batcher"_s, u"single_txn_fulfill"_s), u"false"_s);
    EXPECT_EQ(standard(BrokerEra::V20, u"batcher"_s, u"single_txn_fulfill"_s), u"true"_s);
    EXPECT_EQ(standard(BrokerEra::V013, u"prover"_s, u"status_poll_ms"_s), QString()) << "required";
    EXPECT_EQ(standard(BrokerEra::V20, u"prover"_s, u"status_poll_ms"_s), u"1000"_s);
}

TEST(SettingsCheck, TheTemplateHasItsKnownFaultsOnly)
{
    EXPECT_EQ(
        codes(sample("broker-0.13.toml")),
        (QStringList{u"ineffective-key:max_stake"_s, u"misplaced-key:max_critical_task_retries"_s,
                     u"capacity:max_mcycle_limit"_s}));
    EXPECT_EQ(codes(sample("broker-2.0.toml")), QStringList{});
}

TEST(SettingsCheck, FlagsWhatAnOperatorGotWrong)
{
    const QStringList found = codes(sample("broker-0.13-operator-crlf.toml"));
    for (const char *code :
         {"unknown-key:my_own_note", "alias-key:max_concurrent_locks", "alias-key:batch_size",
          "priority-gas-tiny:lockin_priority_gas", "ineffective-key:max_stake"}) {
        EXPECT_THAT(found, ::testing::Contains(QString::fromLatin1(code)));
    }
    const QStringList invalid = codes(sample("broker-0.13-invalid.toml"));
    for (const char *code :
         {"wrong-type:peak_prove_khz", "missing-key:max_stake", "missing-key:lookback_blocks",
          "missing-section:", "missing-key:status_poll_ms"}) {
        EXPECT_THAT(invalid, ::testing::Contains(QString::fromLatin1(code)));
    }
}

TEST(SettingsCheck, AnOldFileUnderANewBroker)
{
    SettingsContext context;
    context.era = BrokerEra::V20;
    const auto flags = checkSettings(sample("broker-0.13.toml"), context);
    QStringList fatal;
    QStringList ignored;
    for (const SettingFlag &flag : flags) {
        if (flag.finding.code == "renamed-key"_L1) {
            (flag.finding.severity == Severity::Error ? fatal : ignored) << flag.key;
        }
    }
    EXPECT_THAT(fatal, ::testing::Contains(u"mcycle_price"_s));
    EXPECT_THAT(fatal, ::testing::Contains(u"max_stake"_s));
    EXPECT_THAT(ignored, ::testing::Contains(u"stake_balance_warn_threshold"_s));
    context.era = BrokerEra::V10;
    EXPECT_THAT(codes(sample("broker-0.13.toml"), context),
                ::testing::Contains(u"renamed-key:mcycle_price_stake_token"_s));
    context.era = BrokerEra::V013;
    EXPECT_THAT(codes(sample("broker-2.0.toml"), context),
                ::testing::Contains(u"unknown-key:min_mcycle_price"_s));
}

TEST(SettingsCheck, ChainOverridesHaveGlobalOnlyKeys)
{
    SettingsContext context;
    context.isOverride = true;
    EXPECT_EQ(codes(sample("chain-overrides/broker.8453.toml"), context),
              QStringList{u"global-only-key:max_concurrent_proofs"_s});
}

TEST(SettingsCheck, LooksAtValuesTogether)
{
    SettingsFile file = sample("broker-0.13.toml");
    const auto set = [&file](const char *key, const QByteArray &value) {
        ASSERT_TRUE(file.set(u"market"_s, QString::fromLatin1(key), value).has_value());
    };
    set("balance_error_threshold", "\"0.2\"");
    set("max_concurrent_preflights", "3");
    set("lockin_priority_gas", "100");
    set("mcycle_price", "\"0\"");
    ASSERT_TRUE(file.set(u"batcher"_s, u"min_batch_size"_s, "4").has_value());
    SettingsContext context;
    context.execAgents = 3;
    context.benchmarkKhz = 90;
    context.balance = u"40"_s;
    const QStringList found = codes(file, context);
    for (const char *code :
         {"warn-below-error:balance_warn_threshold",
          "preflights-above-agents:max_concurrent_preflights",
          "priority-gas-tiny:lockin_priority_gas", "price-zero:mcycle_price",
          "batch-size-clamped:min_batch_size", "peak-above-benchmark:peak_prove_khz",
          "collateral-exceeds-balance:max_stake"}) {
        EXPECT_THAT(found, ::testing::Contains(QString::fromLatin1(code)));
    }
    context.execAgents = 4;
    context.balance = u"50"_s;
    const QStringList calm = codes(file, context);
    EXPECT_THAT(calm, ::testing::Contains(u"collateral-exposure:max_stake"_s));
    EXPECT_THAT(calm,
                ::testing::Not(
                    ::testing::Contains(u"preflights-above-agents:max_concurrent_preflights"_s)));
    ASSERT_TRUE(file.remove(u"market"_s, u"max_concurrent_proofs"_s).has_value());
    ASSERT_TRUE(file.remove(u"market"_s, u"peak_prove_khz"_s).has_value());
    EXPECT_THAT(codes(file),
                ::testing::IsSupersetOf({u"proofs-unlimited:max_concurrent_proofs"_s,
                                         u"peak-unknown:peak_prove_khz"_s}));
}

TEST(SettingsCheck, ValuesOfEachType)
{
    const auto schema = SettingsSchema::builtIn();
    const auto problem = [&](BrokerEra era, const char *name, const char *text) {
        const QString key = QString::fromLatin1(name);
        return problemWith(*schema->find(era, schema->sectionsOf(era, key).first(), key), era,
                           QString::fromLatin1(text));
    };
    using enum BrokerEra;
    EXPECT_TRUE(problem(V013, "mcycle_price", "0.0000005").isEmpty());
    EXPECT_FALSE(problem(V013, "mcycle_price", "0.5 USD").isEmpty());
    EXPECT_FALSE(problem(V013, "mcycle_price", "-1").isEmpty());
    EXPECT_FALSE(problem(V013, "mcycle_price", "0.0000000000000000001").isEmpty());
    EXPECT_FALSE(problem(V013, "mcycle_price", "1e-9").isEmpty());
    EXPECT_TRUE(problem(V20, "min_mcycle_price", "0.00002 USD").isEmpty());
    EXPECT_FALSE(problem(V20, "min_mcycle_price", "0.00002 ZKC").isEmpty());
    EXPECT_TRUE(problem(V20, "max_collateral", "10 ZKC").isEmpty());
    EXPECT_FALSE(problem(V20, "collateral_balance_warn_threshold", "50 ZKC").isEmpty());
    EXPECT_TRUE(problem(V013, "max_fetch_retries", "255").isEmpty());
    EXPECT_FALSE(problem(V013, "max_fetch_retries", "256").isEmpty());
    EXPECT_FALSE(problem(V013, "max_concurrent_preflights", "0").isEmpty());
    EXPECT_TRUE(problem(V013, "max_file_size", "50_000_000").isEmpty());
    EXPECT_FALSE(problem(V013, "peak_prove_khz", "435.5").isEmpty());
    EXPECT_FALSE(problem(V013, "order_pricing_priority", "fast").isEmpty());
    EXPECT_FALSE(problem(V013, "deny_requestor_addresses", "0x12").isEmpty());
    EXPECT_TRUE(problem(V013, "deny_requestor_addresses",
                        "0x48268bE6235A23eb7b67356469362869D5d0293f, "
                        "0x0466ACfc0F27bBA9fBB7A8508f576527e81E83Bd")
                    .isEmpty());
    EXPECT_TRUE(problem(V20, "eth_usd", "auto").isEmpty());
    EXPECT_FALSE(problem(V20, "eth_usd", "0").isEmpty());
    EXPECT_EQ(
        tomlFor(*schema->find(V013, u"market"_s, u"deny_requestor_addresses"_s), u"0xab, 0xcd"_s),
        "[\"0xab\", \"0xcd\"]");
}

TEST(SettingsCheck, SaysWhereTheFileIsNoToml)
{
    const auto flags = checkSettings(SettingsFile("[market]\nx = \n"), {});
    ASSERT_EQ(flags.size(), 1);
    EXPECT_EQ(flags.first().finding.code, u"toml-syntax"_s);
    EXPECT_EQ(flags.first().finding.evidence.line, 2);
}

} // namespace
} // namespace proverdeck::models::boundless
