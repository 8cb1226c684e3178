// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/StakeJson.h"
#include "models/boundless/TransferBook.h"
#include "support/Test.h"

namespace proverdeck::models::boundless {
namespace {

using namespace Qt::StringLiterals;
using evm::U256;

evm::Address address(const QString &text)
{
    return evm::Address::fromText(text).value();
}

class TransferTest : public ::testing::Test
{
protected:
    TransferContext context{
        loadNetworks()->first(),
        {8453, address(u"0xfd152dadc5183870710fe54f939eae3ab9f0fe82"_s), Generation::Collateral,
         address(u"0xAA61bB7777bD01B684347961918f1E07fBbCe7CF"_s), u"ZKC"_s, 6},
        address(u"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"_s),
        Snapshot{100, u"0xab"_s, {}, {}, 50'000'000, 20'000'000, U256::powerOfTen(17), 5'000'000},
        {},
        {},
        true};

    static QStringList codesOf(const TransferPlan &plan)
    {
        QStringList codes;
        for (const Finding &finding : plan.remarks) {
            codes << finding.code;
        }
        return codes;
    }
    [[nodiscard]] TransferPlan plan(TransferKind kind, const QString &amount) const
    {
        return planTransfer(kind, amount, context).value();
    }
};

TEST_F(TransferTest, ADepositShowsBeforeAndAfter)
{
    const TransferPlan deposit = plan(TransferKind::Deposit, u"12.5"_s);
    EXPECT_TRUE(deposit.isPossible());
    EXPECT_EQ(deposit.collateralAfter, U256(62'500'000));
    EXPECT_EQ(deposit.walletAfter, U256(7'500'000));
    EXPECT_EQ(deposit.amountText(), u"12.5"_s);
    EXPECT_TRUE(deposit.isMainnet);
    EXPECT_TRUE(deposit.isConfirmedBy(u"12.500"_s));
    EXPECT_FALSE(deposit.isConfirmedBy(u"12.51"_s));
    EXPECT_FALSE(deposit.isConfirmedBy(u""_s));
    ASSERT_EQ(deposit.walletCalls.size(), 2);
    EXPECT_EQ(deposit.walletCalls.at(0).to, context.facts.token);
    EXPECT_EQ(deposit.walletCalls.at(0).data,
              u"0x095ea7b3000000000000000000000000fd152dadc5183870710fe54f939eae3ab9f0fe82"_s
                  + U256(12'500'000).toWord());
    EXPECT_EQ(deposit.walletCalls.at(1).data, u"0xbad4a01f"_s + U256(12'500'000).toWord());
    EXPECT_TRUE(codesOf(deposit).contains(u"two-transactions"));
    EXPECT_EQ(plan(TransferKind::Deposit, u"5"_s).walletCalls.size(), 1) << "approved already";
}

TEST_F(TransferTest, WhatCannotBeDoneIsSaid)
{
    EXPECT_TRUE(
        codesOf(plan(TransferKind::Deposit, u"20.000001"_s)).contains(u"not-enough-tokens"));
    const TransferPlan tooMuch = plan(TransferKind::Withdrawal, u"50.000001"_s);
    EXPECT_FALSE(tooMuch.isPossible());
    EXPECT_EQ(tooMuch.collateralAfter, std::nullopt);
    EXPECT_TRUE(tooMuch.walletCalls.isEmpty());
    EXPECT_TRUE(plan(TransferKind::Withdrawal, u"50"_s).isPossible());
    EXPECT_FALSE(planTransfer(TransferKind::Deposit, u"0"_s, context));
    EXPECT_FALSE(planTransfer(TransferKind::Deposit, u"1e3"_s, context));
    EXPECT_FALSE(planTransfer(TransferKind::Deposit, u"1.0000001"_s, context));

    context.snapshot->wallet = U256::max();
    EXPECT_TRUE(codesOf(plan(TransferKind::Deposit, U256::powerOfTen(30).toUnits(6)))
                    .contains(u"too-large"));
    context.snapshot->coin = 0;
    EXPECT_TRUE(codesOf(plan(TransferKind::Deposit, u"1"_s)).contains(u"no-gas"));
    context.isFresh = false;
    EXPECT_TRUE(codesOf(plan(TransferKind::Deposit, u"1"_s)).contains(u"old-values"));
    context.snapshot.reset();
    EXPECT_FALSE(planTransfer(TransferKind::Deposit, u"1"_s, context));
}

TEST_F(TransferTest, AWithdrawalWarnsOfWhatIsLeft)
{
    context.thresholds.collateralCritical = U256(45'000'000);
    context.locks.open = 2;
    const QStringList codes = codesOf(plan(TransferKind::Withdrawal, u"10"_s));
    EXPECT_TRUE(codes.contains(u"below-critical"));
    EXPECT_TRUE(codes.contains(u"open-locks"));
    EXPECT_EQ(plan(TransferKind::Withdrawal, u"10"_s).walletCalls.first().data.left(10),
              u"0x6112fe2e"_s);
    context.facts.generation = Generation::Stake;
    EXPECT_EQ(plan(TransferKind::Withdrawal, u"10"_s).walletCalls.first().data.left(10),
              u"0x25d5971f"_s);
}

TEST_F(TransferTest, AnUnknownOutcomeHoldsTheSameTransferBack)
{
    const QDateTime now(QDate(2026, 3, 1), QTime(0, 0), Qt::UTC);
    const TransferPlan deposit = plan(TransferKind::Deposit, u"5"_s);
    TransferBook book;
    EXPECT_EQ(book.whyHeldBack(deposit), QString());
    book.submitted(deposit, now);
    EXPECT_FALSE(book.whyHeldBack(deposit).isEmpty());
    book.ended(deposit, {TransferOutcome::Kind::Unknown, u"the connection was lost"_s});
    EXPECT_EQ(book.records().first().state, TransferState::Unknown);
    EXPECT_TRUE(book.whyHeldBack(deposit).contains(u"twice"));
    EXPECT_EQ(book.whyHeldBack(plan(TransferKind::Deposit, u"5.1"_s)), QString())
        << "another amount";
    EXPECT_EQ(book.whyHeldBack(plan(TransferKind::Withdrawal, u"5"_s)), QString());

    // It outlives the program, and what was on its way is unknown then.
    TransferBook again = TransferBook::fromJson(book.toJson());
    EXPECT_EQ(again.records().size(), 1);
    EXPECT_FALSE(again.whyHeldBack(deposit).isEmpty());
    EXPECT_EQ(again.records().first().amount, U256(5'000'000));

    MarketEvent event;
    event.kind = EventKind::Deposit;
    event.account = deposit.account;
    event.amount = deposit.amount;
    event.block = 100;
    event.transaction = u"0x01"_s;
    EXPECT_FALSE(again.lookUp(context.facts, {event})) << "from before the submission";
    event.block = 101;
    event.kind = EventKind::Withdrawal;
    EXPECT_FALSE(again.lookUp(context.facts, {event}));
    event.kind = EventKind::Deposit;
    EXPECT_TRUE(again.lookUp(context.facts, {event}));
    EXPECT_EQ(again.records().first().state, TransferState::Done);
    EXPECT_EQ(again.whyHeldBack(deposit), QString());

    // A second one of the same size is not found in the first one's event.
    again.submitted(deposit, now);
    EXPECT_FALSE(again.lookUp(context.facts, {event}));
    again.ended(deposit, {TransferOutcome::Kind::NotSent, {}});
    EXPECT_EQ(again.whyHeldBack(deposit), QString());
    again.submitted(deposit, now);
    EXPECT_FALSE(again.whyHeldBack(deposit).isEmpty());
    again.release(deposit);
    EXPECT_EQ(again.whyHeldBack(deposit), QString());
    EXPECT_TRUE(
        TransferBook::fromJson({u"x"_s, QJsonObject{{u"market"_s, 7}}}).records().isEmpty());
}

TEST_F(TransferTest, ThePlanForOtherPrograms)
{
    const QJsonObject json = planJson(plan(TransferKind::Deposit, u"12.5"_s));
    EXPECT_EQ(json.value(u"amount"_s).toObject().value(u"base_units"_s).toString(), u"12500000"_s);
    EXPECT_EQ(json.value(u"collateral_after"_s).toObject().value(u"amount"_s).toString(),
              u"62.5"_s);
    EXPECT_EQ(json.value(u"transactions"_s).toArray().size(), 2);
    EXPECT_TRUE(json.value(u"possible"_s).toBool());
    EXPECT_TRUE(planJson(plan(TransferKind::Deposit, u"99"_s)).value(u"wallet_after"_s).isNull());
}

} // namespace
} // namespace proverdeck::models::boundless
