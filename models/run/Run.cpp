// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/Run.h"

#include <QDir>
#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

QString findingCode(ssh::ErrorCode code)
{
    switch (code) {
    case ssh::ErrorCode::BadInput:
    case ssh::ErrorCode::Config:
        return u"ssh-config"_s;
    case ssh::ErrorCode::HostKeyUnknown:
        return u"host-key-unknown"_s;
    case ssh::ErrorCode::HostKeyChanged:
        return u"host-key-changed"_s;
    case ssh::ErrorCode::HostKeyRevoked:
        return u"host-key-revoked"_s;
    case ssh::ErrorCode::Authentication:
        return u"login-refused"_s;
    case ssh::ErrorCode::Cancelled:
        return u"login-cancelled"_s;
    case ssh::ErrorCode::Negotiation:
        return u"ssh-negotiation"_s;
    default:
        return u"host-unreachable"_s;
    }
}

} // namespace

Run::Run(Plan plan, ssh::RemoteShell &shell, RunOptions options, QObject *parent)
    : QObject(parent)
    , m_plan(std::move(plan))
    , m_shell(shell)
    , m_options(std::move(options))
    , m_caller(shell)
    , m_known(m_plan.values)
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
    m_session.started = QDateTime::currentDateTimeUtc();
    if (!m_options.folder.isEmpty() && !QDir().mkpath(m_options.folder)) {
        addFinding({u"local-folder"_s, Severity::Error,
                    tr("The folder %1 for the run's logs cannot be created.").arg(m_options.folder),
                    tr("Check its permissions and the free space of the disk.")});
        conclude(RunState::Failed);
        return;
    }
    setState(RunState::Connecting);
    if (m_shell.state() == ssh::ConnectionState::Connected) {
        onOpened();
    } else {
        m_shell.open();
    }
}

void Run::onOpened()
{
    if (isFinal(m_state)) {
        return;
    }
    emit connectionNote({});
    m_attempt = 0;
    m_unreachable.invalidate();
    if (m_wasConnected) {
        resume();
        return;
    }
    m_wasConnected = true;
    setState(RunState::Checking);
    if (m_options.checksOnly) {
        nextStep();
        return;
    }
    m_retry = [this] {
        m_caller.call(m_shell.installJobHelper(), [this](const Reply &reply) {
            if (reply.lost() || isFinal(m_state)) {
                return;
            }
            if (!reply.ok()) {
                addFinding(
                    {u"server-home"_s, Severity::Error,
                     tr("The server does not let this program keep its job files: %1.")
                         .arg(reply.result ? reply.firstLine() : reply.result.error().detail),
                     tr("The home folder must be writable and have free space.")});
                conclude(RunState::CheckFailed);
                return;
            }
            nextStep();
        });
    };
    m_retry();
}

void Run::onOpenFailed(const ssh::Error &error)
{
    if (isFinal(m_state)) {
        return;
    }
    if (m_wasConnected) {
        if (ssh::isTransient(error)
            && (!m_unreachable.isValid()
                || m_unreachable.elapsed()
                    < std::chrono::milliseconds(m_options.giveUpAfter).count())) {
            scheduleReconnect(error.detail);
            return;
        }
        addFinding({findingCode(error.code), Severity::Error,
                    tr("The connection was lost and cannot be made again: %1").arg(error.detail),
                    tr("What was started goes on at the server; its outcome is not known here.")});
        conclude(RunState::Unknown);
        return;
    }
    addFinding({findingCode(error.code), Severity::Error, error.detail, {}});
    conclude(error.code == ssh::ErrorCode::Cancelled ? RunState::Cancelled : RunState::Refused);
}

void Run::onConnectionLost(const ssh::Error &error)
{
    if (isFinal(m_state) || !m_wasConnected) {
        return;
    }
    m_probing = false;
    m_gpuSampler.reset();
    m_metricsSampler.reset();
    if (!m_unreachable.isValid()) {
        m_unreachable.start();
    }
    addFinding(
        {u"connection-lost"_s, Severity::Info, tr("The connection was lost: %1").arg(error.detail),
         tr("The run goes on at the server; this program connects again and misses nothing.")});
    scheduleReconnect(error.detail);
}

void Run::scheduleReconnect(const QString &why)
{
    static constexpr std::array<int, 5> delays{1, 2, 5, 10, 30};
    const int seconds = delays.at(size_t(std::min<int>(m_attempt++, int(delays.size()) - 1)));
    setState(RunState::Unreachable);
    emit connectionNote(tr("Connection lost, the run continues on the server, next try in %1 s. %2")
                            .arg(seconds)
                            .arg(why));
    m_reconnect.start(seconds * 1000);
}

