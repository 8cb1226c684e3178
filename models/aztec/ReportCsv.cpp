// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/Report.h"

#include <array>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

/// A cell: quoted if it must be; a spreadsheet would take a leading sign of a text for a formula.
QString cell(QString text)
{
    if (!text.isEmpty() && u"=+-@\t\r"_s.contains(text.front())) {
        text.prepend(u'\'');
    }
    if (text.contains(u',') || text.contains(u'"') || text.contains(u'\n')
        || text.contains(u'\r')) {
        text.replace(u'"', u"\"\""_s);
        return u'"' + text + u'"';
    }
    return text;
}

QString number(std::optional<double> value)
{
    return value ? QString::number(*value, 'g', 12) : QString();
}

QString number(std::optional<int> value)
{
    return value ? QString::number(*value) : QString();
}

QString number(qint64 value)
{
    return value < 0 ? QString() : QString::number(value);
}

void put(const ReportSink &sink, const QStringList &cells)
{
    const QByteArray line = (cells.join(u',') + u"\r\n"_s).toUtf8();
    sink({line.constData(), std::size_t(line.size())});
}

} // namespace

void writeTypesCsv(const Analysis &analysis, const ReportSink &sink)
{
    QStringList head{u"epoch"_s,     u"type"_s,        u"enqueued"_s,     u"started"_s,
                     u"completed"_s, u"failed"_s,      u"cancelled"_s,    u"retried"_s,
                     u"timed_out"_s, u"attempts"_s,    u"max_attempts"_s, u"in_progress"_s,
                     u"queued"_s,    u"start_unseen"_s};
    for (const QString &name : {u"wait_ms"_s, u"work_ms"_s, u"cadence_ms"_s}) {
        for (const QString &part : {u"n"_s, u"median"_s, u"p95"_s, u"max"_s}) {
            head << name + u'_' + part;
        }
    }
    put(sink, head << u"per_second"_s << u"peak_parallel"_s << u"expected"_s);
    for (const EpochRow &epoch : analysis.epochs) {
        for (const TypeStats &type : epoch.types) {
            QStringList row{number(epoch.epoch),
                            cell(type.type),
                            number(type.enqueued),
                            number(type.started),
                            QString::number(type.completed),
                            QString::number(type.failed),
                            QString::number(type.cancelled),
                            QString::number(type.retried),
                            QString::number(type.timedOut),
                            number(type.attempts),
                            number(type.mostAttempts),
                            QString::number(type.inProgress),
                            QString::number(type.queued),
                            QString::number(type.startUnseen)};
            for (const Spread *spread : {&type.wait, &type.work, &type.cadence}) {
                row << QString::number(spread->n) << number(spread->median) << number(spread->p95)
                    << number(spread->max);
            }
            put(sink,
                row << number(type.perSecond) << number(type.peakParallel)
                    << number(type.expected));
        }
    }
}

void writeJobsCsv(const Gathering &gathering, const Analysis &analysis, const ReportSink &sink)
{
    put(sink,
        {u"id"_s, u"epoch"_s, u"type"_s, u"state"_s, u"attempts"_s, u"starts"_s, u"retries"_s,
         u"timed_out"_s, u"enqueued"_s, u"started"_s, u"completed"_s, u"wait_ms"_s, u"work_ms"_s,
         u"agent"_s, u"log"_s, u"line"_s});
    for (std::size_t i = 0; i < analysis.jobs.size(); ++i) {
        const JobRow &job = analysis.jobs.at(i);
        put(sink,
            {jobId(gathering, quint32(i)), number(job.epoch), cell(analysis.types.at(job.type)),
             jobStateWord(job.state), job.attempts ? QString::number(job.attempts) : QString(),
             QString::number(job.starts), QString::number(job.retries),
             QString::number(job.timeouts), analysis.timeText(job.enqueued),
             analysis.timeText(job.started), analysis.timeText(job.completed), number(job.waitMs),
             number(job.workMs), cell(analysis.agentOf(job.place)),
             cell(analysis.logs.at(job.log).name), QString::number(job.line)});
    }
}

} // namespace proverdeck::models::aztec
