// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/SafeToStop.h"

#include "support/Test.h"

namespace proverdeck::models::boundless {
namespace {

using Answer = StopVerdict::Answer;
using Why = HoldingOrder::Why;

const QString Us = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const QString Other = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
constexpr qint64 Now = 1'800'000'000'000;
constexpr qint64 Minute = 60'000;

DbOrder order(const QString &id, const QString &status, qint64 deadline = Now + 30 * Minute)
{
    DbOrder one;
    one.requestId = id;
    one.type = "LockAndFulfill";
    one.status = status;
    one.lockDeadlineMs = deadline;
    one.fullDeadlineMs = deadline + 30 * Minute;
    one.provingStartedMs = Now - 5 * Minute;
    one.collateralRaw = "5000000";
    return one;
}

class SafeToStopTest : public ::testing::Test
{
protected:
    SafeToStopTest()
    {
        evidence.nowMs = Now;
        evidence.account = Us;
        evidence.db = DbSnapshot{};
    }

    void add(const DbOrder &one, const QString &locker = Us)
    {
        evidence.db->orders << one;
        evidence.db->locks << DbLock{one.requestId, locker};
    }
    [[nodiscard]] StopVerdict verdict() const { return judgeStop(evidence); }

    StopEvidence evidence;
};

TEST_F(SafeToStopTest, AnEmptyDatabaseIsSafe)
{
    EXPECT_EQ(verdict().answer, Answer::Safe);
    EXPECT_EQ(verdict().source, "broker.db");
}

TEST_F(SafeToStopTest, ANamedAccountOfAnotherProverHidesNothing)
{
    evidence.account = Other; // the one of the stake page, which is of another server
    add(order("0x1", "Done"));
    evidence.db->locks << DbLock{"0x2", Us}; // lost: locked as ours, and no order of it
    StopVerdict now = verdict();
    EXPECT_NE(now.answer, Answer::Safe) << "the database shows whose locks are ours";
    ASSERT_EQ(now.holding.size(), 1);
    EXPECT_EQ(now.holding.first().requestId, "0x2");
    OrderChainFacts facts;
    facts.requestId = "0x2";
    facts.prover = Us;
    facts.lockDeadlineMs = Now + 10 * Minute;
    facts.paidWhileLocked = false;
    evidence.chain = QList<OrderChainFacts>{facts};
    now = verdict();
    EXPECT_EQ(now.answer, Answer::Wait) << "the chain knows its deadline";
    EXPECT_EQ(now.holding.first().why, Why::LostLock);
    evidence.nowMs = Now + 12 * Minute;
    now = verdict();
    EXPECT_EQ(now.answer, Answer::Safe) << "nothing can be saved any more";
    EXPECT_EQ(now.lost.size(), 1);
}

TEST_F(SafeToStopTest, EveryCommittedStatusHoldsItUp)
{
    for (const char *status :
         {"PendingProving", "Proving", "PendingAgg", "Aggregating", "SkipAggregation",
          "PendingSubmission", "ReadyForBatch", "Batching", "ReadyForSubmission"}) {
        evidence.db = DbSnapshot{};
        add(order("0x1", status));
        EXPECT_EQ(verdict().answer, Answer::Wait) << status;
        ASSERT_EQ(verdict().holding.size(), 1) << status;
        EXPECT_EQ(verdict().holding.first().why, Why::InWork) << status;
    }
}

TEST_F(SafeToStopTest, WhatIsDoneOrWasNeverLockedHoldsNothingUp)
{
    add(order("0x1", "Done"));
    DbOrder skipped = order("0x2", "Skipped");
    evidence.db->orders << skipped;
    DbOrder neverLocked = order("0x3", "Failed");
    neverLocked.provingStartedMs.reset();
    evidence.db->orders << neverLocked;
    EXPECT_EQ(verdict().answer, Answer::Safe);
}

TEST_F(SafeToStopTest, OrdersWithoutALockCarryNoRisk)
{
    for (const char *type : {"FulfillAfterLockExpire", "FulfillWithoutLocking"}) {
        DbOrder one = order("0x1", "Proving");
        one.type = type;
        evidence.db->orders << one;
    }
    evidence.db->locks << DbLock{"0x1", Other};
    EXPECT_EQ(verdict().answer, Answer::Safe);
}

TEST_F(SafeToStopTest, AFailedOrderHoldsItUpUntilItsDeadline)
{
    add(order("0x1", "Failed"));
    EXPECT_EQ(verdict().answer, Answer::Wait);
    EXPECT_EQ(verdict().holding.value(0).why, Why::Failed);

    evidence.nowMs = Now + 30 * Minute + Minute; // the clocks may differ by a minute
    EXPECT_EQ(verdict().answer, Answer::Wait);
    evidence.nowMs += 1;
    EXPECT_EQ(verdict().answer, Answer::Safe);
    EXPECT_EQ(verdict().lost.size(), 1);
}

TEST_F(SafeToStopTest, AFailedOrderOfSomebodyElseIsNotOurs)
{
    add(order("0x1", "Failed"), Other);
    EXPECT_EQ(verdict().answer, Answer::Safe);
}

TEST_F(SafeToStopTest, ACommittedOrderPastItsDeadlineIsLostAndNotWaitedFor)
{
    add(order("0x1", "Proving", Now - 2 * Minute));
    EXPECT_EQ(verdict().answer, Answer::Safe);
    ASSERT_EQ(verdict().lost.size(), 1);
    EXPECT_EQ(verdict().lost.first().requestId, "0x1");
}

TEST_F(SafeToStopTest, TheNextDeadlineComesFirst)
{
    add(order("0x1", "Proving", Now + 20 * Minute));
    add(order("0x2", "Proving", Now + 10 * Minute));
    DbOrder unknown = order("0x3", "Proving");
    unknown.lockDeadlineMs.reset();
    add(unknown);
    const StopVerdict now = verdict();
    ASSERT_EQ(now.holding.size(), 3);
    EXPECT_EQ(now.holding.at(0).requestId, "0x2");
    EXPECT_EQ(now.holding.at(2).requestId, "0x3");
    EXPECT_EQ(now.answer, Answer::Wait);
}

TEST_F(SafeToStopTest, ALostLockCannotBeJudgedWithoutItsDeadline)
{
    evidence.db->locks << DbLock{"0x24", Us};
    EXPECT_EQ(verdict().answer, Answer::Unknown);
    ASSERT_EQ(verdict().holding.size(), 1);
    EXPECT_EQ(verdict().holding.first().why, Why::Unjudged);
    EXPECT_TRUE(verdict().reason.contains("0x24"));
}

TEST_F(SafeToStopTest, TheChainGivesALostLockItsDeadline)
{
    evidence.db->locks << DbLock{"0x24", Us};
    evidence.chain = {OrderChainFacts{.requestId = "0x24",
                                      .prover = Us,
                                      .lockDeadlineMs = Now + Minute,
                                      .paidWhileLocked = false}};
    EXPECT_EQ(verdict().answer, Answer::Wait);
    EXPECT_EQ(verdict().holding.value(0).why, Why::LostLock);
    EXPECT_EQ(verdict().source, "broker.db + chain");

    evidence.nowMs = Now + 3 * Minute;
    EXPECT_EQ(verdict().answer, Answer::Safe);
    EXPECT_EQ(verdict().lost.size(), 1);
}

TEST_F(SafeToStopTest, ALockOfSomebodyElseOrAFulfilledOneIsNoLostLock)
{
    evidence.db->locks << DbLock{"0x1", Other} << DbLock{"0x2", Us};
    evidence.db->fulfilled << "0x2";
    EXPECT_EQ(verdict().answer, Answer::Safe);
}

TEST_F(SafeToStopTest, AnUnknownAccountIsInferredFromTheBrokersOwnOrders)
{
    evidence.account.clear();
    add(order("0x1", "Done"));
    evidence.db->locks << DbLock{"0x2", Other} << DbLock{"0x3", Us};
    EXPECT_EQ(accountOf(*evidence.db), Us);
    EXPECT_EQ(verdict().answer, Answer::Unknown) << "0x3 is a lost lock of ours";
    ASSERT_EQ(verdict().holding.size(), 1);
    EXPECT_EQ(verdict().holding.first().requestId, "0x3");
}

TEST_F(SafeToStopTest, WithoutAnAccountForeignLocksCannotBeToldFromOurs)
{
    evidence.account.clear();
    evidence.db->locks << DbLock{"0x2", Other};
    EXPECT_EQ(accountOf(*evidence.db), QString());
    EXPECT_EQ(verdict().answer, Answer::Unknown);
    EXPECT_TRUE(verdict().holding.isEmpty());
    EXPECT_TRUE(verdict().reason.contains("account"));
}

TEST_F(SafeToStopTest, TheChainClearsAnOrderThatWasPaidInTime)
{
    add(order("0x1", "PendingSubmission"));
    evidence.chain = {OrderChainFacts{.requestId = "0x1", .prover = Us, .paidWhileLocked = true}};
    EXPECT_EQ(verdict().answer, Answer::Safe);
    EXPECT_TRUE(verdict().lost.isEmpty());
}

TEST_F(SafeToStopTest, TheChainKnowsOfALockThatTheDatabaseDoesNot)
{
    evidence.chain = {OrderChainFacts{.requestId = "0x9",
                                      .prover = Us.toUpper().replace("0X", "0x"),
                                      .lockDeadlineMs = Now + Minute,
                                      .paidWhileLocked = false},
                      OrderChainFacts{.requestId = "0x8",
                                      .prover = Other,
                                      .lockDeadlineMs = Now + Minute,
                                      .paidWhileLocked = false}};
    ASSERT_EQ(verdict().holding.size(), 1);
    EXPECT_EQ(verdict().holding.first().requestId, "0x9");
    EXPECT_EQ(verdict().holding.first().why, Why::LostLock);
}

TEST_F(SafeToStopTest, TheChainAloneDecidesWithoutTheDatabase)
{
    evidence.db.reset();
    evidence.dbProblem = "no container";
    evidence.chain = QList<OrderChainFacts>{};
    EXPECT_EQ(verdict().answer, Answer::Safe);
    EXPECT_EQ(verdict().source, "chain");

    evidence.chain = {OrderChainFacts{.requestId = "0x1", .prover = Us}};
    EXPECT_EQ(verdict().answer, Answer::Unknown) << "neither paid nor a deadline is known";
}

TEST_F(SafeToStopTest, TheLogAloneDecidesWithoutTheOthers)
{
    evidence.db.reset();
    evidence.log = {LogLock{.requestId = "0x1", .isDone = true},
                    LogLock{.requestId = "0x2", .lockDeadlineMs = Now - 5 * Minute},
                    LogLock{.requestId = "0x3", .isExpired = true}};
    EXPECT_EQ(verdict().answer, Answer::Safe);
    EXPECT_EQ(verdict().source, "log");
    EXPECT_EQ(verdict().lost.size(), 2);

    *evidence.log << LogLock{.requestId = "0x4"};
    EXPECT_EQ(verdict().answer, Answer::Wait);
}

TEST_F(SafeToStopTest, TheLogAddsALostLockToTheDatabase)
{
    evidence.log = {LogLock{.requestId = "0x1"}, // the database knows better
                    LogLock{.requestId = "0x24", .isConfirmed = false}};
    const StopVerdict now = verdict();
    EXPECT_EQ(now.answer, Answer::Unknown);
    ASSERT_EQ(now.holding.size(), 1);
    EXPECT_EQ(now.holding.first().requestId, "0x24");
    EXPECT_EQ(now.source, "broker.db");
}

TEST_F(SafeToStopTest, NobodyToAskMeansNo)
{
    evidence.db.reset();
    evidence.dbProblem = "there is no broker container.";
    evidence.chainProblem = "no chain is set up";
    const StopVerdict now = verdict();
    EXPECT_EQ(now.answer, Answer::Unknown);
    EXPECT_EQ(now.source, QString());
    EXPECT_TRUE(now.reason.contains("there is no broker container; no chain is set up"));
}

TEST_F(SafeToStopTest, OneThatCannotBeJudgedDoesNotHideTheOthers)
{
    add(order("0x1", "Proving"));
    evidence.db->locks << DbLock{"0x24", Us};
    EXPECT_EQ(verdict().answer, Answer::Wait);
    EXPECT_EQ(verdict().holding.size(), 2);
}

} // namespace
} // namespace proverdeck::models::boundless
