// SPDX-License-Identifier: GPL-3.0-or-later
// Going on with a run that another program began: what the journal, the history and the logs say.
#include "models/run/Run.h"

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kSlice = 2 * 1024 * 1024;

} // namespace

void Run::restore(const RunPast &past, const RunRecord &record)
{
    m_restored = true;
    const QString server = m_session.server;
    m_session = record.result.session;
    m_session.server = server;
    m_session.ended = {};
    if (past.started.isValid()) {
        m_session.started = past.started;
    }
    for (auto one = past.known.begin(); one != past.known.end(); ++one) {
        m_known.insert(one.key(), one.value());
    }
    for (const Finding &finding : past.findings) {
        mergeFinding(m_findings, finding);
    }
    for (int i = 0; i < m_plan.steps.size(); ++i) {
        const Step &step = m_plan.steps.at(i).step;
        const auto state = past.steps.find(step.id);
        if (state == past.steps.end()) {
            continue;
        }
        m_steps[i] = *state;
        const bool serves = step.kind == StepKind::Command || step.kind == StepKind::Service;
        m_startedSomething
            = m_startedSomething || (serves && step.phase == Phase::Main && !step.ready.isEmpty());
        m_sampleMetrics = m_sampleMetrics || step.reader == u"ethrex-loadtest"
            || step.reader == u"ethrex-prover";
        if (step.id == past.current) {
            m_index = i;
        }
    }
    // A step that was skipped has no entry, but its place is before the one that came after it.
    for (int i = 0; i < m_index; ++i) {
        if (m_steps.at(i).outcome == StepOutcome::Waiting) {
            (void)mayStart(i, m_steps[i]);
        }
    }
    setFlags(past.flags);
    m_stopping = past.stopping;
    if (!past.sessionText.isEmpty()) {
        takeSession(past.sessionText);
    }
    restoreJobs(past);
    if (m_index >= 0 && m_steps.at(m_index).outcome == StepOutcome::Running) {
        expectSigns();
    }
    if (const auto restored = m_logs.restore(); !restored) {
        addFinding({u"local-disk"_s, Severity::Error, restored.error(),
                    tr("The logs of this run cannot be read; what the server has is fetched "
                       "again.")});
    }
    QFile metrics(m_options.folder + u"/metrics.txt"_s);
    if (metrics.open(QIODevice::ReadOnly)) {
        (void)m_collector.feedMetrics(metrics.readAll());
    }
    for (const ethrex::BatchRow &row : record.result.rows) {
        m_collector.fillBatch(row.batch, row.facts);
    }
}

void Run::restoreJobs(const RunPast &past)
{
    for (auto one = past.jobs.begin(); one != past.jobs.end(); ++one) {
        Job &job = m_jobs[one.key()];
        for (int i = 0; i < m_plan.steps.size(); ++i) {
            if (m_plan.steps.at(i).step.id == one.key()) {
                job.step = i;
            }
        }
        if (job.step < 0) {
            m_jobs.erase(one.key()); // of another version of the workflow: cannot be
            continue;
        }
        job.id = one->id;
        job.started = one->started;
        job.ended = one->ended;
        job.compared = one->compared;
        job.removed = one->removed;
        const Step &step = m_plan.steps.at(job.step).step;
        if (step.reader == u"ethrex-prover" && job.ended && job.ended->exitCode
            && m_steps.at(job.step).outcome == StepOutcome::Failed) {
            m_collector.setProverExit(*job.ended->exitCode);
        }
    }
}

/// The readers see what they saw before; the window, which shows the files, stays alive meanwhile.
void Run::replayLogs()
{
    m_replay = m_logs.names();
    m_replayed = 0;
    replaySlice();
}

