// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/StakeWatch.h"

#include "models/boundless/ops/StakeWitness.h"
#include "support/Anvil.h"
#include "support/FaultyProxy.h"
#include "support/Test.h"

#include <QSignalSpy>
#include <QTest>

namespace proverdeck::models::boundless {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using evm::Difference;
using evm::U256;
using testing::Anvil;
using testing::callData;
using testing::FaultyProxy;
using testing::hexNumber;
using testing::TestMarket;
using State = CollateralMonitor::State;
using Phase = StakeWatch::Phase;

const QString Us = QString::fromLatin1(Anvil::Account1);
const QString Other = QString::fromLatin1(Anvil::Account2);
const QString LockTopic = u"0x6f5de72b704dc2c15a0930f92bc5d83253c73358372a4fe4d004ec1a35d7569a"_s;
const QString FulfilTopic = u"0x2682b2738d8666734f483aa3e081360183bbd5428f40ad104639f5961025142b"_s;

/// A real node behind a proxy that can misbehave, and a watch on account 1.
class StakeWatchTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        if (const QString why = Anvil::whyNot(); !why.isEmpty()) {
            GTEST_SKIP() << why.toStdString();
        }
        node = std::make_unique<Anvil>(arguments);
        proxy = std::make_unique<FaultyProxy>(node->url());
    }

    void watch(const TestMarket &market, double days = 7)
    {
        evm::RpcLimits limits;
        limits.exchange = 700ms;
        limits.patience = 1500ms;
        limits.waitScale = 0.02;
        stake = std::make_unique<StakeWatch>(evm::RpcUrl::fromText(proxy->url().toString()).value(),
                                             limits);
        stake->setInterval(100ms);
        StakeTarget target;
        target.network = customNetwork();
        target.network.blockSeconds = 1;
        target.market = evm::Address::fromText(market.market.toLower()).value();
        target.account = evm::Address::fromText(Us).value();
        target.historyDays = days;
        stake->start(target);
    }

    [[nodiscard]] bool settles()
    {
        return QTest::qWaitFor(
            [&] {
                return stake->isSettled() && stake->monitor().snapshot()->block == node->height();
            },
            20'000);
    }
    [[nodiscard]] bool becomes(const std::function<bool()> &condition)
    {
        return QTest::qWaitFor(condition, 15'000);
    }
    [[nodiscard]] U256 collateral() const { return stake->monitor().snapshot()->collateral; }
    [[nodiscard]] U256 onChain(const TestMarket &market, bool isOld)
    {
        const QString data
            = callData(isOld ? "balanceOfStake(address)" : "balanceOfCollateral(address)", {Us});
        const QString word
            = node->call(u"eth_call"_s,
                         {QJsonObject{{u"to"_s, market.market}, {u"data"_s, data}}, u"latest"_s})
                  .toString();
        return U256::fromHex(word).value_or(U256::max());
    }
    void expectChartEndsAt(const U256 &value)
    {
        const BalanceSeries &series = stake->collateralSeries();
        ASSERT_FALSE(series.points.isEmpty());
        EXPECT_EQ(series.points.last().value.toDecimal(), value.toDecimal());
        EXPECT_EQ(series.points.last().block, stake->monitor().snapshot()->block);
    }

    QStringList arguments{u"--chain-id"_s, u"84532"_s};
    std::unique_ptr<Anvil> node;
    std::unique_ptr<FaultyProxy> proxy;
    std::unique_ptr<StakeWatch> stake;
};

TEST_F(StakeWatchTest, BothGenerationsAndBothDecimalsToTheLastUnit)
{
    const QList<std::tuple<int, int, QString>> kinds{{1, 6, u"USDC"_s}, {2, 18, u"ZKC"_s}};
    for (const auto &[names, decimals, symbol] : kinds) {
        const TestMarket market = TestMarket::deploy(*node, names, decimals, symbol);
        market.deposit(*node, u"100000000000000000001"_s);
        market.withdraw(*node, u"33333333333333333333"_s);
        market.deposit(*node, u"7"_s);
        watch(market);
        ASSERT_TRUE(settles()) << stake->problem().toStdString();
        EXPECT_EQ(stake->facts()->generation,
                  names == 1 ? Generation::Stake : Generation::Collateral);
        EXPECT_EQ(stake->facts()->decimals, decimals);
        EXPECT_EQ(stake->facts()->symbol, symbol);
        EXPECT_EQ(stake->facts()->chainId, 84532u);
        const U256 value = onChain(market, names == 1);
        EXPECT_EQ(value.toDecimal(), u"66666666666666666675"_s);
        EXPECT_EQ(collateral(), value);
        expectChartEndsAt(value);
        EXPECT_TRUE(stake->collateralSeries().unexplained.isEmpty());
        EXPECT_EQ(stake->collateralSeries().points.first().value, U256(0))
            << "before the first deposit";
        EXPECT_EQ(stake->walletSeries().points.last().value, stake->monitor().snapshot()->wallet);
        EXPECT_TRUE(stake->walletSeries().unexplained.isEmpty());
        EXPECT_EQ(stake->monitor().snapshot()->wallet.toDecimal(), u"33333333333333333333"_s);
        EXPECT_TRUE(stake->events().last().time.isValid());

        market.deposit(*node, u"5"_s); // and on with the chain
        ASSERT_TRUE(settles());
        expectChartEndsAt(*value.plus(5));
        EXPECT_TRUE(stake->collateralSeries().unexplained.isEmpty());
    }
}

TEST_F(StakeWatchTest, LocksSlashesAndReturnsAreToldApart)
{
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s, u"RequestMarket"_s);
    market.deposit(*node, u"100000000"_s);
    const QString from = QString::fromLatin1(Anvil::Account0);
    const auto now = [&] {
        return node->call(u"eth_getBlockByNumber"_s, {u"latest"_s, false})
            .toObject()
            .value(u"timestamp"_s)
            .toString()
            .mid(2)
            .toULongLong(nullptr, 16);
    };
    const quint64 start = now();
    const auto lock = [&](quint64 id, const QString &prover, quint64 amount, quint64 lockTimeout) {
        const QJsonObject receipt = node->send(
            from, market.market,
            callData("testLock(uint256,address,uint96,uint64,uint32,uint32,bytes32)",
                     {hexNumber(id), prover, hexNumber(amount), hexNumber(start),
                      hexNumber(lockTimeout), hexNumber(lockTimeout + 3600), LockTopic}));
        ASSERT_EQ(receipt.value(u"status"_s).toString(), u"0x1"_s);
    };
    lock(0x21, Us, 10'000'000, 1000); // will be fulfilled in time
    lock(0x22, Us, 20'000'000, 1000); // will be slashed
    lock(0x23, Us, 30'000'000, 1000); // will wait for its slash
    lock(0x24, Us, 5'000'000, 100'000); // stays open
    watch(market);
    ASSERT_TRUE(settles()) << stake->problem().toStdString();
    EXPECT_EQ(collateral(), U256(35'000'000));
    EXPECT_EQ(stake->lockTotals().open, 4);
    EXPECT_EQ(stake->lockTotals().locked, U256(65'000'000));
    EXPECT_TRUE(stake->collateralSeries().unexplained.isEmpty());

    node->send(from, market.market,
               callData("testFulfil(uint256,address,bytes32)", {hexNumber(0x21), Us, FulfilTopic}));
    node->call(u"evm_increaseTime"_s, {2000});
    node->mine(1);
    ASSERT_TRUE(settles());
    EXPECT_EQ(stake->lockTotals().open, 1);
    EXPECT_EQ(stake->lockTotals().pending, 2);
    EXPECT_EQ(stake->lockTotals().slashPending, U256(50'000'000));
    EXPECT_EQ(stake->lockTotals().slashed, 0);

    node->send(from, market.market,
               callData("testSlash(uint256,address)", {hexNumber(0x22), Other}));
    ASSERT_TRUE(settles());
    EXPECT_EQ(stake->lockTotals().slashed, 1);
    EXPECT_EQ(stake->lockTotals().lost, U256(20'000'000));
    EXPECT_EQ(stake->lockTotals().pending, 1);
    // Late by our own hand does not save it.
    node->send(from, market.market,
               callData("testFulfil(uint256,address,bytes32)", {hexNumber(0x23), Us, FulfilTopic}));
    ASSERT_TRUE(settles());
    EXPECT_EQ(stake->lockTotals().pending, 1);
    // A slash of somebody else's request pays us its rest: gain, not loss.
    const TestMarket same = market;
    node->send(Other, same.token, callData("mint(address,uint256)", {Other, hexNumber(8'000'000)}));
    node->send(Other, same.token,
               callData("approve(address,uint256)", {same.market, hexNumber(8'000'000)}));
    node->send(Other, same.market, callData("depositStake(uint256)", {hexNumber(8'000'000)}));
    lock(0x99, Other, 8'000'000, 1000);
    node->send(from, same.market, callData("testSlash(uint256,address)", {hexNumber(0x99), Us}));
    ASSERT_TRUE(settles());
    EXPECT_EQ(collateral(), U256(49'000'000));
    EXPECT_EQ(collateral(), onChain(market, true));
    expectChartEndsAt(collateral());
    EXPECT_TRUE(stake->collateralSeries().unexplained.isEmpty());
    EXPECT_EQ(stake->lockTotals().slashed, 1) << "the other's slash is not ours";
}

TEST_F(StakeWatchTest, WhatNoEventExplainsIsShownAsSuch)
{
    const TestMarket market = TestMarket::deploy(*node, 2, 18, u"ZKC"_s);
    market.deposit(*node, u"1000"_s);
    watch(market);
    ASSERT_TRUE(settles());
    node->send(Us, market.market,
               callData("testLock(address,uint256)", {Us, hexNumber(400)})); // no event
    ASSERT_TRUE(settles());
    EXPECT_EQ(collateral(), U256(600));
    expectChartEndsAt(U256(600));
    EXPECT_EQ(stake->collateralSeries().unexplained, QList<Difference>{Difference::loss(400)});
}

TEST_F(StakeWatchTest, BearsWitnessForASafeStopOrSaysWhyNot)
{
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s, u"RequestMarket"_s);
    market.deposit(*node, u"100000000"_s);
    const QString from = QString::fromLatin1(Anvil::Account0);
    const quint64 start = quint64(QDateTime::currentSecsSinceEpoch());
    const auto lock = [&](quint64 id, const QString &prover, quint64 amount, quint64 lockTimeout) {
        node->send(from, market.market,
                   callData("testLock(uint256,address,uint96,uint64,uint32,uint32,bytes32)",
                            {hexNumber(id), prover, hexNumber(amount), hexNumber(start),
                             hexNumber(lockTimeout), hexNumber(lockTimeout + 3600), LockTopic}));
    };
    lock(0x31, Us, 10'000'000, 1000);
    lock(0x32, Us, 20'000'000, 500);
    node->send(from, market.market,
               callData("testFulfil(uint256,address,bytes32)", {hexNumber(0x31), Us, FulfilTopic}));
    StakeWitness witness([this] { return stake.get(); });
    using Facts = tl::expected<QList<OrderChainFacts>, QString>;
    std::optional<Facts> said;
    const auto ask = [&](const QString &account, const QStringList &ids) {
        said.reset();
        witness.ask(account, ids, [&said](const Facts &facts) { said = facts; });
        EXPECT_TRUE(becomes([&] { return said.has_value(); }));
        return *said;
    };
    EXPECT_TRUE(ask({}, {}).error().contains(u"not connected"));
    watch(market);
    const Facts facts = ask(Us.toLower(), {}); // also before it has read anything: it waits
    ASSERT_TRUE(facts) << facts.error().toStdString();
    ASSERT_EQ(facts->size(), 1) << "what was paid in time does not matter any more";
    EXPECT_EQ(facts->first().requestId, u"0x32"_s);
    EXPECT_EQ(facts->first().prover, Us.toLower());
    EXPECT_EQ(facts->first().lockDeadlineMs, qint64(start + 500) * 1000);
    EXPECT_EQ(facts->first().paidWhileLocked, false);
    EXPECT_EQ(facts->first().collateralRaw, u"20000000"_s);
    const Facts both = ask({}, {u"0x31"_s});
    ASSERT_TRUE(both);
    ASSERT_EQ(both->size(), 2);
    EXPECT_EQ(both->first().paidWhileLocked, true);

    EXPECT_TRUE(ask(Other, {}).error().contains(u"another account"));
    watch(market, 0); // no events: nobody can say that this is all
    ASSERT_TRUE(settles());
    EXPECT_FALSE(ask({}, {}));
    watch(market, 7);
    ASSERT_TRUE(settles());
    node->stop();
    EXPECT_TRUE(
        becomes([&] { return stake->monitor().state() != CollateralMonitor::State::Live; }));
    EXPECT_FALSE(ask({}, {})) << "old values prove nothing";
}

