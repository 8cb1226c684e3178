// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerEvent.h"

#include <QStringList>

namespace proverdeck::models::boundless {

/// Where an order stands at some moment.
enum class OrderState {
    Seen,
    NotPriced, ///< pricing failed
    Skipped, ///< with a reason, before anything was at stake
    Priced,
    PassedOver, ///< priced, then not locked: another prover, no capacity, no balance
    Locking,
    Locked,
    LostLock, ///< locked by us on the chain; the broker does not know
    Proving,
    Proved,
    Fulfilled,
    Overtaken, ///< somebody else fulfilled it while we were proving
    Failed, ///< not proved or not delivered; until the lock deadline it can be rescued by hand
    SlashPending, ///< the lock deadline has passed: the collateral is lost, not yet taken
    Expired, ///< over; if we were slashed only the chain knows
    Slashed ///< says the chain
};
[[nodiscard]] QString stateWord(OrderState state); ///< "slash-pending" (JSON)
[[nodiscard]] QString stateTitle(OrderState state); ///< for people

/// Facts from the chain about one request, from whoever reads it (events and requestLocks()).
struct OrderChainFacts
{
    QString requestId; ///< "0x…"
    QString prover; ///< who locked it, "0x…"; empty: unknown
    std::optional<qint64> lockedAtMs;
    std::optional<qint64> lockDeadlineMs;
    std::optional<qint64> fullDeadlineMs;
    std::optional<qint64> fulfilledAtMs;
    QString collateralRaw; ///< base units; empty: unknown
    std::optional<bool> paidWhileLocked; ///< flag 1 of requestLocks(): safe
    std::optional<bool> slashed;
    bool operator==(const OrderChainFacts &) const = default;
};

/// One request, as the broker's log, its database and the chain tell of it. Times in milliseconds
/// since the epoch, UTC. What is not known is nullopt or empty.
struct Order
{
    QString id;
    std::optional<quint64> chain;
    QString type; ///< "LockAndFulfill", "FulfillAfterLockExpire", "FulfillWithoutLocking"
    std::optional<qint64> seenMs, pricedMs, skippedMs, lockingMs, lockedMs, provingMs, provedMs,
        fulfilledMs, failedMs, expiredMs;
    std::optional<qint64> fulfilledSeenMs; ///< somebody's delivery, as the chain told the broker
    std::optional<qint64> lockDeadlineMs; ///< after it the collateral is lost
    std::optional<qint64> fullDeadlineMs; ///< after it anybody may slash
    std::optional<quint64> cycles;
    bool cyclesAreRounded = false; ///< to millions
    std::optional<double> proveSeconds; ///< the broker's own figure
    QString collateralRaw; ///< base units of the token
    QString collateral; ///< decimal text from the pricing line
    QString maxPrice; ///< ether
    QString gasCost; ///< ether
    QString fee; ///< ether
    QString reward; ///< collateral token
    QString raceLost; ///< the broker's words
    QString proofId;
    QString lockTx;
    QString lockedBy; ///< small letters, as the chain told the broker
    QString skipKey; ///< of SkipReason
    QString reason; ///< why it was skipped or passed over, in the broker's words
    QString wanted; ///< what the setting would have to be
    QString failure; ///< why it failed, in the broker's words
    QStringList codes;
    QString dbStatus; ///< of broker.db
    bool lockSent = false;
    bool lockFailed = false;
    bool lockUnconfirmed = false; ///< sent, and no confirmation came
    bool notPriced = false;
    bool passedOver = false;
    bool committed = false; ///< the broker lists it as work for which it has a lock
    bool atRisk = false; ///< "FATAL STAKE AT RISK"
    bool submitting = false; ///< its proof is done and on its way to the market
    bool overtaken = false;
    bool fulfilledOnChain = false; ///< by whomever, at some time
    bool submitFailed = false; ///< an attempt failed; the broker tries again
    bool lockedSaysDb = false;
    std::optional<OrderChainFacts> facts;
    Evidence evidence; ///< the line that changed its state last
    bool operator==(const Order &) const = default;

    /// From "locked" to "proved" or from first seen to locked, if both ends are known.
    [[nodiscard]] std::optional<qint64> timeToLockMs() const;
    [[nodiscard]] std::optional<qint64> timeToProveMs() const;
    /// Cycles through the broker's proving time.
    [[nodiscard]] std::optional<double> kHz() const;
    /// We hold its lock, by the broker's word or the database's.
    [[nodiscard]] bool isLockedByUs() const { return lockedMs || lockSent || lockedSaysDb; }
};

/// An order with what follows from the time and from all the others.
struct OrderRow
{
    Order order;
    OrderState state = OrderState::Seen;
    bool isExposed = false; ///< its collateral can still be lost: locked by us, and not delivered
    bool isLostLock = false;
    bool isLate = false; ///< delivered after the lock deadline
    std::optional<qint64> deadlineMs; ///< the one that counts for us now
    bool operator==(const OrderRow &) const = default;
};

} // namespace proverdeck::models::boundless
