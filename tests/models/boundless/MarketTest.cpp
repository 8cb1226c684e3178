// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/Market.h"

#include "models/boundless/BalanceSeries.h"
#include "models/boundless/LockBook.h"
#include "models/boundless/LogRange.h"
#include "support/Test.h"

#include <QJsonDocument>

namespace proverdeck::models::boundless {
namespace {

using namespace Qt::StringLiterals;
using evm::Difference;
using evm::U256;

evm::Address address(const QString &text)
{
    return evm::Address::fromText(text).value();
}

const evm::Address Us = address(u"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"_s);

MarketFacts facts(Generation generation)
{
    const bool isOld = generation == Generation::Stake;
    return {8453,
            address(isOld ? u"0x26759dbB201aFbA361Bec78E097Aa3942B0b4AB8"_s
                          : u"0xfd152dadc5183870710fe54f939eae3ab9f0fe82"_s),
            generation,
            address(isOld ? u"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"_s
                          : u"0xAA61bB7777bD01B684347961918f1E07fBbCe7CF"_s),
            isOld ? u"USDC"_s : u"ZKC"_s,
            isOld ? 6 : 18};
}

QList<MarketEvent> recorded(const QString &file, const MarketFacts &market)
{
    const QJsonArray logs = QJsonDocument::fromJson(testing::readData(u"boundless/"_s + file))
                                .object()
                                .value(u"result"_s)
                                .toArray();
    QList<MarketEvent> events;
    for (const QJsonValue &log : logs) {
        if (const auto event = readLog(log.toObject(), market, Us)) {
            events << *event;
        }
    }
    return events;
}

QList<EventKind> kindsOf(const QList<MarketEvent> &events)
{
    QList<EventKind> kinds;
    for (const MarketEvent &event : events) {
        kinds << event.kind;
    }
    return kinds;
}

TEST(MarketTest, ReadsTheLogsOfTheOldMarket)
{
    const auto events = recorded(u"rpc-getlogs-0.13.json"_s, facts(Generation::Stake));
    using K = EventKind;
    // Two slashes: that of the other prover's lock has us as the recipient.
    EXPECT_EQ(kindsOf(events),
              (QList<K>{K::Deposit, K::Locked, K::Fulfilled, K::Locked, K::Slashed, K::Slashed,
                        K::Withdrawal}));
    EXPECT_EQ(events.at(0).amount, U256(10'000'000));
    EXPECT_EQ(events.at(1).amount, U256(5'000'000));
    EXPECT_EQ(events.at(1).lockDeadline, 0x6891cb6cu + 0xe10u);
    EXPECT_EQ(events.at(1).deadline, 0x6891cb6cu + 0x1c20u);
    EXPECT_EQ(events.at(1).requestId->toHex(),
              u"0xa3f1c2b7d9e84056123487fa9b0c1d2e3f40516200000021"_s);
    EXPECT_EQ(events.at(4).burned, U256(2'000'000));
    EXPECT_EQ(events.at(4).amount, U256(8'000'000));
    EXPECT_EQ(events.at(4).account, facts(Generation::Stake).market);
}

TEST(MarketTest, ReadsTheLogsOfTheNewMarket)
{
    const auto events = recorded(u"rpc-getlogs-1.0.json"_s, facts(Generation::Collateral));
    using K = EventKind;
    EXPECT_EQ(
        kindsOf(events),
        (QList<K>{K::Deposit, K::Locked, K::Fulfilled, K::Locked, K::Slashed, K::Withdrawal}));
    EXPECT_EQ(events.at(0).amount.toUnits(18), u"500"_s);
    EXPECT_EQ(events.at(3).amount.toUnits(18), u"300"_s);
    EXPECT_TRUE(recorded(u"rpc-getlogs-1.0.json"_s, facts(Generation::Stake)).isEmpty());
}

TEST(MarketTest, ALogThatIsNotWellFormedIsNone)
{
    const MarketFacts market = facts(Generation::Stake);
    QJsonObject log
        = QJsonDocument::fromJson(testing::readData(u"boundless/rpc-getlogs-0.13.json"_s))
              .object()
              .value(u"result"_s)
              .toArray()
              .at(1)
              .toObject();
    ASSERT_TRUE(readLog(log, market, Us));
    const QString data = log.value(u"data"_s).toString();
    for (const QString &broken :
         {u"0x"_s, data.left(66), data.left(500),
          QString(data.left(66) + QString(64, u'f') + data.mid(130)), data.left(data.size() - 1),
          QString(data.left(2 + 64 * 9) + QString(64, u'f') + data.mid(2 + 64 * 10))}) {
        log.insert(u"data"_s, broken);
        EXPECT_FALSE(readLog(log, market, Us)) << broken.left(200).toStdString();
    }
    log.insert(u"data"_s, data);
    log.insert(u"removed"_s, true);
    EXPECT_FALSE(readLog(log, market, Us));
    log.insert(u"removed"_s, false);
    log.insert(u"address"_s, market.token.toString());
    EXPECT_FALSE(readLog(log, market, Us)) << "another contract may not speak for the market";
    EXPECT_FALSE(readLog({}, market, Us));
}

TEST(MarketTest, RecordedLocksOfTheContract)
{
    const auto calls
        = QJsonDocument::fromJson(testing::readData(u"boundless/rpc-calls.json"_s)).array();
    QList<int> flags;
    for (const QJsonValue &call : calls) {
        const QString data = call[u"request"_s][u"params"_s][0][u"data"_s].toString();
        if (data.startsWith(u"0xc515c15f")) {
            const auto lock
                = readRequestLock(*evm::bytesFromHex(call[u"response"_s][u"result"_s].toString()));
            ASSERT_TRUE(lock);
            flags << lock->flags;
            EXPECT_EQ(lock->deadline, lock->lockDeadline + 0xe10);
        }
    }
    EXPECT_EQ(flags, (QList<int>{0, 1, 2, 4}));
    EXPECT_FALSE(readRequestLock(QByteArray(32, '\0')));
}

TEST(MarketTest, LockedIsNotLost)
{
    auto events = recorded(u"rpc-getlogs-0.13.json"_s, facts(Generation::Stake));
    const auto at = [](qint64 seconds) { return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC); };
    const qint64 lockDeadline = 0x6891cb6c + 0xe10;
    QList<MarketEvent> onlyLock{events.at(1)};
    const QString id = onlyLock.first().requestId->toHex();
    const auto stateAt
        = [&](const QList<MarketEvent> &list, const Verdicts &verdicts, qint64 when) {
              return lockEntries(list, verdicts, at(when)).first().state;
          };
    EXPECT_EQ(stateAt(onlyLock, {}, lockDeadline), LockState::Open);
    EXPECT_EQ(stateAt(onlyLock, {}, lockDeadline + 1), LockState::Unknown)
        << "the logs alone cannot tell";
    Verdicts verdicts;
    verdicts[id].lock = RequestLock{Us, quint64(lockDeadline), 0, 0, U256(5'000'000)};
    EXPECT_EQ(stateAt(onlyLock, verdicts, lockDeadline + 1), LockState::SlashPending);
    verdicts[id].lock->flags = RequestLock::PaidAfterLock;
    EXPECT_EQ(stateAt(onlyLock, verdicts, lockDeadline + 1), LockState::SlashPending);
    verdicts[id].lock->flags = RequestLock::PaidWhileLocked;
    EXPECT_EQ(stateAt(onlyLock, verdicts, lockDeadline + 1), LockState::Returned);
    verdicts[id].isSlashed = true;
    EXPECT_EQ(stateAt(onlyLock, verdicts, lockDeadline + 1), LockState::Slashed);

