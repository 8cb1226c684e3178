// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/JobSnapshot.h"

#include "models/aztec/Texts.h"
#include "ui/aztec/JobTableModel.h"

#include <limits>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::aztec::JobRow;
using models::aztec::JobState;
using models::tables::ValueKind;

namespace {

enum class Shown { Queued, InProgress, Completed, Failed, Cancelled, Stuck, Unknown };

Shown shownState(const JobRow &job)
{
    if (job.isStuck) {
        return Shown::Stuck;
    }
    switch (job.state) {
    case JobState::Queued:
        return Shown::Queued;
    case JobState::InProgress:
        return Shown::InProgress;
    case JobState::Completed:
        return Shown::Completed;
    case JobState::Failed:
        return job.isCancelled ? Shown::Cancelled : Shown::Failed;
    case JobState::Unknown:
        break;
    }
    return Shown::Unknown;
}

const QStringList &stateTitles() ///< by Shown
{
    static const QStringList titles{
        JobTableModel::tr("Queued"),    JobTableModel::tr("In progress"),
        JobTableModel::tr("Completed"), JobTableModel::tr("Failed"),
        JobTableModel::tr("Cancelled"), JobTableModel::tr("Stuck"),
        JobTableModel::tr("Unknown")};
    return titles;
}

} // namespace

JobSnapshot::JobSnapshot(AztecResultPtr result, std::vector<quint32> rows)
    : m_result(std::move(result))
    , m_rows(std::move(rows))
{
}

TableColumns JobSnapshot::columns()
{
    const auto number
        = [](const QString &id) { return TableColumn{.id = id, .kind = ValueKind::Number}; };
    const auto counted = [](const QString &id) {
        return TableColumn{.id = id,
                           .kind = ValueKind::Number,
                           .total = models::tables::TotalRule(),
                           .totalText = [](double sum) { return QString::number(sum, 'f', 0); }};
    };
    const auto spent = [](const QString &id) {
        return TableColumn{.id = id,
                           .kind = ValueKind::Duration,
                           .total = models::tables::TotalRule(),
                           .totalText = [](double ms) { return models::aztec::durationText(ms); }};
    };
    const auto time
        = [](const QString &id) { return TableColumn{.id = id, .kind = ValueKind::Time}; };
    return {{.id = u"type"_s},     {.id = u"state"_s},      number(u"epoch"_s),
            time(u"enqueued"_s),   time(u"started"_s),      time(u"completed"_s),
            spent(u"wait"_s),      spent(u"work"_s),        number(u"attempts"_s),
            counted(u"retries"_s), counted(u"time-outs"_s), {.id = u"agent"_s},
            {.id = u"id"_s}};
}

ValueKind JobSnapshot::kind(int column) const
{
    switch (column) {
    case JobTableModel::Type:
    case JobTableModel::State:
    case JobTableModel::Agent:
    case JobTableModel::Id:
        return ValueKind::Text;
    case JobTableModel::Enqueued:
    case JobTableModel::Started:
    case JobTableModel::Completed:
        return ValueKind::Time;
    case JobTableModel::Wait:
    case JobTableModel::Work:
        return ValueKind::Duration;
    default:
        return ValueKind::Number;
    }
}

double JobSnapshot::number(std::size_t row, int column) const
{
    constexpr double Unknown = std::numeric_limits<double>::quiet_NaN();
    const JobRow &one = job(row);
    const auto time = [](qint64 at) { return at == models::aztec::NoTime ? Unknown : double(at); };
    const auto known = [](qint64 value) { return value < 0 ? Unknown : double(value); };
    switch (column) {
    case JobTableModel::Epoch:
        return known(one.epoch);
    case JobTableModel::Enqueued:
        return time(one.enqueued);
    case JobTableModel::Started:
        return time(one.started);
    case JobTableModel::Completed:
        return time(one.completed);
    case JobTableModel::Wait:
        return known(one.waitMs);
    case JobTableModel::Work:
        return known(one.workMs);
    case JobTableModel::Attempts:
        return one.attempts > 0 ? double(one.attempts) : Unknown;
    case JobTableModel::Retries:
        return double(one.retries);
    case JobTableModel::TimeOuts:
        return double(one.timeouts);
    default:
        return Unknown;
    }
}

QString JobSnapshot::cell(std::size_t row, int column) const
{
    const auto &analysis = m_result->analysis;
    const JobRow &one = job(row);
    const auto clock = [&analysis](qint64 time) {
        const QString text = analysis.timeText(time);
        return text.isEmpty() ? u"–"_s : analysis.hasDates ? text.mid(11, 12) : text;
    };
    const auto span
        = [](qint64 ms) { return ms < 0 ? u"–"_s : models::aztec::durationText(double(ms)); };
    switch (column) {
    case JobTableModel::Type:
        return analysis.types.at(one.type);
    case JobTableModel::State:
        return stateTitles().at(int(shownState(one)));
    case JobTableModel::Epoch:
        return one.epoch < 0 ? u"–"_s : QString::number(one.epoch);
    case JobTableModel::Enqueued:
        return clock(one.enqueued);
    case JobTableModel::Started:
        return clock(one.started);
    case JobTableModel::Completed:
        return clock(one.completed);
    case JobTableModel::Wait:
        return span(one.waitMs);
    case JobTableModel::Work:
        return span(one.workMs);
    case JobTableModel::Attempts:
        return one.attempts > 0 ? QString::number(one.attempts) : u"–"_s;
    case JobTableModel::Retries:
        return QString::number(one.retries);
    case JobTableModel::TimeOuts:
        return QString::number(one.timeouts);
    case JobTableModel::Agent:
        return one.place < 0 ? u"–"_s : analysis.agentOf(one.place);
    default:
        return QString::fromUtf8(m_result->ids.at(m_rows.at(row)));
    }
}

QStringView JobSnapshot::text(std::size_t row, int column, QString &buffer) const
{
    buffer = cell(row, column);
    return buffer;
}

QStringList JobSnapshot::categories(int column) const
{
    const auto &analysis = m_result->analysis;
    QStringList names;
    if (column == JobTableModel::Type) {
        names = QStringList(analysis.types.begin(), analysis.types.end());
    } else if (column == JobTableModel::State) {
        names = stateTitles();
    } else if (column == JobTableModel::Agent) {
        names << u"–"_s;
        for (std::size_t place = 0; place < analysis.places.size(); ++place) {
            names << analysis.agentOf(int(place));
        }
    }
    return names;
}

quint32 JobSnapshot::category(std::size_t row, int column) const
{
    const JobRow &one = job(row);
    return column == JobTableModel::Type ? one.type
        : column == JobTableModel::State ? quint32(shownState(one))
                                         : quint32(one.place + 1);
}

} // namespace proverdeck::ui
