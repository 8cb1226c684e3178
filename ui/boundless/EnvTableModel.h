// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/EnvFile.h"

#include <QAbstractTableModel>

namespace proverdeck::ui {

/// The variables of an environment file, with what may be on a screen of their values.
class EnvTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Value, Exported, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setFile(const models::boundless::EnvFile &file);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Row
    {
        QString name;
        QString value;
        bool isExported = false;
        bool operator==(const Row &) const = default;
    };
    QList<Row> m_rows;
};

} // namespace proverdeck::ui
