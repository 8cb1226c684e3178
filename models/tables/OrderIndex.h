// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/tables/CellFilter.h"
#include "models/tables/RowSort.h"

#include <memory>

namespace proverdeck::models::tables {

struct ColumnFilter
{
    int column = 0;
    CellFilter filter;
    bool operator==(const ColumnFilter &) const = default;
};

/// Which rows are shown, and in which order.
struct TableQuery
{
    std::vector<SortKey> sort; ///< what decides first comes first; none: the table's own order
    std::vector<ColumnFilter> filters; ///< a row must pass all
    bool operator==(const TableQuery &) const = default;
};

/// The rows of a table that a query shows, in its order; four bytes a row and another five to go on
/// from. What changed a little is computed by as little. Lives in any one thread at a time.
class OrderIndex
{
public:
    /// Brings the index to @p source and @p query. @p changed are rows whose cells differ from when
    /// they were last seen; rows that were added at the end are found without. Where rows were
    /// removed or moved, reset() comes first. False if it was stopped; the next call begins anew.
    [[nodiscard]] bool update(const ColumnSource &source, const TableQuery &query,
                              const std::vector<quint32> &changed, const StopFlag &stop);
    void reset() { m_isValid = false; }

    /// Does not change any more: the next update() makes another one.
    [[nodiscard]] const std::shared_ptr<const RowOrder> &shown() const { return m_shown; }

private:
    [[nodiscard]] bool sortAll(const ColumnSource &source, const TableQuery &query,
                               const StopFlag &stop);
    void sortChanged(const ColumnSource &source, const TableQuery &query,
                     const std::vector<quint32> &changed);
    [[nodiscard]] bool filterAll(const ColumnSource &source, const TableQuery &query,
                                 const StopFlag &stop);
    [[nodiscard]] bool gather(const StopFlag &stop);

    bool m_isValid = false;
    TableQuery m_query;
    RowOrder m_sorted; ///< every row
    std::vector<quint8> m_passes; ///< by row; empty: all do
    std::shared_ptr<const RowOrder> m_shown = std::make_shared<const RowOrder>();
};

} // namespace proverdeck::models::tables
