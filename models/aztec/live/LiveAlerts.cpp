// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/live/LiveAlerts.h"

#include "models/aztec/Texts.h"

#include <QCoreApplication>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("LiveAlerts", text);
}

bool isDone(const EpochRow &row)
{
    return row.proved != NoTime || row.submitted != NoTime || row.mined != NoTime
        || row.failedAt != NoTime || !row.failedStage.isEmpty();
}

} // namespace

void LiveAlerts::add(QList<LiveAlert> &list, const LiveAlert &alert)
{
    if (!m_told.contains(alert.key)) {
        m_told.insert(alert.key);
        list << alert;
    }
}

QList<LiveAlert> LiveAlerts::update(const Analysis &analysis, qint64 now)
{
    m_begun = m_begun == NoTime ? now : m_begun;
    QList<LiveAlert> list;
    for (const EpochRow &row : analysis.epochs) {
        const QString number = QString::number(row.epoch);
        const bool hasEnded = row.deadline != NoTime && now >= row.deadline;
        if (!isDone(row) && !hasEnded) {
            int stuck = 0;
            QString type;
            QString where;
            for (const JobRow &job : analysis.jobs) {
                if (job.epoch == row.epoch && job.isStuck && job.state != JobState::Completed
                    && job.state != JobState::Failed) {
                    type = stuck++ ? type : analysis.types.at(job.type);
                    where = job.place >= 0 ? analysis.agentOf(job.place) : where;
                }
            }
            if (stuck > 0) {
                add(list,
                    {u"stuck/"_s + number, tr("Stuck job in epoch %1").arg(number),
                     tr("Jobs: %1, first a %2 on %3. The proof may not be ready in time.")
                         .arg(stuck)
                         .arg(type, where.isEmpty() ? u"–"_s : where),
                     LiveAlert::Urgency::Critical});
            }
            if (row.started != NoTime && row.deadline != NoTime && row.deadline - now <= NearMs) {
                add(list,
                    {u"near/"_s + number,
                     tr("Deadline of epoch %1 in %2")
                         .arg(number, durationText(double(row.deadline - now))),
                     tr("%1 of %2 known jobs are done.").arg(row.jobsDone).arg(row.jobs),
                     LiveAlert::Urgency::Critical});
            }
        }
        if (row.outcome == u"deadline-missed" && row.deadline != NoTime
            && row.deadline >= m_begun) {
            add(list,
                {u"missed/"_s + number, tr("Epoch %1 missed its deadline").arg(number),
                 row.cause ? row.cause->text : tr("It was not proved in time."),
                 LiveAlert::Urgency::Critical});
        } else if ((row.outcome == u"proving-failed" || row.outcome == u"submission-failed")
                   && row.failedAt != NoTime && row.failedAt >= m_begun) {
            add(list,
                {u"failed/"_s + number,
                 row.outcome == u"proving-failed" ? tr("Proving of epoch %1 failed").arg(number)
                                                  : tr("Submission of epoch %1 failed").arg(number),
                 row.cause ? row.cause->text : QString(), LiveAlert::Urgency::Critical});
        }
    }
    return list;
}

} // namespace proverdeck::models::aztec
