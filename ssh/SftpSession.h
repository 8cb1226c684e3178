// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Handles.h"
#include "ssh/Transport.h"

#include <QDeadlineTimer>

namespace proverdeck::ssh {

/// The SFTP subsystem of a logged-in session: started when a file needs it, used by one transfer
/// after the other, ended when idle. Worker thread.
class SftpSession
{
public:
    explicit SftpSession(Transport &transport);
    /// What libssh2 cannot free at once is freed with the session.
    ~SftpSession();
    Q_DISABLE_COPY_MOVE(SftpSession)

    /// False after the server refused it, or while it does not end: files then go another way.
    [[nodiscard]] bool isAvailable() const;
    /// Starting opens a channel, and a session can open only one at a time.
    [[nodiscard]] bool isOpening() const { return m_state == State::Starting && !m_hasChannel; }
    [[nodiscard]] bool isReady() const { return m_state == State::Ready; }
    [[nodiscard]] LIBSSH2_SFTP *handle() const { return m_sftp; }

    /// Starts it if it is off; @p mayOpen says that no other channel is being opened.
    void want(bool mayOpen);
    /// It is being used: it will not be idle for a while.
    void touch();
    /// Ends it, and so its channel.
    void stop();
    /// True if something moved.
    [[nodiscard]] bool step();
    /// When the next step is due even if nothing comes.
    [[nodiscard]] QDeadlineTimer deadline() const { return m_deadline; }

private:
    enum class State { Off, Starting, Ready, Stopping, Stuck };

    [[nodiscard]] bool start();

    Transport &m_transport;
    LIBSSH2_SFTP *m_sftp = nullptr; // freed step by step, so no unique_ptr
    State m_state = State::Off;
    QDeadlineTimer m_deadline{QDeadlineTimer::Forever};
    QDeadlineTimer m_refusedUntil; // expired
    bool m_hasChannel = false; // while starting
};

} // namespace proverdeck::ssh