    MarketEvent late = events.at(2);
    late.time = at(lockDeadline + 5);
    EXPECT_EQ(stateAt({events.at(1), late}, {}, lockDeadline + 9), LockState::SlashPending);
    late.time = at(lockDeadline);
    EXPECT_EQ(stateAt({events.at(1), late}, {}, lockDeadline + 9), LockState::Returned);
}

TEST(MarketTest, EveryEventHasItsExactEffect)
{
    auto events = recorded(u"rpc-getlogs-0.13.json"_s, facts(Generation::Stake));
    for (MarketEvent &event : events) {
        event.time = QDateTime::fromSecsSinceEpoch(0x6891cb6c + 10, Qt::UTC);
    }
    const auto effects = effectsOf(events, {}, Us);
    // +10, locked 5, back 5, locked 10, our slash costs nothing more, 4 of the other's slash, -2.5
    EXPECT_EQ(effects.at(0), Difference::gain(10'000'000));
    EXPECT_EQ(effects.at(1), Difference::loss(5'000'000));
    EXPECT_EQ(effects.at(2), Difference::gain(5'000'000));
    EXPECT_EQ(effects.at(3), Difference::loss(10'000'000));
    EXPECT_EQ(effects.at(4), Difference());
    EXPECT_EQ(effects.at(5), Difference::gain(4'000'000));
    EXPECT_EQ(effects.at(6), Difference::loss(2'500'000));
    const auto totals = totalsOf(lockEntries(events, {}, events.last().time));
    EXPECT_EQ(totals.slashed, 1);
    EXPECT_EQ(totals.lost, U256(10'000'000));
    EXPECT_EQ(totals.open, 0);

    const auto series
        = balanceSeries(collateralChanges(events, {}, Us),
                        {{events.last().block + 5, events.last().time, U256(1'500'000)}});
    EXPECT_TRUE(series.unexplained.isEmpty());
    EXPECT_EQ(series.points.first().value, U256(0));
    EXPECT_EQ(series.points.last().value, U256(1'500'000));
    EXPECT_EQ(series.points.at(1).value, U256(10'000'000));
}

TEST(MarketTest, TheChainWinsOverWhatEventsLeadTo)
{
    const QDateTime now(QDate(2026, 3, 1), QTime(0, 0), Qt::UTC);
    const QList<Change> changes{{10, now, Difference::gain(100)}, {20, now, Difference::gain(50)}};
    const auto series
        = balanceSeries(changes, {{15, now.addSecs(1), U256(90)}, {30, now.addSecs(2), U256(150)}});
    EXPECT_EQ(series.unexplained, (QList<Difference>{Difference::loss(10), Difference::gain(10)}));
    QList<U256> values;
    for (const SeriesPoint &point : series.points) {
        values << point.value;
    }
    // Unknown before block 10 would be below zero: 90 - 100.
    EXPECT_EQ(values.last(), U256(150));
    EXPECT_TRUE(values.contains(U256(90)));
    EXPECT_EQ(balanceSeries(changes, {}).points.size(), 0);
    EXPECT_EQ(balanceSeries({}, {{30, now, U256(7)}}).points.size(), 1);
    const auto less = balanceSeries({{10, now, Difference::gain(100)}}, {{30, now, U256(60)}});
    EXPECT_EQ(less.unexplained, QList<Difference>{Difference::loss(40)});
    EXPECT_EQ(less.points.last().value, U256(60));
}

TEST(MarketTest, RangesNarrowAndGrow)
{
    LogRange range;
    EXPECT_EQ(range.width(), 499u);
    EXPECT_TRUE(range.refused({}));
    EXPECT_EQ(range.width(), 249u);
    EXPECT_TRUE(range.refused(10));
    EXPECT_EQ(range.width(), 10u);
    for (int i = 0; i < 40; ++i) {
        range.succeeded();
    }
    EXPECT_EQ(range.width(), 10u) << "what the endpoint named is not exceeded";
    EXPECT_TRUE(range.refused(100'000)) << "a number that is no narrower does not help";
    EXPECT_EQ(range.width(), 5u);
    while (range.width() > 1) {
        EXPECT_TRUE(range.refused({}));
    }
    EXPECT_FALSE(range.refused({}));
    EXPECT_EQ(range.width(), 1u);
    LogRange wide;
    for (int i = 0; i < 100; ++i) {
        wide.succeeded();
    }
    EXPECT_EQ(wide.width(), 10'000u);
}

} // namespace
} // namespace proverdeck::models::boundless
