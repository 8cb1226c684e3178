// SPDX-License-Identifier: GPL-3.0-or-later
// Looking on at a run that somebody else drives: what the jobs on the server say, and nothing else.
#include "models/run/Run.h"

namespace proverdeck::models {

using namespace Qt::StringLiterals;
using State = ssh::JobStatus::State;

void Run::watchNow()
{
    m_caller.call(m_shell.listJobs((m_options.id + u'-').toUtf8()), [this](const Reply &reply) {
        if (!reply.lost() && !isFinal(m_state)) {
            onWatched(reply);
        }
    });
}

void Run::onWatched(const Reply &reply)
{
    m_jobsLeft = false;
    for (const auto &[id, status] : ssh::parseJobList(reply.out)) {
        watchJob(id, status);
        m_jobsLeft = m_jobsLeft || status.state == State::Running || status.state == State::Orphan
            || status.state == State::Starting;
    }
    for (const auto &[id, job] : m_jobs) { // the rest of a log still comes
        m_jobsLeft = m_jobsLeft || (job.follower && !job.ended);
    }
    m_caller.call(m_shell.showLease(m_plan.workflow.id.toUtf8()), [this](const Reply &answer) {
        if (!answer.lost() && !isFinal(m_state)) {
            onWatchedLease(answer);
        }
    });
}

void Run::watchJob(const QByteArray &jobId, const ssh::JobStatus &status)
{
    const QString stepId = QString::fromLatin1(jobId.mid(m_options.id.size() + 1));
    int index = -1;
    for (int i = 0; i < m_plan.steps.size(); ++i) {
        if (m_plan.steps.at(i).step.id == stepId) {
            index = i;
        }
    }
    if (index < 0) {
        return;
    }
    m_sawJobs = true;
    auto [found, isNew] = m_jobs.try_emplace(stepId);
    Job &job = found->second;
    if (isNew) {
        job.id = jobId;
        job.step = index;
        job.started = true;
        followJob(job);
    }
    StepState state = m_steps.at(index);
    const bool serves = m_plan.steps.at(index).step.kind == StepKind::Service;
    const bool over = status.state == State::Done || status.state == State::Lost
        || status.state == State::Rebooted;
    state.outcome = !over       ? (serves ? StepOutcome::Serving : StepOutcome::Running)
        : !status.exitCode      ? StepOutcome::Unknown
        : *status.exitCode == 0 ? StepOutcome::Done
        : serves                ? StepOutcome::Done
                                : StepOutcome::Failed;
    state.exitCode = status.exitCode;
    state.note = over ? howEnded(status) : QString();
    if (status.startedSecs) {
        state.started = QDateTime::fromSecsSinceEpoch(*status.startedSecs, Qt::UTC);
    }
    if (over && status.endedSecs) {
        state.ended = QDateTime::fromSecsSinceEpoch(*status.endedSecs, Qt::UTC);
    }
    m_index = std::max(m_index, index);
    if (state != m_steps.at(index)) {
        m_steps[index] = state;
        emit stepChanged(index);
    }
}

void Run::onWatchedLease(const Reply &reply)
{
    const auto lease = reply.result ? ssh::parseLease(reply.out) : std::nullopt;
    const bool isDriven
        = lease && lease->state == ssh::Lease::State::Held && lease->runId == m_options.id.toUtf8();
    emit connectionNote(isDriven ? tr("Watching: %1 drives this run.").arg(lease->holder)
                                 : tr("Watching: nobody drives this run at the moment."));
    if (!isDriven && !m_jobsLeft) {
        if (!m_sawJobs) {
            addFinding({u"nothing-to-watch"_s, Severity::Warning,
                        tr("There is nothing of run %1 on this server.").arg(m_options.id),
                        tr("It has ended and was put away, or it ran under another account.")});
        }
        refreshResults();
        conclude(RunState::Detached);
        return;
    }
    m_watch.start();
}

} // namespace proverdeck::models
