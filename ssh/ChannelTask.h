// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Handles.h"
#include "ssh/MarkerFilter.h"
#include "ssh/RemoteShell.h"
#include "ssh/Transport.h"

#include <QByteArray>
#include <QDeadlineTimer>

#include <array>
#include <functional>

namespace proverdeck::ssh {

/// One command on a channel of its own, from opening the channel to freeing it. Worker thread.
///
/// step() makes whatever calls are possible now. ended() comes exactly once; after cancel() the
/// task goes on silently until the channel is gone, because libssh2 must finish what it began.
class ChannelTask
{
public:
    struct Listener
    {
        std::function<void(Stream, QByteArrayView)> data;
        std::function<void(quint64)> written; ///< bytes of the input that the channel took so far
        std::function<void(const Result<ExitStatus> &)> ended;
    };

    /// Without a line it only opens a channel and frees it: a sign of life that reads the link.
    ChannelTask(Transport &transport, Command command, Listener listener);
    /// What libssh2 cannot free at once is freed with the session.
    ~ChannelTask();
    Q_DISABLE_COPY_MOVE(ChannelTask)

    /// Whether the next step would open the channel; a session can open only one at a time.
    [[nodiscard]] bool isOpening() const { return m_phase == Phase::Opening; }
    [[nodiscard]] bool isGone() const { return m_phase == Phase::Gone; }
    [[nodiscard]] bool hasEnded() const { return m_hasEnded; }
    /// The server had no free channel.
    [[nodiscard]] bool hasFailedToOpen() const { return m_openFailures > 0; }
    /// After that: when to try again.
    [[nodiscard]] QDeadlineTimer retryAt() const { return m_retryAt; }

    /// True if something moved. With @p mayRead false output stays in the channel's window.
    [[nodiscard]] bool step(bool mayRead);
    /// Ends the command with @p error, and then the channel.
    void cancel(const Error &error);

private:
    enum class Phase { Opening, Starting, Running, Closing, Freeing, Gone };

    [[nodiscard]] bool isLinkGone(int code) const;
    [[nodiscard]] bool open();
    [[nodiscard]] bool start();
    [[nodiscard]] bool transfer(bool mayRead);
    [[nodiscard]] bool writeInput();
    [[nodiscard]] bool readStream(Stream stream, int streamId);
    [[nodiscard]] bool checkEnd();
    [[nodiscard]] bool closeChannel();
    [[nodiscard]] bool freeChannel();
    void deliver(Stream stream, QByteArrayView bytes);
    void deliverDropped();
    void end(const Result<ExitStatus> &result);
    [[nodiscard]] ExitStatus exitStatus() const;

    Transport &m_transport;
    Command m_command;
    Listener m_listener;
    std::array<MarkerFilter, 2> m_filters; // by Stream
    LIBSSH2_CHANNEL *m_channel = nullptr; // freed step by step, so no unique_ptr
    Phase m_phase = Phase::Opening;
    qsizetype m_written = 0;
    bool m_isInputDone = false;
    bool m_hasEnded = false;
    bool m_isOpenPending = false; // libssh2 waits for the answer to our request
    int m_openFailures = 0;
    QDeadlineTimer m_retryAt;
};

} // namespace proverdeck::ssh
