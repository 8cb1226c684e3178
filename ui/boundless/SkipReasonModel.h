// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/OrderBook.h"

#include <QAbstractTableModel>

namespace proverdeck::ui {

/// Why orders were skipped, most frequent first, and which setting decides.
class SkipReasonModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Orders, Reason, Setting, ColumnCount };
    enum Role { SettingRole = Qt::UserRole + 1 };

    using QAbstractTableModel::QAbstractTableModel;

    void setSkips(const QList<models::boundless::SkipCount> &skips,
                  models::boundless::BrokerEra era);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString settingOf(const models::boundless::SkipCount &skip) const;

    QList<models::boundless::SkipCount> m_skips;
    models::boundless::BrokerEra m_era = models::boundless::BrokerEra::Unknown;
};

} // namespace proverdeck::ui
