// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Handles.h"
#include "ssh/LoginControl.h"
#include "ssh/Result.h"

#include <QByteArray>
#include <QDeadlineTimer>
#include <QIODevice>

#include <chrono>
#include <functional>
#include <memory>

class QTcpSocket;

namespace proverdeck::ssh {

/// A libssh2 session whose bytes go through a QIODevice. Lives in the worker thread.
///
/// libssh2 never sees a full send buffer: the device takes everything, and who writes much asks
/// canWrite() first. So no call of libssh2 can leave a half-sent packet behind that would have to
/// be finished before any other call.
class Transport
{
public:
    /// A server's keyboard-interactive prompt; the answer, or nullopt to give up.
    using Prompt = std::function<std::optional<QString>(const QString &prompt, bool echo)>;

    Transport(std::unique_ptr<QIODevice> device, LoginControl &control);
    ~Transport();
    Q_DISABLE_COPY_MOVE(Transport)

    [[nodiscard]] LIBSSH2_SESSION *session() const { return m_session.get(); }
    [[nodiscard]] QIODevice &device() const { return *m_device; }
    [[nodiscard]] QTcpSocket *socket() const;

    /// Calls @p call until it returns something else than EAGAIN, waiting for bytes in between.
    /// LIBSSH2_ERROR_TIMEOUT after @p limit and when the login was aborted.
    int repeat(const std::function<int()> &call, std::chrono::milliseconds limit);
    /// Performs the key exchange.
    int handshake(std::chrono::milliseconds limit);

    /// libssh2's own words for the last failure, with its number.
    [[nodiscard]] QString errorText() const;
    /// What the server gave as its reason when it ended the connection; may be empty.
    [[nodiscard]] QString disconnectReason() const { return m_disconnectReason; }
    /// The first bytes that ever came, for what is not an SSH server.
    [[nodiscard]] QByteArray firstBytes() const { return m_firstBytes; }

    [[nodiscard]] bool canWrite() const;
    /// Says that our own code runs again. Some calls of libssh2 1.10 (a failing sftp_init, a packet
    /// cut off by the end of its channel) loop until bytes come; such a loop is seen by its many
    /// empty reads, then waits for bytes, and after ten seconds loses its connection.
    void noteProgress() { m_emptyReads = 0; }
    [[nodiscard]] quint64 received() const { return m_received; }
    /// From now on every read says end of stream and every write fails.
    void markClosed() { m_isClosed = true; }
    [[nodiscard]] bool isClosed() const { return m_isClosed; }
    [[nodiscard]] bool isDeviceOpen() const;
    /// Linux: acknowledges at once what arrives next; saves 40 ms when a channel opens.
    void acknowledgeQuickly() const;

    [[nodiscard]] LoginControl &control() const { return m_control; }
    Prompt onPrompt;

private:
    struct Callbacks; // the C functions that libssh2 calls

    void waitInsideCall();

    LoginControl &m_control;
    std::unique_ptr<QIODevice> m_device;
    SessionHandle m_session;
    quint64 m_received = 0;
    int m_emptyReads = 0; // since our own code ran
    QDeadlineTimer m_spinLimit;
    QByteArray m_firstBytes;
    QString m_disconnectReason;
    bool m_isClosed = false;
};

} // namespace proverdeck::ssh