/// The power of the proofs so far; false at the end.
bool Run::replayGpuSlice()
{
    if (m_options.folder.isEmpty()) {
        return false;
    }
    LogFile file(m_options.folder + u"/gpu.csv"_s);
    if (!file.openExisting()) {
        return false;
    }
    m_replayed = std::max(m_replayed, file.firstKept());
    const auto bytes = file.read(m_replayed, kSlice);
    if (!bytes || bytes->isEmpty()) {
        m_replayReader = {};
        return false;
    }
    m_replayed += quint64(bytes->size());
    m_collector.feedGpu(m_replayReader.feed(*bytes));
    return true;
}

void Run::replaySlice()
{
    if (isFinal(m_state)) {
        return;
    }
    if (m_replay.isEmpty()) {
        if (replayGpuSlice()) {
            QMetaObject::invokeMethod(this, &Run::replaySlice, Qt::QueuedConnection);
            return;
        }
        refreshResults();
        setState(RunState::Unreachable);
        if (m_shell.state() == ssh::ConnectionState::Connected) {
            onOpened();
        } else {
            m_shell.open();
        }
        return;
    }
    const QString name = m_replay.first();
    const auto bytes = m_logs.read(name, m_replayed, kSlice);
    if (!bytes || bytes->isEmpty()) {
        for (const auto &[id, job] : m_jobs) {
            if (job.ended && logOf(m_plan.steps.at(job.step).step) == name) {
                m_collector.finishLog(name);
            }
        }
        m_replay.removeFirst();
        m_replayed = 0;
    } else {
        QString reader;
        for (const PlannedStep &one : std::as_const(m_plan.steps)) {
            if (logOf(one.step) == name && !one.step.reader.isEmpty()) {
                reader = one.step.reader;
            }
        }
        m_replayed += quint64(bytes->size());
        m_collector.feedLog(reader, name, *bytes);
        if (m_index >= 0 && m_steps.at(m_index).outcome == StepOutcome::Running
            && logOf(planned().step) == name) {
            lookForSigns(*bytes);
        }
    }
    QMetaObject::invokeMethod(this, &Run::replaySlice, Qt::QueuedConnection);
}

/// Connected, with helper and lease: the jobs are followed again, then the step goes on.
void Run::continueRun()
{
    note(u"attached"_s);
    const bool hasStep = m_index >= 0 && m_index < m_plan.steps.size();
    const Phase phase = hasStep ? planned().step.phase : Phase::Preflight;
    setState(phase == Phase::Teardown   ? RunState::TearingDown
                 : phase == Phase::Main ? RunState::Running
                                        : RunState::Checking);
    for (auto &[id, job] : m_jobs) {
        const bool mayExist = job.started || job.step != m_index;
        if (mayExist && !job.removed && !(job.ended && m_logs.isFinished(job.id))) {
            followJob(job);
        }
    }
    startGpuSampler();
    startMetricsSampler();
    if (!hasStep) {
        nextStep();
        return;
    }
    if (endedByReboot()) {
        return;
    }
    if (m_steps.at(m_index).outcome == StepOutcome::Running) {
        continueStep();
    } else {
        m_aborting
            = m_aborting || (phase == Phase::Main && (m_failed || m_cancelled || m_stoppedEndless));
        nextStep();
    }
    // The journal may know the end of a job, and not yet what came of it.
    for (auto &[id, job] : m_jobs) {
        const StepOutcome outcome = m_steps.at(job.step).outcome;
        if (job.ended && !m_closing && !isFinal(m_state)
            && (outcome == StepOutcome::Running || outcome == StepOutcome::Serving)) {
            judgeJobEnd(job);
        }
    }
}

void Run::continueStep()
{
    const Step &step = planned().step;
    const auto job = m_jobs.find(step.id);
    const bool isJob = step.kind == StepKind::Command || step.kind == StepKind::Service;
    beginStep();
    if (isJob && job != m_jobs.end() && job->second.started) {
        m_retry = [this] { runCommand(); }; // only goes on reading: it has a follower
        if (!m_stopping.isEmpty()) {
            stopCommand(m_stopping);
        } else if (step.kind == StepKind::Service) {
            m_probe.start();
        }
        return;
    }
    m_stopping.clear();
    m_retry();
}

} // namespace proverdeck::models