TEST_F(StakeWatchTest, AFloodIsReadInNarrowerSteps)
{
    const TestMarket market = TestMarket::deploy(*node, 2, 18, u"ZKC"_s);
    market.deposit(*node, u"1000"_s);
    node->mine(1200);
    node->send(Us, market.market,
               callData("testFlood(uint256,uint256,address)", {hexNumber(1), hexNumber(300), Us}));
    node->mine(300);
    proxy->fail({u"results-200"_s, 2, u"eth_getLogs"_s});
    proxy->fail({u"range-limit"_s, -1, u"eth_getLogs"_s, 100});
    watch(market);
    ASSERT_TRUE(settles()) << stake->problem().toStdString();
    EXPECT_LE(stake->history().rangeWidth(), 100u);
    int fulfilments = 0;
    for (const MarketEvent &event : stake->events()) {
        fulfilments += event.kind == EventKind::Fulfilled ? 1 : 0;
    }
    EXPECT_EQ(fulfilments, 300);
    expectChartEndsAt(U256(1000));
    EXPECT_EQ(stake->history().low(), 0u);
}

TEST_F(StakeWatchTest, ABlockThatCannotBeReadIsSaid)
{
    const TestMarket market = TestMarket::deploy(*node, 2, 18, u"ZKC"_s);
    proxy->fail({u"results-200"_s, 9, u"eth_getLogs"_s}); // 499 … 1, and once more
    watch(market);
    ASSERT_TRUE(settles()) << stake->problem().toStdString();
    EXPECT_EQ(stake->history().unreadable().size(), 1);
    EXPECT_TRUE(stake->problem().contains(u"more events")) << stake->problem().toStdString();
}

