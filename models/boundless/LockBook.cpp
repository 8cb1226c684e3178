// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/LockBook.h"

#include <QHash>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;
using evm::Difference;
using evm::U256;

namespace {

QDateTime timeOf(quint64 seconds)
{
    return QDateTime::fromSecsSinceEpoch(qint64(seconds), Qt::UTC);
}

struct Story
{
    const MarketEvent *lock = nullptr;
    const MarketEvent *fulfilment = nullptr; ///< by us, the first
    const MarketEvent *slash = nullptr;
};

QHash<QString, Story> storiesOf(const QList<MarketEvent> &events)
{
    QHash<QString, Story> stories;
    for (const MarketEvent &event : events) {
        if (!event.requestId) {
            continue;
        }
        Story &story = stories[event.requestId->toHex()];
        if (event.kind == EventKind::Locked) {
            story.lock = &event;
        } else if (event.kind == EventKind::Fulfilled && !story.fulfilment) {
            story.fulfilment = &event;
        } else if (event.kind == EventKind::Slashed) {
            story.slash = &event;
        }
    }
    return stories;
}

/// Nothing if only the time of the block could tell, and that is not known.
std::optional<bool> isInTime(const Story &story, const ChainVerdict &verdict)
{
    if (verdict.lock && (verdict.lock->flags & RequestLock::PaidWhileLocked) != 0) {
        return true;
    }
    if (!story.lock || !story.fulfilment) {
        return std::nullopt;
    }
    if (verdict.lock) {
        return false;
    }
    if (!story.fulfilment->time.isValid()) {
        return std::nullopt;
    }
    return story.fulfilment->time <= timeOf(story.lock->lockDeadline);
}

LockState stateOf(const Story &story, const ChainVerdict &verdict, const QDateTime &now)
{
    const quint8 flags = verdict.lock ? verdict.lock->flags : quint8(0);
    if (story.slash || verdict.isSlashed.value_or(false) || (flags & RequestLock::Slashed) != 0) {
        return LockState::Slashed;
    }
    if (isInTime(story, verdict).value_or(false)) {
        return LockState::Returned;
    }
    if (now <= timeOf(story.lock->lockDeadline)) {
        return LockState::Open;
    }
    // Past the lock deadline: without the contract's word a fulfilment could be missing in the
    // logs.
    const bool isCertain = verdict.lock || (story.fulfilment && story.fulfilment->time.isValid());
    return isCertain ? LockState::SlashPending : LockState::Unknown;
}

} // namespace

QString lockStateWord(LockState state)
{
    switch (state) {
    case LockState::Open:
        return u"open"_s;
    case LockState::Returned:
        return u"returned"_s;
    case LockState::SlashPending:
        return u"slash_pending"_s;
    case LockState::Slashed:
        return u"slashed"_s;
    case LockState::Unknown:
        break;
    }
    return u"unknown"_s;
}

QList<LockEntry> lockEntries(const QList<MarketEvent> &events, const Verdicts &verdicts,
                             const QDateTime &now)
{
    const QHash<QString, Story> stories = storiesOf(events);
    QList<LockEntry> entries;
    for (const MarketEvent &event : events) {
        if (event.kind != EventKind::Locked || !event.requestId) {
            continue;
        }
        const QString id = event.requestId->toHex();
        const Story story = stories.value(id);
        if (story.lock != &event) {
            continue;
        }
        entries << LockEntry{id,
                             event.amount,
                             event.block,
                             event.transaction,
                             timeOf(event.lockDeadline),
                             timeOf(event.deadline),
                             stateOf(story, verdicts.value(id), now)};
    }
    return entries;
}

LockTotals totalsOf(const QList<LockEntry> &entries)
{
    LockTotals totals;
    const auto add
        = [](U256 &sum, const U256 &value) { sum = sum.plus(value).value_or(U256::max()); };
    for (const LockEntry &entry : entries) {
        switch (entry.state) {
        case LockState::Open:
            ++totals.open;
            add(totals.locked, entry.collateral);
            break;
        case LockState::SlashPending:
            ++totals.pending;
            add(totals.slashPending, entry.collateral);
            break;
        case LockState::Slashed:
            ++totals.slashed;
            add(totals.lost, entry.collateral);
            break;
        case LockState::Unknown:
            ++totals.unknown;
            break;
        case LockState::Returned:
            break;
        }
    }
    return totals;
}

QList<std::optional<Difference>> effectsOf(const QList<MarketEvent> &events,
                                           const Verdicts &verdicts, const evm::Address &account)
{
    const QHash<QString, Story> stories = storiesOf(events);
    QList<std::optional<Difference>> effects;
    for (const MarketEvent &event : events) {
        const QString id = event.requestId ? event.requestId->toHex() : QString();
        std::optional<Difference> effect = Difference();
        if (event.kind == EventKind::Deposit) {
            effect = Difference::gain(event.amount);
        } else if (event.kind == EventKind::Withdrawal || event.kind == EventKind::Locked) {
            effect = Difference::loss(event.amount);
        } else if (event.kind == EventKind::Slashed && event.account == account) {
            effect = Difference::gain(event.amount);
        } else if (event.kind == EventKind::Fulfilled) {
            const Story story = stories.value(id);
            const auto inTime = isInTime(story, verdicts.value(id));
            if (story.fulfilment != &event) {
                effect = Difference(); // a second delivery pays nothing back
            } else if (!inTime || (*inTime && !story.lock)) {
                effect = std::nullopt;
            } else if (*inTime) {
                effect = Difference::gain(story.lock->amount);
            }
        }
        effects << effect;
    }
    return effects;
}

} // namespace proverdeck::models::boundless
