// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/OrderFilter.h"

#include "ui/boundless/OrderTableModel.h"

namespace proverdeck::ui {

OrderFilter::OrderFilter(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(OrderTableModel::SortRole);
}

void OrderFilter::setStates(const QSet<int> &states)
{
    m_states = states;
    invalidateFilter();
}

void OrderFilter::setAttentionOnly(bool only)
{
    m_attentionOnly = only;
    invalidateFilter();
}

void OrderFilter::setText(const QString &text)
{
    m_text = text.trimmed();
    invalidateFilter();
}

bool OrderFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    if (m_attentionOnly && !index.data(OrderTableModel::AttentionRole).toBool()) {
        return false;
    }
    if (!m_states.isEmpty() && !m_states.contains(index.data(OrderTableModel::StateRole).toInt())) {
        return false;
    }
    return m_text.isEmpty()
        || index.data(OrderTableModel::SearchRole).toString().contains(m_text, Qt::CaseInsensitive);
}

} // namespace proverdeck::ui
