// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/store/RunStore.h"
#include "ui/tables/TableColumn.h"

#include <QAbstractTableModel>

namespace proverdeck::ui {

/// The runs of the history, newest first.
class RunListModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { State, Started, Host, Backend, Batches, Median, Commit, ColumnCount };
    enum Role { IdRole = Qt::UserRole + 1, SortRole };

    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] static TableColumns tableColumns(); ///< for the table that shows it
    void setRuns(const QList<models::store::RunHead> &runs);
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    QList<models::store::RunHead> m_runs;
};

} // namespace proverdeck::ui
