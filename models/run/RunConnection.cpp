// SPDX-License-Identifier: GPL-3.0-or-later
// The connection of a run, and the lease that says who drives it.
#include "models/run/Run.h"

#include <QRandomGenerator>

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

void Run::onOpened()
{
    if (isFinal(m_state)) {
        return;
    }
    emit connectionNote({});
    m_attempt = 0;
    m_unreachable.invalidate();
    m_wasConnected = true;
    if (m_ready) {
        resume();
        return;
    }
    if (!m_restored) {
        setState(RunState::Checking);
    }
    if (m_options.checksOnly) {
        m_ready = true;
        nextStep();
        return;
    }
    installHelper();
}

void Run::installHelper()
{
    m_caller.call(m_shell.installJobHelper(), [this](const Reply &reply) {
        if (reply.lost() || isFinal(m_state)) {
            return; // asked again after the reconnect
        }
        if (!reply.ok()) {
            addFinding({u"server-home"_s, Severity::Error,
                        tr("The server does not let this program keep its job files: %1.")
                            .arg(reply.why()),
                        tr("The home folder must be writable and have free space.")});
            conclude(m_restored ? RunState::Unknown : RunState::CheckFailed);
            return;
        }
        if (m_options.watch) {
            m_ready = true;
            setState(RunState::Running);
            m_retry = [this] { watchNow(); };
            startGpuSampler();
            watchNow();
        } else {
            takeLease();
        }
    });
}

void Run::takeLease()
{
    if (m_options.token.isEmpty()) {
        proceed();
        return;
    }
    const auto id = m_shell.takeLease(m_plan.workflow.id.toUtf8(), m_options.id.toUtf8(),
                                      m_options.token, m_options.holder, m_options.leaseLifetime);
    m_caller.call(id, [this](const Reply &reply) {
        if (!reply.lost() && !isFinal(m_state)) {
            onLease(reply);
        }
    });
}

void Run::onLease(const Reply &reply)
{
    const auto lease = reply.result ? ssh::parseLease(reply.out) : std::nullopt;
    if (!lease) {
        addFinding({u"no-lease"_s, Severity::Warning,
                    tr("The server could not note who drives this run: %1.").arg(reply.why()),
                    tr("Make sure that nobody else starts a benchmark there meanwhile.")});
        proceed();
        return;
    }
    if (lease->state == ssh::Lease::State::Mine) {
        m_holdsLease = true;
        m_lease.start(m_options.leaseLifetime / 4);
        noteBoot(*lease);
        if (!lease->previousRun.isEmpty() && lease->previousRun != m_options.id.toUtf8()) {
            addFinding({u"unfinished-run"_s, Severity::Warning,
                        tr("Run %1 on this server was never brought to its end: its program is "
                           "gone, and its services may still be there.")
                            .arg(QString::fromUtf8(lease->previousRun)),
                        tr("If a port is taken, attach to that run and stop it first.")});
        }
        proceed();
        return;
    }
    const QString since = lease->takenSecs
        ? QDateTime::fromSecsSinceEpoch(*lease->takenSecs).toString(u"yyyy-MM-dd hh:mm"_s)
        : tr("an unknown time");
    addFinding({u"server-in-use"_s, Severity::Error,
                tr("%1 drives run %2 on this server since %3; two at once would spoil both.")
                    .arg(lease->holder, QString::fromUtf8(lease->runId), since),
                tr("Watch that run (File › Watch a run of somebody else, or proverdeck attach %1 "
                   "--watch), wait for its end, or use another server.")
                    .arg(QString::fromUtf8(lease->runId))});
    conclude(m_restored ? RunState::Unknown : RunState::CheckFailed);
}

/// Until its first job begins, a run does not care for reboots.
void Run::noteBoot(const ssh::Lease &lease)
{
    if (lease.bootId.isEmpty()) {
        return;
    }
    m_bootNow = lease.bootId;
    m_bootedSecs = lease.bootedSecs;
    if (m_boot.isEmpty() || m_jobs.empty()) {
        m_boot = m_bootNow;
    }
}

