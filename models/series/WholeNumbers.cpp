// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/WholeNumbers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace proverdeck::models::series {

namespace {

constexpr double MaxWhole = 1e9;

} // namespace

bool isSameNumber(float a, float b)
{
    return std::bit_cast<quint32>(a) == std::bit_cast<quint32>(b)
        || (std::isnan(a) && std::isnan(b));
}

std::optional<WholeRange> wholeRange(std::span<const float> values, double scale)
{
    WholeRange range{std::numeric_limits<qint64>::max(), std::numeric_limits<qint64>::min(), false};
    for (const float value : values) {
        if (std::isnan(value)) {
            range.hasUnknown = true;
            continue;
        }
        const double scaled = double(value) * scale;
        if (!(std::abs(scaled) < MaxWhole)) {
            return {};
        }
        const qint64 whole = std::llround(scaled);
        if (!isSameNumber(float(double(whole) / scale), value)) {
            return {};
        }
        range.low = std::min(range.low, whole);
        range.high = std::max(range.high, whole);
    }
    return range.low <= range.high ? std::optional(range) : std::nullopt;
}

} // namespace proverdeck::models::series
