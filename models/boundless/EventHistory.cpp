// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/EventHistory.h"

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using evm::RpcAnswer;
using evm::RpcCall;
using evm::RpcFault;
using evm::U256;

namespace {

constexpr qsizetype TimesAtOnce = 10; ///< one plan allows no larger batches

} // namespace

EventHistory::EventHistory(evm::RpcEndpoint &endpoint, QObject *parent)
    : QObject(parent)
    , m_endpoint(endpoint)
{
}

EventHistory::~EventHistory() = default;

void EventHistory::start(const MarketFacts &facts, const evm::Address &account, quint64 head,
                         quint64 from)
{
    stop();
    m_facts = facts;
    m_account = account;
    m_events.clear();
    m_times.clear();
    m_unreadable.clear();
    m_range = {};
    m_problem.clear();
    m_head = head;
    m_from = std::min(from, head);
    m_low = head + 1;
    m_high = head;
    m_mustVerify = false;
    m_round = std::make_unique<QObject>();
    readOn();
}

void EventHistory::stop()
{
    if (m_round) {
        m_round.release()->deleteLater();
    }
    m_isBusy = false;
}

void EventHistory::follow(quint64 head)
{
    if (!m_round) {
        return;
    }
    if (head < m_high) {
        dropFrom(head + 1);
    }
    m_head = head;
    readOn();
}

void EventHistory::extendTo(quint64 from)
{
    m_from = std::min(from, m_from);
    if (m_round) {
        readOn();
    }
}

void EventHistory::dropFrom(quint64 block)
{
    m_events.removeIf([block](const MarketEvent &event) { return event.block >= block; });
    m_unreadable.removeIf([block](quint64 one) { return one >= block; });
    while (!m_times.isEmpty() && m_times.lastKey() >= block) {
        m_times.erase(std::prev(m_times.end()));
    }
    if (block <= m_low) {
        m_low = block; // nothing is left: backwards from here
        m_high = block > 0 ? block - 1 : 0;
        if (block == 0) {
            m_low = 1;
            m_high = 0;
        }
    } else if (block <= m_high) {
        m_high = block - 1;
    }
}

void EventHistory::rewind(quint64 block)
{
    if (!m_round) {
        return;
    }
    // What is on the way belongs to the old blocks.
    m_round = std::make_unique<QObject>();
    m_isBusy = false;
    dropFrom(block > Overlap ? block - Overlap : 0);
    m_mustVerify = !m_events.isEmpty();
    emit changed();
}

bool EventHistory::isComplete() const
{
    return m_round && m_low <= m_from && m_high >= m_head && !m_mustVerify;
}

QList<MarketEvent> EventHistory::events() const
{
    QSet<QString> locked;
    for (const MarketEvent &event : m_events) {
        if (event.kind == EventKind::Locked && event.requestId) {
            locked.insert(event.requestId->toHex());
        }
    }
    QList<MarketEvent> list;
    for (MarketEvent event : m_events) {
        const bool isOurs = event.kind != EventKind::Slashed || event.account == m_account
            || (event.requestId && locked.contains(event.requestId->toHex()));
        if (!isOurs) {
            continue;
        }
        if (!event.time.isValid()) {
            event.time = m_times.value(event.block);
        }
        list << event;
    }
    return list;
}

void EventHistory::readOn()
{
    if (m_isBusy || !m_round) {
        return;
    }
    m_mustVerify = m_mustVerify && !m_events.isEmpty();
    if (m_mustVerify) {
        verifyOldest();
    } else if (m_high < m_head && m_low <= m_high) {
        const quint64 from = std::max(m_low, m_high + 1 > Overlap ? m_high + 1 - Overlap : 0);
        readChunk(from, std::min(m_head, m_high + m_range.width()));
    } else if (m_high < m_head) { // nothing is read at all
        m_low = m_head + 1;
        m_high = m_head;
        readOn();
    } else if (m_low > m_from) {
        const quint64 to = m_low - 1;
        const quint64 width = std::min(m_range.width(), to - m_from + 1);
        readChunk(to + 1 - width, to);
    } else {
        (void)askTimes();
    }
}

void EventHistory::readChunk(quint64 from, quint64 to)
{
    // The overlap may make a stretch wider than the endpoint allows.
    const quint64 first = to - from + 1 > m_range.width() ? to + 1 - m_range.width() : from;
    m_isBusy = true;
    m_endpoint.batch(
        logCalls(m_facts, m_account, first, to), m_round.get(),
        [this, first, to](const QList<RpcAnswer> &answers) { onLogs(first, to, answers); });
}

