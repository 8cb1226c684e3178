// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/Run.h"

#include "models/store/RunJson.h"

#include <QDir>
#include <QJsonArray>

#include <algorithm>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

constexpr QStringView BootFlag = u"boot:";

} // namespace

Run::Run(Plan plan, ssh::RemoteShell &shell, RunOptions options, QObject *parent)
    : QObject(parent)
    , m_plan(std::move(plan))
    , m_shell(shell)
    , m_options(std::move(options))
    , m_caller(shell)
    , m_known(m_plan.values)
    , m_logs(m_options.folder)
{
    m_known.insert(u"run_id"_s, m_options.id);
    m_steps.resize(m_plan.steps.size());
    m_findings = m_plan.remarks;
    m_reconnect.setSingleShot(true);
    m_timeout.setSingleShot(true);
    m_stall.setSingleShot(true);
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(200);
    m_probe.setSingleShot(true);
    m_probe.setInterval(m_options.probeInterval);
    m_diskRetry.setSingleShot(true);
    m_diskRetry.setInterval(5000);
    m_marks.setInterval(2000);
    m_watch.setSingleShot(true);
    m_watch.setInterval(2000);
    connect(&m_watch, &QTimer::timeout, this, &Run::watchNow);
    connect(&m_marks, &QTimer::timeout, this, &Run::saveMarks);
    connect(&m_lease, &QTimer::timeout, this, [this] { renewLease(); });
    connect(&m_diskRetry, &QTimer::timeout, this, [this] {
        if (m_retry) {
            m_retry();
        }
    });
    connect(&m_shell, &ssh::RemoteShell::worthTrying, this, [this] {
        if (m_state == RunState::Unreachable) {
            reconnectNow();
        }
    });
    connect(&m_shell, &ssh::RemoteShell::opened, this, &Run::onOpened);
    connect(&m_shell, &ssh::RemoteShell::openFailed, this, &Run::onOpenFailed);
    connect(&m_shell, &ssh::RemoteShell::connectionLost, this, &Run::onConnectionLost);
    connect(&m_reconnect, &QTimer::timeout, this, &Run::reconnectNow);
    connect(&m_timeout, &QTimer::timeout, this, &Run::onTimeout);
    connect(&m_probe, &QTimer::timeout, this, &Run::pollReady);
    connect(&m_stall, &QTimer::timeout, this, [this] {
        addFinding({u"prover-stalled"_s, Severity::Error,
                    tr("No batch was proved for %1.")
                        .arg(report::durationText(planned().step.stall.count())),
                    tr("Look at the prover's log: it may hang, or the L2 may have stopped making "
                       "batches.")});
        failStep(tr("no progress"));
    });
    connect(&m_refresh, &QTimer::timeout, this, &Run::refreshResults);

    m_session.runId = m_options.id;
    m_session.server = m_plan.host;
    m_session.backend = m_plan.values.value(u"backend"_s).toString();
    m_session.gitRef = m_plan.values.value(u"ref"_s).toString();
    m_session.txType = m_plan.values.value(u"tx_type"_s).toString();
    m_session.workflow
        = u"%1 %2 (%3)"_s.arg(m_plan.workflow.id, m_plan.workflow.version, m_plan.workflow.origin);
    if (m_plan.values.contains(u"gpu"_s)) {
        m_session.gpu = m_plan.values.value(u"gpu"_s).toBool();
    }
    if (m_plan.values.contains(u"tx_count"_s)) {
        m_session.txPerAccount = m_plan.values.value(u"tx_count"_s).toInt();
    }
    if (m_plan.values.contains(u"endless"_s)) {
        m_session.endless = m_plan.values.value(u"endless"_s).toBool();
    }
}

Run::~Run() = default;

void Run::start()
{
    if (!m_session.started.isValid()) {
        m_session.started = QDateTime::currentDateTimeUtc();
    }
    if (!m_options.folder.isEmpty() && !QDir().mkpath(m_options.folder)) {
        addFinding({u"local-folder"_s, Severity::Error,
                    tr("The folder %1 for the run's logs cannot be created.").arg(m_options.folder),
                    tr("Check its permissions and the free space of the disk.")});
        conclude(RunState::Failed);
        return;
    }
    setState(RunState::Connecting);
    if (!m_options.folder.isEmpty()) {
        m_marks.start();
    }
    if (m_restored) {
        replayLogs();
        return;
    }
    if (!m_options.watch
        && !note(u"begin"_s, {}, {{u"token"_s, QString::fromLatin1(m_options.token)}})) {
        conclude(RunState::Failed); // nothing was begun, and nothing could be found again
        return;
    }
    if (m_shell.state() == ssh::ConnectionState::Connected) {
        onOpened();
    } else {
        m_shell.open();
    }
}