void Run::renewLease(const std::function<void()> &then)
{
    if (m_shell.state() != ssh::ConnectionState::Connected || isFinal(m_state)) {
        return;
    }
    const auto id = m_shell.takeLease(m_plan.workflow.id.toUtf8(), m_options.id.toUtf8(),
                                      m_options.token, m_options.holder, m_options.leaseLifetime);
    m_caller.call(id, [this, then](const Reply &reply) {
        const auto lease = reply.result ? ssh::parseLease(reply.out) : std::nullopt;
        if (isFinal(m_state) || reply.lost()) {
            return;
        }
        if (!lease || lease->state != ssh::Lease::State::Held) {
            if (lease && lease->state == ssh::Lease::State::Mine) {
                noteBoot(*lease);
            }
            if (then) {
                then();
            }
            return;
        }
        m_holdsLease = false;
        addFinding({u"taken-over"_s, Severity::Error,
                    tr("%1 has taken this server over for run %2 while it could not be reached "
                       "from here.")
                        .arg(lease->holder, QString::fromUtf8(lease->runId)),
                    tr("This program no longer touches the server. Talk to that person before "
                       "you attach again.")});
        conclude(RunState::Unknown);
    });
}

/// Helper and lease are there: the steps may begin, or go on.
void Run::proceed()
{
    m_ready = true;
    if (m_restored) {
        continueRun();
        return;
    }
    if (!m_options.token.isEmpty()) {
        // So that others can see what runs here; nothing waits for it.
        const QByteArray plan = QJsonDocument(blueprintOf(m_plan)).toJson(QJsonDocument::Compact);
        m_caller.call(m_shell.writeNote(m_options.id.toUtf8(), plan), [](const Reply &) {});
    }
    nextStep();
}

void Run::onOpenFailed(const ssh::Error &error)
{
    if (isFinal(m_state)) {
        return;
    }
    if (!m_wasConnected && !m_restored) {
        addFinding({findingCode(error.code), Severity::Error, error.detail, {}});
        conclude(error.code == ssh::ErrorCode::Cancelled ? RunState::Cancelled : RunState::Refused);
        return;
    }
    if (!m_unreachable.isValid()) {
        m_unreachable.start();
    }
    // Cut in the middle, a handshake looks as if there were no common algorithm.
    // Here the server is one that a program of this run has talked with already.
    const bool mayPass = ssh::isTransient(error) || error.code == ssh::ErrorCode::Negotiation;
    if (mayPass
        && m_unreachable.elapsed() < std::chrono::milliseconds(m_options.giveUpAfter).count()) {
        scheduleReconnect(error.detail);
        return;
    }
    addFinding({findingCode(error.code), Severity::Error,
                m_wasConnected
                    ? tr("The connection was lost and cannot be made again: %1").arg(error.detail)
                    : tr("The server cannot be reached: %1").arg(error.detail),
                tr("What was started goes on at the server; its outcome is not known here. Attach "
                   "to the run again (proverdeck attach %1) when the server can be reached.")
                    .arg(m_options.id)});
    conclude(RunState::Unknown);
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
    // Many panels that lost the same server do not all come back at the same moment.
    const int jitter = QRandomGenerator::global()->bounded(seconds * 200);
    m_lossReason = why;
    setState(RunState::Unreachable);
    m_reconnect.start(seconds * 1000 + jitter);
    emit connectionNote(tr("Connection lost, the run continues on the server, next try in %1 s. %2")
                            .arg(seconds)
                            .arg(why));
}

std::optional<std::chrono::seconds> Run::nextTry() const
{
    return m_reconnect.isActive()
        ? std::optional(std::chrono::seconds((m_reconnect.remainingTime() + 999) / 1000))
        : std::nullopt;
}

void Run::reconnectNow()
{
    m_reconnect.stop();
    if ((m_wasConnected || m_restored) && !isFinal(m_state)
        && m_shell.state() == ssh::ConnectionState::Disconnected) {
        m_shell.open();
    }
}

void Run::resume()
{
    const Phase phase
        = m_index >= 0 && m_index < m_plan.steps.size() ? planned().step.phase : Phase::Preflight;
    setState(m_options.watch                             ? RunState::Running
                 : m_closing || phase == Phase::Teardown ? RunState::TearingDown
                 : phase == Phase::Main                  ? RunState::Running
                                                         : RunState::Checking);
    const auto goOn = [this] {
        startGpuSampler();
        startMetricsSampler();
        if (!endedByReboot() && m_retry) {
            m_retry();
        }
    };
    if (m_holdsLease) {
        renewLease(goOn);
    } else {
        goOn();
    }
}

} // namespace proverdeck::models
