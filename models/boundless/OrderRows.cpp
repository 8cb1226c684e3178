// SPDX-License-Identifier: GPL-3.0-or-later
// How orders stand at a moment, and what they come to: the judging half of OrderBook.
#include "models/boundless/Digits.h"
#include "models/boundless/OrderBook.h"

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

/// The state of an order whose lock is ours and whose delivery does not count as safe.
OrderState exposedState(const OrderRow &row, qint64 nowMs)
{
    const Order &order = row.order;
    const bool isOver = (order.lockDeadlineMs && nowMs >= *order.lockDeadlineMs)
        || (!order.lockDeadlineMs && order.expiredMs)
        || order.overtaken; // nobody else can fulfil it while the lock lasts
    if (isOver) {
        // After the full deadline anybody could slash: only the chain knows whether somebody has.
        return order.fullDeadlineMs && nowMs >= *order.fullDeadlineMs ? OrderState::Expired
                                                                      : OrderState::SlashPending;
    }
    if (row.isLostLock) {
        return OrderState::LostLock;
    }
    if (order.failedMs || order.atRisk) {
        return OrderState::Failed;
    }
    return order.provedMs || order.submitting ? OrderState::Proved
        : order.provingMs                     ? OrderState::Proving
                                              : OrderState::Locked;
}

/// The state of an order at which nothing of ours is at stake.
OrderState freeState(const Order &order)
{
    if (order.overtaken) {
        return OrderState::Overtaken;
    }
    if (order.failedMs) {
        return OrderState::Failed;
    }
    if (order.expiredMs) {
        return OrderState::Expired;
    }
    if (order.provedMs || order.submitting || order.provingMs) {
        return order.provedMs || order.submitting ? OrderState::Proved : OrderState::Proving;
    }
    if (order.skippedMs) {
        return OrderState::Skipped;
    }
    if (order.passedOver || order.lockFailed) {
        return OrderState::PassedOver;
    }
    if (order.notPriced) {
        return OrderState::NotPriced;
    }
    return order.lockingMs ? OrderState::Locking
        : order.pricedMs   ? OrderState::Priced
                           : OrderState::Seen;
}

std::optional<qint64> medianOf(QList<qint64> values)
{
    if (values.isEmpty()) {
        return std::nullopt;
    }
    std::sort(values.begin(), values.end());
    const qsizetype middle = values.size() / 2;
    return values.size() % 2 == 1 ? values.at(middle)
                                  : values.at(middle - 1) / 2 + values.at(middle) / 2
            + (values.at(middle - 1) % 2 + values.at(middle) % 2) / 2;
}

void addCollateral(const Order &order, QString &sum, int &unknown)
{
    if (isDigits(order.collateralRaw)) {
        sum = sumOf(sum, order.collateralRaw);
    } else {
        ++unknown;
    }
}

void countSkip(QList<SkipCount> &skips, const Order &order, const BrokerPatterns &patterns)
{
    auto row = std::ranges::find_if(
        skips, [&order](const SkipCount &other) { return other.reason.key == order.skipKey; });
    if (row == skips.end()) {
        skips << SkipCount{patterns.skipReason(order.skipKey), 0, {}};
        row = skips.end() - 1;
    }
    ++row->orders;
    if (isDigits(order.wanted)
        && (row->wanted.isEmpty() || compareDigits(order.wanted, row->wanted) < 0)) {
        row->wanted = order.wanted;
    }
}

} // namespace

