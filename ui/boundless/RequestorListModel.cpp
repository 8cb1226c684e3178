// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/RequestorListModel.h"

#include "models/boundless/SettingsSchema.h"
#include "models/logs/LogText.h"

#include <QFontDatabase>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

void RequestorListModel::setAddresses(const QStringList &addresses, const QStringList &others,
                                      const QString &conflict)
{
    if (addresses == m_addresses && others == m_others && conflict == m_conflict) {
        return;
    }
    beginResetModel();
    m_addresses = addresses;
    m_others = others;
    m_conflict = conflict;
    endResetModel();
}

int RequestorListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_addresses.size());
}

int RequestorListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString RequestorListModel::remarkOn(int row) const
{
    const QString &address = m_addresses.at(row);
    const QString problem = models::boundless::problemWithAddress(address);
    if (!problem.isEmpty()) {
        return problem;
    }
    const auto isSame = [&address](const QString &other) {
        return other.compare(address, Qt::CaseInsensitive) == 0;
    };
    if (std::count_if(m_addresses.begin(), m_addresses.begin() + row, isSame) > 0) {
        return tr("Stands here twice");
    }
    return std::ranges::any_of(m_others, isSame) ? m_conflict : QString();
}

QVariant RequestorListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) {
        return index.column() == Address ? models::plainLine(m_addresses.at(index.row()), 80)
                                         : models::plainLine(remarkOn(index.row()));
    }
    if (role == Qt::FontRole && index.column() == Address) {
        return QFontDatabase::systemFont(QFontDatabase::FixedFont);
    }
    return {};
}

QVariant RequestorListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == Address ? tr("Address")
        : section == Remark   ? QVariant(tr("Remark"))
                              : QVariant();
}

} // namespace proverdeck::ui
