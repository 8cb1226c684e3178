// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tables/OrderIndex.h"

#include <algorithm>
#include <numeric>

namespace proverdeck::models::tables {

namespace {

constexpr std::size_t StopEvery = 1U << 14U; ///< rows between two looks at the flag
/// More changed rows than one in so many are sorted with all others.
constexpr std::size_t FewShare = 8;

bool passes(const ColumnSource &source, const ColumnFilter &filter, quint32 row, QString &buffer)
{
    return filter.filter.isAboutNumbers()
        ? filter.filter.accepts(source.number(row, filter.column))
        : filter.filter.accepts(source.text(row, filter.column, buffer));
}

/// Takes the rows that do not pass out of @p all.
bool sift(const ColumnSource &source, const ColumnFilter &filter, std::vector<quint8> &all,
          const StopFlag &stop)
{
    const QStringList names = source.categories(filter.column);
    std::vector<quint8> accepted;
    if (!filter.filter.isAboutNumbers()) {
        std::ranges::transform(names, std::back_inserter(accepted), [&](const QString &name) {
            return quint8(filter.filter.accepts(QStringView(name)));
        });
    }
    QString buffer;
    for (std::size_t begin = 0; begin < all.size(); begin += StopEvery) {
        if (stop) {
            return false;
        }
        const std::size_t end = std::min(begin + StopEvery, all.size());
        for (std::size_t row = begin; row < end; ++row) {
            if (!accepted.empty()) {
                all[row] &= accepted[source.category(row, filter.column)];
            } else if (all[row] != 0) {
                all[row] = quint8(passes(source, filter, quint32(row), buffer));
            }
        }
    }
    return true;
}

bool isSorted(const std::vector<quint32> &rows)
{
    return std::ranges::is_sorted(rows) && std::ranges::adjacent_find(rows) == rows.end();
}

} // namespace

bool OrderIndex::update(const ColumnSource &source, const TableQuery &query,
                        const std::vector<quint32> &changed, const StopFlag &stop)
{
    const std::size_t rows = source.rows();
    const bool isGoingOn = m_isValid && m_sorted.size() <= rows;
    m_isValid = false;
    std::vector<quint32> touched;
    if (isGoingOn) {
        touched = changed;
        if (!isSorted(touched)) {
            std::ranges::sort(touched);
            touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
        }
        const auto known = std::ranges::lower_bound(touched, quint32(m_sorted.size()));
        touched.erase(known, touched.end());
        for (std::size_t row = m_sorted.size(); row < rows; ++row) {
            touched.push_back(quint32(row));
        }
    }
    const bool isSameSort = isGoingOn && m_query.sort == query.sort;
    const bool isSameFilter = isGoingOn && m_query.filters == query.filters;
    if (isSameSort && touched.size() <= rows / FewShare + 64) {
        sortChanged(source, query, touched);
    } else if (!sortAll(source, query, stop)) {
        return false;
    }
    if (isSameFilter && touched.size() <= rows / FewShare + 64) {
        QString buffer;
        m_passes.resize(query.filters.empty() ? 0 : rows);
        for (const quint32 row : touched) {
            if (!query.filters.empty()) {
                m_passes[row] = quint8(std::ranges::all_of(query.filters, [&](const auto &filter) {
                    return passes(source, filter, row, buffer);
                }));
            }
        }
    } else if (!filterAll(source, query, stop)) {
        return false;
    }
    if (!gather(stop)) {
        return false;
    }
    m_query = query;
    m_isValid = true;
    return true;
}

bool OrderIndex::sortAll(const ColumnSource &source, const TableQuery &query, const StopFlag &stop)
{
    m_sorted.resize(source.rows());
    std::iota(m_sorted.begin(), m_sorted.end(), 0U);
    return sortRows(source, query.sort, m_sorted, stop);
}

/// Takes the changed rows out and puts each where it belongs now; all others are in order.
void OrderIndex::sortChanged(const ColumnSource &source, const TableQuery &query,
                             const std::vector<quint32> &changed)
{
    if (changed.empty()) {
        return;
    }
    if (query.sort.empty()) {
        for (const quint32 row : changed) {
            if (row >= m_sorted.size()) {
                m_sorted.push_back(row);
            }
        }
        return;
    }
    const std::size_t rows = source.rows();
    if (changed.front() < m_sorted.size()) {
        std::vector<quint8> isChanged(rows);
        for (const quint32 row : changed) {
            isChanged[row] = 1;
        }
        std::erase_if(m_sorted, [&](quint32 row) { return isChanged[row] != 0; });
    }
    const RowLess less(source, query.sort);
    RowOrder fresh = changed;
    std::sort(fresh.begin(), fresh.end(), less);
    RowOrder merged;
    merged.reserve(rows);
    auto rest = m_sorted.cbegin();
    for (const quint32 row : fresh) {
        const auto place = std::lower_bound(rest, m_sorted.cend(), row, less);
        merged.insert(merged.end(), rest, place);
        merged.push_back(row);
        rest = place;
    }
    merged.insert(merged.end(), rest, m_sorted.cend());
    m_sorted = std::move(merged);
}

bool OrderIndex::filterAll(const ColumnSource &source, const TableQuery &query,
                           const StopFlag &stop)
{
    m_passes.assign(query.filters.empty() ? 0 : source.rows(), 1);
    return std::ranges::all_of(query.filters, [&](const ColumnFilter &filter) {
        return sift(source, filter, m_passes, stop);
    });
}

bool OrderIndex::gather(const StopFlag &stop)
{
    if (m_passes.empty()) {
        m_shown = std::make_shared<const RowOrder>(m_sorted);
        return !stop;
    }
    RowOrder shown(m_sorted.size());
    std::size_t count = 0;
    for (const quint32 row : m_sorted) {
        shown[count] = row;
        count += m_passes[row];
    }
    shown.resize(count);
    shown.shrink_to_fit();
    m_shown = std::make_shared<const RowOrder>(std::move(shown));
    return !stop;
}

} // namespace proverdeck::models::tables
