// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/ops/StackStatus.h"

#include <QAbstractTableModel>
#include <QPalette>

namespace proverdeck::ui {

/// The containers of a Boundless stack: one row each.
class ContainerTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { State, Name, Up, Restarts, Cpu, Memory, Image, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    /// Rows stay in place as long as the containers do.
    void setStatus(const models::boundless::StackStatus &status);
    void setPalette(const QPalette &palette);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(const models::boundless::StackContainer &container,
                               int column) const;
    [[nodiscard]] QString why(const models::boundless::StackContainer &container, int column) const;

    models::boundless::StackStatus m_status;
    QPalette m_palette;
};

} // namespace proverdeck::ui
