// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/Alerts.h"

#include "models/boundless/Networks.h"
#include "support/Test.h"

namespace proverdeck::models::boundless {
namespace {

using namespace Qt::StringLiterals;

QList<AlertLevel> levelsOf(const QList<AlertEvent> &events)
{
    QList<AlertLevel> levels;
    for (const AlertEvent &event : events) {
        levels << event.level;
    }
    return levels;
}

TEST(AlertsTest, OncePerCrossingWithHysteresis)
{
    using L = AlertLevel;
    Alerts alerts;
    alerts.setThresholds({1000, 100, 50, {}});
    const auto at = [&](quint64 value) { return levelsOf(alerts.update(value, 1000)); };
    EXPECT_EQ(at(1000), QList<L>{});
    EXPECT_EQ(at(999), QList<L>{L::Warning});
    EXPECT_EQ(at(998), QList<L>{});
    EXPECT_EQ(at(1050), QList<L>{}) << "not far enough above";
    EXPECT_EQ(at(990), QList<L>{});
    EXPECT_EQ(at(1100), QList<L>{L::None});
    EXPECT_EQ(at(99), QList<L>{L::Critical}) << "one step over both";
    EXPECT_EQ(at(105), QList<L>{});
    EXPECT_EQ(at(110), QList<L>{L::Warning});
    EXPECT_EQ(levelsOf(alerts.update({}, {})), QList<L>{}) << "unknown is not low";
    EXPECT_EQ(alerts.level(AlertSubject::Collateral), L::Warning);
    const auto coin = alerts.update({}, 49);
    ASSERT_EQ(coin.size(), 1);
    EXPECT_EQ(coin.first().subject, AlertSubject::Coin);
    alerts.setThresholds({});
    EXPECT_EQ(levelsOf(alerts.update(0, 0)), QList<L>{});
}

TEST(AlertsTest, ForecastNeedsTimeAndAFall)
{
    const QDateTime from(QDate(2026, 3, 1), QTime(0, 0), Qt::UTC);
    EXPECT_EQ(runsOut(from, 100, from.addDays(1), 50), from.addDays(2));
    EXPECT_EQ(runsOut(from, 100, from.addSecs(60), 50), std::nullopt);
    EXPECT_EQ(runsOut(from, 100, from.addDays(1), 100), std::nullopt);
    EXPECT_EQ(runsOut(from, 100, from.addDays(1), 120), std::nullopt);
    EXPECT_EQ(runsOut(from, 1'000'000, from.addDays(1), 999'999), std::nullopt) << "years away";
    EXPECT_EQ(runsOut({}, 100, from, 50), std::nullopt);
}

TEST(AlertsTest, TheKnownNetworks)
{
    const auto networks = loadNetworks();
    ASSERT_TRUE(networks) << networks.error().toStdString();
    QStringList ids;
    for (const Network &network : *networks) {
        ids << network.id;
    }
    EXPECT_EQ(
        ids,
        (QStringList{u"base"_s, u"base-sepolia"_s, u"eth-sepolia"_s, u"taiko"_s, u"custom"_s}));
    EXPECT_EQ(networks->first().chainId, 8453u);
    const Deployment *old
        = networks->first().deployment(u"0x26759dbb201afba361bec78e097aa3942b0b4ab8"_s);
    ASSERT_TRUE(old);
    EXPECT_EQ(old->generation, Generation::Stake);
    EXPECT_EQ(old->fromBlock, 31134603u);
    EXPECT_EQ(networks->first().deployment(u"base-1.0"_s)->token.toString(),
              u"0xAA61bB7777bD01B684347961918f1E07fBbCe7CF"_s);
}

TEST(AlertsTest, ANetworksFileSaysWhatIsWrong)
{
    EXPECT_TRUE(readNetworks("[[network]]\nid = 3\n").error().contains(u"Line 2"));
    EXPECT_TRUE(readNetworks("\na" + QByteArray(".a").repeated(200'000) + " = 1\n")
                    .error()
                    .contains(u"Line 2"));
    EXPECT_TRUE(readNetworks("[[network]]\nid = \"x\"\n").error().contains(u"title"));
    EXPECT_FALSE(readNetworks("network = 1"));
    EXPECT_FALSE(readNetworks("]["));
    const QByteArray good
        = "[[network]]\nid='x'\ntitle='X'\nchain_id=1\ncoin='C'\nmainnet=true\nblock_seconds=2\n"
          "[[network.market]]\nid='m'\ntitle='M'\ngeneration='stake'\nfrom_block=0\n"
          "address='0x26759dbB201aFbA361Bec78E097Aa3942B0b4AB8'\ntoken='"
          "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913'\n";
    EXPECT_TRUE(readNetworks(good)) << readNetworks(good).error().toStdString();
    QByteArray typo = good;
    typo.replace("'0x26759d", "'0x26759e");
    EXPECT_TRUE(readNetworks(typo).error().contains(u"checksum"));
    EXPECT_TRUE(readNetworks(good + "extra=1\n").error().contains(u"extra"));
}

} // namespace
} // namespace proverdeck::models::boundless
