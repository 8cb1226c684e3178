// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tables/OrderModel.h"

#include "ui/tables/ModelColumns.h"

#include <QTimer>

#include <algorithm>
#include <numeric>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::tables::RowOrder;
using models::tables::SortKey;
using models::tables::Total;
using models::tables::TotalRule;

namespace {

constexpr int SliceMs = 6; ///< of copying, between two turns of the event loop
constexpr int GatherMs = 150; ///< changes of a large table are taken together
constexpr int TinyRows = 1000;
constexpr int ManyRows = 200; ///< changes of more are told of as one

} // namespace

/// What a worker has while it computes.
struct OrderModel::Job
{
    std::shared_ptr<const models::tables::ColumnSource> source;
    models::tables::TableQuery query;
    std::vector<quint32> changed;
    std::vector<TotalRule> rules;
    models::tables::OrderIndex index;
    std::vector<Total> totals;
    models::tables::StopFlag stop = false;
    bool isDone = false;
};

OrderModel::OrderModel(TableColumns columns, int sortRole, QObject *parent)
    : QAbstractProxyModel(parent)
    , m_columns(std::move(columns))
    , m_sortRole(sortRole)
    , m_shown(std::make_shared<const RowOrder>())
{
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        if (m_columns[i].total) {
            m_columns[i].total->column = int(i);
        }
    }
    m_pool.setMaxThreadCount(1);
    m_later = new QTimer(this);
    m_later->setSingleShot(true);
    connect(m_later, &QTimer::timeout, this, &OrderModel::refresh);
}

OrderModel::~OrderModel()
{
    if (m_job) {
        m_job->stop = true;
    }
    m_pool.waitForDone();
}

void OrderModel::setSourceModel(QAbstractItemModel *model)
{
    beginResetModel();
    m_isResetting = true;
    if (sourceModel()) {
        sourceModel()->disconnect(this);
    }
    QAbstractProxyModel::setSourceModel(model);
    const auto aboutToReset = [this] {
        if (!std::exchange(m_isResetting, true)) {
            beginResetModel();
        }
    };
    connect(model, &QAbstractItemModel::modelAboutToBeReset, this, aboutToReset);
    connect(model, &QAbstractItemModel::modelReset, this, &OrderModel::onReset);
    connect(model, &QAbstractItemModel::layoutAboutToBeChanged, this, aboutToReset);
    connect(model, &QAbstractItemModel::layoutChanged, this, &OrderModel::onReset);
    connect(model, &QAbstractItemModel::rowsAboutToBeMoved, this, aboutToReset);
    connect(model, &QAbstractItemModel::rowsMoved, this, &OrderModel::onReset);
    connect(model, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { onInserted(first, last); });
    connect(model, &QAbstractItemModel::rowsAboutToBeRemoved, this,
            [this](const QModelIndex &, int first, int last) { onAboutToBeRemoved(first, last); });
    connect(model, &QAbstractItemModel::rowsRemoved, this,
            [this](const QModelIndex &, int first, int last) { onRemoved(first, last); });
    connect(model, &QAbstractItemModel::dataChanged, this, &OrderModel::onDataChanged);
    connect(model, &QAbstractItemModel::headerDataChanged, this,
            &QAbstractItemModel::headerDataChanged);
    onReset();
}

/// At once where that takes no time; a source may add and remove many rows one by one.
void OrderModel::refreshSoon()
{
    if (sourceModel()->rowCount() <= TinyRows) {
        refresh();
    } else if (!m_later->isActive()) {
        m_later->start(isSmall() ? 0 : GatherMs);
    }
}

bool OrderModel::isSmall() const
{
    return !sourceModel() || sourceModel()->rowCount() <= SmallRows;
}

/// The rows are not those of before: nothing can be gone on from.
void OrderModel::forget()
{
    m_index.reset();
    m_changed.clear();
    m_copy.reset();
    m_isCopying = false;
    m_places.clear();
    if (m_job) {
        m_job->stop = true;
        m_job.reset(); // its answer is of no use
    }
}

