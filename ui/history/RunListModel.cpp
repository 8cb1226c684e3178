// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/history/RunListModel.h"

#include "ui/common/Theme.h"

#include <QGuiApplication>
#include <QTextDocument>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

void RunListModel::setRuns(const QList<models::store::RunHead> &runs)
{
    beginResetModel();
    m_runs = runs;
    endResetModel();
}

int RunListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_runs.size());
}

int RunListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant RunListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const models::store::RunHead &head = m_runs.at(index.row());
    const models::RunRecord &record = head.run;
    const models::report::Session &session = record.result.session;
    if (role == IdRole) {
        return record.id;
    }
    if (role == Qt::DecorationRole && index.column() == State) {
        return runStateIcon(record.state, QGuiApplication::palette());
    }
    if (role == Qt::TextAlignmentRole) {
        const bool number = index.column() == Batches || index.column() == Median;
        return QVariant(
            int(number ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter));
    }
    if (role == Qt::ToolTipRole) { // a tool tip would take what looks like HTML for HTML
        return Qt::convertFromPlainText(data(index, Qt::DisplayRole).toString());
    }
    if (role != Qt::DisplayRole && role != SortRole) {
        return {};
    }
    const std::optional<qint64> median = head.countedMedianMs;
    switch (index.column()) {
    case State:
        return runStateTitle(record.state);
    case Started:
        return role == SortRole ? QVariant(record.started)
                                : QVariant(localTimeText(record.started));
    case Host:
        return record.host;
    case Backend:
        return session.backend.isEmpty()
            ? u"–"_s
            : session.backend + (session.gpu == std::optional(true) ? u" + GPU"_s : QString());
    case Batches:
        return role == SortRole ? QVariant(head.batches) : QVariant(QString::number(head.batches));
    case Median:
        return role == SortRole
            ? (median ? QVariant(*median) : QVariant())
            : QVariant(median ? models::report::provingTimeText(*median) : u"–"_s);
    default:
        return session.commit.isEmpty()
            ? u"–"_s
            : QString(session.commit.left(10) + u' ' + session.commitSubject);
    }
}

QVariant RunListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal
        || (role != Qt::DisplayRole && role != Qt::TextAlignmentRole)) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        const bool number = section == Batches || section == Median;
        return QVariant(
            int(number ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter));
    }
    static const QStringList names{tr("State"),   tr("Started"), tr("Server"),
                                   tr("Backend"), tr("Batches"), tr("Median (counted)"),
                                   tr("Commit")};
    return names.value(section);
}

TableColumns RunListModel::tableColumns()
{
    using models::tables::ValueKind;
    return {{.id = u"state"_s},
            {.id = u"started"_s, .kind = ValueKind::Time},
            {.id = u"server"_s},
            {.id = u"backend"_s},
            {.id = u"batches"_s,
             .kind = ValueKind::Number,
             .total = models::tables::TotalRule(),
             .totalText = [](double count) { return models::report::groupedText(quint64(count)); }},
            {.id = u"median"_s, .kind = ValueKind::Duration},
            {.id = u"commit"_s}};
}

} // namespace proverdeck::ui
