// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Handles.h"
#include "ssh/Link.h"
#include "ssh/LoginControl.h"
#include "ssh/Result.h"

#include <QByteArray>
#include <QDeadlineTimer>
#include <QList>
#include <QStringList>

#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <optional>

namespace proverdeck::ssh {

/// What a server answered when it did not let somebody in.
struct AuthRefusal
{
    QStringList methods; ///< with which it can go on
    bool isPartial = false; ///< the step was accepted, and another one is needed
    bool operator==(const AuthRefusal &) const = default;
};

/// One round of questions of the method keyboard-interactive; fit for people.
struct PromptRound
{
    struct Prompt
    {
        QString text;
        bool echo = false;
        bool operator==(const Prompt &) const = default;
    };
    QString heading; ///< may be all there is: a server may say something without a question
    QList<Prompt> prompts;
    bool operator==(const PromptRound &) const = default;
};

/// A libssh2 session whose bytes go through a Link. Lives in the worker thread.
///
/// libssh2 never sees a full send buffer: the link takes everything, and who writes much asks
/// canWrite() first. So no call of libssh2 can leave a half-sent packet behind that would have to
/// be finished before any other call.
class Transport
{
public:
    Transport(std::unique_ptr<Link> link, LoginControl &control);
    ~Transport();
    Q_DISABLE_COPY_MOVE(Transport)

    [[nodiscard]] LIBSSH2_SESSION *session() const { return m_session.get(); }
    [[nodiscard]] Link &link() const { return *m_link; }

    /// Calls @p call until it returns something else than EAGAIN, waiting for bytes in between.
    /// LIBSSH2_ERROR_TIMEOUT after @p limit and when the login was aborted.
    int repeat(const std::function<int()> &call, std::chrono::milliseconds limit);
    /// Gives the call in repeat() its whole time again, because a person has taken some of it.
    void restartLimit() { m_deadline = QDeadlineTimer(m_limit); }
    /// Performs the key exchange. A server that says far more than that takes is cut off, because
    /// libssh2 keeps every packet that it does not expect.
    int handshake(std::chrono::milliseconds limit);
    /// It was cut off for that.
    [[nodiscard]] bool hasSaidTooMuch() const { return m_hasSaidTooMuch; }

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
    /// While such a call waits, no other call may be made on the session.
    [[nodiscard]] bool isInsideCall() const { return m_isInsideCall; }
    [[nodiscard]] quint64 received() const { return m_received; }
    /// From now on every read says end of stream and every write fails.
    void markClosed() { m_isClosed = true; }
    [[nodiscard]] bool isClosed() const { return m_isClosed; }
    [[nodiscard]] bool isOpen() const { return !m_isClosed && m_link->isOpen(); }
    /// Whether a failure of libssh2 with this @p code says something of the way to the server only:
    /// the link itself reports its end a moment later.
    [[nodiscard]] static bool isLinkFailure(std::ptrdiff_t code);
    /// The server sent so much that nobody asked for that the session was closed.
    [[nodiscard]] bool isFlooded() const { return m_isFlooded; }

    /// Watches for refusals of a login from now on; libssh2 itself keeps their content to itself.
    void watchRefusals(bool isOn) { m_watchesRefusals = isOn; }
    /// The last refusal since this was asked; nullopt if there was none, or it was not seen.
    [[nodiscard]] std::optional<AuthRefusal> takeRefusal();

    [[nodiscard]] LoginControl &control() const { return m_control; }
    /// Gets a server's questions and gives as many answers; called from inside libssh2.
    std::function<QList<QByteArray>(const PromptRound &)> onPrompts;

private:
    struct Callbacks; // the C functions that libssh2 calls

    void waitInsideCall();

    LoginControl &m_control;
    std::unique_ptr<Link> m_link;
    SessionHandle m_session;
    std::chrono::milliseconds m_limit{0}; // of the call in repeat()
    QDeadlineTimer m_deadline;
    quint64 m_received = 0;
    quint64 m_mayReceive = std::numeric_limits<quint64>::max();
    bool m_hasSaidTooMuch = false;
    int m_emptyReads = 0; // since our own code ran
    QDeadlineTimer m_spinLimit;
    QByteArray m_firstBytes;
    QString m_disconnectReason;
    std::optional<AuthRefusal> m_refusal;
    qint64 m_memory = 0; // bytes that libssh2 holds
    bool m_isFlooded = false;
    bool m_watchesRefusals = false;
    bool m_isInsideCall = false;
    bool m_isClosed = false;
};

/// Reads the packet by which a server refuses a login (RFC 4252, 5.1); nullopt for anything else.
[[nodiscard]] std::optional<AuthRefusal> parseAuthRefusal(QByteArrayView packet);

} // namespace proverdeck::ssh
