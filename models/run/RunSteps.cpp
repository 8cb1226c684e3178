// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/Run.h"

#include <QRegularExpression>

#include <algorithm>

namespace proverdeck::models {

using namespace Qt::StringLiterals;
using ssh::JobStatus;

namespace {

QString timeText(qint64 seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds).toString(u"yyyy-MM-dd hh:mm:ss t"_s);
}

} // namespace

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
    const QString evidence = QString::fromUtf8(redacted(reply.why().toUtf8()));
    QJsonObject known;
    if (!step.output.isEmpty()) {
        m_known.insert(step.output, evidence);
        known.insert(step.output, evidence);
    }
    if (!step.fact.isEmpty()) {
        m_known.insert(step.fact, code == 0);
        known.insert(step.fact, code == 0);
        finishStep(StepOutcome::Done, step.output.isEmpty() ? evidence : QString(), code,
                   {{u"known"_s, known}});
        nextStep();
        return;
    }
    if (code == 0 || code == 3) {
        finishStep(code == 0 ? StepOutcome::Done : StepOutcome::Skipped, evidence, code,
                   {{u"known"_s, known}});
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
    finishStep(fails ? StepOutcome::Failed : StepOutcome::Warning, evidence, code,
               {{u"known"_s, known}});
    nextStep();
}

// ---- commands and services ----

void Run::runCommand()
{
    const QString stepId = planned().step.id;
    auto [found, isNew] = m_jobs.try_emplace(stepId);
    Job &job = found->second;
    if (!isNew && (job.follower || job.started)) {
        if (job.follower) {
            job.follower->start(); // after a reconnect: it goes on where it was
        }
        if (planned().step.kind == StepKind::Service || job.ended) {
            m_probe.start();
        }
        return;
    }
    job.id = (m_options.id + u'-' + stepId).toUtf8();
    job.step = m_index;
    if (planned().step.phase == Phase::Main && wasRebooted()) {
        m_jobs.erase(found);
        failByReboot();
        return;
    }
    const QString name = logOf(planned().step);
    if (const auto begun = m_logs.begin(job.id, name); !begun) {
        onDiskTrouble(job, begun.error());
        return;
    }
    if (!note(u"job"_s, stepId, {{u"id"_s, QString::fromLatin1(job.id)}, {u"log"_s, name}})) {
        m_diskRetry.start();
        return;
    }
    job.starting = true;
    m_caller.call(m_shell.startJob(job.id, scriptFor(commandOf(planned()))),
                  [this, stepId](const Reply &reply) { onJobStarted(stepId, reply); });
}

bool Run::wasRebooted() const
{
    return !m_boot.isEmpty() && !m_bootNow.isEmpty() && m_boot != m_bootNow;
}

/// Between two jobs no job tells of a reboot; what the earlier ones left running is gone all the
/// same.
void Run::failByReboot()
{
    const QString when = m_bootedSecs ? timeText(*m_bootedSecs) : tr("an unknown time");
    addFinding(
        {u"server-rebooted"_s, Severity::Error,
         tr("The server was rebooted at %1, in the middle of the run (\"%2\"): what had been "
            "started by then is gone.")
             .arg(when, planned().step.title),
         tr("Find out why it was rebooted (last -x; journalctl -b -1), then begin a new "
            "run.")});
    failStep(tr("the server was rebooted at %1").arg(when));
}

bool Run::endedByReboot()
{
    const bool isMain = m_index >= 0 && m_index < m_plan.steps.size() && !m_closing
        && planned().step.phase == Phase::Main
        && m_steps.at(m_index).outcome == StepOutcome::Running;
    const bool willTell = std::any_of(m_jobs.begin(), m_jobs.end(), [](const auto &one) {
        return one.second.started && !one.second.ended;
    });
    if (!isMain || willTell || !wasRebooted()) {
        return false;
    }
    failByReboot();
    return true;
}

void Run::onJobStarted(const QString &stepId, const Reply &reply)
{
    Job &job = m_jobs.at(stepId);
    job.starting = false;
    if (reply.lost() || isFinal(m_state)) {
        return; // asked again after the reconnect; a job that did start answers "exists"
    }
    if (reply.ok() && ssh::parseJobStatus(reply.out)) {
        job.started = true;
        note(u"started"_s, stepId);
    }
    if (m_waitingForStart || job.step != m_index) {
        followJob(job);
        if (std::exchange(m_waitingForStart, false) && m_retry) {
            m_retry();
        }
        return;
    }
    const Step &step = planned().step;
    if (!job.started) {
        const QString why = reply.why();
        addFinding(
            {u"job-not-started"_s, Severity::Error,
             tr("%1: the server did not start it: %2.").arg(step.title, why),
             tr("Check the free space and the permissions of the home folder on the server.")});
        failStep(why);
        return;
    }
    expectSigns();
    followJob(job);
    if (step.kind == StepKind::Service) {
        m_probe.start();
    }
}

