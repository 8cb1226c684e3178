// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/OrderBook.h"

#include "models/boundless/BrokerLog.h"
#include "models/boundless/Digits.h"
#include "models/boundless/OrderFields.h"

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using Kind = BrokerEventKind;

namespace {

std::optional<qint64> milliseconds(std::optional<qint64> seconds)
{
    constexpr qint64 Most = 100'000'000'000; // the year 5138
    return seconds && *seconds >= 0 && *seconds < Most ? std::optional(*seconds * 1000)
                                                       : std::nullopt;
}

void setDeadlines(Order &order, const BrokerEvent &event)
{
    if (const auto lock = milliseconds(event.number(u"lock"_s))) {
        order.lockDeadlineMs = lock;
    }
    if (const auto full = milliseconds(event.number(u"full"_s))) {
        order.fullDeadlineMs = full;
    }
    if (const auto million = event.number(u"mcycles"_s);
        million && !order.cycles && *million < 1'000'000'000'000) {
        order.cycles = quint64(*million) * 1'000'000;
        order.cyclesAreRounded = true;
    }
}

} // namespace

OrderBook::OrderBook(std::shared_ptr<const BrokerPatterns> patterns)
    : m_patterns(std::move(patterns))
{
}

void OrderBook::setAccount(const QString &address)
{
    m_account = address.toLower();
}

void OrderBook::setEra(BrokerEra era)
{
    m_era = std::max(m_era, era);
}

QStringList OrderBook::accounts() const
{
    if (!m_account.isEmpty()) {
        return {m_account};
    }
    QSet<QString> found = m_ownAddresses;
    for (const Order &order : m_orders) {
        if (order.isLockedByUs() && !order.lockedBy.isEmpty()) {
            found.insert(order.lockedBy);
        }
    }
    QStringList list(found.begin(), found.end());
    list.sort();
    return list;
}

Order *OrderBook::orderFor(const QString &id, std::optional<quint64> chain)
{
    const auto known = m_index.constFind(id);
    QString key = id;
    if (known != m_index.constEnd()) {
        Order &order = m_orders[*known];
        if (!chain || !order.chain || order.chain == chain) {
            order.chain = chain ? chain : order.chain;
            return &order;
        }
        key = id + u'@' + QString::number(*chain);
        if (const auto other = m_index.constFind(key); other != m_index.constEnd()) {
            return &m_orders[*other];
        }
    }
    if (m_orders.size() >= MostOrders) {
        ++m_leftOut;
        return nullptr;
    }
    m_index.insert(key, m_orders.size());
    Order order;
    order.id = id;
    order.chain = chain;
    m_orders << order;
    return &m_orders.last();
}

void OrderBook::apply(const BrokerEvent &event)
{
    setLast(m_lastMs, event.timeMs);
    if (event.kind == Kind::Deployment) {
        if (const auto chain = event.number(u"chain"_s)) {
            m_chain = quint64(*chain);
        }
        return;
    }
    if (event.kind == Kind::GasBalance || event.kind == Kind::CollateralBalance) {
        m_ownAddresses.insert(event.value(u"account"_s).toLower());
        return;
    }
    if (event.kind == Kind::BatchStarted) {
        m_batch = batchKey(event);
        return;
    }
    if (event.kind == Kind::BatchFailed) {
        failBatch(event);
        return;
    }
    if (event.id.isEmpty()) {
        return;
    }
    Order *order = orderFor(event.id, event.chain ? event.chain : m_chain);
    if (order != nullptr) {
        change(*order, event);
        if (event.kind == Kind::Submitting && !m_batch.isEmpty()) {
            m_batches[m_batch].insert(order - m_orders.data());
        }
    }
}

QString OrderBook::batchKey(const BrokerEvent &event) const
{
    return event.evidence.log + u'/' + QString::number(event.chain.value_or(0)) + u'/'
        + event.value(u"batch"_s);
}

void OrderBook::failBatch(const BrokerEvent &event)
{
    const QSet<qsizetype> members = m_batches.take(batchKey(event));
    for (const qsizetype index : members) {
        Order &order = m_orders[index];
        setFirst(order.failedMs, event.timeMs);
        order.failure = order.failure.isEmpty() ? event.evidence.text : order.failure;
        order.evidence = event.evidence;
    }
}

void OrderBook::change(Order &order, const BrokerEvent &event)
{
    setIfKnown(order.type, event.value(u"type"_s));
    const QString text = event.value(u"text"_s);
    switch (event.kind) {
    case Kind::Detail:
        if (!order.failure.isEmpty() && order.failure.size() < 1000) {
            order.failure += u' ' + text;
        }
        return;
    case Kind::Code:
        if (const QString code = event.value(u"code"_s);
            !order.codes.contains(code) && order.codes.size() < 20) {
            order.codes << code;
        }
        return;
    case Kind::OutOfMemory:
    case Kind::RpcLimited:
    case Kind::Unauthorized:
        return;
    case Kind::Deadlines:
    case Kind::Preflight:
        setDeadlines(order, event);
        return;
    case Kind::SeenLocked:
        order.lockedBy = event.value(u"prover"_s).toLower();
        break;
    case Kind::SeenFulfilled:
        order.fulfilledOnChain = true;
        setFirst(order.fulfilledSeenMs, event.timeMs);
        break;
    case Kind::Priced:
        setIfKnown(order.maxPrice, event.value(u"max"_s));
        setIfKnown(order.collateral, event.value(u"collateral"_s));
        setIfKnown(order.gasCost, event.value(u"gas"_s));
        setFirst(order.pricedMs, event.timeMs);
        break;
    case Kind::Scheduled:
    case Kind::AfterExpiry:
        setFirst(order.pricedMs, event.timeMs);
        break;
    case Kind::SkipReason:
        if (!order.skippedMs) {
            order.skipKey = event.value(u"key"_s);
            order.reason = text;
            order.wanted = event.value(u"wanted"_s);
        }
        return;
    case Kind::Skipped:
        if (!text.isEmpty()) {
            order.skipKey = event.value(u"key"_s);
            order.reason = text;
            order.wanted = event.value(u"wanted"_s);
        }
        if (order.skipKey.isEmpty()) {
            order.skipKey = u"other"_s;
        }
        setFirst(order.skippedMs, event.timeMs);
        break;
    case Kind::NotPriced:
        order.notPriced = true;
        order.failure = text;
        break;
    case Kind::PassedOver:
        order.passedOver = true;
        order.reason = text;
        setIfKnown(order.skipKey, event.value(u"key"_s));
        setIfKnown(order.lockedBy, event.value(u"prover"_s).toLower());
        break;
    default:
        changeLock(order, event);
        break;
    }
    setFirst(order.seenMs, event.timeMs);
    order.evidence = event.evidence;
}

