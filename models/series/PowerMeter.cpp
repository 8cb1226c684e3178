// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/PowerMeter.h"

#include <algorithm>
#include <cmath>

namespace proverdeck::models::series {

namespace {

constexpr double SensorErrorW = 5;
constexpr qint64 LeastGapMs = 5000;

struct Point
{
    double at; ///< ms
    double watts;
};

/// Between two samples.
double wattsAt(const Point &a, const Point &b, double at)
{
    return b.at > a.at ? a.watts + (b.watts - a.watts) * (at - a.at) / (b.at - a.at) : b.watts;
}

double area(const std::vector<Point> &points, std::size_t stride)
{
    double joules = 0;
    std::size_t before = 0;
    for (std::size_t i = stride; before + 1 < points.size(); i += stride) {
        const std::size_t now = std::min(i, points.size() - 1);
        joules += (points[before].watts + points[now].watts) / 2
            * (points[now].at - points[before].at) / 1000;
        before = now;
    }
    return joules;
}

/// Every sample in the stretch, and its two ends; none with a gap.
std::optional<std::vector<Point>> pointsOf(const SampleView &view, std::size_t column, qint64 from,
                                           qint64 to)
{
    const std::size_t first = view.lowerBound(from + 1);
    const std::size_t last = view.lowerBound(to);
    if (first == 0 || last >= view.size()) {
        return std::nullopt; // begins later, or ends sooner
    }
    const qint64 gap = view.gapAfter(LeastGapMs);
    std::vector<Point> points;
    Point before{};
    for (std::size_t i = first - 1; i <= last; ++i) {
        const Point now{double(view.timeAt(i)), double(view.valueAt(column, i))};
        if (std::isnan(now.watts) || (i >= first && now.at - before.at > double(gap))) {
            return std::nullopt;
        }
        if (i == first && now.at > double(from)) {
            points.push_back({double(from), wattsAt(before, now, double(from))});
        }
        if (i >= first) {
            points.push_back(
                now.at > double(to) ? Point{double(to), wattsAt(before, now, double(to))} : now);
        }
        before = now;
    }
    return points;
}

} // namespace

std::optional<Energy> energyOf(const QList<SampleView> &boards, std::size_t column, qint64 from,
                               qint64 to)
{
    if (boards.isEmpty() || to <= from) {
        return std::nullopt;
    }
    Energy all;
    for (const SampleView &board : boards) {
        const auto points = pointsOf(board, column, from, to);
        if (!points) {
            return std::nullopt;
        }
        const double joules = area(*points, 1);
        all.joules += joules;
        all.uncertainty
            += std::abs(joules - area(*points, 2)) + SensorErrorW * double(to - from) / 1000;
        all.sampleIntervalMs = std::max(all.sampleIntervalMs, board.typicalStep());
    }
    return all;
}

void PowerMeter::add(const QList<GpuSample> &samples)
{
    for (const GpuSample &sample : samples) {
        if ((sample.index < 0 && sample.uuid.isEmpty()) || !sample.at.isValid()) {
            continue;
        }
        auto board = std::ranges::find_if(m_boards, [&sample](const Board &known) {
            return sample.uuid.isEmpty() ? known.index == sample.index : known.uuid == sample.uuid;
        });
        if (board == m_boards.end()) {
            if (m_boards.size() >= MaxBoards) {
                continue; // no server has so many
            }
            board = m_boards.insert(
                board, Board{sample.index, sample.uuid, std::make_unique<SampleStore>(1)});
        }
        const bool isKnown = sample.powerW && std::isfinite(*sample.powerW);
        board->store->append(
            sample.at.toMSecsSinceEpoch(),
            std::array{isKnown ? float(*sample.powerW) : std::numeric_limits<float>::quiet_NaN()});
    }
}

qint64 PowerMeter::knownUntil() const
{
    qint64 until = m_boards.empty() ? 0 : std::numeric_limits<qint64>::max();
    for (const Board &board : m_boards) {
        until = std::min(until, board.store->view().lastTime());
    }
    return until;
}

std::optional<Energy> PowerMeter::energy(qint64 from, qint64 to) const
{
    QList<SampleView> boards;
    for (const Board &board : m_boards) {
        boards << board.store->view();
    }
    return energyOf(boards, 0, from, to);
}

} // namespace proverdeck::models::series