/// What the running step waits for in its log.
void Run::expectSigns()
{
    QStringList wanted;
    for (const Probe &probe : planned().probes) {
        if (!probe.log.isEmpty()) {
            wanted << probe.log;
        }
    }
    m_wantedInLog[planned().step.id] = wanted;
}

void Run::followJob(Job &job)
{
    const QString stepId = m_plan.steps.at(job.step).step.id;
    if (!m_logs.knows(job.id)) { // its mark was not written yet when the program ended
        if (const auto begun = m_logs.begin(job.id, logOf(m_plan.steps.at(job.step).step));
            !begun) {
            onDiskTrouble(job, begun.error());
            return;
        }
    }
    job.follower = std::make_unique<JobFollower>(m_shell, job.id, m_logs.received(job.id));
    connect(job.follower.get(), &JobFollower::bytesCame, this,
            [this, stepId](const QByteArray &bytes) { takeLog(m_jobs.at(stepId), bytes); });
    connect(job.follower.get(), &JobFollower::replaced, this,
            [this, stepId] { onLogReplaced(m_jobs.at(stepId)); });
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
    finishLog(job);
    refreshResults(); // before the end is known: a wait may have what it wants
    if (job.ended) {
        return; // known from the journal; only the rest of the log was missing
    }
    saveMarks();
    job.ended = status;
    if (m_options.watch) {
        return; // watchJob() shows it
    }
    QJsonObject data{{u"state"_s, int(status.state)}, {u"size"_s, QString::number(status.size)}};
    if (status.exitCode) {
        data.insert(u"code"_s, *status.exitCode);
    }
    note(u"ended"_s, step.id, data);
    judgeJobEnd(job);
}

QString Run::howEnded(const JobStatus &status) const
{
    if (status.state == JobStatus::State::Done && status.exitCode) {
        return tr("ended with exit status %1").arg(*status.exitCode);
    }
    if (status.state != JobStatus::State::Rebooted) {
        return tr("ended without an exit status; its outcome is unknown");
    }
    if (status.bootedSecs && *status.bootedSecs >= status.startedSecs.value_or(0)) {
        return tr("was interrupted by a reboot of the server at %1")
            .arg(timeText(*status.bootedSecs));
    }
    return status.beatSecs
        ? tr("was interrupted by a reboot of the server after %1").arg(timeText(*status.beatSecs))
        : tr("was interrupted by a reboot of the server");
}

/// What the end of a job means for its step. Also called after another program noted the end and
/// nothing more.
void Run::judgeJobEnd(Job &job)
{
    const Step &step = m_plan.steps.at(job.step).step;
    const JobStatus &status = *job.ended;
    const bool isCurrent
        = job.step == m_index && m_steps.at(m_index).outcome == StepOutcome::Running;
    const std::optional<int> code
        = status.state == JobStatus::State::Done ? status.exitCode : std::nullopt;
    const QString how = howEnded(status);
    if (step.kind == StepKind::Service) {
        onServiceEnded(job, how, code);
        return;
    }
    if (!isCurrent || !m_stopping.isEmpty()) {
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
    const StepOutcome outcome = code || status.state == JobStatus::State::Rebooted
        ? StepOutcome::Failed
        : StepOutcome::Unknown;
    const QString text
        = (step.failure.isEmpty() || outcome == StepOutcome::Unknown ? step.title + u'.'
                                                                     : step.failure)
        + u' ' + tr("It %1.").arg(how);
    addFinding({step.id + u"-failed"_s,
                step.mayFail ? Severity::Warning : Severity::Error,
                text,
                outcome == StepOutcome::Unknown
                    ? tr("Nobody recorded how it ended, so it is not done again by itself. %1 and "
                         "the server show how far it came; start a new run when that is clear.")
                          .arg(logOf(step))
                    : tr("Its output is in %1.").arg(logOf(step)),
                {logOf(step), 0, -1, {}}});
    if (step.mayFail) {
        finishStep(outcome == StepOutcome::Unknown ? outcome : StepOutcome::Warning, how, code);
        nextStep();
    } else {
        failStep(how, code, outcome);
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
            noteOutcome(job.step);
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
            noteOutcome(job.step);
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
    const bool isKnown = code || job.ended->state == JobStatus::State::Rebooted;
    if (job.step == m_index) {
        failStep(how, code, isKnown ? StepOutcome::Failed : StepOutcome::Unknown);
        return;
    }
    state.outcome = isKnown ? StepOutcome::Failed : StepOutcome::Unknown;
    noteOutcome(job.step);
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
        stopCommand(u"timeout"_s);
        return;
    }
    failStep(tr("not ready within %1").arg(limit)
             + (lastNote.isEmpty() ? QString() : u" ("_s + lastNote + u')'));
}

// ---- waiting ----

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
        const QString why = reply.why();
        addFinding({u"left-running"_s, Severity::Error,
                    tr("%1: it could not be stopped: %2.").arg(planned().step.title, why),
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

} // namespace proverdeck::models
