// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <optional>
#include <span>

namespace proverdeck::models::series {

/// To the last bit, but all that are not a number count as the same: unknown.
[[nodiscard]] bool isSameNumber(float a, float b);

struct WholeRange
{
    qint64 low;
    qint64 high;
    bool hasUnknown; ///< some are not a number
};

/// Of the numbers, counted in parts of 1 / @p scale. None if one of them is no whole number of such
/// parts, or too large, or if nothing is known at all.
[[nodiscard]] std::optional<WholeRange> wholeRange(std::span<const float> values, double scale);

} // namespace proverdeck::models::series