void OrderModel::onReset()
{
    const bool wasBusy = isBusy();
    forget();
    m_totals.clear();
    RowOrder rows;
    if (m_query.filters.empty()) { // until they are sorted
        rows.resize(std::size_t(sourceModel()->rowCount()));
        std::iota(rows.begin(), rows.end(), 0U);
    }
    m_shown = std::make_shared<const RowOrder>(std::move(rows));
    if (isSmall()) {
        const LiveColumns live(*sourceModel(), m_columns, m_sortRole);
        const models::tables::StopFlag never = false;
        (void)m_index.update(live, m_query, {}, never);
        m_shown = m_index.shown();
        m_totals = totalsOf(live, *m_shown, totalRules(), never);
    }
    m_isResetting = false;
    endResetModel();
    if (wasBusy) {
        emit busyChanged(false);
    }
    if (isSmall()) {
        emit settled();
    } else {
        refresh();
    }
}

void OrderModel::onInserted(int first, int last)
{
    const int count = last - first + 1;
    if (first + count < sourceModel()->rowCount()) { // in the middle: those after it move on
        RowOrder moved = *m_shown;
        for (quint32 &row : moved) {
            row += row >= quint32(first) ? quint32(count) : 0;
        }
        m_shown = std::make_shared<const RowOrder>(std::move(moved));
        forget();
    }
    refreshSoon();
}

void OrderModel::onAboutToBeRemoved(int first, int last)
{
    RowOrder rest = *m_shown;
    std::erase_if(rest, [=](quint32 row) { return row >= quint32(first) && row <= quint32(last); });
    show(std::make_shared<const RowOrder>(std::move(rest)));
}

void OrderModel::onRemoved(int first, int last)
{
    RowOrder moved = *m_shown;
    for (quint32 &row : moved) {
        row -= row > quint32(last) ? quint32(last - first + 1) : 0;
    }
    m_shown = std::make_shared<const RowOrder>(std::move(moved));
    forget();
    refreshSoon();
}

void OrderModel::onDataChanged(const QModelIndex &topLeft, const QModelIndex &bottomRight,
                               const QList<int> &roles)
{
    const int first = topLeft.row();
    const int last = bottomRight.row();
    if (last - first >= ManyRows && !m_shown->empty()) {
        emit dataChanged(index(0, topLeft.column()), index(rowCount() - 1, bottomRight.column()),
                         roles);
    } else {
        for (int row = first; row <= last; ++row) {
            const QModelIndex at = mapFromSource(topLeft.siblingAtRow(row));
            if (at.isValid()) {
                emit dataChanged(at, at.siblingAtColumn(bottomRight.column()), roles);
            }
        }
    }
    if (!roles.isEmpty() && !roles.contains(Qt::DisplayRole) && !roles.contains(m_sortRole)) {
        return;
    }
    if (!m_copy && !usesColumns(topLeft.column(), bottomRight.column())) {
        return;
    }
    for (int row = first; row <= last; ++row) {
        m_changed.push_back(quint32(row));
    }
    if (!m_later->isActive()) {
        m_later->start(isSmall() ? 0 : GatherMs);
    }
}

/// Whether order, filters or totals depend on one of these.
bool OrderModel::usesColumns(int first, int last) const
{
    const auto isIn = [=](int column) { return column >= first && column <= last; };
    return std::ranges::any_of(m_query.sort, isIn, &SortKey::column)
        || std::ranges::any_of(m_query.filters, isIn, &models::tables::ColumnFilter::column)
        || std::ranges::any_of(m_columns, [&](const TableColumn &column) {
               return column.total
                   && (isIn(column.total->column) || isIn(column.total->of)
                       || isIn(column.total->by));
           });
}

std::vector<TotalRule> OrderModel::totalRules() const
{
    std::vector<TotalRule> rules;
    for (const TableColumn &column : m_columns) {
        if (column.total) {
            rules.push_back(*column.total);
        }
    }
    return rules;
}

void OrderModel::setSort(std::vector<SortKey> keys)
{
    std::erase_if(keys, [this](const SortKey &key) {
        return key.column < 0 || key.column >= int(m_columns.size());
    });
    if (keys != m_query.sort) {
        m_query.sort = std::move(keys);
        queryHasChanged();
        emit headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
    }
}

void OrderModel::sort(int column, Qt::SortOrder order)
{
    setSort(column < 0 ? std::vector<SortKey>()
                       : std::vector<SortKey>{{column, order == Qt::DescendingOrder}});
}

