// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/ComposeFile.h"

#include <QAbstractTableModel>

namespace proverdeck::ui {

/// The agents of a compose file. Memory and processors can be edited; what is typed goes out by a
/// signal.
class AgentTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Kind, Cards, Memory, Cpus, Replicas, Awaited, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setAgents(const QList<models::boundless::ComposeAgent> &agents);
    [[nodiscard]] const QList<models::boundless::ComposeAgent> &agents() const { return m_agents; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    /// Asks by limitTyped(); the rows change when the file has.
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;

signals:
    void limitTyped(const QString &agent, proverdeck::ui::AgentTableModel::Column column,
                    const QString &value);

private:
    QList<models::boundless::ComposeAgent> m_agents;
};

} // namespace proverdeck::ui
