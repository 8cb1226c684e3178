// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of an OrderModel as views see them.
#include "ui/tables/OrderModel.h"

#include <algorithm>
#include <limits>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::tables::RowOrder;
using models::tables::SortKey;

namespace {

constexpr auto Nowhere = std::numeric_limits<quint32>::max();

} // namespace

/// From what is shown to @p next, told to the views in steps that they understand: rows that vanish
/// go to the end and are cut off, rows that appear come at the end and are moved to their places.
void OrderModel::show(const std::shared_ptr<const RowOrder> &next)
{
    if (*m_shown == *next) {
        m_shown = next;
        return;
    }
    std::vector<quint8> marks(std::size_t(sourceModel()->rowCount()));
    for (const quint32 row : *next) {
        marks[row] = 1;
    }
    RowOrder vanishing;
    for (const quint32 row : *m_shown) {
        if (marks[row] == 0) {
            vanishing.push_back(row);
        } else {
            marks[row] = 2;
        }
    }
    RowOrder kept;
    RowOrder appearing;
    kept.reserve(next->size());
    for (const quint32 row : *next) {
        (marks[row] == 2 ? kept : appearing).push_back(row);
    }
    RowOrder first = kept;
    first.insert(first.end(), vanishing.begin(), vanishing.end());
    permute(std::move(first));
    cutTail(vanishing.size());
    if (!appearing.empty()) {
        RowOrder longer = std::move(kept);
        const std::size_t begin = longer.size();
        longer.insert(longer.end(), appearing.begin(), appearing.end());
        beginInsertRows({}, int(begin), int(longer.size()) - 1);
        m_shown = std::make_shared<const RowOrder>(std::move(longer));
        m_places.clear();
        endInsertRows();
        permute(*next);
    }
    m_shown = next;
}

void OrderModel::permute(RowOrder next)
{
    if (*m_shown == next) {
        return;
    }
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList old = persistentIndexList();
    std::vector<quint32> rows;
    for (const QModelIndex &one : old) {
        rows.push_back(m_shown->at(std::size_t(one.row())));
    }
    m_shown = std::make_shared<const RowOrder>(std::move(next));
    m_places.clear();
    QModelIndexList moved;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        moved << createIndex(int(places()[rows[i]]), old.at(qsizetype(i)).column());
    }
    changePersistentIndexList(old, moved);
    emit layoutChanged({}, VerticalSortHint);
}

void OrderModel::cutTail(std::size_t count)
{
    if (count == 0) {
        return;
    }
    const std::size_t rest = m_shown->size() - count;
    beginRemoveRows({}, int(rest), int(m_shown->size()) - 1);
    m_shown
        = std::make_shared<const RowOrder>(m_shown->begin(), m_shown->begin() + qsizetype(rest));
    m_places.clear();
    endRemoveRows();
}

const std::vector<quint32> &OrderModel::places() const
{
    if (m_places.empty()) {
        m_places.assign(std::size_t(sourceModel()->rowCount()), Nowhere);
        for (std::size_t i = 0; i < m_shown->size(); ++i) {
            m_places[(*m_shown)[i]] = quint32(i);
        }
    }
    return m_places;
}

QModelIndex OrderModel::mapToSource(const QModelIndex &index) const
{
    return index.isValid() && std::size_t(index.row()) < m_shown->size()
        ? sourceModel()->index(int(m_shown->at(std::size_t(index.row()))), index.column())
        : QModelIndex();
}

QModelIndex OrderModel::mapFromSource(const QModelIndex &index) const
{
    if (!index.isValid()) {
        return {};
    }
    const std::vector<quint32> &all = places();
    const auto row = std::size_t(index.row());
    return row < all.size() && all[row] != Nowhere ? createIndex(int(all[row]), index.column())
                                                   : QModelIndex();
}

QModelIndex OrderModel::index(int row, int column, const QModelIndex &parent) const
{
    return !parent.isValid() && row >= 0 && row < rowCount() && column >= 0
            && column < columnCount()
        ? createIndex(row, column)
        : QModelIndex();
}

QModelIndex OrderModel::parent(const QModelIndex & /*index*/) const
{
    return {};
}

QModelIndex OrderModel::sibling(int row, int column, const QModelIndex & /*index*/) const
{
    return index(row, column);
}

bool OrderModel::hasChildren(const QModelIndex &parent) const
{
    return !parent.isValid() && rowCount() > 0;
}

int OrderModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_shown->size());
}

int OrderModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() || !sourceModel() ? 0 : sourceModel()->columnCount();
}

QVariant OrderModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (!sourceModel() || orientation != Qt::Horizontal) {
        return {};
    }
    if (role == TitleRole) {
        return sourceModel()->headerData(section, orientation, Qt::DisplayRole);
    }
    const QVariant own = sourceModel()->headerData(section, orientation, role);
    const auto key = std::ranges::find(m_query.sort, section, &SortKey::column);
    if (key == m_query.sort.end() || (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)) {
        return own;
    }
    const auto place = int(key - m_query.sort.begin()) + 1;
    const QString title = headerData(section, orientation, TitleRole).toString();
    if (role == Qt::AccessibleTextRole) {
        return (key->descending ? tr("%1, sorted downwards, %2 of %3")
                                : tr("%1, sorted upwards, %2 of %3"))
            .arg(title)
            .arg(place)
            .arg(m_query.sort.size());
    }
    const QString sign = key->descending ? u"▼"_s : u"▲"_s;
    return QString(title + u' ' + sign
                   + (m_query.sort.size() > 1 ? QString::number(place) : QString()));
}

} // namespace proverdeck::ui