void Run::stop(StopMode mode)
{
    if (isFinal(m_state)) {
        return;
    }
    if (mode == StopMode::Detach || m_options.watch) {
        stopSamplers();
        saveMarks();
        if (!m_wasConnected && !m_restored) {
            m_shell.close();
        }
        conclude(m_wasConnected || m_restored ? RunState::Detached : RunState::Cancelled);
        return;
    }
    if (m_closing) {
        return;
    }
    m_options.keepRunning = mode == StopMode::LeaveRunning;
    if (!m_ready && m_restored) { // what an earlier program began cannot be stopped from afar
        m_shell.close();
        conclude(RunState::Detached);
        return;
    }
    const bool nothingBegun = !m_ready || m_index < 0
        || (m_index < m_plan.steps.size() && planned().step.phase == Phase::Preflight);
    if (nothingBegun) {
        ++m_turn;
        m_cancelled = true;
        beginClosing(RunState::Cancelled);
        return;
    }
    if (m_index >= m_plan.steps.size() || planned().step.phase == Phase::Teardown) {
        return; // under way
    }
    const PlannedStep &now = planned();
    m_stoppedEndless = now.step.kind == StepKind::Wait && now.endless;
    m_cancelled = !m_stoppedEndless;
    note(u"stop"_s, {}, {{u"mode"_s, m_options.keepRunning ? u"leave"_s : u"down"_s}});
    if (now.step.kind == StepKind::Command && m_jobs.contains(now.step.id)) {
        stopCommand(u"cancel"_s);
        return;
    }
    finishStep(m_stoppedEndless ? StepOutcome::Done : StepOutcome::Cancelled, tr("stopped by you"));
    beginTeardown();
}

/// Ends the job of the running command: "cancel" because a person wants it, "timeout".
void Run::stopCommand(const QString &why)
{
    const QString stepId = planned().step.id;
    m_timeout.stop();
    if (m_stopping != why) {
        m_stopping = why;
        note(u"stopping"_s, stepId, {{u"why"_s, why}});
    }
    m_retry = [this, stepId, why] {
        askToStop(stepId, std::chrono::seconds(why == u"cancel" ? 6 : 10),
                  [this, why](const Reply &reply) {
                      if (reply.lost()) {
                          return;
                      }
                      if (why == u"cancel") {
                          finishStep(StepOutcome::Cancelled, tr("stopped by you"));
                          beginTeardown();
                      } else {
                          failStep(tr("took too long and was stopped"));
                      }
                  });
    };
    m_retry();
}

void Run::setState(RunState state)
{
    if (m_state != state) {
        m_state = state;
        emit stateChanged(state);
    }
}

QString Run::commandOf(const PlannedStep &step) const
{
    return expand(step.command, m_plan.workflow, m_known);
}

bool Run::mayStart(int index, StepState &state)
{
    const PlannedStep &one = m_plan.steps.at(index);
    state.outcome = StepOutcome::Skipped;
    if (!one.skipped.isEmpty()) {
        state.note = one.skipped;
        return false;
    }
    const bool isTeardown = one.step.phase == Phase::Teardown;
    if (m_aborting && !isTeardown) {
        state.note = m_cancelled ? tr("the run was stopped") : tr("an earlier step failed");
        return false;
    }
    if (!one.step.when.holds(m_known).value_or(false)) {
        state.note = tr("only when %1").arg(one.step.when.toText());
        return false;
    }
    if (!isTeardown) {
        return true;
    }
    if (one.step.kind == StepKind::Stop && !m_jobs.contains(one.step.service)) {
        state.note = tr("it was not started");
        return false;
    }
    if (one.step.kind == StepKind::Collect) {
        if (!m_collector.prover()) {
            state.note = tr("nothing was proved");
            return false;
        }
        return true;
    }
    if (m_options.keepRunning) {
        state.note = tr("left running, as you asked");
        return false;
    }
    if (!m_startedSomething) {
        state.note = tr("nothing was started");
        return false;
    }
    return true;
}

void Run::nextStep()
{
    if (isFinal(m_state) || m_closing) {
        return; // let go of: what still comes from the server moves nothing
    }
    while (++m_index < m_plan.steps.size()) {
        const Phase phase = planned().step.phase;
        if (phase != Phase::Preflight && (m_failed || m_options.checksOnly)
            && m_state == RunState::Checking) {
            break; // a check failed, or only the checks were asked for: nothing has been started
        }
        if (phase == Phase::Main && m_state == RunState::Checking) {
            setState(RunState::Running);
            startGpuSampler();
        }
        if (phase == Phase::Teardown && m_state != RunState::TearingDown) {
            setState(RunState::TearingDown);
        }
        StepState &state = m_steps[m_index];
        if (mayStart(m_index, state)) {
            enterStep();
            return;
        }
        emit stepChanged(m_index);
    }
    endRun();
}

