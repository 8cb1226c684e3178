// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/BatchTable.h"
#include "ui/tables/TableColumn.h"

#include <QAbstractTableModel>

namespace proverdeck::ui {

/// The results table: one row per batch. Sort by SortRole: it gives the value, not its text,
/// and nothing if it is not known.
class BatchTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Batch, Time, Gas, Txs, Blocks, GasRate, TxRate, Energy, Flags, ColumnCount };
    enum Role { SortRole = Qt::UserRole + 1, LineRole };

    using QAbstractTableModel::QAbstractTableModel;

    /// For the table that shows it. A rate is summed up over the batches whose time is known.
    [[nodiscard]] static TableColumns tableColumns();
    void setRows(const QList<models::ethrex::BatchRow> &rows);
    [[nodiscard]] const QList<models::ethrex::BatchRow> &rows() const { return m_rows; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(const models::ethrex::BatchRow &row, int column) const;
    [[nodiscard]] QVariant sortValue(const models::ethrex::BatchRow &row, int column) const;
    [[nodiscard]] QString why(const models::ethrex::BatchRow &row, int column) const;

    QList<models::ethrex::BatchRow> m_rows;
};

} // namespace proverdeck::ui