void OrderBook::changeLock(Order &order, const BrokerEvent &event)
{
    switch (event.kind) {
    case Kind::Locking:
        setFirst(order.lockingMs, event.timeMs);
        setIfKnown(order.collateralRaw, event.value(u"raw"_s));
        break;
    case Kind::LockSent:
        order.lockSent = true;
        setIfKnown(order.lockTx, event.value(u"tx"_s));
        break;
    case Kind::Locked:
        setFirst(order.lockedMs, event.timeMs);
        break;
    case Kind::LockFailed: {
        const QString text = event.value(u"text"_s);
        order.lockFailed = true;
        order.lockUnconfirmed = order.lockUnconfirmed || text.contains("[B-OM-006]"_L1)
            || text.contains("[B-OL-006]"_L1);
        if (order.reason.isEmpty() && !order.isLockedByUs()) {
            order.reason = text;
        }
        if (order.skipKey.isEmpty() && text.contains("-009]"_L1)) {
            order.skipKey = u"already-locked"_s;
        }
        break;
    }
    case Kind::AtRisk:
        order.atRisk = true;
        setIfKnown(order.failure, event.value(u"text"_s));
        break;
    case Kind::Status:
        if (event.value(u"type"_s) == "LockAndFulfill"_L1) {
            order.committed = true;
        }
        if (event.value(u"status"_s) == "Proving"_L1) {
            setFirst(order.provingMs, event.timeMs);
        } else if (event.value(u"status"_s) != "PendingProving"_L1) {
            order.submitting = isCommittedStatus(event.value(u"status"_s));
        }
        break;
    default:
        changeProof(order, event);
        break;
    }
}

void OrderBook::changeProof(Order &order, const BrokerEvent &event)
{
    // What is proved as LockAndFulfill is locked already, whatever of it the log still holds.
    const bool isWork = event.kind == Kind::Proving || event.kind == Kind::ProofStarted
        || event.kind == Kind::Proved || event.kind == Kind::ProofFailed;
    order.committed = order.committed || (isWork && order.type == "LockAndFulfill"_L1);
    switch (event.kind) {
    case Kind::Proving:
    case Kind::ProofStarted:
        setFirst(order.provingMs, event.timeMs);
        setIfKnown(order.proofId, event.value(u"proof"_s));
        break;
    case Kind::Proved: {
        setFirst(order.provedMs, event.timeMs);
        setIfKnown(order.proofId, event.value(u"proof"_s));
        if (const auto cycles = event.number(u"cycles"_s)) {
            order.cycles = quint64(*cycles);
            order.cyclesAreRounded = false;
        }
        bool ok = false;
        const double seconds = event.value(u"seconds"_s).toDouble(&ok);
        order.proveSeconds = ok ? std::optional(seconds) : order.proveSeconds;
        break;
    }
    case Kind::Overtaken:
        order.overtaken = true;
        break;
    case Kind::SubmitFailed:
        order.submitFailed = true;
        break;
    case Kind::ProofFailed:
        setFirst(order.failedMs, event.timeMs);
        order.failure
            = event.value(u"text"_s).isEmpty() ? event.evidence.text : event.value(u"text"_s);
        break;
    case Kind::Submitting:
        // A proof is submitted only for work that the broker was committed to.
        order.committed = order.committed || order.type == "LockAndFulfill"_L1;
        order.submitting = true;
        break;
    case Kind::Expired:
        setFirst(order.expiredMs, event.timeMs);
        order.committed = order.committed || order.type == "LockAndFulfill"_L1;
        break;
    case Kind::Fulfilled: {
        setFirst(order.fulfilledMs, event.timeMs);
        order.fee = event.value(u"fee"_s);
        order.reward = event.value(u"reward"_s);
        order.raceLost = event.value(u"race"_s);
        const bool isScaledWrong = event.value(u"feename"_s) == "fee"_L1
            && event.value(u"rewardname"_s) == "stake_reward"_L1
            && order.reward.section(u'.', 1).size() == 18;
        if (isScaledWrong) {
            // 0.13.0 and 0.13.1 print USDC with 18 decimals: 10^12 too little.
            const auto digits = digitsOf(order.reward, 18);
            order.reward = digits ? amountText(*digits, 6) : order.reward;
        }
        break;
    }
    default:
        break;
    }
}

QList<OrderRow> OrderBook::rows(qint64 nowMs) const
{
    const QStringList own = accounts();
    QList<OrderRow> rows;
    rows.reserve(m_orders.size());
    for (const Order &order : m_orders) {
        rows << rowOf(order, own, nowMs);
    }
    return rows;
}

OrderSummary OrderBook::summary(qint64 nowMs) const
{
    return summaryOf(rows(nowMs), *m_patterns);
}

} // namespace proverdeck::models::boundless
