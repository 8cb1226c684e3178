// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/BalanceSeries.h"

#include <algorithm>

namespace proverdeck::models::boundless {

using evm::Difference;
using evm::U256;

namespace {

/// Times grow with the blocks; where one is missing, the next known one stands in.
void fillTimes(QList<SeriesPoint> &points)
{
    QDateTime next;
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
        if (point->time.isValid()) {
            next = point->time;
        } else {
            point->time = next;
        }
    }
}

} // namespace

BalanceSeries balanceSeries(const QList<Change> &changes, const QList<Observation> &observations)
{
    BalanceSeries series;
    if (observations.isEmpty()) {
        return series;
    }
    QList<SeriesPoint> &points = series.points; // newest first until the end
    U256 value = observations.last().value;
    points << SeriesPoint{observations.last().block, observations.last().time, value,
                          SeriesPoint::Kind::Observed};
    qsizetype older = observations.size() - 2;
    const auto passObservation = [&](const QDateTime &nextTime) {
        const Observation &seen = observations.at(older);
        if (seen.value != value) {
            series.unexplained << Difference::between(seen.value, value);
            points << SeriesPoint{seen.block + 1, nextTime, value, SeriesPoint::Kind::Unexplained};
        }
        value = seen.value;
        points << SeriesPoint{seen.block, seen.time, value, SeriesPoint::Kind::Observed};
        --older;
    };
    for (auto change = changes.crbegin(); change != changes.crend(); ++change) {
        if (change->block > observations.last().block) {
            continue;
        }
        while (older >= 0 && observations.at(older).block >= change->block) {
            passObservation(points.last().time);
        }
        points << SeriesPoint{change->block, change->time, value, SeriesPoint::Kind::Event};
        const auto before
            = change->amount ? change->amount->negated().appliedTo(value) : std::nullopt;
        if (before) {
            value = *before;
            continue;
        }
        if (change->amount) {
            // Below zero: something between that was not read made up for it.
            series.unexplained << Difference::loss(
                change->amount->size.minus(value).value_or(U256()));
            points.last().kind = SeriesPoint::Kind::Unexplained;
            value = U256();
        }
    }
    while (older >= 0) {
        passObservation(points.last().time);
    }
    if (!changes.isEmpty() && points.last().kind != SeriesPoint::Kind::Observed) {
        const SeriesPoint first = points.last();
        points << SeriesPoint{first.block > 0 ? first.block - 1 : 0, first.time, value,
                              SeriesPoint::Kind::Opening};
    }
    fillTimes(points);
    std::reverse(points.begin(), points.end());
    std::reverse(series.unexplained.begin(), series.unexplained.end());
    return series;
}

QList<Change> collateralChanges(const QList<MarketEvent> &events, const Verdicts &verdicts,
                                const evm::Address &account)
{
    QList<Change> changes;
    const QList<std::optional<Difference>> effects = effectsOf(events, verdicts, account);
    for (qsizetype i = 0; i < events.size(); ++i) {
        const auto &effect = effects.at(i);
        if (!effect || !effect->size.isZero()) {
            changes << Change{events.at(i).block, events.at(i).time, effect};
        }
    }
    return changes;
}

QList<Change> walletChanges(const QList<MarketEvent> &events)
{
    QList<Change> changes;
    for (const MarketEvent &event : events) {
        if (event.kind == EventKind::TokensIn || event.kind == EventKind::TokensOut) {
            changes << Change{event.block, event.time,
                              event.kind == EventKind::TokensIn ? Difference::gain(event.amount)
                                                                : Difference::loss(event.amount)};
        }
    }
    return changes;
}

} // namespace proverdeck::models::boundless
