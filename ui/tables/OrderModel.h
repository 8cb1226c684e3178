// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/tables/TableColumn.h"

#include <QAbstractProxyModel>
#include <QMap>
#include <QThreadPool>

class QTimer;

namespace proverdeck::ui {

class CopiedColumns;

/// Shows the rows of a flat item model sorted by several columns and filtered by what is typed
/// above each, with totals of what is shown.
///
/// Up to SmallRows rows that happens at once. With more, a worker thread computes on a snapshot
/// (SnapshotModel, otherwise a copy that is made a few milliseconds at a time), what is asked for
/// meanwhile ends it within milliseconds, and the rows of before stay until it is done. Rows that
/// are removed disappear at once in any case.
class OrderModel : public QAbstractProxyModel
{
    Q_OBJECT

public:
    static constexpr int SmallRows = 20'000;
    /// Of the header: the title without the sign of sorting.
    enum Role { TitleRole = Qt::UserRole + 900 };

    /// @p sortRole gives numbers, times or texts, as the columns say; an invalid value is unknown.
    OrderModel(TableColumns columns, int sortRole, QObject *parent = nullptr);
    ~OrderModel() override;

    [[nodiscard]] const TableColumns &columns() const { return m_columns; }
    void setSort(std::vector<models::tables::SortKey> keys);
    [[nodiscard]] const std::vector<models::tables::SortKey> &sortKeys() const
    {
        return m_query.sort;
    }
    /// By one column; −1: by none.
    void sort(int column, Qt::SortOrder order) override;
    /// Up, down, not at all. @p isFurther: after the columns that are sorted by already.
    void toggleSort(int column, bool isFurther);
    void setFilter(int column, const QString &typed);
    [[nodiscard]] QString filterText(int column) const { return m_typed.value(column); }
    [[nodiscard]] QString filterProblem(int column) const;
    [[nodiscard]] bool isFiltered() const { return !m_query.filters.empty(); }
    void clearFilters();

    [[nodiscard]] bool isBusy() const { return m_job != nullptr || m_isCopying; }
    /// Of the rows that are shown.
    [[nodiscard]] const std::vector<models::tables::Total> &totals() const { return m_totals; }
    /// Rows of the source in the order that is shown.
    [[nodiscard]] const std::shared_ptr<const models::tables::RowOrder> &shown() const
    {
        return m_shown;
    }
    [[nodiscard]] int sortRole() const { return m_sortRole; }

    void setSourceModel(QAbstractItemModel *model) override;
    [[nodiscard]] QModelIndex mapToSource(const QModelIndex &index) const override;
    [[nodiscard]] QModelIndex mapFromSource(const QModelIndex &index) const override;
    [[nodiscard]] QModelIndex index(int row, int column,
                                    const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &index) const override;
    [[nodiscard]] QModelIndex sibling(int row, int column, const QModelIndex &index) const override;
    [[nodiscard]] bool hasChildren(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

signals:
    void queryChanged(); ///< how it is sorted or filtered
    void settled(); ///< the rows and totals are those that were asked for
    void busyChanged(bool busy);

private:
    struct Job;

    void onInserted(int first, int last);
    void onAboutToBeRemoved(int first, int last);
    void onRemoved(int first, int last);
    void onDataChanged(const QModelIndex &topLeft, const QModelIndex &bottomRight,
                       const QList<int> &roles);
    void onReset();
    [[nodiscard]] bool isSmall() const;
    [[nodiscard]] bool usesColumns(int first, int last) const;
    void forget();
    void queryHasChanged();
    void refresh();
    void refreshSoon();
    void computeHere();
    void startJob();
    void onJobDone(const std::shared_ptr<Job> &job);
    void settle(std::vector<models::tables::Total> totals);
    void show(const std::shared_ptr<const models::tables::RowOrder> &next);
    void permute(models::tables::RowOrder next);
    void cutTail(std::size_t count);
    [[nodiscard]] const std::vector<quint32> &places() const;
    [[nodiscard]] std::vector<models::tables::TotalRule> totalRules() const;

    TableColumns m_columns;
    const int m_sortRole;
    models::tables::TableQuery m_query;
    QMap<int, QString> m_typed;
    QMap<int, QString> m_problems;
    models::tables::OrderIndex m_index; ///< empty while a job has it
    std::vector<quint32> m_changed; ///< rows since the index was brought up to date
    std::shared_ptr<const models::tables::RowOrder> m_shown;
    mutable std::vector<quint32> m_places; ///< by row of the source; empty: not computed
    std::vector<models::tables::Total> m_totals;
    std::shared_ptr<CopiedColumns> m_copy;
    bool m_isCopying = false;
    bool m_isResetting = false;
    std::shared_ptr<Job> m_job;
    QTimer *m_later = nullptr;
    QThreadPool m_pool; ///< of one thread; its end waits for the job, which was stopped
};

} // namespace proverdeck::ui
