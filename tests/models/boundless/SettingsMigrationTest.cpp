// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/SettingsMigration.h"

#include "models/boundless/SettingsCheck.h"
#include "models/boundless/SettingsFile.h"
#include "support/Test.h"

namespace proverdeck::models::boundless {
namespace {

TEST(SettingsMigrationTest, NamesOfTheOldBrokerBecomeThoseOfTheNewOneAndNothingElseChanges)
{
    const QByteArray old = testing::readData("boundless/broker-0.13.toml");
    const auto done = migrateSettings(old, BrokerEra::V013, BrokerEra::V20);
    ASSERT_TRUE(done);
    QMap<QString, SettingMove> moves;
    QByteArray expected = old;
    for (const SettingMove &move : done->moves) {
        moves.insert(move.old, move);
        if (move.isDone) {
            // Each name stands once at the beginning of a line.
            const qsizetype at
                = QByteArray('\n' + old).indexOf(QByteArray('\n' + move.old.toUtf8() + ' '));
            EXPECT_GE(at, 0) << move.old.toStdString();
            expected.replace(QByteArray('\n' + move.old.toUtf8() + ' '),
                             QByteArray('\n' + move.now.toUtf8() + ' '));
        }
    }
    EXPECT_EQ(done->text, expected) << "values, comments and order are as they were";
    EXPECT_TRUE(moves.value("mcycle_price").isDone);
    EXPECT_EQ(moves.value("mcycle_price").now, "min_mcycle_price");
    EXPECT_TRUE(moves.value("mcycle_price").remark.isEmpty()) << "ether before and after";
    EXPECT_EQ(moves.value("max_stake").now, "max_collateral");
    EXPECT_TRUE(moves.value("max_stake").remark.contains("USDC"));
    EXPECT_TRUE(moves.value("max_stake").remark.contains("ZKC"));
    ASSERT_TRUE(moves.contains("mcycle_price_stake_token"));
    EXPECT_FALSE(moves.value("mcycle_price_stake_token").isDone) << "a price is no probability";
    EXPECT_FALSE(moves.value("mcycle_price_stake_token").remark.isEmpty());

    SettingsContext context;
    context.era = BrokerEra::V20;
    for (const SettingFlag &flag : checkSettings(SettingsFile(done->text), context)) {
        const bool isLeft = flag.finding.code == "renamed-key"
            && flag.key != "mcycle_price_stake_token" && flag.key != "lockin_priority_gas";
        EXPECT_FALSE(isLeft) << flag.key.toStdString();
    }
    const auto again = migrateSettings(done->text, BrokerEra::V013, BrokerEra::V20);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->text, done->text);
}

TEST(SettingsMigrationTest, EveryFixtureMigratesToEveryLaterEra)
{
    for (const auto &[name, from] : {std::pair("broker-0.13.toml", BrokerEra::V013),
                                     std::pair("broker-0.13-operator-crlf.toml", BrokerEra::V013),
                                     std::pair("broker-1.2.toml", BrokerEra::V11),
                                     std::pair("broker-2.0.toml", BrokerEra::V20)}) {
        const QByteArray old = testing::readData(QString("boundless/") + name);
        for (const BrokerEra to :
             {BrokerEra::V013, BrokerEra::V10, BrokerEra::V11, BrokerEra::V14, BrokerEra::V20}) {
            if (to < from) {
                continue;
            }
            const auto done = migrateSettings(old, from, to);
            ASSERT_TRUE(done) << name;
            EXPECT_TRUE(SettingsFile(done->text).problem().isEmpty()) << name;
            EXPECT_EQ(done->text.count("\r\n"), old.count("\r\n"));
            EXPECT_EQ(done->text.count('\n'), old.count('\n'));
        }
    }
    EXPECT_FALSE(migrateSettings("[market\n", BrokerEra::V013, BrokerEra::V20));
}

TEST(SettingsMigrationTest, ANameThatIsThereAlreadyIsNotMadeTwice)
{
    const auto done = migrateSettings("[market]\nmax_stake = \"1\"\nmax_collateral = \"2\"\n",
                                      BrokerEra::V013, BrokerEra::V20);
    ASSERT_TRUE(done);
    ASSERT_EQ(done->moves.size(), 1);
    EXPECT_FALSE(done->moves.first().isDone);
    EXPECT_TRUE(done->text.contains("max_stake"));
}

} // namespace
} // namespace proverdeck::models::boundless