TEST_F(StakeWatchTest, AReorganisationLeavesNothingBehind)
{
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    market.deposit(*node, u"1000000"_s);
    node->mine(30);
    market.deposit(*node, u"7000000"_s);
    watch(market);
    ASSERT_TRUE(settles());
    EXPECT_EQ(collateral(), U256(8'000'000));
    QSignalSpy reorganised(&stake->monitor(), &CollateralMonitor::reorganised);
    node->call(u"anvil_reorg"_s, {1, QJsonArray()}); // the same height, another hash
    ASSERT_TRUE(becomes([&] { return collateral() == U256(1'000'000); }))
        << stake->problem().toStdString();
    ASSERT_TRUE(settles());
    EXPECT_GE(reorganised.count(), 1);
    EXPECT_TRUE(stake->monitor().notice().contains(u"reorganised"));
    expectChartEndsAt(U256(1'000'000));
    EXPECT_TRUE(stake->collateralSeries().unexplained.isEmpty());

    market.deposit(*node, u"50"_s);
    ASSERT_TRUE(settles());
    node->call(u"anvil_reorg"_s, {25, QJsonArray()}); // deeper than what is read again anyway
    ASSERT_TRUE(becomes([&] { return stake->isSettled() && collateral() == U256(1'000'000); }));
    expectChartEndsAt(U256(1'000'000));
    for (const MarketEvent &event : stake->events()) {
        EXPECT_NE(event.amount, U256(50));
    }
}

