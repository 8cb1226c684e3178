// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/StakeJson.h"

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using evm::Difference;
using evm::U256;

namespace {

constexpr int CoinDecimals = 18;

QJsonValue changeJson(const std::optional<Difference> &change, int decimals)
{
    if (!change) {
        return {};
    }
    const QString sign = change->isNegative ? u"-"_s : QString();
    return QJsonObject{{u"amount"_s, QString(sign + change->size.toUnits(decimals))},
                       {u"base_units"_s, change->toDecimal()}};
}

QJsonValue timeJson(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(time.toUTC().toString(Qt::ISODateWithMs)) : QJsonValue();
}

QJsonValue blockJson(quint64 block)
{
    return QJsonValue(qint64(block));
}

QJsonArray seriesJson(const BalanceSeries &series, int decimals)
{
    QJsonArray list;
    for (const SeriesPoint &point : series.points) {
        QJsonObject object = amountJson(point.value, decimals);
        object.insert(u"block"_s, blockJson(point.block));
        object.insert(u"time"_s, timeJson(point.time));
        object.insert(u"observed"_s, point.kind == SeriesPoint::Kind::Observed);
        list << object;
    }
    return list;
}

} // namespace

QJsonObject amountJson(const U256 &value, int decimals)
{
    return {{u"amount"_s, value.toUnits(decimals)}, {u"base_units"_s, value.toDecimal()}};
}

QJsonObject balanceJson(const StakeWatch &watch)
{
    const StakeTarget &target = watch.target();
    const auto &facts = watch.facts();
    const auto &snapshot = watch.monitor().snapshot();
    QJsonObject json{{u"network"_s, target.network.id},
                     {u"endpoint"_s, watch.endpoint().name()},
                     {u"market"_s, target.market.toString()},
                     {u"account"_s, target.account.toString()}};
    for (const QString &key :
         {u"chain_id"_s, u"generation"_s, u"token"_s, u"block"_s, u"block_time"_s, u"read_at"_s,
          u"collateral"_s, u"wallet"_s, u"coin"_s, u"allowance"_s, u"locked"_s, u"slash_pending"_s,
          u"slashed"_s}) {
        json.insert(key, QJsonValue());
    }
    if (facts) {
        json.insert(u"chain_id"_s, blockJson(facts->chainId));
        json.insert(u"generation"_s, generationWord(facts->generation));
        json.insert(u"token"_s,
                    QJsonObject{{u"address"_s, facts->token.toString()},
                                {u"symbol"_s, facts->symbol},
                                {u"decimals"_s, facts->decimals}});
    }
    if (!facts || !snapshot) {
        return json;
    }
    const int decimals = facts->decimals;
    json.insert(u"block"_s, blockJson(snapshot->block));
    json.insert(u"block_time"_s, timeJson(snapshot->blockTime));
    json.insert(u"read_at"_s, timeJson(snapshot->readAt));
    json.insert(u"collateral"_s, amountJson(snapshot->collateral, decimals));
    json.insert(u"wallet"_s, amountJson(snapshot->wallet, decimals));
    json.insert(u"allowance"_s, amountJson(snapshot->allowance, decimals));
    QJsonObject coin = amountJson(snapshot->coin, CoinDecimals);
    coin.insert(u"symbol"_s, target.network.coin);
    json.insert(u"coin"_s, coin);
    if (watch.history().isComplete()) { // without the events nothing is known of locks
        const LockTotals &totals = watch.lockTotals();
        json.insert(u"locked"_s, amountJson(totals.locked, decimals));
        json.insert(u"slash_pending"_s, amountJson(totals.slashPending, decimals));
        json.insert(u"slashed"_s, amountJson(totals.lost, decimals));
    }
    return json;
}

