// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/BrokerAnalysis.h"
#include "models/boundless/Digits.h"
#include "models/boundless/OrderFindings.h"
#include "support/Test.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>

namespace proverdeck::models::boundless {
namespace {

using namespace Qt::StringLiterals;

const QString Us = u"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"_s;

QString requestNumber(const QString &end)
{
    return u"0xa3f1c2b7d9e84056123487fa9b0c1d2e3f405162000000"_s + end;
}

BrokerAnalysis analysisOf(const char *name)
{
    BrokerAnalysis analysis;
    analysis.feedLog(QString::fromLatin1(name),
                     testing::readData(u"boundless/"_s + QString::fromLatin1(name)));
    analysis.finishLog(QString::fromLatin1(name));
    return analysis;
}

OrderRow rowOf(const OrderBook &book, const QString &id, qint64 nowMs)
{
    for (const OrderRow &row : book.rows(nowMs)) {
        if (row.order.id == id) {
            return row;
        }
    }
    ADD_FAILURE() << "no order " << id.toStdString();
    return {};
}

bool has(const QList<Finding> &findings, const char *code)
{
    return std::ranges::any_of(findings,
                               [code](const Finding &finding) { return finding.code == code; });
}

TEST(OrderBook, CountsTheSampleOfRelease013)
{
    for (const char *name : {"broker-0.13.log", "broker-0.13.compose.log"}) {
        const BrokerAnalysis analysis = analysisOf(name);
        const OrderSummary sum = analysis.book().summary(analysis.lastMs());
        EXPECT_EQ(sum.locked, 2) << name;
        EXPECT_EQ(sum.lostLocks, 1);
        EXPECT_EQ(sum.fulfilled, 2);
        EXPECT_EQ(sum.skipped, 15);
        EXPECT_EQ(sum.proved, 1);
        EXPECT_EQ(sum.slashed, 0) << "no log says so";
        EXPECT_EQ(analysis.facts().errors, 10);
        EXPECT_EQ(analysis.book().accounts(), QStringList{Us});
        int skips = 0;
        for (const SkipCount &skip : sum.skips) {
            EXPECT_NE(skip.reason.key, u"other"_s);
            skips += skip.orders;
        }
        EXPECT_EQ(skips, 15);
    }
}

TEST(OrderBook, FollowsOneOrderToItsEnd)
{
    const BrokerAnalysis analysis = analysisOf("broker-0.13.log");
    const OrderRow row = rowOf(analysis.book(), requestNumber(u"21"_s), analysis.lastMs());
    EXPECT_EQ(row.state, OrderState::Fulfilled);
    EXPECT_EQ(row.order.cycles, 1846542336U);
    EXPECT_FALSE(row.order.cyclesAreRounded);
    EXPECT_NEAR(row.order.kHz().value_or(0), 431.38, 0.01);
    EXPECT_EQ(row.order.timeToLockMs(), 69004);
    EXPECT_EQ(row.order.timeToProveMs(), 1131999);
    EXPECT_EQ(row.order.lockDeadlineMs, 1754388868000);
    EXPECT_EQ(row.order.fullDeadlineMs, 1754392468000);
    EXPECT_EQ(row.order.collateralRaw, u"5000000"_s);
    EXPECT_EQ(row.order.fee, u"0.000923271168000000"_s);
    EXPECT_FALSE(row.isExposed);
}

TEST(OrderBook, RaisesTheAlarmForALostLock)
{
    const BrokerAnalysis analysis = analysisOf("broker-0.13.log");
    const OrderRow row = rowOf(analysis.book(), requestNumber(u"24"_s), analysis.lastMs());
    EXPECT_EQ(row.state, OrderState::LostLock);
    EXPECT_TRUE(row.isExposed && row.isLostLock);
    EXPECT_TRUE(has(analysis.findings(analysis.lastMs()), "lost-lock"));
    // Another prover's lock after a lost race is no alarm.
    EXPECT_EQ(rowOf(analysis.book(), requestNumber(u"22"_s), analysis.lastMs()).state,
              OrderState::Overtaken);
    EXPECT_EQ(rowOf(analysis.book(), requestNumber(u"25"_s), analysis.lastMs()).state,
              OrderState::PassedOver);
}

TEST(OrderBook, AnUnconfirmedLockWithoutTheChainsWordIsAWarning)
{
    // RUST_LOG=info hides the "Detected request … locked by" lines.
    QByteArray info;
    for (const QByteArray &line : testing::readData(u"boundless/broker-0.13.log"_s).split('\n')) {
        if (!line.contains(" DEBUG ")) {
            info += line + '\n';
        }
    }
    BrokerAnalysis analysis;
    analysis.feedLog(u"b"_s, info);
    analysis.finishLog(u"b"_s);
    const OrderSummary sum = analysis.book().summary(analysis.lastMs());
    EXPECT_EQ(sum.locked, 2);
    EXPECT_EQ(sum.skipped, 15);
    EXPECT_EQ(sum.fulfilled, 2);
    EXPECT_EQ(sum.lostLocks, 0);
    EXPECT_TRUE(has(analysis.findings(analysis.lastMs()), "lock-unconfirmed"));
    // The account from outside, and the chain's facts, make it an alarm again.
    analysis.join(QList<OrderChainFacts>{{.requestId = requestNumber(u"24"_s), .prover = Us}});
    EXPECT_EQ(analysis.book().summary(analysis.lastMs()).lostLocks, 1);
}

TEST(OrderBook, AFailedOrderIsExposedUntilItsLockDeadline)
{
    const BrokerAnalysis analysis = analysisOf("broker-0.13.log");
    const OrderRow failed = rowOf(analysis.book(), requestNumber(u"26"_s), analysis.lastMs());
    EXPECT_EQ(failed.state, OrderState::SlashPending) << "the reaper says that its time is over";
    EXPECT_THAT(failed.order.failure.toStdString(), ::testing::HasSubstr("out of memory"));
    EXPECT_THAT(failed.order.codes, ::testing::Contains(u"B-BON-005"_s));
    EXPECT_TRUE(has(analysis.findings(analysis.lastMs()), "slash-pending"));
    const OrderRow risk = rowOf(analysis.book(), requestNumber(u"27"_s), analysis.lastMs());
    EXPECT_EQ(risk.state, OrderState::Failed);
    EXPECT_TRUE(risk.isExposed);

    OrderBook book;
    BrokerEvent event;
    event.id = u"0xab"_s;
    event.timeMs = 1000;
    event.kind = BrokerEventKind::Locked;
    book.apply(event);
    event.kind = BrokerEventKind::ProofFailed;
    book.apply(event);
    event.kind = BrokerEventKind::Deadlines;
    event.values = {{u"lock"_s, u"100"_s}, {u"full"_s, u"200"_s}};
    book.apply(event);
    EXPECT_EQ(book.rows(99'999).first().state, OrderState::Failed);
    EXPECT_EQ(book.rows(100'000).first().state, OrderState::SlashPending);
    EXPECT_EQ(book.rows(199'999).first().state, OrderState::SlashPending);
    EXPECT_EQ(book.rows(200'000).first().state, OrderState::Expired);
    book.join(QList<OrderChainFacts>{{.requestId = u"0xab"_s, .slashed = true}});
    EXPECT_EQ(book.rows(99'999).first().state, OrderState::Slashed);
}

TEST(OrderBook, ADeliveryAfterTheLockDeadlineDoesNotSaveTheCollateral)
{
    OrderBook book;
    BrokerEvent event{.kind = BrokerEventKind::Locked, .timeMs = 1000, .id = u"0xab"_s};
    book.apply(event);
    event.kind = BrokerEventKind::Deadlines;
    event.values = {{u"lock"_s, u"100"_s}, {u"full"_s, u"200"_s}};
    book.apply(event);
    event.kind = BrokerEventKind::Fulfilled;
    event.timeMs = 150'000;
    book.apply(event);
    EXPECT_TRUE(book.rows(160'000).first().isLate);
    EXPECT_EQ(book.rows(160'000).first().state, OrderState::SlashPending);
    EXPECT_EQ(book.summary(160'000).fulfilmentRate, 0.0);
    book.join(QList<OrderChainFacts>{{.requestId = u"0xab"_s, .paidWhileLocked = true}});
    EXPECT_EQ(book.rows(160'000).first().state, OrderState::Fulfilled);
}

TEST(OrderBook, CountsTheSampleOfRelease20)
{
    const BrokerAnalysis analysis = analysisOf("broker-2.0.log");
    const OrderSummary sum = analysis.book().summary(analysis.lastMs());
    EXPECT_EQ(sum.locked, 1);
    EXPECT_EQ(sum.fulfilled, 3);
    EXPECT_EQ(sum.skipped, 8);
    EXPECT_EQ(analysis.book().era(), BrokerEra::V20);
    const auto findings = analysis.findings(analysis.lastMs());
    for (const char *code : {"stake-at-risk", "proofs-behind", "deployment-mismatch", "b-pro-501",
                             "b-bon-005", "setting-suggested", "collateral-balance-critical"}) {
        EXPECT_TRUE(has(findings, code)) << code;
    }
    EXPECT_FALSE(has(findings, "slashed")) << "\"slashed collateral reward too low\" is a skip";
}

TEST(OrderBook, SaysReasonsInFewWords)
{
    const BrokerAnalysis analysis = analysisOf("broker-0.13.log");
    const auto reason = [&analysis](const QString &id) {
        return shortReason(rowOf(analysis.book(), id, analysis.lastMs()), analysis.patterns());
    };
    EXPECT_EQ(reason(requestNumber(u"25"_s)), u"Another prover had locked it already"_s);
    EXPECT_THAT(reason(requestNumber(u"26"_s)).toStdString(),
                ::testing::StartsWith("B-PRO-501 Proving failed after retries"));
    EXPECT_THAT(reason(requestNumber(u"24"_s)).toStdString(), ::testing::HasSubstr("given up"));
    EXPECT_THAT(reason(requestNumber(u"28"_s)).toStdString(),
                ::testing::HasSubstr("not be proved"));
    EXPECT_THAT(reason(requestNumber(u"22"_s)).toStdString(),
                ::testing::HasSubstr("another prover"));
    EXPECT_THAT(reason(requestNumber(u"23"_s)).toStdString(),
                ::testing::StartsWith("B-OM-007 Failed to lock order"));
    EXPECT_TRUE(reason(requestNumber(u"21"_s)).isEmpty());
}

TEST(OrderBook, WhatIsProvedWithALockIsExposedAlsoWithoutTheLineOfItsLock)
{
    const BrokerAnalysis analysis = analysisOf("broker-2.0.log");
    const OrderRow row
        = rowOf(analysis.book(), u"0xc0ffee00254729296a45a3885639ac7e10f9d54900000061"_s,
                analysis.lastMs());
    EXPECT_EQ(row.state, OrderState::Failed);
    EXPECT_TRUE(row.isExposed);
    EXPECT_EQ(analysis.book().summary(analysis.lastMs()).locked, 1) << "by its own line";
}

BrokerAnalysis analysisOfLines(const QByteArrayList &messages)
{
    QByteArray log;
    for (qsizetype i = 0; i < messages.size(); ++i) {
        log += "2025-08-05T09:" + QByteArray::number(i + 10)
            + ":00.000000Z  INFO broker::x: " + messages.at(i) + '\n';
    }
    BrokerAnalysis analysis;
    analysis.feedLog(u"b"_s, log);
    analysis.finishLog(u"b"_s);
    return analysis;
}

const QByteArray OneOrder = "0xab-0x" + QByteArray(64, '1') + "-LockAndFulfill";

TEST(OrderBook, AFailedAttemptToSubmitIsNoFailedOrder)
{
    const QByteArrayList attempt{"Locked request: 0xab", "Submitting batch 7",
                                 "Submitting order " + OneOrder,
                                 "Failed to fulfill batch for orders: [\"" + OneOrder + "\"]"};
    const BrokerAnalysis trying = analysisOfLines(attempt);
    EXPECT_EQ(trying.book().rows(trying.lastMs()).first().state, OrderState::Proved);
    EXPECT_EQ(trying.book().summary(trying.lastMs()).failed, 0);
    const BrokerAnalysis given = analysisOfLines(
        attempt + QByteArrayList{"Batch 7 has reached max submission attempts. x"});
    EXPECT_EQ(given.book().rows(given.lastMs()).first().state, OrderState::Failed);
    EXPECT_EQ(given.book().summary(given.lastMs()).failed, 1);
    const BrokerAnalysis done = analysisOfLines(
        attempt + QByteArrayList{"✨ Completed order: 0xab eth_reward: 0.1 stake_reward: 0.0 ✨"});
    EXPECT_EQ(done.book().rows(done.lastMs()).first().state, OrderState::Fulfilled);
    EXPECT_EQ(done.book().summary(done.lastMs()).failed, 0);
}

TEST(OrderBook, TheChainMayBeFasterThanTheBrokersOwnWord)
{
    BrokerAnalysis analysis = analysisOfLines(
        {"Locking request: 0xab for stake: 5000000",
         "Detected request 0xab locked by 0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"});
    analysis.setAccount(Us);
    const OrderRow soon = analysis.book().rows(analysis.lastMs()).first();
    EXPECT_FALSE(soon.isLostLock);
    EXPECT_EQ(soon.state, OrderState::Locked);
    EXPECT_TRUE(soon.isExposed);
    EXPECT_TRUE(analysis.book().rows(analysis.lastMs() + 3'600'000).first().isLostLock)
        << "an hour later nothing was heard of it";
}

TEST(OrderBook, ADeliveryThatTheChainShowsInTimeIsOurs)
{
    // 2025-08-05T10:00:00Z and an hour later.
    const QByteArray deadlines = " [lock expires at 1754388000 (1 seconds from now), expires at "
                                 "1754391600 (2 seconds from now)]";
    const QByteArrayList lines{"Locked request: 0xab", "Queued order " + OneOrder + deadlines,
                               "Detected request fulfilled 0xab"};
    const BrokerAnalysis analysis = analysisOfLines(lines);
    const qint64 later = 1754390000000;
    EXPECT_EQ(analysis.book().rows(later).first().state, OrderState::Fulfilled);
    const BrokerAnalysis unknown = analysisOfLines({lines.at(0), lines.at(2)});
    EXPECT_EQ(unknown.book().rows(later).first().state, OrderState::Locked)
        << "it may have been somebody else, after the lock";
}

TEST(OrderBook, AMillionTimesTheSameLogIsOneOrderEach)
{
    BrokerAnalysis analysis;
    const QByteArray bytes = testing::readData(u"boundless/broker-0.13.log"_s);
    for (const QString &name : {u"a"_s, u"b"_s, u"c"_s}) {
        analysis.feedLog(name, bytes);
        analysis.finishLog(name);
    }
    const OrderSummary sum = analysis.book().summary(analysis.lastMs());
    EXPECT_EQ(sum.locked, 2);
    EXPECT_EQ(sum.skipped, 15);
}

TEST(OrderBook, OneIdOnTwoChainsIsTwoOrders)
{
    OrderBook book;
    BrokerEvent event{.kind = BrokerEventKind::Detected, .chain = 8453, .id = u"0xab"_s};
    book.apply(event);
    event.chain = 167000;
    book.apply(event);
    EXPECT_EQ(book.size(), 2);
    event.chain.reset();
    book.apply(event);
    EXPECT_EQ(book.size(), 2);
}

TEST(BrokerAnalysis, MasksAddressesBeforeTheyAreShown)
{
    BrokerAnalysis analysis;
    const QByteArray line = "2026-06-10T17:02:11.003830Z ERROR broker::proving: Order 0xab-0x"
        + QByteArray(64, 'a')
        + "-LockAndFulfill failed to prove after 1 retries: "
          "https://x.invalid/v2/SecretKey01234567\n";
    analysis.feedLog(u"b"_s, line);
    analysis.finishLog(u"b"_s);
    ASSERT_EQ(analysis.book().size(), 1);
    EXPECT_THAT(analysis.book().orders().first().failure.toStdString(),
                ::testing::Not(::testing::HasSubstr("SecretKey")));
}

TEST(BrokerAnalysis, SaysThatALogIsNone)
{
    BrokerAnalysis analysis;
    analysis.feedLog(u"x"_s, "hello\nworld\n");
    analysis.finishLog(u"x"_s);
    EXPECT_TRUE(has(analysis.findings(0), "no-broker-lines"));
}

class BrokerDbTest : public ::testing::Test
{
protected:
    QString makeDb(const QByteArray &sql)
    {
        const QString path = folder.filePath(u"broker.db"_s);
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"make"_s);
            database.setDatabaseName(path);
            EXPECT_TRUE(database.open());
            QSqlQuery query(database);
            for (const QByteArray &line : sql.split('\n')) {
                if (!line.isEmpty() && !line.startsWith("--")) {
                    EXPECT_TRUE(query.exec(QString::fromUtf8(line)))
                        << query.lastError().text().toStdString();
                }
            }
        }
        QSqlDatabase::removeDatabase(u"make"_s);
        return path;
    }

    QTemporaryDir folder;
};

TEST_F(BrokerDbTest, ReadsTheTablesAndFindsTheLostLock)
{
    const QString path = makeDb(testing::readData(u"boundless/db/broker-0.13.sql"_s));
    const auto snapshot = readBrokerDb(path);
    ASSERT_TRUE(snapshot.has_value()) << snapshot.error().toStdString();
    EXPECT_EQ(snapshot->orders.size(), 7);
    EXPECT_EQ(snapshot->locks.size(), 7);
    EXPECT_EQ(snapshot->lastBlock, 33812455U);
    const DbOrder &first = snapshot->orders.first();
    EXPECT_EQ(first.requestId, requestNumber(u"21"_s));
    EXPECT_EQ(first.collateralRaw, u"5000000"_s);
    EXPECT_EQ(first.lockDeadlineMs, 1754388860000);
    EXPECT_EQ(first.fullDeadlineMs, 1754392460000);

    BrokerAnalysis analysis;
    analysis.join(*snapshot);
    const qint64 now = 1754385400000;
    EXPECT_EQ(analysis.book().accounts(), QStringList{Us});
    EXPECT_EQ(rowOf(analysis.book(), requestNumber(u"24"_s), now).state, OrderState::LostLock);
    EXPECT_EQ(rowOf(analysis.book(), requestNumber(u"26"_s), now).state, OrderState::Failed);
    EXPECT_TRUE(rowOf(analysis.book(), requestNumber(u"26"_s), now).isExposed);
    EXPECT_EQ(rowOf(analysis.book(), requestNumber(u"2a"_s), now).state, OrderState::Proving);
    EXPECT_EQ(rowOf(analysis.book(), requestNumber(u"2b"_s), now).state, OrderState::Locked);
    EXPECT_EQ(rowOf(analysis.book(), requestNumber(u"2c"_s), now).state, OrderState::Proved);
    EXPECT_EQ(rowOf(analysis.book(), requestNumber(u"21"_s), now).state, OrderState::Fulfilled);
    EXPECT_EQ(rowOf(analysis.book(), requestNumber(u"30"_s), now).state, OrderState::Skipped);
    EXPECT_FALSE(rowOf(analysis.book(), requestNumber(u"22"_s), now).isExposed)
        << "no lock is ours";
    const OrderSummary sum = analysis.book().summary(now);
    EXPECT_EQ(sum.locked, 5);
    EXPECT_EQ(sum.open, 5) << "three that are worked on, a failed one, a lost lock";
    EXPECT_EQ(sum.atRiskRaw, u"20000000"_s);
    EXPECT_EQ(sum.atRiskUnknown, 1);
}

TEST_F(BrokerDbTest, JoinsWithTheLog)
{
    const auto snapshot
        = readBrokerDb(makeDb(testing::readData(u"boundless/db/broker-0.13.sql"_s)));
    BrokerAnalysis analysis = analysisOf("broker-0.13.log");
    analysis.join(snapshot.value());
    EXPECT_EQ(
        rowOf(analysis.book(), requestNumber(u"26"_s), analysis.lastMs()).order.lockDeadlineMs,
        1754388860000);
    EXPECT_EQ(analysis.book().summary(analysis.lastMs()).lostLocks, 1);
}

TEST_F(BrokerDbTest, SaysWhatIsWrong)
{
    EXPECT_FALSE(readBrokerDb(folder.filePath(u"nothing"_s)).has_value());
    const auto other = readBrokerDb(makeDb("CREATE TABLE x (y);"));
    ASSERT_FALSE(other.has_value());
    EXPECT_THAT(other.error().toStdString(), ::testing::HasSubstr("no broker database"));
    EXPECT_TRUE(looksLikeSqlite(QByteArray("SQLite format 3\0", 16)));
    EXPECT_FALSE(looksLikeSqlite("SQLite"));
}

TEST(Digits, AreExact)
{
    EXPECT_EQ(digitsFromHex(u"0x4c4b40"), u"5000000"_s);
    EXPECT_EQ(digitsFromHex(QString(u"0x" + QString(64, u'f'))),
              u"115792089237316195423570985008687907853269984665640564039457584007913129639935"_s);
    EXPECT_FALSE(digitsFromHex(u"0xg").has_value());
    EXPECT_FALSE(digitsFromHex(u"12").has_value());
    EXPECT_EQ(sumOf(u"999"_s, u"1"_s), u"1000"_s);
    EXPECT_EQ(sumOf(u"0"_s, u"0"_s), u"0"_s);
    EXPECT_LT(compareDigits(u"99", u"100"), 0);
    EXPECT_EQ(compareDigits(u"007", u"7"), 0);
    EXPECT_EQ(amountText(u"4500000"_s, 6), u"4.5"_s);
    EXPECT_EQ(amountText(u"5"_s, 6), u"0.000005"_s);
    EXPECT_EQ(amountText(u"5000000"_s, 6), u"5"_s);
    EXPECT_EQ(amountText(u"0"_s, 18), u"0"_s);
    EXPECT_EQ(digitsOf(u"4.5", 6), u"4500000"_s);
    EXPECT_EQ(digitsOf(u"4.5000000000", 6), u"4500000"_s);
    EXPECT_FALSE(digitsOf(u"4.5x", 6).has_value());
    EXPECT_FALSE(digitsOf(u"0.0000001", 6).has_value());
}

} // namespace
} // namespace proverdeck::models::boundless