TEST_F(StakeWatchTest, TheHeightGoesBack)
{
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    market.deposit(*node, u"1000000"_s);
    const QJsonValue snapshot = node->call(u"evm_snapshot"_s);
    market.deposit(*node, u"2000000"_s);
    watch(market);
    ASSERT_TRUE(settles());
    EXPECT_EQ(collateral(), U256(3'000'000));
    node->call(u"evm_revert"_s, {snapshot});
    ASSERT_TRUE(becomes([&] { return stake->isSettled() && collateral() == U256(1'000'000); }));
    EXPECT_TRUE(stake->monitor().notice().contains(u"went back"));
    expectChartEndsAt(U256(1'000'000));

    // A replica that lags is no chain that went back: the block that was seen is still there.
    const QString notice = stake->monitor().notice();
    node->mine(5);
    ASSERT_TRUE(settles());
    proxy->clear();
    proxy->fail({u"old-block"_s, 3});
    ASSERT_TRUE(becomes([&] { return proxy->seenCount(u"eth_blockNumber"_s) >= 4; }));
    ASSERT_TRUE(settles());
    EXPECT_EQ(collateral(), U256(1'000'000));
    EXPECT_EQ(stake->monitor().notice(), notice);
}

TEST_F(StakeWatchTest, AnotherChainShowsNoBalance)
{
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    market.deposit(*node, u"1000000"_s);
    watch(market);
    ASSERT_TRUE(settles());
    node->call(u"anvil_setChainId"_s, {11155111});
    ASSERT_TRUE(becomes([&] { return stake->monitor().state() == State::ChainChanged; }));
    EXPECT_FALSE(stake->monitor().snapshot());
    EXPECT_TRUE(stake->collateralSeries().points.isEmpty());
    EXPECT_TRUE(stake->problem().contains(u"11155111")) << stake->problem().toStdString();
    node->call(u"anvil_setChainId"_s, {84532});
    ASSERT_TRUE(settles());
    EXPECT_EQ(collateral(), U256(1'000'000));
    expectChartEndsAt(U256(1'000'000));
}

