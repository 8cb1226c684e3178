// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/CellTableModel.h"

#include <QTextDocument>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

TableCell TableCell::number(std::optional<double> value, const QString &text, const QString &why)
{
    return {value ? text : u"–"_s, value ? QVariant(*value) : QVariant(-1.0), why, true, {}};
}

TableCell TableCell::count(std::optional<int> value, const QString &why)
{
    return {value ? QString::number(*value) : u"–"_s,
            value ? QVariant(*value) : QVariant(-1),
            why,
            true,
            {}};
}

CellTableModel::CellTableModel(const QStringList &titles, QObject *parent)
    : QAbstractTableModel(parent)
    , m_titles(titles)
{
}

void CellTableModel::setRows(const QList<Row> &rows)
{
    // Rows that only have new values stay, and with them what is selected and scrolled to.
    const int count = int(m_rows.size());
    const bool isSame = count > 0 && rows.size() >= count
        && std::equal(m_rows.begin(), m_rows.end(), rows.begin(),
                      [](const Row &a, const Row &b) { return a.key == b.key; });
    if (!isSame) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
        return;
    }
    std::copy(rows.begin(), rows.begin() + count, m_rows.begin());
    emit dataChanged(index(0, 0), index(count - 1, columnCount() - 1));
    if (rows.size() > count) {
        beginInsertRows({}, count, int(rows.size()) - 1);
        m_rows = rows;
        endInsertRows();
    }
}

int CellTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int CellTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_titles.size());
}

QVariant CellTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const Row &row = m_rows.at(index.row());
    const TableCell cell = row.cells.value(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::DecorationRole:
        return cell.icon.isNull() ? QVariant() : QVariant(cell.icon);
    case Qt::ToolTipRole: // a tool tip would take what looks like HTML for HTML
        return Qt::convertFromPlainText(cell.why.isEmpty() ? cell.text : cell.why);
    case Qt::TextAlignmentRole:
        return QVariant(int((cell.isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    case SortRole:
        return cell.sort.isValid() ? cell.sort : QVariant(cell.text);
    case KeyRole:
        return row.key;
    default:
        return {};
    }
}

QVariant CellTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= m_titles.size()) {
        return {};
    }
    if (role == Qt::DisplayRole) {
        return m_titles.at(section);
    }
    if (role == Qt::TextAlignmentRole && !m_rows.isEmpty()) {
        const bool isNumber = m_rows.first().cells.value(section).isNumber;
        return QVariant(int((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    return {};
}

} // namespace proverdeck::ui