void Run::enterStep()
{
    const Step &step = planned().step;
    m_stopping.clear();
    m_expectingSoon = false;
    if (!note(u"step"_s, step.id)) {
        m_retry = [this] { enterStep(); };
        m_diskRetry.start();
        return;
    }
    StepState &state = m_steps[m_index];
    state = {};
    state.outcome = StepOutcome::Running;
    state.started = QDateTime::currentDateTimeUtc();
    emit stepChanged(m_index);
    beginStep();
    m_retry();
}

/// Everything but the first action: what to do (again), and how long it may take.
void Run::beginStep()
{
    using std::chrono::milliseconds;
    const Step &step = planned().step;
    ++m_turn;
    m_waitingForStart = false;
    m_stopNote.reset();
    m_timeout.stop();
    if (m_expectingSoon) {
        m_timeout.start(step.expectedWithin);
    } else if (step.timeout.count() > 0 && step.kind != StepKind::Check
               && step.kind != StepKind::Stop) {
        // After a long absence it gets a moment to show what it did meanwhile.
        const milliseconds spent(
            m_steps.at(m_index).started.msecsTo(QDateTime::currentDateTimeUtc()));
        const milliseconds least = std::min<milliseconds>(step.timeout, std::chrono::seconds(30));
        m_timeout.start(std::max(step.timeout - spent, least));
    }
    switch (step.kind) {
    case StepKind::Check:
        m_retry = [this] { runCheck(); };
        break;
    case StepKind::Command:
    case StepKind::Service:
        m_startedSomething
            = m_startedSomething || (step.phase == Phase::Main && !step.ready.isEmpty());
        if (step.reader == u"ethrex-loadtest" || step.reader == u"ethrex-prover") {
            m_sampleMetrics = true;
            startMetricsSampler();
        }
        m_retry = [this] { runCommand(); };
        break;
    case StepKind::Wait:
        m_waiting.start();
        m_provedAtWait = m_collector.distinctBatches();
        m_retry = [this] { checkWait(); };
        break;
    case StepKind::Collect:
        m_retry = [this] { runCollect(); };
        break;
    case StepKind::Stop:
        m_retry = [this] { runStop(); };
        break;
    }
}

void Run::finishStep(StepOutcome outcome, const QString &note, std::optional<int> exitCode,
                     const QJsonObject &found)
{
    ++m_turn;
    m_timeout.stop();
    m_probe.stop();
    m_stall.stop();
    m_retry = {};
    StepState &state = m_steps[m_index];
    state.outcome = outcome;
    state.note = note;
    state.exitCode = exitCode;
    if (outcome != StepOutcome::Serving) {
        state.ended = QDateTime::currentDateTimeUtc();
    }
    noteOutcome(m_index, found);
    emit stepChanged(m_index);
}

void Run::noteOutcome(int index, QJsonObject found)
{
    const StepState &state = m_steps.at(index);
    found.insert(u"outcome"_s, stepOutcomeWord(state.outcome));
    found.insert(u"note"_s, state.note);
    if (state.exitCode) {
        found.insert(u"code"_s, *state.exitCode);
    }
    saveMarks(); // what it was decided by must be here for a program that goes on
    emit saveWanted();
    note(u"finish"_s, m_plan.steps.at(index).step.id, found);
}

void Run::failStep(const QString &note, std::optional<int> exitCode, StepOutcome outcome)
{
    m_failed = true;
    finishStep(outcome, note, exitCode);
    if (planned().step.phase == Phase::Teardown) {
        nextStep();
    } else {
        beginTeardown();
    }
}

void Run::beginTeardown()
{
    refreshResults();
    m_aborting = true;
    nextStep();
}

void Run::endRun()
{
    stopSamplers();
    const bool onlyChecked = m_state == RunState::Checking;
    refreshResults();
    const RunState state = onlyChecked ? (m_failed ? RunState::CheckFailed : RunState::Done)
        : m_failed                     ? RunState::Failed
        : m_cancelled                  ? RunState::Cancelled
                                       : RunState::Done;
    if (m_options.checksOnly) {
        conclude(state);
    } else {
        beginClosing(state);
    }
}

