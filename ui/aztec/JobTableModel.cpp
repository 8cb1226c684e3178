// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/JobTableModel.h"

#include <QTextDocument>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::aztec::JobRow;

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
    std::vector<quint32> rows;
    if (m_result) {
        const auto &analysis = m_result->analysis;
        for (std::size_t i = 0; i < analysis.jobs.size(); ++i) {
            const JobRow &job = analysis.jobs.at(i);
            if ((!m_epoch || job.epoch == *m_epoch)
                && (m_type.isEmpty() || analysis.types.at(job.type) == m_type)) {
                rows.push_back(quint32(i));
            }
        }
    }
    m_shown = std::make_shared<const JobSnapshot>(m_result, std::move(rows));
}

int JobTableModel::rowOf(quint32 job) const
{
    const std::vector<quint32> &jobs = m_shown->jobs();
    const auto at = std::ranges::lower_bound(jobs, job);
    return at == jobs.end() || *at != job ? -1 : int(at - jobs.begin());
}

int JobTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_shown->rows());
}

int JobTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant JobTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const auto row = std::size_t(index.row());
    if (role == JobRole) {
        return m_shown->jobs().at(row);
    }
    if (role == Qt::DisplayRole) {
        return m_shown->cell(row, index.column());
    }
    if (role == SortRole) {
        const bool isText = m_shown->kind(index.column()) == models::tables::ValueKind::Text;
        return isText ? QVariant(m_shown->cell(row, index.column()))
                      : QVariant(m_shown->number(row, index.column()));
    }
    if (role == Qt::ToolTipRole) {
        const QString shown = m_shown->cell(row, index.column());
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
