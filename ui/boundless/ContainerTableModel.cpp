// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/ContainerTableModel.h"

#include "models/report/Report.h"
#include "ui/common/Theme.h"

#include <QLocale>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::StepOutcome;
using models::boundless::StackContainer;

namespace {

const QString Missing = u"–"_s;

StepOutcome signOf(const StackContainer &container)
{
    if (container.isOomKilled || container.health == u"unhealthy") {
        return StepOutcome::Failed;
    }
    if (container.status == u"restarting") {
        return StepOutcome::Warning;
    }
    return container.isRunning    ? StepOutcome::Serving
        : container.exitCode == 0 ? StepOutcome::Skipped
                                  : StepOutcome::Failed;
}

} // namespace

void ContainerTableModel::setStatus(const models::boundless::StackStatus &status)
{
    const auto names = [](const models::boundless::StackStatus &one) {
        QStringList list;
        for (const StackContainer &container : one.containers) {
            list << container.name;
        }
        return list;
    };
    if (names(status) != names(m_status)) {
        beginResetModel();
        m_status = status;
        endResetModel();
        return;
    }
    m_status = status;
    if (!m_status.containers.isEmpty()) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

void ContainerTableModel::setPalette(const QPalette &palette)
{
    m_palette = palette;
    if (rowCount() > 0) {
        emit dataChanged(index(0, State), index(rowCount() - 1, State), {Qt::DecorationRole});
    }
}

int ContainerTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_status.containers.size());
}

int ContainerTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ContainerTableModel::text(const StackContainer &container, int column) const
{
    switch (column) {
    case State:
        return container.health.isEmpty() || !container.isRunning
            ? container.status
            : tr("%1, %2").arg(container.status, container.health);
    case Name:
        return container.name;
    case Up:
        return container.isRunning && container.started.isValid()
            ? models::report::durationText(qMax<qint64>(0, container.started.msecsTo(m_status.now))
                                           / 1000 * 1000)
            : tr("exit status %1").arg(container.exitCode);
    case Restarts:
        return QString::number(container.restarts);
    case Cpu:
        return container.cpuPercent
            ? tr("%1 %").arg(QLocale().toString(*container.cpuPercent, 'f', 0))
            : Missing;
    case Memory:
        return container.memoryPercent
            ? tr("%1 %").arg(QLocale().toString(*container.memoryPercent, 'f', 0))
            : Missing;
    case Image:
        return container.image;
    default:
        return {};
    }
}

QString ContainerTableModel::why(const StackContainer &container, int column) const
{
    switch (column) {
    case State:
        return container.isOomKilled ? tr("Killed for want of memory") : QString();
    case Cpu:
        return container.cpuPercent ? tr("100 % is one core") : tr("docker stats did not tell");
    case Memory:
        return !container.memoryPercent ? tr("docker stats did not tell")
            : container.memoryLimit
            ? tr("of its limit of %1").arg(QLocale().formattedDataSize(*container.memoryLimit))
            : tr("of all memory: it has no limit");
    case Image:
        return container.image;
    default:
        return {};
    }
}

QVariant ContainerTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const StackContainer &container = m_status.containers.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(container, index.column());
    case Qt::ToolTipRole:
        return why(container, index.column());
    case Qt::DecorationRole:
        return index.column() == State ? QVariant(outcomeIcon(signOf(container), m_palette))
                                       : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == Restarts || index.column() == Cpu || index.column() == Memory
            ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter)
            : QVariant();
    default:
        return {};
    }
}

QVariant ContainerTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    const QStringList titles{tr("State"), tr("Container"), tr("Up"),   tr("Restarts"),
                             tr("CPU"),   tr("Memory"),    tr("Image")};
    return titles.value(section);
}

} // namespace proverdeck::ui
