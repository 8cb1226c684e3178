// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/Run.h"

#include <QRegularExpression>

namespace proverdeck::models {

using namespace Qt::StringLiterals;
using ssh::JobStatus;

// ---- checks ----

void Run::runCheck()
{
    const auto id = m_shell.runLoginScript(scriptFor(commandOf(planned())), planned().step.timeout);
    m_caller.call(id, whileCurrent([this](const Reply &reply) { onCheckReply(reply); }));
}

void Run::onCheckReply(const Reply &reply)
{
    if (reply.lost()) {
        return;
    }
    const Step &step = planned().step;
    const bool answered = reply.result && reply.result->signal.isEmpty();
    const int code = answered ? reply.result->code : -1;
    const QString evidence = QString::fromUtf8(
        redacted((reply.result ? reply.firstLine() : reply.result.error().detail).toUtf8()));
    if (!step.output.isEmpty()) {
        m_known.insert(step.output, evidence);
    }
    if (!step.fact.isEmpty()) {
        m_known.insert(step.fact, code == 0);
        finishStep(StepOutcome::Done, step.output.isEmpty() ? evidence : QString(), code);
        nextStep();
        return;
    }
    if (code == 0 || code == 3) {
        finishStep(code == 0 ? StepOutcome::Done : StepOutcome::Skipped, evidence, code);
        nextStep();
        return;
    }
    const bool fails = code != 2 && step.required;
    addFinding(
        {step.code, fails ? Severity::Error : Severity::Warning,
         tr("%1: %2.").arg(step.title,
                           evidence.isEmpty() ? tr("the check ended with %1").arg(code) : evidence),
         step.fix});
    m_failed = m_failed || fails;
    finishStep(fails ? StepOutcome::Failed : StepOutcome::Warning, evidence, code);
    nextStep();
}

// ---- commands and services ----

void Run::runCommand()
{
    const QString stepId = planned().step.id;
    auto [found, isNew] = m_jobs.try_emplace(stepId);
    Job &job = found->second;
    if (!isNew && job.follower) {
        job.follower->start(); // after a reconnect: it goes on where it was
        if (planned().step.kind == StepKind::Service || job.ended) {
            m_probe.start();
        }
        return;
    }
    job.id = (m_options.id + u'-' + stepId).toUtf8();
    job.step = m_index;
    job.starting = true;
    m_caller.call(m_shell.startJob(job.id, scriptFor(commandOf(planned()))),
                  [this, stepId](const Reply &reply) { onJobStarted(stepId, reply); });
}

void Run::onJobStarted(const QString &stepId, const Reply &reply)
{
    Job &job = m_jobs.at(stepId);
    job.starting = false;
    if (reply.lost() || isFinal(m_state)) {
        return; // asked again after the reconnect; a job that did start answers "exists"
    }
    if (m_waitingForStart || job.step != m_index) {
        followJob(job);
        if (std::exchange(m_waitingForStart, false) && m_retry) {
            m_retry();
        }
        return;
    }
    const Step &step = planned().step;
    if (!reply.ok() || !ssh::parseJobStatus(reply.out)) {
        const QString why = reply.result ? reply.firstLine() : reply.result.error().detail;
        addFinding(
            {u"job-not-started"_s, Severity::Error,
             tr("%1: the server did not start it: %2").arg(step.title, why),
             tr("Check the free space and the permissions of the home folder on the server.")});
        failStep(why);
        return;
    }
    QStringList wanted;
    for (const Probe &probe : planned().probes) {
        if (!probe.log.isEmpty()) {
            wanted << probe.log;
        }
    }
    m_wantedInLog[step.id] = wanted;
    followJob(job);
    if (step.kind == StepKind::Service) {
        m_probe.start();
    }
}

void Run::followJob(Job &job)
{
    const QString stepId = m_plan.steps.at(job.step).step.id;
    job.follower = std::make_unique<JobFollower>(m_shell, job.id);
    connect(job.follower.get(), &JobFollower::bytesCame, this,
            [this, stepId](const QByteArray &bytes) { takeLog(m_jobs.at(stepId), bytes); });
    connect(job.follower.get(), &JobFollower::ended, this,
            [this, stepId](const JobStatus &status) { onJobEnded(m_jobs.at(stepId), status); });
    job.follower->start();
}

void Run::onJobEnded(Job &job, const JobStatus &status)
{
    if (isFinal(m_state)) {
        return;
    }
    const Step &step = m_plan.steps.at(job.step).step;
    writeLog(logOf(step), step.reader, job.redactor.finish());
    m_collector.finishLog(logOf(step));
    refreshResults(); // before the end is known: a wait may have what it wants
    job.ended = status;
    const bool isCurrent
        = job.step == m_index && m_steps.at(m_index).outcome == StepOutcome::Running;
    const std::optional<int> code
        = status.state == JobStatus::State::Done ? status.exitCode : std::nullopt;
    const QString how = code ? tr("ended with exit status %1").arg(*code)
        : status.state == JobStatus::State::Rebooted
        ? tr("was interrupted by a reboot of the server")
        : tr("ended without an exit status; its outcome is unknown");
    if (step.kind == StepKind::Service) {
        onServiceEnded(job, how, code);
        return;
    }
    if (!isCurrent || m_stoppingJob) {
        return;
    }
    if (code == 0) {
        if (planned().probes.isEmpty()) {
            finishStep(StepOutcome::Done, {}, code);
            nextStep();
        } else {
            m_probe.start();
        }
        return;
    }
    const QString text
        = (step.failure.isEmpty() ? step.title : step.failure) + u' ' + tr("It %1.").arg(how);
    addFinding({step.id + u"-failed"_s,
                step.mayFail ? Severity::Warning : Severity::Error,
                text,
                tr("Its output is in %1.").arg(logOf(step)),
                {logOf(step), 0, -1, {}}});
    if (step.mayFail) {
        finishStep(StepOutcome::Warning, how, code);
        nextStep();
    } else {
        failStep(how, code);
    }
}

void Run::onServiceEnded(const Job &job, const QString &how, std::optional<int> code)
{
    const Step &step = m_plan.steps.at(job.step).step;
    StepState &state = m_steps[job.step];
    const bool wasReady = state.outcome == StepOutcome::Serving;
    const bool expected = m_state == RunState::TearingDown || isFinal(m_state);
    state.ended = QDateTime::currentDateTimeUtc();
    state.exitCode = code;
    if (step.reader == u"ethrex-prover" && code && !expected) {
        m_collector.setProverExit(*code);
    }
    if (expected) {
        if (wasReady) {
            state.outcome = StepOutcome::Done;
            state.note = tr("stopped");
        }
        emit stepChanged(job.step);
        if (m_stopNote && m_index < m_plan.steps.size() && planned().step.service == step.id) {
            finishStep(StepOutcome::Done, *m_stopNote);
            nextStep();
        }
        return;
    }
    if (step.reader == u"ethrex-loadtest" && code == 0) {
        if (wasReady) { // it has sent everything and every transaction is in a block
            state.outcome = StepOutcome::Done;
            emit stepChanged(job.step);
        }
        if (job.step == m_index) {
            stepReady();
        }
        return;
    }
    state.note = how;
    addFinding({step.id + u"-ended"_s,
                Severity::Error,
                tr("%1: the process %2 while it was needed.").arg(step.title, how),
                tr("The end of %1 says why.").arg(logOf(step)),
                {logOf(step), 0, -1, {}}});
    if (job.step == m_index) {
        failStep(how, code);
        return;
    }
    state.outcome = StepOutcome::Failed;
    emit stepChanged(job.step);
    const bool wanted = progress().second > 0 && progress().first >= progress().second;
    if (step.reader == u"ethrex-loadtest" || wanted || m_index < 0) {
        return; // what was sent before is still proved
    }
    if (planned().step.kind == StepKind::Command && m_jobs.contains(planned().step.id)) {
        m_caller.call(m_shell.stopJob(m_jobs.at(planned().step.id).id, std::chrono::seconds(6)),
                      [](const Reply &) {});
    }
    failStep(tr("\"%1\" %2").arg(step.title, how));
}

void Run::pollReady()
{
    if (m_probing || m_index < 0 || m_steps.at(m_index).outcome != StepOutcome::Running) {
        return;
    }
    const auto job = m_jobs.find(planned().step.id);
    if (job == m_jobs.end() || !logMatched(job->second)) {
        m_probe.start();
        return;
    }
    const bool asksServer = std::any_of(planned().probes.begin(), planned().probes.end(),
                                        [](const Probe &probe) { return probe.log.isEmpty(); });
    if (!asksServer) {
        stepReady();
        return;
    }
    m_probing = true;
    QList<Probe> probes = planned().probes;
    for (Probe &probe : probes) {
        probe.rpc = expand(probe.rpc, m_plan.workflow, m_known);
        probe.tcp = expand(probe.tcp, m_plan.workflow, m_known);
        probe.http = expand(probe.http, m_plan.workflow, m_known);
    }
    m_caller.call(m_shell.runLoginScript(probeScript(probes), std::chrono::seconds(60)),
                  [this, index = m_index](const Reply &reply) {
                      m_probing = false;
                      if (index == m_index && m_steps.at(index).outcome == StepOutcome::Running) {
                          onProbeReply(reply);
                      }
                  });
}

void Run::onProbeReply(const Reply &reply)
{
    if (reply.lost()) {
        return;
    }
    if (reply.ok()) {
        stepReady();
        return;
    }
    StepState &state = m_steps[m_index];
    const QString note
        = reply.result ? tr("waiting: %1").arg(reply.firstLine()) : reply.result.error().detail;
    if (state.note != note) {
        state.note = note;
        emit stepChanged(m_index);
    }
    m_probe.start();
}

void Run::stepReady()
{
    const bool serves
        = planned().step.kind == StepKind::Service && !m_jobs.at(planned().step.id).ended;
    finishStep(serves ? StepOutcome::Serving : StepOutcome::Done);
    nextStep();
}

void Run::onTimeout()
{
    const PlannedStep &now = planned();
    if (m_state == RunState::Unreachable) {
        m_timeout.start(std::chrono::seconds(30)); // it may have done its work long ago
        return;
    }
    if (now.step.kind == StepKind::Stop) { // the rest of the log does not come
        finishStep(StepOutcome::Done, m_stopNote.value_or(QString()));
        nextStep();
        return;
    }
    const QString limit = report::durationText(
        (m_expectingSoon ? now.step.expectedWithin : now.step.timeout).count());
    const QString lastNote = m_steps.at(m_index).note;
    addFinding(
        {now.step.kind == StepKind::Service ? now.step.id + u"-not-ready"_s
                                            : now.step.id + u"-timeout"_s,
         Severity::Error,
         tr("%1 It took longer than %2. %3")
             .arg(now.step.failure.isEmpty() ? now.step.title : now.step.failure, limit, lastNote),
         tr("The end of %1 shows what it was doing.").arg(logOf(now.step)),
         {logOf(now.step), 0, -1, {}}});
    const auto job = m_jobs.find(now.step.id);
    if (now.step.kind == StepKind::Command && job != m_jobs.end() && !job->second.ended) {
        m_stoppingJob = true;
        m_retry = [this, stepId = now.step.id] {
            askToStop(stepId, std::chrono::seconds(10), [this](const Reply &reply) {
                if (!reply.lost()) {
                    failStep(tr("took too long and was stopped"));
                }
            });
        };
        m_retry();
        return;
    }
    failStep(tr("not ready within %1").arg(limit)
             + (lastNote.isEmpty() ? QString() : u" ("_s + lastNote + u')'));
}

// ---- waiting ----

void Run::beginWait()
{
    m_waiting.start();
    m_provedAtWait = m_collector.distinctBatches();
    checkWait();
}

void Run::checkWait()
{
    if (m_index < 0 || m_index >= m_plan.steps.size() || planned().step.kind != StepKind::Wait
        || m_steps.at(m_index).outcome != StepOutcome::Running) {
        return;
    }
    const auto [done, wanted] = progress();
    StepState &state = m_steps[m_index];
    const QString note
        = wanted > 0 ? tr("%1 of %2 batches").arg(done).arg(wanted) : tr("%1 batches").arg(done);
    if (wanted > 0 && done >= wanted) {
        finishStep(StepOutcome::Done, note);
        nextStep();
        return;
    }
    const auto prover = m_jobs.find(planned().step.service);
    if (prover != m_jobs.end() && prover->second.ended) {
        failStep(tr("the prover has ended"));
        return;
    }
    if (state.note != note) {
        state.note = note;
        if (planned().step.stall.count() > 0) {
            m_stall.start(planned().step.stall);
        }
        emit stepChanged(m_index);
    }
}

// ---- stopping ----

void Run::runStop()
{
    const Step &step = planned().step;
    askToStop(step.service, step.grace, [this](const Reply &reply) { onStopReply(reply); });
}

void Run::askToStop(const QString &stepId, std::chrono::seconds grace, Caller::Done done)
{
    const Job &job = m_jobs.at(stepId);
    if (job.starting) { // on a channel of its own the stop could overtake the start
        m_waitingForStart = true;
        return;
    }
    m_caller.call(m_shell.stopJob(job.id, grace), whileCurrent(std::move(done)));
}

Caller::Done Run::whileCurrent(Caller::Done done)
{
    return [this, turn = m_turn, done = std::move(done)](const Reply &reply) {
        if (turn == m_turn) {
            done(reply);
        }
    };
}

void Run::onStopReply(const Reply &reply)
{
    if (reply.lost()) {
        return;
    }
    const auto status = reply.result ? ssh::parseJobStatus(reply.out) : std::nullopt;
    const bool dead = status && status->state != JobStatus::State::Running
        && status->state != JobStatus::State::Orphan && status->state != JobStatus::State::Starting;
    if (!dead) {
        const QString why = reply.result ? reply.firstLine() : reply.result.error().detail;
        addFinding({u"left-running"_s, Severity::Error,
                    tr("%1: it could not be stopped: %2").arg(planned().step.title, why),
                    tr("Stop its process group on the server by hand.")});
        m_failed = true;
        finishStep(StepOutcome::Unknown, why);
    } else {
        const bool killed = reply.out.contains("S killed");
        const QString note = killed ? tr("it did not react and was killed") : tr("stopped");
        const Job &job = m_jobs.at(planned().step.service);
        if (job.follower && !job.ended) { // the end of its log is still to come
            m_stopNote = note;
            m_timeout.start(std::chrono::seconds(15));
            return;
        }
        finishStep(StepOutcome::Done, note);
    }
    nextStep();
}

// ---- logs ----

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
    const Step &step = m_plan.steps.at(job.step).step;
    writeLog(logOf(step), step.reader, job.redactor.feed(bytes));
}

