// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/ops/SafeToStop.h"

#include <QAbstractTableModel>
#include <QPalette>

namespace proverdeck::ui {

/// The orders that hold up a safe stop, and those that are lost: one row each, with the time that
/// is left by the server's clock.
class HoldingOrderModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Why, Request, Left, Collateral, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setVerdict(const models::boundless::StopVerdict &verdict,
                    models::boundless::BrokerEra era);
    /// Deadlines count down to it; none: the server's clock is not known.
    void setNow(std::optional<qint64> nowMs);
    void setPalette(const QPalette &palette);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] bool isLost(int row) const { return row >= m_holding; }
    [[nodiscard]] QString text(int row, int column) const;

    QList<models::boundless::HoldingOrder> m_orders; ///< holding first, then lost
    qsizetype m_holding = 0;
    models::boundless::BrokerEra m_era = models::boundless::BrokerEra::Unknown;
    std::optional<qint64> m_nowMs;
    QPalette m_palette;
};

} // namespace proverdeck::ui
