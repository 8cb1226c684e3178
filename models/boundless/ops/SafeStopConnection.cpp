// SPDX-License-Identifier: GPL-3.0-or-later
// The connection of a safe stop, the lease that says who drives it, and its end.
#include "models/boundless/ops/SafeStop.h"

#include <array>

using namespace std::chrono_literals;

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr auto LeaseLifetime = 180s;
constexpr auto DropAnswer = 5s;
constexpr std::array<int, 5> ReconnectSeconds{1, 2, 5, 10, 30};
const QByteArray LeaseSlot = QByteArrayLiteral("boundless-stop");

} // namespace

void SafeStop::conclude(StopState state, const QString &problem)
{
    if (isFinal(m_state)) {
        return;
    }
    m_problem = problem;
    m_poll.stop();
    m_reconnect.stop();
    m_follower.reset();
    // What could not be concluded stays open in the journal: another program goes on with it.
    if (state != StopState::Failed) {
        [[maybe_unused]] const bool isNoted
            = note(u"finish"_s, {{u"state"_s, stopStateWord(state)}});
    }
    setState(state);
    const bool hasLease = m_isReady && !m_options.token.isEmpty()
        && m_shell.state() == ssh::ConnectionState::Connected;
    if (!hasLease) {
        tellFinished();
        return;
    }
    // Who has it would have to be waited for by the next one; but not for ever.
    m_caller.call(m_shell.dropLease(LeaseSlot, m_options.token),
                  [this](const Reply & /*reply*/) { tellFinished(); });
    QTimer::singleShot(DropAnswer, this, &SafeStop::tellFinished);
}

void SafeStop::tellFinished()
{
    if (!std::exchange(m_hasFinished, true)) {
        emit finished(m_state);
    }
}

// ------------------------------------------------------------------------------

void SafeStop::start()
{
    setState(StopState::Connecting);
    if (!m_past.isBegun
        && !note(u"stop"_s,
                 {{u"host"_s, m_shell.hostName()},
                  {u"dir"_s, m_options.dir},
                  {u"account"_s, m_options.account},
                  {u"token"_s, QString::fromLatin1(m_options.token)}})) {
        return;
    }
    if (m_options.token.isEmpty()) {
        m_options.token = m_past.token;
    }
    m_evidence.account = m_options.account.isEmpty() ? m_past.account : m_options.account;
    if (m_shell.state() == ssh::ConnectionState::Connected) {
        onOpened();
    } else if (m_shell.state() == ssh::ConnectionState::Disconnected) {
        m_shell.open();
    }
}

void SafeStop::onOpened()
{
    if (isFinal(m_state) || m_state == StopState::Idle) {
        return;
    }
    m_attempt = 0;
    emit connectionNote({});
    if (!m_isReady) {
        install();
    } else if (m_step) {
        m_step();
    }
}

void SafeStop::onOpenFailed(const ssh::Error &error)
{
    if (isFinal(m_state) || m_state == StopState::Idle) {
        return;
    }
    emit connectionNote(error.detail);
    if (ssh::isTransient(error) && (m_isReady || m_past.isBegun)) {
        reconnectLater();
    } else if (m_past.before || m_isReady) {
        conclude(StopState::Failed,
                 tr("%1 The broker's limit may still be 0: start the safe stop again to go on.")
                     .arg(error.detail));
    } else {
        conclude(StopState::Refused, error.detail);
    }
}

void SafeStop::onLost(const ssh::Error &error)
{
    if (!isFinal(m_state) && m_state != StopState::Idle) {
        m_poll.stop();
        emit connectionNote(error.detail);
        reconnectLater();
    }
}

void SafeStop::reconnectLater()
{
    const auto last = ReconnectSeconds.size() - 1;
    const auto index = std::min<std::size_t>(std::size_t(m_attempt++), last);
    m_reconnect.start(std::chrono::seconds(ReconnectSeconds.at(index)));
}

void SafeStop::install()
{
    ask(m_shell.installJobHelper(), [this](const Reply &reply) {
        if (!reply.ok()) {
            conclude(m_past.before ? StopState::Failed : StopState::Refused,
                     tr("The server does not let this program keep its job files: %1.")
                         .arg(reply.result ? reply.firstLine() : reply.result.error().detail));
        } else {
            takeLease();
        }
    });
}

void SafeStop::takeLease()
{
    if (m_options.token.isEmpty()) {
        m_isReady = true;
        step([this] { look(); });
        return;
    }
    const auto id = m_shell.takeLease(LeaseSlot, m_options.id.toLatin1(), m_options.token,
                                      m_options.holder, LeaseLifetime);
    ask(id, [this](const Reply &reply) {
        const auto lease = reply.result ? ssh::parseLease(reply.out) : std::nullopt;
        if (lease && lease->state == ssh::Lease::State::Held) {
            conclude(
                m_past.before ? StopState::Failed : StopState::Refused,
                tr("%1 is stopping the broker on this server at this moment.").arg(lease->holder));
        } else if (m_isReady) {
            poll();
        } else {
            m_isReady = true;
            step([this] { look(); });
        }
    });
}

} // namespace proverdeck::models::boundless
