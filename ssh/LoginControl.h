// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDeadlineTimer>
#include <QMutex>
#include <QString>
#include <QWaitCondition>

#include <atomic>
#include <optional>

namespace proverdeck::ssh {

/// What goes from the GUI thread to a worker that may be blocked in a login: the wish to stop, and
/// the answers to its questions. Every function may be called from both threads.
class LoginControl
{
public:
    /// Before a new login: forgets the wish to stop and late answers.
    void reset();
    void abort();
    [[nodiscard]] bool isAborted() const { return m_isAborted; }

    void answerHostKey(bool trust);
    void answerSecret(const std::optional<QString> &secret);

    /// Worker: call before asking, so that an answer to an older question does not count.
    void forgetAnswers();
    /// Worker: blocks until answered, aborted or @p deadline; no answer is a no.
    [[nodiscard]] bool waitHostKey(QDeadlineTimer deadline);
    [[nodiscard]] std::optional<QString> waitSecret(QDeadlineTimer deadline);

    /// Bytes of output that the worker has sent and the GUI thread has not yet taken.
    std::atomic<qint64> bytesInFlight{0};

private:
    QMutex m_mutex;
    QWaitCondition m_changed;
    std::atomic<bool> m_isAborted{false};
    std::optional<bool> m_hostKey;
    std::optional<std::optional<QString>> m_secret;
};

} // namespace proverdeck::ssh