void Run::writeLog(const QString &name, const QString &reader, const QByteArray &bytes)
{
    if (bytes.isEmpty()) {
        return;
    }
    Log &log = m_logs[name];
    if (!log.file && !m_options.folder.isEmpty()) {
        log.file = std::make_unique<QFile>(m_options.folder + u'/' + name);
        if (!log.file->open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered)) {
            addFinding({u"local-disk"_s, Severity::Error,
                        tr("The log %1 cannot be written: %2.")
                            .arg(log.file->fileName(), log.file->errorString()),
                        tr("Free space on this machine; the server keeps its own copy until the "
                           "run has ended.")});
        }
    }
    if (log.file && log.file->isOpen() && log.file->write(bytes) != bytes.size()) {
        addFinding({u"local-disk"_s, Severity::Error,
                    tr("The log %1 cannot be written: %2.")
                        .arg(log.file->fileName(), log.file->errorString()),
                    tr("Free space on this machine; the server keeps its own copy until the run "
                       "has ended.")});
    }
    m_collector.feedLog(reader, name, bytes);
    if (m_index >= 0 && m_index < m_plan.steps.size()
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
        m_timeout.start(step.expectedWithin);
    }
}

void Run::refreshResults()
{
    QList<ethrex::BatchRow> rows = m_collector.rows();
    if (rows != m_rows) {
        m_rows = std::move(rows);
        emit rowsChanged();
    }
    if (m_collector.takeFindingsChanged()) {
        for (const Finding &finding : m_collector.logFindings()) {
            const QString key = finding.evidence.log + u' ' + finding.code;
            if (!m_told.contains(key)) {
                m_told << key;
                emit findingAdded(finding);
            }
            if (m_index < 0 || m_index >= m_plan.steps.size()
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
