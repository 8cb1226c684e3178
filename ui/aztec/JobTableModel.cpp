// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/JobTableModel.h"

#include "models/aztec/Texts.h"

#include <QTextDocument>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::aztec::JobRow;

namespace {

QString countText(int count)
{
    return count > 0 ? QString::number(count) : u"0"_s;
}

QString stateTitle(const JobRow &job)
{
    using models::aztec::JobState;
    if (job.isStuck) {
        return JobTableModel::tr("Stuck");
    }
    switch (job.state) {
    case JobState::Queued:
        return JobTableModel::tr("Queued");
    case JobState::InProgress:
        return JobTableModel::tr("In progress");
    case JobState::Completed:
        return JobTableModel::tr("Completed");
    case JobState::Failed:
        return job.isCancelled ? JobTableModel::tr("Cancelled") : JobTableModel::tr("Failed");
    case JobState::Unknown:
        break;
    }
    return JobTableModel::tr("Unknown");
}

} // namespace

void JobTableModel::setResult(const AztecResultPtr &result)
{
    beginResetModel();
    m_result = result;
    rebuild();
    endResetModel();
}

void JobTableModel::setFilter(std::optional<qint64> epoch, const QString &type)
{
    if (epoch == m_epoch && type == m_type) {
        return;
    }
    beginResetModel();
    m_epoch = epoch;
    m_type = type;
    rebuild();
    endResetModel();
}

void JobTableModel::rebuild()
{
    m_rows.clear();
    if (!m_result) {
        return;
    }
    const auto &analysis = m_result->analysis;
    for (std::size_t i = 0; i < analysis.jobs.size(); ++i) {
        const JobRow &job = analysis.jobs.at(i);
        if ((!m_epoch || job.epoch == *m_epoch)
            && (m_type.isEmpty() || analysis.types.at(job.type) == m_type)) {
            m_rows.push_back(quint32(i));
        }
    }
    std::stable_sort(m_rows.begin(), m_rows.end(), [this](quint32 a, quint32 b) {
        if (m_sortColumn == Type || m_sortColumn == Agent || m_sortColumn == Id) {
            const int way = text(a, m_sortColumn).compare(text(b, m_sortColumn));
            return m_order == Qt::AscendingOrder ? way < 0 : way > 0;
        }
        const qint64 first = sortKey(a);
        const qint64 second = sortKey(b);
        return m_order == Qt::AscendingOrder ? first < second : first > second;
    });
}

void JobTableModel::sort(int column, Qt::SortOrder order)
{
    emit layoutAboutToBeChanged();
    const QModelIndexList old = persistentIndexList();
    std::vector<quint32> jobs;
    for (const QModelIndex &index : old) {
        jobs.push_back(m_rows.at(std::size_t(index.row())));
    }
    m_sortColumn = column;
    m_order = order;
    rebuild();
    QModelIndexList moved;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        moved << index(rowOf(jobs.at(i)), old.at(qsizetype(i)).column());
    }
    changePersistentIndexList(old, moved);
    emit layoutChanged();
}

qint64 JobTableModel::sortKey(quint32 index) const
{
    const JobRow &job = m_result->analysis.jobs.at(index);
    switch (m_sortColumn) {
    case State:
        return job.isStuck ? 100 : qint64(job.state);
    case Epoch:
        return job.epoch;
    case Enqueued:
        return job.enqueued;
    case Started:
        return job.started;
    case Completed:
        return job.completed;
    case Wait:
        return job.waitMs;
    case Work:
        return job.workMs;
    case Attempts:
        return job.attempts;
    case Retries:
        return job.retries;
    case TimeOuts:
        return job.timeouts;
    default:
        return 0;
    }
}

int JobTableModel::rowOf(quint32 job) const
{
    const auto at = std::find(m_rows.begin(), m_rows.end(), job);
    return at == m_rows.end() ? -1 : int(at - m_rows.begin());
}

int JobTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int JobTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString JobTableModel::text(quint32 index, int column) const
{
    const auto &analysis = m_result->analysis;
    const JobRow &job = analysis.jobs.at(index);
    const auto clock = [&analysis](qint64 time) {
        const QString text = analysis.timeText(time);
        return text.isEmpty() ? u"–"_s : analysis.hasDates ? text.mid(11, 12) : text;
    };
    const auto span
        = [](qint64 ms) { return ms < 0 ? u"–"_s : models::aztec::durationText(double(ms)); };
    switch (column) {
    case Type:
        return analysis.types.at(job.type);
    case State:
        return stateTitle(job);
    case Epoch:
        return job.epoch < 0 ? u"–"_s : QString::number(job.epoch);
    case Enqueued:
        return clock(job.enqueued);
    case Started:
        return clock(job.started);
    case Completed:
        return clock(job.completed);
    case Wait:
        return span(job.waitMs);
    case Work:
        return span(job.workMs);
    case Attempts:
        return job.attempts > 0 ? QString::number(job.attempts) : u"–"_s;
    case Retries:
        return countText(job.retries);
    case TimeOuts:
        return countText(job.timeouts);
    case Agent:
        return job.place < 0 ? u"–"_s : analysis.agentOf(job.place);
    default:
        return QString::fromUtf8(m_result->ids.at(index));
    }
}

QVariant JobTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const quint32 job = m_rows.at(std::size_t(index.row()));
    if (role == JobRole) {
        return job;
    }
    if (role == Qt::DisplayRole) {
        return text(job, index.column());
    }
    if (role == Qt::ToolTipRole) {
        const QString shown = text(job, index.column());
        const bool isTime = index.column() >= Enqueued && index.column() <= Work;
        return Qt::convertFromPlainText(
            shown == u"–" && isTime ? tr("Not seen in these logs: the line that says it is before "
                                         "or after them, or in another program's log.")
                                    : shown);
    }
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = index.column() >= Epoch && index.column() <= TimeOuts;
        return QVariant(int((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    return {};
}

QVariant JobTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = section >= Epoch && section <= TimeOuts;
        return QVariant(int((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    static const QStringList names{tr("Type"),     tr("State"),     tr("Epoch"),     tr("Enqueued"),
                                   tr("Started"),  tr("Completed"), tr("Wait"),      tr("Work"),
                                   tr("Attempts"), tr("Retries"),   tr("Time-outs"), tr("Agent"),
                                   tr("Id")};
    return names.value(section);
}

} // namespace proverdeck::ui
