// SPDX-License-Identifier: GPL-3.0-or-later
// What the jobs print: to the files, the readers, and what the steps wait for.
#include "models/run/Run.h"

#include <QRegularExpression>

#include <algorithm>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

QString Run::logOf(const Step &step) const
{
    return step.log.isEmpty() ? u"steps.log"_s : step.log;
}

QStringList Run::logNames(const Plan &plan)
{
    QStringList names;
    for (const PlannedStep &planned : plan.steps) {
        const bool writes
            = planned.step.kind == StepKind::Command || planned.step.kind == StepKind::Service;
        const QString name = planned.step.log.isEmpty() ? u"steps.log"_s : planned.step.log;
        if (writes && planned.skipped.isEmpty() && !names.contains(name)) {
            names << name;
        }
    }
    return names;
}

bool Run::logMatched(const Job &job) const
{
    const auto wanted = m_wantedInLog.find(m_plan.steps.at(job.step).step.id);
    return wanted == m_wantedInLog.end() || wanted->second.isEmpty();
}

void Run::takeLog(Job &job, const QByteArray &bytes)
{
    if (isFinal(m_state)) {
        return;
    }
    const auto shown = m_logs.take(job.id, bytes);
    if (!shown) {
        onDiskTrouble(job, shown.error());
        return;
    }
    showLog(job, *shown);
}

void Run::finishLog(Job &job)
{
    const auto rest = m_logs.finish(job.id);
    if (!rest) {
        onDiskTrouble(job, rest.error()); // it stays unfinished; the comparison will tell
    } else {
        showLog(job, *rest);
    }
    m_collector.finishLog(logOf(m_plan.steps.at(job.step).step));
}

/// The log cannot be written: reading stops, and goes on at the same byte when there is room.
void Run::onDiskTrouble(Job &job, const QString &why)
{
    addFinding({u"local-disk"_s, Severity::Error, why,
                tr("Free space on this machine: reading goes on by itself where it stopped, and "
                   "the server keeps its own copy until the run has ended.")});
    if (!job.follower) {
        m_diskRetry.start();
        return;
    }
    m_logs.rewind(job.id);
    job.follower->pause(m_logs.offset(job.id));
    QTimer::singleShot(5000, job.follower.get(), &JobFollower::start);
}

void Run::onLogReplaced(Job &job)
{
    const Step &step = m_plan.steps.at(job.step).step;
    addFinding(
        {u"log-replaced"_s,
         Severity::Warning,
         tr("%1: somebody cut or replaced the log on the server after %2 bytes; what follows "
            "is the new file.")
             .arg(step.title)
             .arg(m_logs.offset(job.id)),
         tr("Leave the files of a running job alone. What the old file still held and had "
            "not come here is lost."),
         {logOf(step), 0, -1, {}}});
    m_logs.restart(job.id);
}

void Run::saveMarks()
{
    if (const auto saved = m_logs.saveMarks(); !saved) {
        addFinding({u"local-disk"_s, Severity::Error, saved.error(),
                    tr("The server keeps its own copy until the run has ended.")});
    }
}

/// The readers and the window get what has just been written.
void Run::showLog(const Job &job, const QByteArray &bytes)
{
    if (bytes.isEmpty()) {
        return;
    }
    const Step &step = m_plan.steps.at(job.step).step;
    const QString name = logOf(step);
    m_collector.feedLog(step.reader, name, bytes);
    if (!m_options.watch && m_index >= 0 && m_index < m_plan.steps.size()
        && m_steps.at(m_index).outcome == StepOutcome::Running && logOf(planned().step) == name) {
        lookForSigns(bytes);
    }
    emit logGrew(name, bytes);
    if (!m_refresh.isActive()) {
        m_refresh.start();
    }
}

/// What the running step waits for in its own log.
void Run::lookForSigns(const QByteArray &bytes)
{
    const Step &step = planned().step;
    QStringList &wanted = m_wantedInLog[step.id];
    if (wanted.isEmpty() && step.expectedAfter.isEmpty()) {
        return;
    }
    // The redactor hands out whole lines, so an expression never meets half of one.
    static const QRegularExpression colour(u"\x1b\\[[0-9;]*m"_s);
    const QString text = QString::fromUtf8(bytes).remove(colour);
    const auto seen = [&](const QString &pattern) {
        return text.contains(QRegularExpression(pattern, QRegularExpression::MultilineOption));
    };
    wanted.removeIf(seen);
    if (!step.expectedAfter.isEmpty() && !m_expectingSoon && seen(step.expectedAfter)) {
        m_expectingSoon = true;
        if (m_ready) { // otherwise the logs of an earlier program are being read again
            m_timeout.start(step.expectedWithin);
        }
    }
}

void Run::refreshResults()
{
    QElapsedTimer took;
    took.start();
    QList<ethrex::BatchRow> rows = m_collector.rows();
    if (rows != m_rows) {
        m_rows = std::move(rows);
        emit rowsChanged();
    }
    // Thousands of batches take longer to put together: then less often.
    m_refresh.setInterval(std::clamp(int(took.elapsed()) * 20, 200, 10'000));
    if (m_collector.takeFindingsChanged()) {
        for (const Finding &finding : m_collector.logFindings()) {
            const QString key = finding.evidence.log + u' ' + finding.code;
            if (!m_told.contains(key)) {
                m_told << key;
                emit findingAdded(finding);
            }
            if (m_options.watch || m_index < 0 || m_index >= m_plan.steps.size()
                || m_steps.at(m_index).outcome != StepOutcome::Running) {
                continue;
            }
            const Step &step = planned().step;
            const Step *owner
                = step.kind == StepKind::Wait ? m_plan.workflow.step(step.service) : &step;
            const int limit = owner && finding.evidence.log == logOf(*owner)
                ? owner->fatal.value(finding.code)
                : 0;
            if (limit > 0 && finding.count >= limit && m_collector.distinctBatches() == 0) {
                failStep(finding.text);
                return;
            }
        }
    }
    checkWait();
}

} // namespace proverdeck::models