void Run::conclude(RunState state)
{
    if (isFinal(m_state)) {
        return;
    }
    ++m_turn;
    for (QTimer *timer : {&m_timeout, &m_probe, &m_stall, &m_reconnect, &m_refresh, &m_lease,
                          &m_watch, &m_marks, &m_diskRetry}) {
        timer->stop();
    }
    saveMarks();
    m_retry = {};
    m_session.ended = QDateTime::currentDateTimeUtc();
    m_session.state = runStateWord(state);
    emit saveWanted();
    note(u"end"_s, {}, {{u"state"_s, runStateWord(state)}});
    setState(state);
    if (state == RunState::Detached || state == RunState::Cancelled) {
        m_shell.close(); // nobody reads the logs here any more; the server keeps them
    }
    emit finished(state);
}

// ---- journal ----

bool Run::note(const QString &what, const QString &step, QJsonObject data)
{
    if (m_options.journal == nullptr) {
        return true;
    }
    data.insert(u"flags"_s, QJsonArray::fromStringList(flags()));
    m_unwritten << JournalEntry{QDateTime::currentDateTimeUtc(), what, step, data};
    return flushNotes();
}

/// In their order; what cannot be written now is kept for the next time.
bool Run::flushNotes()
{
    while (!m_unwritten.isEmpty()) {
        const auto written = m_options.journal->append(m_options.id, m_unwritten.first());
        if (!written) {
            if (mergeFinding(m_findings,
                             {u"history-disk"_s, Severity::Error, written.error(),
                              tr("The run takes no further step until it can be noted. Free space "
                                 "on this machine.")})) {
                emit findingAdded(m_findings.last());
            }
            return false;
        }
        m_unwritten.removeFirst();
    }
    return true;
}

QStringList Run::flags() const
{
    QStringList words;
    const QList<QPair<bool, QString>> all{{m_aborting, u"aborting"_s},
                                          {m_failed, u"failed"_s},
                                          {m_cancelled, u"cancelled"_s},
                                          {m_stoppedEndless, u"stopped"_s},
                                          {m_options.keepRunning, u"keep"_s}};
    for (const auto &[on, word] : all) {
        if (on) {
            words << word;
        }
    }
    if (!m_boot.isEmpty()) {
        words << BootFlag + QString::fromLatin1(m_boot);
    }
    return words;
}

void Run::setFlags(const QStringList &words)
{
    m_aborting = words.contains(u"aborting"_s);
    m_failed = words.contains(u"failed"_s);
    m_cancelled = words.contains(u"cancelled"_s);
    m_stoppedEndless = words.contains(u"stopped"_s);
    m_options.keepRunning = words.contains(u"keep"_s);
    for (const QString &word : words) {
        if (word.startsWith(BootFlag)) {
            m_boot = word.sliced(BootFlag.size()).toLatin1();
        }
    }
}

QList<Finding> Run::findings() const
{
    QList<Finding> all = m_findings;
    for (const Finding &finding : m_collector.findings()) {
        mergeFinding(all, finding);
    }
    return all;
}

QPair<int, int> Run::progress() const
{
    const auto wait
        = std::find_if(m_plan.steps.begin(), m_plan.steps.end(),
                       [](const PlannedStep &one) { return one.step.kind == StepKind::Wait; });
    const bool bounded = wait != m_plan.steps.end() && !wait->endless;
    return {m_collector.distinctBatches(), bounded ? wait->count : 0};
}

std::optional<std::chrono::seconds> Run::timeLeft() const
{
    const auto [done, wanted] = progress();
    const int sinceWait = done - m_provedAtWait;
    if (wanted == 0 || !m_waiting.isValid() || sinceWait < 2) {
        return std::nullopt;
    }
    return std::chrono::seconds(m_waiting.elapsed() / 1000 * std::max(0, wanted - done)
                                / sinceWait);
}

int Run::redactions() const
{
    return m_logs.redactions();
}

RunRecord Run::record() const
{
    RunRecord record;
    record.id = m_options.id;
    record.host = m_plan.host;
    record.workflow = m_plan.workflow.id;
    record.started = m_session.started;
    record.ended = m_session.ended;
    record.state = m_state;
    record.folder = m_options.folder;
    record.values = m_plan.values;
    record.blueprint = blueprintOf(m_plan);
    for (int i = 0; i < m_steps.size(); ++i) {
        record.steps << qMakePair(m_plan.steps.at(i).step.title, m_steps.at(i));
    }
    record.result.session = m_session;
    record.result.session.state = runStateWord(m_state);
    record.result.rows = m_rows;
    record.result.findings = findings();
    return record;
}

void Run::addFinding(const Finding &finding)
{
    if (mergeFinding(m_findings, finding)) {
        note(u"finding"_s, {}, store::findingsToJson({finding}).first().toObject());
        emit findingAdded(finding);
    }
}

} // namespace proverdeck::models
