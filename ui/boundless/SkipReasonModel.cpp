// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/SkipReasonModel.h"

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::BrokerEra;
using models::boundless::SkipCount;

void SkipReasonModel::setSkips(const QList<SkipCount> &skips, BrokerEra era)
{
    if (skips == m_skips && era == m_era) {
        return;
    }
    beginResetModel();
    m_skips = skips;
    m_era = era;
    endResetModel();
}

QString SkipReasonModel::settingOf(const SkipCount &skip) const
{
    return skip.reason.settingIn(m_era);
}

int SkipReasonModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_skips.size());
}

int SkipReasonModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant SkipReasonModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const SkipCount &skip = m_skips.at(index.row());
    const QString setting = settingOf(skip);
    if (role == SettingRole) {
        return setting;
    }
    if (role == Qt::ToolTipRole) {
        return skip.reason.advice.isEmpty()
            ? QString()
            : QString(skip.reason.title + u".\n"_s + skip.reason.advice);
    }
    if (role == Qt::TextAlignmentRole && index.column() == Orders) {
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
    case Orders:
        return skip.orders;
    case Reason:
        return skip.reason.title;
    default:
        return skip.wanted.isEmpty() ? (setting.isEmpty() ? u"–"_s : setting)
                                     : tr("%1 ≥ %2").arg(setting, skip.wanted);
    }
}

QVariant SkipReasonModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == Orders ? tr("Orders")
        : section == Reason  ? tr("Skipped because")
        : section == Setting ? QVariant(tr("Setting"))
                             : QVariant();
}

} // namespace proverdeck::ui