void OrderModel::toggleSort(int column, bool isFurther)
{
    std::vector<SortKey> keys = m_query.sort;
    const auto at = std::ranges::find(keys, column, &SortKey::column);
    if (at == keys.end()) {
        if (!isFurther) {
            keys.clear();
        }
        keys.push_back({column, false});
    } else if (!isFurther && keys.size() > 1) {
        keys = {{column, at->descending}};
    } else if (!at->descending) {
        at->descending = true;
    } else {
        keys.erase(at);
    }
    setSort(std::move(keys));
}

void OrderModel::setFilter(int column, const QString &typed)
{
    if (typed == m_typed.value(column)) {
        return;
    }
    m_typed[column] = typed;
    const auto filter
        = models::tables::CellFilter::parse(typed, m_columns.at(std::size_t(column)).kind);
    m_problems[column] = filter.problem();
    std::vector<models::tables::ColumnFilter> filters = m_query.filters;
    std::erase_if(filters, [column](const auto &one) { return one.column == column; });
    if (!filter.isEmpty()) {
        filters.push_back({column, filter});
    }
    if (filters == m_query.filters) {
        emit queryChanged();
        return;
    }
    m_query.filters = std::move(filters);
    queryHasChanged();
}

QString OrderModel::filterProblem(int column) const
{
    return m_problems.value(column);
}

void OrderModel::clearFilters()
{
    m_typed.clear();
    m_problems.clear();
    m_query.filters.clear();
    queryHasChanged();
}

void OrderModel::queryHasChanged()
{
    if (m_job) {
        m_job->stop = true; // onJobDone() begins anew
    }
    emit queryChanged();
    refresh();
}

/// Brings what is shown up to date, now or in a worker.
void OrderModel::refresh()
{
    if (!sourceModel() || m_job || m_isResetting) {
        return;
    }
    if (isSmall()) {
        computeHere();
    } else {
        startJob();
    }
}

void OrderModel::computeHere()
{
    m_later->stop();
    if (std::exchange(m_isCopying, false)) {
        emit busyChanged(false);
    }
    const LiveColumns live(*sourceModel(), m_columns, m_sortRole);
    const models::tables::StopFlag never = false;
    (void)m_index.update(live, m_query, std::exchange(m_changed, {}), never);
    show(m_index.shown());
    settle(totalsOf(live, *m_shown, totalRules(), never));
}

void OrderModel::startJob()
{
    const bool wasBusy = isBusy();
    auto job = std::make_shared<Job>();
    if (const auto *own = dynamic_cast<const SnapshotModel *>(sourceModel())) {
        job->source = own->snapshot();
    } else {
        const LiveColumns live(*sourceModel(), m_columns, m_sortRole);
        if (!m_copy) {
            m_copy = std::make_shared<CopiedColumns>(m_columns);
        }
        m_isCopying = !m_copy->copy(live, m_query, QDeadlineTimer(SliceMs));
        if (m_isCopying) {
            m_later->start(0);
            if (!wasBusy) {
                emit busyChanged(true);
            }
            return;
        }
        m_copy->copyAgain(live, m_changed);
        job->source = m_copy;
    }
    m_later->stop();
    job->query = m_query;
    job->changed = std::exchange(m_changed, {});
    job->rules = totalRules();
    job->index = std::exchange(m_index, {});
    m_job = job;
    if (!wasBusy) {
        emit busyChanged(true);
    }
    m_pool.start([this, job] {
        job->isDone = job->index.update(*job->source, job->query, job->changed, job->stop);
        if (job->isDone) {
            job->totals = totalsOf(*job->source, *job->index.shown(), job->rules, job->stop);
        }
        QMetaObject::invokeMethod(
            this, [this, job] { onJobDone(job); }, Qt::QueuedConnection);
    });
}

void OrderModel::onJobDone(const std::shared_ptr<Job> &job)
{
    job->source.reset();
    if (job != m_job) {
        return; // of rows that are gone
    }
    m_job.reset();
    m_index = std::move(job->index);
    if (!job->isDone || job->stop || job->query != m_query) {
        m_index.reset();
        refresh();
        return;
    }
    if (!m_changed.empty() && !m_later->isActive()) {
        m_later->start(GatherMs);
    }
    show(m_index.shown());
    emit busyChanged(false);
    settle(std::move(job->totals));
}

void OrderModel::settle(std::vector<Total> totals)
{
    m_totals = std::move(totals);
    emit settled();
}

} // namespace proverdeck::ui
