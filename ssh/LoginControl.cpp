// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/LoginControl.h"

#include <utility>

namespace proverdeck::ssh {

void LoginControl::reset()
{
    forgetAnswers();
    m_isAborted = false;
}

void LoginControl::abort()
{
    const QMutexLocker lock(&m_mutex);
    m_isAborted = true;
    m_changed.wakeAll();
}

void LoginControl::answerHostKey(bool trust)
{
    const QMutexLocker lock(&m_mutex);
    m_hostKey = trust;
    m_changed.wakeAll();
}

void LoginControl::answerSecret(const std::optional<QString> &secret)
{
    const QMutexLocker lock(&m_mutex);
    m_secret = secret;
    m_changed.wakeAll();
}

void LoginControl::forgetAnswers()
{
    const QMutexLocker lock(&m_mutex);
    m_hostKey.reset();
    m_secret.reset();
}

bool LoginControl::waitHostKey(QDeadlineTimer deadline)
{
    QMutexLocker lock(&m_mutex);
    while (!m_hostKey && !m_isAborted && m_changed.wait(&m_mutex, deadline)) { }
    return std::exchange(m_hostKey, std::nullopt).value_or(false) && !m_isAborted;
}

std::optional<QString> LoginControl::waitSecret(QDeadlineTimer deadline)
{
    QMutexLocker lock(&m_mutex);
    while (!m_secret && !m_isAborted && m_changed.wait(&m_mutex, deadline)) { }
    std::optional<std::optional<QString>> answer = std::exchange(m_secret, std::nullopt);
    return m_isAborted || !answer ? std::nullopt : *answer;
}

} // namespace proverdeck::ssh