QList<MarketEvent> EventHistory::eventsIn(const QList<RpcAnswer> &answers, quint64 from,
                                          quint64 to) const
{
    QList<MarketEvent> found;
    for (const RpcAnswer &answer : answers) {
        const QJsonArray logs = answer ? answer->toArray() : QJsonArray();
        for (const auto &log : logs) {
            const auto event = readLog(log.toObject(), m_facts, m_account);
            if (event && event->block >= from && event->block <= to) {
                found << *event;
            }
        }
    }
    return found;
}

void EventHistory::onLogs(quint64 from, quint64 to, const QList<RpcAnswer> &answers)
{
    m_isBusy = false;
    bool isAnyRefused = false;
    std::optional<quint64> named;
    for (const RpcAnswer &answer : answers) {
        if (!answer && answer.error().fault == RpcFault::Narrow) {
            isAnyRefused = true;
            named = answer.error().namedRange;
        } else if (!answer || !answer->isArray()) {
            failed(answer ? tr("The endpoint gave no list of events.")
                          : evm::errorText(answer.error()));
            return;
        }
    }
    if (isAnyRefused && m_range.refused(named)) {
        readOn();
        return;
    }
    const QList<MarketEvent> found = eventsIn(answers, from, to);
    if (isAnyRefused) {
        m_unreadable << from;
    } else {
        m_range.succeeded();
    }
    take(from, to, found);
    m_problem = m_unreadable.isEmpty()
        ? QString()
        : tr("Block %1 holds more events than this endpoint gives at once; what happened in it is "
             "missing here. Another endpoint may give it.")
              .arg(m_unreadable.last());
    emit changed();
    readOn();
}

void EventHistory::take(quint64 from, quint64 to, const QList<MarketEvent> &found)
{
    m_events.removeIf(
        [from, to](const MarketEvent &event) { return event.block >= from && event.block <= to; });
    QSet<QString> seen;
    for (const MarketEvent &event : found) {
        const QString key = event.blockHash + u'/' + QString::number(event.logIndex);
        if (!seen.contains(key)) {
            seen.insert(key);
            m_events << event;
        }
    }
    std::sort(m_events.begin(), m_events.end(),
              [](const MarketEvent &a, const MarketEvent &b) { return a.isBefore(b); });
    m_low = std::min(m_low, from);
    m_high = std::max(m_high, to);
}

/// Is the newest event that was kept still in the chain? If not, the reorganisation was deeper.
void EventHistory::verifyOldest()
{
    const MarketEvent newest = m_events.last();
    m_isBusy = true;
    m_endpoint.call({u"eth_getBlockByNumber"_s, {U256(newest.block).toHex(), false}}, m_round.get(),
                    [this, newest](const RpcAnswer &answer) {
                        m_isBusy = false;
                        if (!answer && answer.error().fault != RpcFault::Rejected) {
                            failed(evm::errorText(answer.error()));
                            return;
                        }
                        const QString hash = answer
                            ? answer->toObject().value(u"hash"_s).toString().toLower()
                            : QString();
                        if (hash != newest.blockHash) {
                            dropFrom(newest.block > Overlap ? newest.block - Overlap : 0);
                        } else {
                            m_mustVerify = false;
                        }
                        emit changed();
                        readOn();
                    });
}

/// The times of the blocks of our events, where the logs did not hold them.
bool EventHistory::askTimes()
{
    QList<quint64> blocks;
    QList<RpcCall> calls;
    const QList<MarketEvent> ours = events();
    for (auto event = ours.crbegin(); event != ours.crend() && blocks.size() < TimesAtOnce;
         ++event) {
        if (!event->time.isValid() && !blocks.contains(event->block)) {
            blocks << event->block;
            calls << RpcCall{u"eth_getBlockByNumber"_s, {U256(event->block).toHex(), false}};
        }
    }
    if (calls.isEmpty()) {
        return false;
    }
    m_isBusy = true;
    m_endpoint.batch(calls, m_round.get(),
                     [this, blocks](const QList<RpcAnswer> &answers) { onTimes(blocks, answers); });
    return true;
}

void EventHistory::onTimes(const QList<quint64> &blocks, const QList<RpcAnswer> &answers)
{
    m_isBusy = false;
    for (qsizetype i = 0; i < blocks.size(); ++i) {
        const QDateTime time = answers.at(i)
            ? blockTimeOf(answers.at(i)->toObject().value(u"timestamp"_s))
            : QDateTime();
        if (!time.isValid()) {
            failed(answers.at(i) ? tr("The endpoint does not know block %1.").arg(blocks.at(i))
                                 : evm::errorText(answers.at(i).error()));
            return;
        }
        m_times.insert(blocks.at(i), time);
    }
    emit changed();
    readOn();
}

void EventHistory::failed(const QString &text)
{
    m_problem = text;
    emit changed();
}

} // namespace proverdeck::models::boundless
