// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/EnvTableModel.h"

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

/// Only what may be shown is kept here: no view, tooltip or copy can show more.
void EnvTableModel::setFile(const models::boundless::EnvFile &file)
{
    QList<Row> rows;
    for (const models::boundless::EnvEntry &entry : file.entries()) {
        rows << Row{entry.name, file.shown(entry.name), entry.isExported};
    }
    if (rows == m_rows) {
        return;
    }
    beginResetModel();
    m_rows = rows;
    endResetModel();
}

int EnvTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int EnvTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant EnvTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)
        || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) {
        return {};
    }
    const Row &row = m_rows.at(index.row());
    switch (index.column()) {
    case Name:
        return row.name;
    case Value:
        return row.value;
    default:
        return row.isExported ? tr("yes") : tr("no");
    }
}

QVariant EnvTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == Name ? tr("Name") : section == Value ? tr("Value") : tr("Exported");
}

} // namespace proverdeck::ui
