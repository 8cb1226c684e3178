// SPDX-License-Identifier: GPL-3.0-or-later
// What the broker's database and the chain add to the orders of its log: a part of OrderBook.
#include "models/boundless/BrokerLog.h"
#include "models/boundless/Digits.h"
#include "models/boundless/OrderBook.h"
#include "models/boundless/OrderFields.h"

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

void OrderBook::joinOrder(const DbOrder &row)
{
    Order *order = orderFor(row.requestId, row.chain);
    if (order == nullptr) {
        return;
    }
    const bool isLocking = row.type == "LockAndFulfill"_L1;
    setIfKnown(order->type, row.type);
    order->dbStatus = row.status;
    order->lockDeadlineMs = row.lockDeadlineMs ? row.lockDeadlineMs : order->lockDeadlineMs;
    order->fullDeadlineMs = row.fullDeadlineMs ? row.fullDeadlineMs : order->fullDeadlineMs;
    if (row.cycles) {
        order->cycles = row.cycles;
        order->cyclesAreRounded = false;
    }
    setIfKnown(order->collateralRaw, row.collateralRaw);
    setIfKnown(order->proofId, row.proofId);
    if (!row.lockPriceRaw.isEmpty()) {
        order->maxPrice = amountText(row.lockPriceRaw, 18);
    }
    if (row.status != "PendingProving"_L1) {
        setFirst(order->provingMs, row.provingStartedMs);
    }
    if (isCommittedStatus(row.status)) {
        order->committed = order->committed || isLocking;
        order->submitting = row.status != "PendingProving"_L1 && row.status != "Proving"_L1;
    } else if (row.status == "Done"_L1) {
        setFirst(order->fulfilledMs, row.updatedMs);
        order->committed = order->committed || isLocking;
    } else if (row.status == "Failed"_L1) {
        setFirst(order->failedMs, row.updatedMs);
        order->committed = order->committed || isLocking;
        setIfKnown(order->failure, row.error);
    } else if (row.status == "Skipped"_L1 && !order->skippedMs) {
        setFirst(order->skippedMs, row.updatedMs);
        order->skipKey = order->skipKey.isEmpty() ? u"other"_s : order->skipKey;
        setIfKnown(order->reason, row.error);
    }
}

void OrderBook::join(const DbSnapshot &snapshot)
{
    for (const DbOrder &row : snapshot.orders) {
        joinOrder(row);
    }
    for (const DbLock &lock : snapshot.locks) {
        if (Order *order = orderFor(lock.requestId, std::nullopt)) {
            order->lockedBy = lock.locker;
            // Whom the broker has worked for as locker is us.
            order->lockedSaysDb
                = order->lockedSaysDb || (order->committed && order->type == "LockAndFulfill"_L1);
        }
    }
    for (const QString &id : snapshot.fulfilled) {
        if (const auto known = m_index.constFind(id); known != m_index.constEnd()) {
            m_orders[*known].fulfilledOnChain = true;
        }
    }
}

void OrderBook::join(const QList<OrderChainFacts> &facts)
{
    for (const OrderChainFacts &fact : facts) {
        Order *order = orderFor(requestId(fact.requestId), std::nullopt);
        if (order == nullptr) {
            continue;
        }
        order->facts = fact;
        setIfKnown(order->lockedBy, fact.prover.toLower());
        setIfKnown(order->collateralRaw, fact.collateralRaw);
        order->lockDeadlineMs = fact.lockDeadlineMs ? fact.lockDeadlineMs : order->lockDeadlineMs;
        order->fullDeadlineMs = fact.fullDeadlineMs ? fact.fullDeadlineMs : order->fullDeadlineMs;
        setFirst(order->seenMs, fact.lockedAtMs);
    }
}

} // namespace proverdeck::models::boundless
