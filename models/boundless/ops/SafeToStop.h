// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerDb.h"

namespace proverdeck::models::boundless {

/// A lock of ours as the broker's log tells of it.
struct LogLock
{
    QString requestId; ///< "0x…"
    std::optional<qint64> lockDeadlineMs;
    QString collateralRaw; ///< base units; empty: the log does not say
    bool isDone = false; ///< "Completed order" came after it
    bool isExpired = false; ///< the broker has given it up after its deadline
    bool isConfirmed = true; ///< false: sent, never confirmed, and seen on the chain as ours
    bool operator==(const LogLock &) const = default;
};

/// What is known of the orders of a broker at one moment, from three witnesses. One that could not
/// be asked is nullopt, with the reason.
struct StopEvidence
{
    qint64 nowMs = 0; ///< the clock by which deadlines count: the server's, or the chain's
    QString account; ///< ours, in small letters; empty: not known

    std::optional<DbSnapshot> db;
    QString dbProblem;

    /// All requests of ours that were locked since a block that lies before the oldest lock which
    /// could still be open.
    std::optional<QList<OrderChainFacts>> chain;
    QString chainProblem;

    /// All locks since the broker's start, of a log without a gap.
    std::optional<QList<LogLock>> log;
    QString logProblem;
};

/// An order on which collateral depends.
struct HoldingOrder
{
    enum class Why {
        InWork, ///< the broker proves or delivers it
        Failed, ///< the broker has given it up; until its deadline it can be rescued by hand
        LostLock, ///< locked on the chain as ours, and the broker does not know
        Unjudged, ///< nobody can say whether something is at stake
    };

    QString requestId;
    Why why = Why::InWork;
    QString status; ///< the broker's word, if it has one
    std::optional<qint64> lockDeadlineMs;
    std::optional<qint64> fullDeadlineMs;
    QString collateralRaw; ///< base units; empty: not known
    bool operator==(const HoldingOrder &) const = default;
};

/// May the broker be stopped now?
struct StopVerdict
{
    enum class Answer {
        Safe, ///< nothing that could still be saved depends on it
        Wait, ///< orders hold it up
        Unknown, ///< it cannot be said; so: no
    };

    Answer answer = Answer::Unknown;
    QString source; ///< the witnesses that decided: "broker.db", "chain", "log"; empty: none
    QString reason; ///< one sentence
    QList<HoldingOrder> holding; ///< next deadline first; without a deadline last
    /// Their lock deadline has passed without delivery: waiting does not help any more.
    QList<HoldingOrder> lost;
    bool operator==(const StopVerdict &) const = default;
};

/// The best witness decides: the broker's database, else the chain, else its log, else nobody. What
/// a second witness adds is taken as well: the chain can clear an order of the database (paid
/// before its deadline) and name a lock that the broker has lost. An order whose lock deadline has
/// passed for a minute holds nothing up.
[[nodiscard]] StopVerdict judgeStop(const StopEvidence &evidence);

/// The account in whose name the broker locks, from its own orders and the locks that it has seen;
/// empty if that cannot be told.
[[nodiscard]] QString accountOf(const DbSnapshot &db);

[[nodiscard]] QString answerWord(StopVerdict::Answer answer); ///< "safe", "wait", "unknown" (JSON)
[[nodiscard]] QString holdWord(HoldingOrder::Why why); ///< "in-work", … (JSON)
[[nodiscard]] QString holdText(HoldingOrder::Why why); ///< for people

} // namespace proverdeck::models::boundless
