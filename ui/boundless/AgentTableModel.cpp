// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/AgentTableModel.h"

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::ComposeAgent;

void AgentTableModel::setAgents(const QList<ComposeAgent> &agents)
{
    if (agents == m_agents) {
        return;
    }
    if (agents.size() != m_agents.size()) {
        beginResetModel();
        m_agents = agents;
        endResetModel();
        return;
    }
    m_agents = agents;
    if (!m_agents.isEmpty()) {
        emit dataChanged(index(0, 0), index(int(m_agents.size()) - 1, ColumnCount - 1));
    }
}

int AgentTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_agents.size());
}

int AgentTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant AgentTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const ComposeAgent &agent = m_agents.at(index.row());
    const auto orNone = [role](const QString &text, const QString &none) {
        return text.isEmpty() && role == Qt::DisplayRole ? none : text;
    };
    if (role == Qt::ToolTipRole) {
        return index.column() == Memory || index.column() == Cpus
            ? tr("Double-click to change it; agents that share the value all get it.")
            : index.column() == Awaited
            ? tr(
                "Whether the broker depends on it: at a stop it then outlives the broker's orders.")
            : QString();
    }
    if (role != Qt::DisplayRole && role != Qt::EditRole) {
        return {};
    }
    switch (index.column()) {
    case Name:
        return agent.name;
    case Kind:
        return agent.isGpu ? tr("GPU, proves") : tr("CPU, executes");
    case Cards:
        return !agent.isGpu           ? u"–"_s
            : agent.devices.isEmpty() ? tr("all")
                                      : agent.devices.join(u", "_s);
    case Memory:
        return orNone(agent.memory, tr("no limit"));
    case Cpus:
        return orNone(agent.cpus, tr("no limit"));
    case Replicas:
        return agent.replicas;
    default:
        return agent.isAwaited ? tr("yes") : tr("no");
    }
}

QVariant AgentTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name:
        return tr("Agent");
    case Kind:
        return tr("Kind");
    case Cards:
        return tr("Cards");
    case Memory:
        return tr("Memory");
    case Cpus:
        return tr("CPUs");
    case Replicas:
        return tr("Replicas");
    case Awaited:
        return tr("Broker depends on it");
    default:
        return {};
    }
}

Qt::ItemFlags AgentTableModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags plain = QAbstractTableModel::flags(index);
    return index.isValid() && (index.column() == Memory || index.column() == Cpus)
        ? plain | Qt::ItemIsEditable
        : plain;
}

bool AgentTableModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::EditRole
        || !checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)
        || (index.column() != Memory && index.column() != Cpus)) {
        return false;
    }
    const QString text = value.toString().trimmed();
    if (text.isEmpty() || text == data(index, Qt::EditRole).toString()) {
        return false;
    }
    emit limitTyped(m_agents.at(index.row()).name, Column(index.column()), text);
    return true;
}

} // namespace proverdeck::ui