OrderRow OrderBook::rowOf(const Order &order, const QStringList &accounts, qint64 nowMs) const
{
    OrderRow row;
    row.order = order;
    const std::optional<OrderChainFacts> &facts = order.facts;
    const bool chainSaysOurs = !order.lockedBy.isEmpty() && accounts.contains(order.lockedBy);
    // While a lock lasts only its prover can deliver.
    const bool isSeenInTime = order.fulfilledSeenMs && order.lockDeadlineMs
        && *order.fulfilledSeenMs <= *order.lockDeadlineMs
        && (order.isLockedByUs() || order.committed || chainSaysOurs);
    const bool isDelivered
        = order.fulfilledMs || isSeenInTime || (facts && facts->paidWhileLocked == true);
    // The chain names us, and the broker has given the order up, or has never heard of it.
    // While it waits for its own lock's confirmation the chain may be faster.
    constexpr qint64 ConfirmationMs = 600'000;
    const bool isWaiting
        = order.lockingMs && !order.lockFailed && nowMs - *order.lockingMs < ConfirmationMs;
    row.isLostLock
        = chainSaysOurs && !order.isLockedByUs() && !order.committed && !isDelivered && !isWaiting;
    const bool isOurs = order.isLockedByUs() || order.committed || order.atRisk || chainSaysOurs;
    row.isLate = isOurs && order.fulfilledMs && order.lockDeadlineMs
        && *order.fulfilledMs > *order.lockDeadlineMs && !(facts && facts->paidWhileLocked == true);
    row.deadlineMs = order.lockDeadlineMs && (isOurs || order.type != "FulfillAfterLockExpire"_L1)
        ? order.lockDeadlineMs
        : order.fullDeadlineMs;
    if (facts && facts->slashed == true) {
        row.state = OrderState::Slashed;
        return row;
    }
    if (isDelivered && !row.isLate) {
        row.state = OrderState::Fulfilled;
        return row;
    }
    if (!isOurs) {
        row.state = freeState(order);
        return row;
    }
    row.state = exposedState(row, nowMs);
    row.isExposed = row.state != OrderState::SlashPending && row.state != OrderState::Expired;
    return row;
}

OrderSummary OrderBook::summaryOf(const QList<OrderRow> &rows, const BrokerPatterns &patterns)
{
    OrderSummary sum;
    QList<qint64> toLock;
    QList<qint64> toProve;
    double cycles = 0;
    double seconds = 0;
    int delivered = 0;
    int lost = 0;
    for (const OrderRow &row : rows) {
        const Order &order = row.order;
        const bool isOver = row.state == OrderState::SlashPending
            || row.state == OrderState::Slashed || row.state == OrderState::Expired;
        const bool isLostToUs
            = isOver && (order.isLockedByUs() || order.committed || order.atRisk || row.isLostLock);
        ++sum.seen;
        sum.skipped += order.skippedMs ? 1 : 0;
        sum.notPriced += order.notPriced ? 1 : 0;
        sum.locked += order.isLockedByUs() ? 1 : 0;
        sum.proved += order.provedMs ? 1 : 0;
        sum.fulfilled += order.fulfilledMs || row.state == OrderState::Fulfilled ? 1 : 0;
        sum.failed
            += (order.failedMs || order.atRisk) && row.state != OrderState::Fulfilled ? 1 : 0;
        sum.expired += order.expiredMs || row.state == OrderState::Expired ? 1 : 0;
        sum.overtaken += order.overtaken ? 1 : 0;
        sum.slashPending += row.state == OrderState::SlashPending ? 1 : 0;
        sum.slashed += row.state == OrderState::Slashed ? 1 : 0;
        sum.lostLocks += row.isLostLock ? 1 : 0;
        if (order.skippedMs) {
            countSkip(sum.skips, order, patterns);
        }
        if (row.isExposed) {
            ++sum.open;
            addCollateral(order, sum.atRiskRaw, sum.atRiskUnknown);
            sum.openCycles += row.state == OrderState::Proved ? 0 : order.cycles.value_or(0);
        } else if (isLostToUs) {
            addCollateral(order, sum.lostRaw, sum.lostUnknown);
        }
        if (row.state == OrderState::Fulfilled && (order.isLockedByUs() || order.committed)) {
            ++delivered;
        }
        lost += isLostToUs ? 1 : 0;
        if (order.cycles && order.proveSeconds && *order.proveSeconds > 0) {
            cycles += double(*order.cycles);
            seconds += *order.proveSeconds;
        }
        if (const auto time = order.timeToLockMs()) {
            toLock << *time;
        }
        if (const auto time = order.timeToProveMs()) {
            toProve << *time;
        }
    }
    if (delivered + lost > 0) {
        sum.fulfilmentRate = double(delivered) / double(delivered + lost);
    }
    if (seconds > 0) {
        sum.kHz = cycles / 1000 / seconds;
    }
    sum.medianTimeToLockMs = medianOf(toLock);
    sum.medianTimeToProveMs = medianOf(toProve);
    std::stable_sort(sum.skips.begin(), sum.skips.end(),
                     [](const SkipCount &a, const SkipCount &b) { return a.orders > b.orders; });
    return sum;
}

} // namespace proverdeck::models::boundless