QJsonObject historyJson(const StakeWatch &watch)
{
    QJsonObject json = balanceJson(watch);
    const int decimals = watch.facts() ? watch.facts()->decimals : 0;
    const EventHistory &history = watch.history();
    const bool isAny = history.low() <= history.high();
    json.insert(u"from_block"_s, isAny ? blockJson(history.low()) : QJsonValue());
    json.insert(u"to_block"_s, isAny ? blockJson(history.high()) : QJsonValue());
    json.insert(u"complete"_s, history.isComplete() && history.unreadable().isEmpty());
    QJsonArray unreadable;
    for (const quint64 block : history.unreadable()) {
        unreadable << blockJson(block);
    }
    json.insert(u"unreadable_blocks"_s, unreadable);
    const auto effects = effectsOf(watch.events(), watch.verdicts(), watch.target().account);
    QJsonArray events;
    for (qsizetype i = 0; i < watch.events().size(); ++i) {
        const MarketEvent &event = watch.events().at(i);
        const bool hasAmount = event.kind != EventKind::Fulfilled;
        QJsonObject object{
            {u"kind"_s, eventWord(event.kind)},
            {u"block"_s, blockJson(event.block)},
            {u"log_index"_s, blockJson(event.logIndex)},
            {u"time"_s, timeJson(event.time)},
            {u"transaction"_s, event.transaction},
            {u"request_id"_s,
             event.requestId ? QJsonValue(event.requestId->toHex()) : QJsonValue()},
            {u"amount"_s,
             hasAmount ? QJsonValue(amountJson(event.amount, decimals)) : QJsonValue()},
            {u"change"_s, changeJson(effects.at(i), decimals)}};
        if (event.kind == EventKind::Slashed) {
            object.insert(u"burned"_s, amountJson(event.burned, decimals));
            object.insert(u"recipient"_s, event.account.toString());
        }
        events << object;
    }
    json.insert(u"events"_s, events);
    QJsonArray locks;
    for (const LockEntry &entry : watch.locks()) {
        locks << QJsonObject{{u"request_id"_s, entry.requestId},
                             {u"state"_s, lockStateWord(entry.state)},
                             {u"collateral"_s, amountJson(entry.collateral, decimals)},
                             {u"block"_s, blockJson(entry.block)},
                             {u"transaction"_s, entry.transaction},
                             {u"lock_deadline"_s, timeJson(entry.lockDeadline)},
                             {u"deadline"_s, timeJson(entry.deadline)}};
    }
    json.insert(u"locks"_s, locks);
    json.insert(u"series"_s, seriesJson(watch.collateralSeries(), decimals));
    json.insert(u"wallet_series"_s, seriesJson(watch.walletSeries(), decimals));
    QJsonArray unexplained;
    for (const Difference &jump : watch.collateralSeries().unexplained) {
        unexplained << changeJson(jump, decimals);
    }
    json.insert(u"unexplained"_s, unexplained);
    return json;
}

QJsonObject planJson(const TransferPlan &plan)
{
    const int decimals = plan.facts.decimals;
    const auto after = [decimals](const std::optional<U256> &value) {
        return value ? QJsonValue(amountJson(*value, decimals)) : QJsonValue();
    };
    QJsonArray remarks;
    for (const Finding &finding : plan.remarks) {
        remarks << QJsonObject{{u"code"_s, finding.code},
                               {u"severity"_s, severityWord(finding.severity)},
                               {u"text"_s, finding.text},
                               {u"advice"_s, finding.advice}};
    }
    QJsonArray calls;
    for (const WalletCall &call : plan.walletCalls) {
        calls << QJsonObject{{u"title"_s, call.title},
                             {u"chain_id"_s, blockJson(plan.facts.chainId)},
                             {u"from"_s, plan.account.toString()},
                             {u"to"_s, call.to.toString()},
                             {u"value"_s, u"0x0"_s},
                             {u"data"_s, call.data}};
    }
    return {{u"kind"_s, transferWord(plan.kind)},
            {u"possible"_s, plan.isPossible()},
            {u"network"_s, plan.networkTitle},
            {u"chain_id"_s, blockJson(plan.facts.chainId)},
            {u"market"_s, plan.facts.market.toString()},
            {u"account"_s, plan.account.toString()},
            {u"token"_s,
             QJsonObject{{u"address"_s, plan.facts.token.toString()},
                         {u"symbol"_s, plan.facts.symbol},
                         {u"decimals"_s, decimals}}},
            {u"amount"_s, amountJson(plan.amount, decimals)},
            {u"collateral_before"_s, amountJson(plan.before.collateral, decimals)},
            {u"collateral_after"_s, after(plan.collateralAfter)},
            {u"wallet_before"_s, amountJson(plan.before.wallet, decimals)},
            {u"wallet_after"_s, after(plan.walletAfter)},
            {u"coin"_s, amountJson(plan.before.coin, CoinDecimals)},
            {u"transactions"_s, calls},
            {u"findings"_s, remarks}};
}

} // namespace proverdeck::models::boundless