TEST_F(StakeWatchTest, ANodeThatStartsAnewHasNoMarket)
{
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    market.deposit(*node, u"1000000"_s);
    watch(market);
    ASSERT_TRUE(settles());
    node->restart(arguments);
    ASSERT_TRUE(becomes([&] { return stake->phase() == Phase::Blocked; }))
        << stake->problem().toStdString();
    EXPECT_EQ(stake->probeFault(), ProbeFault::NoContract);
    EXPECT_FALSE(stake->monitor().snapshot()) << "not zero: nothing";
    EXPECT_TRUE(stake->collateralSeries().points.isEmpty());
    EXPECT_TRUE(stake->problem().contains(u"no contract"));
    // The same contracts at the same addresses: as after a test network was set up again.
    const TestMarket again = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    EXPECT_EQ(again.market, market.market);
    again.deposit(*node, u"5"_s);
    stake->retry();
    ASSERT_TRUE(settles()) << stake->problem().toStdString();
    expectChartEndsAt(U256(5));
}

TEST_F(StakeWatchTest, ValuesGetOldNeverZero)
{
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    market.deposit(*node, u"1000000"_s);
    watch(market);
    ASSERT_TRUE(settles());
    for (const QString &kind :
         {u"hang"_s, u"html-502"_s, u"html-200"_s, u"reset"_s, u"truncate"_s, u"throttle-http"_s,
          u"throttle-daily"_s, u"empty-200"_s, u"null-result"_s, u"wrong-id"_s,
          u"header-not-found"_s, u"unauthorized"_s}) {
        proxy->clear();
        proxy->fail({kind, -1, {}, 1});
        ASSERT_TRUE(becomes([&] { return stake->monitor().state() == State::Stale; }))
            << kind.toStdString();
        ASSERT_TRUE(stake->monitor().snapshot());
        EXPECT_EQ(collateral(), U256(1'000'000)) << kind.toStdString();
        EXPECT_FALSE(stake->problem().isEmpty());
        EXPECT_FALSE(stake->problem().contains(u"SECRET"));
        proxy->clear();
        stake->retry();
        ASSERT_TRUE(settles()) << kind.toStdString() << ": " << stake->problem().toStdString();
    }
    node->stop();
    ASSERT_TRUE(becomes([&] { return stake->monitor().state() == State::Stale; }));
    EXPECT_EQ(collateral(), U256(1'000'000));
}

TEST_F(StakeWatchTest, AFrozenNodeAndItsReturn)
{
    const TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    market.deposit(*node, u"1000000"_s);
    watch(market);
    ASSERT_TRUE(settles());
    node->freeze(true);
    ASSERT_TRUE(becomes([&] { return stake->monitor().state() == State::Stale; }));
    EXPECT_EQ(collateral(), U256(1'000'000));
    node->freeze(false);
    ASSERT_TRUE(settles());
}

TEST_F(StakeWatchTest, TheRightAnswersInAnyShape)
{
    const TestMarket market = TestMarket::deploy(*node, 2, 18, u"ZKC"_s);
    market.deposit(*node, u"1000000"_s);
    for (const QString &kind : {u"batch-shuffle"_s, u"batch-drop"_s, u"batch-refuse"_s}) {
        proxy->clear();
        proxy->fail({kind, -1});
        watch(market);
        ASSERT_TRUE(settles()) << kind.toStdString() << stake->problem().toStdString();
        expectChartEndsAt(U256(1'000'000));
    }
}

TEST_F(StakeWatchTest, WrongPlacesAreNamed)
{
    TestMarket market = TestMarket::deploy(*node, 1, 6, u"USDC"_s);
    const QString token = market.token;
    market.market = Other;
    watch(market);
    ASSERT_TRUE(becomes([&] { return stake->phase() == Phase::Blocked; }));
    EXPECT_EQ(stake->probeFault(), ProbeFault::NoContract);
    market.market = token;
    watch(market);
    ASSERT_TRUE(becomes([&] { return stake->phase() == Phase::Blocked; }));
    EXPECT_EQ(stake->probeFault(), ProbeFault::NotAMarket);

    StakeTarget target = stake->target();
    target.network.chainId = 8453;
    target.network.title = u"Base"_s;
    stake->start(target);
    ASSERT_TRUE(becomes([&] { return stake->phase() == Phase::Blocked; }));
    EXPECT_EQ(stake->probeFault(), ProbeFault::WrongChain);
    EXPECT_TRUE(stake->problem().contains(u"84532"));
}

