// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/CollateralMonitor.h"
#include "models/boundless/LockBook.h"

namespace proverdeck::models::boundless {

/// A value that the chain itself gave.
struct Observation
{
    quint64 block = 0;
    QDateTime time; ///< UTC
    evm::U256 value;
    bool operator==(const Observation &) const = default;
};

struct Change
{
    quint64 block = 0;
    QDateTime time; ///< UTC; invalid = not known
    std::optional<evm::Difference> amount; ///< nothing: it happened, its size is not known
    bool operator==(const Change &) const = default;
};

struct SeriesPoint
{
    enum class Kind {
        Opening, ///< before the first change that was read
        Event,
        Observed, ///< by the chain itself
        Unexplained, ///< the value before the next event, which no event that was read leads to
    };
    quint64 block = 0;
    QDateTime time; ///< UTC
    evm::U256 value; ///< from here on
    Kind kind = Kind::Event;
    bool operator==(const SeriesPoint &) const = default;
};

struct BalanceSeries
{
    QList<SeriesPoint> points; ///< oldest first; the last one is the newest observation
    QList<evm::Difference> unexplained; ///< jumps that no event explains, oldest first
    bool operator==(const BalanceSeries &) const = default;
};

/// The course of a balance, from its newest observed value back through the changes: exact, and its
/// last point is what the chain said. Pure.
///
/// Both lists are sorted by block. Where an older observation disagrees with what the changes lead
/// back to, the observation wins and the difference is listed. Changes after the newest observation
/// are left out.
[[nodiscard]] BalanceSeries balanceSeries(const QList<Change> &changes,
                                          const QList<Observation> &observations);

[[nodiscard]] QList<Change> collateralChanges(const QList<MarketEvent> &events,
                                              const Verdicts &verdicts,
                                              const evm::Address &account);
[[nodiscard]] QList<Change> walletChanges(const QList<MarketEvent> &events);

} // namespace proverdeck::models::boundless
