// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/tables/RowSort.h"

namespace proverdeck::models::tables {

/// What is summed up of a column.
struct TotalRule
{
    int column = 0;
    /// None: the sum of the column. Otherwise the sum of this one ...
    int of = -1;
    /// ... divided by the sum of that one, over the rows in which both are known: never a mean of
    /// ratios.
    int by = -1;
    double factor = 1;
    bool operator==(const TotalRule &) const = default;
};

struct Total
{
    int column = 0;
    double value = 0; ///< not a number if nothing is known
    std::size_t known = 0; ///< in how many rows
};

/// Of these rows; one for each rule, as far as it was not stopped.
[[nodiscard]] std::vector<Total> totalsOf(const ColumnSource &source, const RowOrder &rows,
                                          const std::vector<TotalRule> &rules,
                                          const StopFlag &stop);

} // namespace proverdeck::models::tables