/// An endpoint that lies in every answer: nothing is believed, nothing crashes, nothing is 0.
TEST(StakeWatchLiesTest, NothingThatIsNotWellFormedIsBelieved)
{
    const QList<QJsonValue> lies{
        QJsonValue(),
        u""_s,
        u"0x"_s,
        u"0xzz"_s,
        u"0x0"_s,
        QString(u"0x"_s + QString(64, u'f')),
        QString(u"0x"_s + QString(700, u'1')),
        -1,
        1e300,
        true,
        QJsonArray{QJsonArray{}, 1, QJsonObject{}},
        QJsonObject{{u"hash"_s, 3}, {u"timestamp"_s, u"0xffffffffffffffff"_s}}};
    for (const QString &method :
         {u"eth_chainId"_s, u"eth_blockNumber"_s, u"eth_getCode"_s, u"eth_call"_s,
          u"eth_getBalance"_s, u"eth_getBlockByNumber"_s, u"eth_getLogs"_s}) {
        for (const QJsonValue &lie : lies) {
            const QString word = u"0x"_s + QString(62, u'0') + u"12"_s;
            FaultyProxy liar([&](const QString &asked, const QJsonArray &params) {
                QJsonValue truth = word;
                if (asked == u"eth_chainId" || asked == u"eth_blockNumber"
                    || asked == u"eth_getBalance") {
                    truth = u"0x5"_s;
                } else if (asked == u"eth_getLogs") {
                    truth = QJsonArray();
                } else if (asked == u"eth_getBlockByNumber") {
                    truth = QJsonObject{{u"number"_s, params.first()},
                                        {u"hash"_s, u"0xab"_s},
                                        {u"timestamp"_s, u"0x65000000"_s}};
                }
                return QJsonObject{{u"result"_s, asked == method ? lie : truth}};
            });
            evm::RpcLimits limits;
            limits.waitScale = 0.01;
            limits.patience = 200ms;
            StakeWatch stake(evm::RpcUrl::fromText(liar.url().toString()).value(), limits);
            stake.setInterval(20ms);
            StakeTarget target;
            target.network = customNetwork();
            target.market = evm::Address::fromText(Us).value();
            target.account = target.market;
            stake.start(target);
            // It says what is wrong, or it came to an end with values that were not the lie.
            EXPECT_TRUE(QTest::qWaitFor(
                [&] { return !stake.problem().isEmpty() || stake.isSettled(); }, 5000))
                << method.toStdString();
            const auto &snapshot = stake.monitor().snapshot();
            if (snapshot && method != u"eth_getBalance" && method != u"eth_call") {
                EXPECT_EQ(snapshot->collateral, U256(0x12)) << method.toStdString();
            }
            if (method == u"eth_call" && lie != QJsonValue(lies.at(5))) {
                EXPECT_FALSE(snapshot);
            }
        }
    }
}

TEST_F(StakeWatchTest, AlertsComeOnceForEachCrossing)
{
    const TestMarket market = TestMarket::deploy(*node, 2, 18, u"ZKC"_s);
    market.deposit(*node, u"1000"_s);
    watch(market);
    QList<AlertLevel> levels;
    QObject::connect(stake.get(), &StakeWatch::alerted, stake.get(),
                     [&](const AlertEvent &event) { levels << event.level; });
    stake->setThresholds({U256(500), U256(100), {}, {}});
    ASSERT_TRUE(settles());
    EXPECT_TRUE(levels.isEmpty());
    market.withdraw(*node, u"600"_s);
    ASSERT_TRUE(settles());
    market.withdraw(*node, u"1"_s);
    ASSERT_TRUE(settles());
    EXPECT_EQ(levels, QList<AlertLevel>{AlertLevel::Warning});
    market.withdraw(*node, u"390"_s);
    ASSERT_TRUE(settles());
    EXPECT_EQ(levels.last(), AlertLevel::Critical);
}

} // namespace
} // namespace proverdeck::models::boundless