void Run::reconnectNow()
{
    m_reconnect.stop();
    if (m_wasConnected && !isFinal(m_state)
        && m_shell.state() == ssh::ConnectionState::Disconnected) {
        m_shell.open();
    }
}

void Run::resume()
{
    const Phase phase
        = m_index >= 0 && m_index < m_plan.steps.size() ? planned().step.phase : Phase::Preflight;
    setState(phase == Phase::Preflight  ? RunState::Checking
                 : phase == Phase::Main ? RunState::Running
                                        : RunState::TearingDown);
    startGpuSampler();
    startMetricsSampler();
    if (m_retry) {
        m_retry();
    }
}

void Run::stop(StopMode mode)
{
    if (isFinal(m_state)) {
        return;
    }
    if (mode == StopMode::Detach) {
        stopSamplers();
        if (!m_wasConnected) {
            m_shell.close();
        }
        conclude(m_wasConnected ? RunState::Detached : RunState::Cancelled);
        return;
    }
    m_options.keepRunning = mode == StopMode::LeaveRunning;
    if (!m_wasConnected || m_state == RunState::Checking || m_index < 0) {
        m_shell.close();
        conclude(RunState::Cancelled);
        return;
    }
    if (m_index >= m_plan.steps.size() || planned().step.phase == Phase::Teardown) {
        return; // under way
    }
    const PlannedStep &now = planned();
    m_stoppedEndless = now.step.kind == StepKind::Wait && now.endless;
    m_cancelled = !m_stoppedEndless;
    if (now.step.kind == StepKind::Command && m_jobs.contains(now.step.id)) {
        m_stoppingJob = true;
        m_timeout.stop();
        m_retry = [this, stepId = now.step.id] {
            askToStop(stepId, std::chrono::seconds(6), [this](const Reply &reply) {
                if (!reply.lost()) {
                    finishStep(StepOutcome::Cancelled, tr("stopped by you"));
                    beginTeardown();
                }
            });
        };
        m_retry();
        return;
    }
    finishStep(m_stoppedEndless ? StepOutcome::Done : StepOutcome::Cancelled, tr("stopped by you"));
    beginTeardown();
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
    if (isFinal(m_state)) {
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
    StepState &state = m_steps[m_index];
    state = {};
    state.outcome = StepOutcome::Running;
    state.started = QDateTime::currentDateTimeUtc();
    emit stepChanged(m_index);
    const Step &step = planned().step;
    ++m_turn;
    m_waitingForStart = false;
    m_stoppingJob = false;
    m_stopNote.reset();
    m_expectingSoon = false;
    m_timeout.stop();
    if (step.timeout.count() > 0 && step.kind != StepKind::Check && step.kind != StepKind::Stop) {
        m_timeout.start(step.timeout);
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
        m_retry = [] {};
        beginWait();
        return;
    case StepKind::Collect:
        m_retry = [this] { runCollect(); };
        break;
    case StepKind::Stop:
        m_retry = [this] { runStop(); };
        break;
    }
    m_retry();
}

void Run::finishStep(StepOutcome outcome, const QString &note, std::optional<int> exitCode)
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
    emit stepChanged(m_index);
}

void Run::failStep(const QString &note, std::optional<int> exitCode)
{
    m_failed = true;
    finishStep(StepOutcome::Failed, note, exitCode);
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
    if (m_state == RunState::Checking) {
        conclude(m_failed ? RunState::CheckFailed : RunState::Done);
        return;
    }
    // The logs are complete on this side: the jobs' folders on the server have served.
    for (auto &[id, job] : m_jobs) {
        if (job.ended) {
            m_caller.call(m_shell.removeJob(job.id), [](const Reply &) {});
        }
    }
    refreshResults();
    conclude(m_failed ? RunState::Failed : m_cancelled ? RunState::Cancelled : RunState::Done);
}

void Run::conclude(RunState state)
{
    if (isFinal(m_state)) {
        return;
    }
    ++m_turn;
    m_timeout.stop();
    m_probe.stop();
    m_stall.stop();
    m_reconnect.stop();
    m_refresh.stop();
    m_retry = {};
    m_session.ended = QDateTime::currentDateTimeUtc();
    m_session.state = runStateWord(state);
    setState(state);
    if (state == RunState::Detached) {
        m_shell.close(); // nobody reads the logs here any more; the server keeps them
    }
    emit finished(state);
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
    int count = 0;
    for (const auto &[id, job] : m_jobs) {
        count += job.redactor.count();
    }
    return count;
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
        emit findingAdded(finding);
    }
}

} // namespace proverdeck::models
