// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/aztec/AztecLoader.h"

#include <QAbstractTableModel>

namespace proverdeck::ui {

/// The jobs of an analysis, filtered and sorted here: a proxy would be slow for 100 000 of them.
class JobTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        Type,
        State,
        Epoch,
        Enqueued,
        Started,
        Completed,
        Wait,
        Work,
        Attempts,
        Retries,
        TimeOuts,
        Agent,
        Id,
        ColumnCount
    };
    enum Role { JobRole = Qt::UserRole + 1 };

    using QAbstractTableModel::QAbstractTableModel;

    void setResult(const AztecResultPtr &result);
    /// @p epoch none: all; @p type empty: all.
    void setFilter(std::optional<qint64> epoch, const QString &type);
    /// Row of a job; −1 if it is filtered away.
    [[nodiscard]] int rowOf(quint32 job) const;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    void rebuild();
    [[nodiscard]] qint64 sortKey(quint32 job) const;
    [[nodiscard]] QString text(quint32 job, int column) const;

    AztecResultPtr m_result;
    std::vector<quint32> m_rows;
    std::optional<qint64> m_epoch;
    QString m_type;
    int m_sortColumn = Started;
    Qt::SortOrder m_order = Qt::AscendingOrder;
};

} // namespace proverdeck::ui
