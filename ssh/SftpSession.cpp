// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/SftpSession.h"

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto kStartTime = 10s;
constexpr auto kStopTime = 10s;
constexpr auto kIdleTime = 60s;
constexpr auto kRefusedTime = 60s;

} // namespace

SftpSession::SftpSession(Transport &transport)
    : m_transport(transport)
{
}

SftpSession::~SftpSession()
{
    if (m_sftp != nullptr) {
        libssh2_sftp_shutdown(m_sftp);
    }
}

bool SftpSession::isAvailable() const
{
    return m_state != State::Stuck && (m_state != State::Off || m_refusedUntil.hasExpired());
}

void SftpSession::want(bool mayOpen)
{
    if (m_state == State::Off && mayOpen && isAvailable()) {
        m_state = State::Starting;
        m_hasChannel = false;
        m_deadline = QDeadlineTimer(kStartTime);
    }
}

void SftpSession::touch()
{
    if (m_state == State::Ready) {
        m_deadline = QDeadlineTimer(kIdleTime);
    }
}

void SftpSession::stop()
{
    if (m_state == State::Ready) {
        m_state = State::Stopping;
        m_deadline = QDeadlineTimer(kStopTime);
    }
}

bool SftpSession::step()
{
    switch (m_state) {
    case State::Starting:
        return start();
    case State::Ready:
        if (m_deadline.hasExpired()) {
            stop();
            return true;
        }
        return false;
    case State::Stopping:
        if (libssh2_sftp_shutdown(m_sftp) != LIBSSH2_ERROR_EAGAIN) {
            m_sftp = nullptr;
            m_state = State::Off;
        } else if (m_deadline.hasExpired()) {
            m_state = State::Stuck; // goes with the session
        } else {
            return false;
        }
        m_deadline = QDeadlineTimer::Forever;
        return true;
    case State::Off:
    case State::Stuck:
        break;
    }
    return false;
}

bool SftpSession::start()
{
    m_sftp = libssh2_sftp_init(m_transport.session());
    if (m_sftp != nullptr) {
        m_state = State::Ready;
        touch();
        return true;
    }
    if (libssh2_session_last_errno(m_transport.session()) != LIBSSH2_ERROR_EAGAIN) {
        m_state = State::Off;
        m_refusedUntil = QDeadlineTimer(kRefusedTime); // it may have lacked a channel only
    } else if (m_deadline.hasExpired()) {
        m_state = State::Stuck; // a start that libssh2 began cannot be taken back
    } else {
        // Only its words tell how far it is; with other words other channels wait a little longer.
        const QString text = m_transport.errorText();
        m_hasChannel
            = text.startsWith(u"Would block"_s) && !text.contains(u"starting up channel"_s);
        return false;
    }
    m_deadline = QDeadlineTimer::Forever;
    return true;
}

} // namespace proverdeck::ssh
