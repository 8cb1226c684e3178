// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tables/ModelColumns.h"

#include <QAbstractItemModel>
#include <QDateTime>

#include <limits>

namespace proverdeck::ui {

using models::tables::ValueKind;

namespace {

constexpr double Unknown = std::numeric_limits<double>::quiet_NaN();

QStringView put(QString &buffer, QString text)
{
    buffer = std::move(text);
    return buffer;
}

/// Goes on with @p cells where it ended; false if the time is over before.
template<class Cell, class Read>
bool extend(std::vector<Cell> &cells, std::size_t rows, const QDeadlineTimer &until,
            const Read &read)
{
    constexpr std::size_t Look = 256;
    cells.reserve(rows);
    while (cells.size() < rows) {
        if (cells.size() % Look == 0 && until.hasExpired()) {
            return false;
        }
        cells.push_back(read(cells.size()));
    }
    return true;
}

} // namespace

double numberOf(const QVariant &value)
{
    if (value.metaType() == QMetaType::fromType<QDateTime>()) {
        const QDateTime time = value.toDateTime();
        return time.isValid() ? double(time.toMSecsSinceEpoch()) : Unknown;
    }
    bool ok = false;
    const double number = value.isValid() && !value.isNull() ? value.toDouble(&ok) : Unknown;
    return ok ? number : Unknown;
}

LiveColumns::LiveColumns(const QAbstractItemModel &model, const TableColumns &columns, int sortRole)
    : m_model(model)
    , m_columns(columns)
    , m_sortRole(sortRole)
{
}

std::size_t LiveColumns::rows() const
{
    return std::size_t(m_model.rowCount());
}

ValueKind LiveColumns::kind(int column) const
{
    return m_columns.at(std::size_t(column)).kind;
}

double LiveColumns::number(std::size_t row, int column) const
{
    const double value = numberOf(m_model.index(int(row), column).data(m_sortRole));
    return value < 0 && m_columns.at(std::size_t(column)).isNegativeUnknown ? Unknown : value;
}

QStringView LiveColumns::text(std::size_t row, int column, QString &buffer) const
{
    return put(buffer, m_model.index(int(row), column).data(Qt::DisplayRole).toString());
}

QStringView LiveColumns::sortText(std::size_t row, int column, QString &buffer) const
{
    return put(buffer, m_model.index(int(row), column).data(m_sortRole).toString());
}

CopiedColumns::CopiedColumns(const TableColumns &columns)
    : m_columns(columns)
    , m_cells(columns.size())
{
}

bool CopiedColumns::copy(const LiveColumns &live, const models::tables::TableQuery &query,
                         const QDeadlineTimer &until)
{
    const auto needSortValue = [this](int column) {
        Cells &cells = m_cells[std::size_t(column)];
        (kind(column) == ValueKind::Text ? cells.needsSortTexts : cells.needsNumbers) = true;
    };
    for (const models::tables::SortKey &key : query.sort) {
        needSortValue(key.column);
    }
    for (const models::tables::ColumnFilter &filter : query.filters) {
        Cells &cells = m_cells[std::size_t(filter.column)];
        (filter.filter.isAboutNumbers() ? cells.needsNumbers : cells.needsTexts) = true;
    }
    for (const TableColumn &column : m_columns) {
        if (column.total && column.total->of >= 0) {
            needSortValue(column.total->of);
            needSortValue(column.total->by);
        } else if (column.total) {
            needSortValue(column.total->column);
        }
    }
    m_rows = live.rows();
    for (std::size_t column = 0; column < m_cells.size(); ++column) {
        if (!fill(live, int(column), until)) {
            return false;
        }
    }
    return true;
}

bool CopiedColumns::fill(const LiveColumns &live, int column, const QDeadlineTimer &until)
{
    Cells &cells = m_cells[std::size_t(column)];
    QString buffer;
    return (!cells.needsNumbers
            || extend(cells.numbers, m_rows, until,
                      [&](std::size_t row) { return live.number(row, column); }))
        && (!cells.needsTexts
            || extend(cells.texts, m_rows, until,
                      [&](std::size_t row) { return live.text(row, column, buffer).toString(); }))
        && (!cells.needsSortTexts || extend(cells.sortTexts, m_rows, until, [&](std::size_t row) {
               return live.sortText(row, column, buffer).toString();
           }));
}

void CopiedColumns::copyAgain(const LiveColumns &live, const std::vector<quint32> &rows)
{
    QString buffer;
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        Cells &cells = m_cells[i];
        const auto column = int(i);
        for (const quint32 row : rows) {
            if (row < cells.numbers.size()) {
                cells.numbers[row] = live.number(row, column);
            }
            if (row < cells.texts.size()) {
                cells.texts[row] = live.text(row, column, buffer).toString();
            }
            if (row < cells.sortTexts.size()) {
                cells.sortTexts[row] = live.sortText(row, column, buffer).toString();
            }
        }
    }
}

ValueKind CopiedColumns::kind(int column) const
{
    return m_columns.at(std::size_t(column)).kind;
}

double CopiedColumns::number(std::size_t row, int column) const
{
    return m_cells[std::size_t(column)].numbers[row];
}

QStringView CopiedColumns::text(std::size_t row, int column, QString & /*buffer*/) const
{
    return m_cells[std::size_t(column)].texts[row];
}

QStringView CopiedColumns::sortText(std::size_t row, int column, QString & /*buffer*/) const
{
    return m_cells[std::size_t(column)].sortTexts[row];
}

} // namespace proverdeck::ui
