// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/OrderBook.h"
#include "ui/tables/TableColumn.h"

#include <QAbstractTableModel>
#include <QPalette>

namespace proverdeck::ui {

/// The orders of a broker: one row each. Sort by SortRole: it gives the value, not its text.
class OrderTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        State,
        Request,
        Seen,
        Deadline,
        Reason,
        Collateral,
        Reward,
        Cycles,
        Speed,
        ToLock,
        ToProve,
        ColumnCount
    };
    enum Role { SortRole = Qt::UserRole + 1, StateRole, AttentionRole, SearchRole };

    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] static TableColumns tableColumns(); ///< for the table that shows it
    /// How all stand at @p nowMs. Rows stay in place as long as the orders do.
    void setRows(const QList<models::boundless::OrderRow> &rows, models::boundless::BrokerEra era,
                 qint64 nowMs);
    /// Deadlines count down to it.
    void setNow(qint64 nowMs);
    void setPalette(const QPalette &palette);
    [[nodiscard]] const QList<models::boundless::OrderRow> &rows() const { return m_rows; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(const models::boundless::OrderRow &row, int column) const;
    [[nodiscard]] QVariant sortValue(const models::boundless::OrderRow &row, int column) const;
    [[nodiscard]] QString why(const models::boundless::OrderRow &row, int column) const;
    [[nodiscard]] QString deadlineText(const models::boundless::OrderRow &row) const;
    [[nodiscard]] bool countsDown(const models::boundless::OrderRow &row) const;

    QList<models::boundless::OrderRow> m_rows;
    models::boundless::BrokerEra m_era = models::boundless::BrokerEra::Unknown;
    qint64 m_nowMs = 0;
    QPalette m_palette;
};

/// "47.12 s", "1 min 03 s", "2 h 05 min"; negative ones are as long.
[[nodiscard]] QString spanText(qint64 milliseconds);

} // namespace proverdeck::ui
