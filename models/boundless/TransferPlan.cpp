// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/TransferPlan.h"

#include "models/boundless/TransferServer.h"

#include <QCoreApplication>

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using evm::U256;

namespace {

constexpr int CoinDecimals = 18;
constexpr int WidthOfBalances = 96; // bits, in the contract
/// A deposit takes one or two transactions of about 100 000 gas; below this, fees are the first to
/// fail.
const U256 LittleCoin = U256::powerOfTen(14); // 0.0001

QString tr(const char *text)
{
    return QCoreApplication::translate("TransferPlan", text);
}

void remark(TransferPlan &plan, Severity severity, const QString &code, const QString &text,
            const QString &advice = {})
{
    plan.remarks << Finding{code, severity, text, advice};
}

void judgeDeposit(TransferPlan &plan)
{
    const QString symbol = plan.facts.symbol;
    const int decimals = plan.facts.decimals;
    plan.walletAfter = plan.before.wallet.minus(plan.amount);
    plan.collateralAfter
        = plan.walletAfter ? plan.before.collateral.plus(plan.amount) : std::nullopt;
    if (!plan.walletAfter) {
        remark(plan, Severity::Error, u"not-enough-tokens"_s,
               tr("The account holds %1 %2 outside the market, less than the amount.")
                   .arg(plan.before.wallet.toUnits(decimals), symbol),
               tr("Send %1 to %2 on %3 first.")
                   .arg(symbol, plan.account.toString(), plan.networkTitle));
    } else if (plan.collateralAfter && plan.collateralAfter->bits() > WidthOfBalances) {
        plan.collateralAfter.reset();
        remark(plan, Severity::Error, u"too-large"_s,
               tr("The market cannot hold so much for one account."));
    }
    if (plan.before.allowance < plan.amount) {
        plan.walletCalls << WalletCall{
            tr("Approve %1 %2 for the market").arg(plan.amountText(), symbol), plan.facts.token,
            evm::CallData("approve(address,uint256)")
                .add(plan.facts.market)
                .add(plan.amount)
                .hex()};
        remark(plan, Severity::Info, u"two-transactions"_s,
               tr("The market may take %1 %2 from the account now. A deposit may take two "
                  "transactions: an approval and the deposit; the first may succeed and the second "
                  "fail.")
                   .arg(plan.before.allowance.toUnits(decimals), symbol));
    }
    plan.walletCalls << WalletCall{tr("Deposit %1 %2").arg(plan.amountText(), symbol),
                                   plan.facts.market,
                                   depositData(plan.facts.generation, plan.amount)};
}

void judgeWithdrawal(TransferPlan &plan, const TransferContext &context)
{
    const QString symbol = plan.facts.symbol;
    const int decimals = plan.facts.decimals;
    plan.collateralAfter = plan.before.collateral.minus(plan.amount);
    plan.walletAfter = plan.collateralAfter ? plan.before.wallet.plus(plan.amount) : std::nullopt;
    if (!plan.collateralAfter) {
        const QString locked = context.locks.open > 0
            ? tr(" Another %1 %2 are locked for running requests and come back as they are "
                 "fulfilled.")
                  .arg(context.locks.locked.toUnits(decimals), symbol)
            : QString();
        remark(plan, Severity::Error, u"not-enough-collateral"_s,
               tr("The market holds %1 %2 for the account, less than the amount.%3")
                   .arg(plan.before.collateral.toUnits(decimals), symbol, locked));
        return;
    }
    if (context.thresholds.collateralCritical
        && *plan.collateralAfter < *context.thresholds.collateralCritical) {
        remark(plan, Severity::Warning, u"below-critical"_s,
               tr("What is left is below the critical amount of %1 %2 that you set.")
                   .arg(context.thresholds.collateralCritical->toUnits(decimals), symbol),
               tr("The prover cannot lock orders that need more collateral than is left."));
    }
    if (!context.areLocksKnown) {
        remark(plan, Severity::Warning, u"locks-unknown"_s,
               tr("Whether requests are locked now is not known: the events were not read."));
    }
    if (context.locks.open > 0) {
        remark(plan, Severity::Warning, u"open-locks"_s,
               tr("%1 requests are locked with %2 %3. That collateral is not touched.")
                   .arg(context.locks.open)
                   .arg(context.locks.locked.toUnits(decimals), symbol));
    }
    plan.walletCalls << WalletCall{tr("Withdraw %1 %2").arg(plan.amountText(), symbol),
                                   plan.facts.market,
                                   withdrawData(plan.facts.generation, plan.amount)};
}

} // namespace

QString proverKeyName(const evm::Address &account)
{
    return u"private key of "_s + account.toString() + u" (Boundless)"_s;
}

QString transferWord(TransferKind kind)
{
    return kind == TransferKind::Deposit ? u"deposit"_s : u"withdrawal"_s;
}

bool TransferPlan::isPossible() const
{
    return std::none_of(remarks.begin(), remarks.end(),
                        [](const Finding &finding) { return finding.severity == Severity::Error; });
}

bool TransferPlan::isConfirmedBy(const QString &typed) const
{
    return U256::fromUnits(typed, facts.decimals) == amount;
}

tl::expected<TransferPlan, QString> planTransfer(TransferKind kind, const QString &amount,
                                                 const TransferContext &context)
{
    const auto value = U256::fromUnits(amount, context.facts.decimals);
    if (!value) {
        return tl::unexpected(value.error());
    }
    if (value->isZero()) {
        return tl::unexpected(tr("The amount is 0: there is nothing to do."));
    }
    if (!context.snapshot) {
        return tl::unexpected(
            tr("The balances are not known yet. Nothing is moved before they are."));
    }
    TransferPlan plan;
    plan.kind = kind;
    plan.networkTitle = context.network.title;
    plan.coin = context.network.coin;
    plan.isMainnet = context.network.isMainnet;
    plan.facts = context.facts;
    plan.account = context.account;
    plan.amount = *value;
    plan.before = *context.snapshot;
    if (kind == TransferKind::Deposit) {
        judgeDeposit(plan);
    } else {
        judgeWithdrawal(plan, context);
    }
    if (plan.isMainnet) {
        remark(plan, Severity::Warning, u"main-network"_s,
               tr("%1 is no test network: this is real money.").arg(plan.networkTitle));
    }
    if (context.isFirst) {
        remark(plan, Severity::Warning, u"first-use"_s,
               tr("This program has moved nothing of this account in this market yet."),
               tr("Begin with a small amount."));
    }
    if (!context.isFresh) {
        remark(plan, Severity::Error, u"old-values"_s,
               tr("The balances are of %1 and could not be read since.")
                   .arg(plan.before.readAt.toLocalTime().toString(u"HH:mm:ss"_s)),
               tr("Wait until the endpoint answers again."));
    }
    if (plan.before.coin.isZero()) {
        remark(plan, Severity::Error, u"no-gas"_s,
               tr("The account holds no %1, so it cannot pay the fee of a transaction.")
                   .arg(plan.coin));
    } else if (plan.before.coin < LittleCoin) {
        remark(plan, Severity::Warning, u"little-gas"_s,
               tr("The account holds %1 %2 for fees, which may not be enough.")
                   .arg(plan.before.coin.toUnits(CoinDecimals), plan.coin));
    }
    return plan;
}

} // namespace proverdeck::models::boundless
