// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/HostConfig.h"
#include "ssh/RemoteShell.h"
#include "ssh/Transport.h"

#include <QStringList>

#include <functional>
#include <optional>

namespace proverdeck::ssh {

/// What all methods of one login share: the session, the questions to the person, and the record of
/// what was tried. Worker thread.
class LoginRecord
{
public:
    enum class Outcome {
        LoggedIn,
        Partial, ///< accepted, and the server wants another step
        Refused,
        Dead, ///< nothing more can be tried on this session
    };

    LoginRecord(Transport &transport, const HostConfig &config,
                std::function<void(const SecretQuestion &)> ask);

    [[nodiscard]] Transport &transport() const { return m_transport; }
    [[nodiscard]] const HostConfig &config() const { return m_config; }
    [[nodiscard]] const QByteArray &user() const { return m_user; }

    /// What the server accepts as the next step.
    [[nodiscard]] const QStringList &methods() const { return m_methods; }
    void setMethods(const QStringList &methods) { m_methods = methods; }

    /// Asks a person and waits; the account is filled in.
    [[nodiscard]] std::optional<QString> ask(SecretQuestion question);
    void note(const QString &name, const QString &why);
    /// Notes why nothing more can be tried, as a sentence.
    void giveUp(const QString &sentence) { m_lastWord = sentence; }
    /// Keeps what the server says to the person without asking for anything.
    void addServerWords(const QString &words);

    /// Calls libssh2 until it has an answer; the server gets 30 s for each.
    [[nodiscard]] int call(const std::function<int()> &function);
    /// What a libssh2 code means; notes a refusal or failure under @p name.
    [[nodiscard]] Outcome judge(int code, const QString &name);

    /// Names everything that was tried, why it failed, and what the server accepts. A connection
    /// that ended for no stated reason may be tried again: ConnectionLost or Timeout.
    [[nodiscard]] Error failure() const;

private:
    Transport &m_transport;
    const HostConfig &m_config;
    std::function<void(const SecretQuestion &)> m_ask;
    QByteArray m_user;
    QStringList m_methods;
    QStringList m_tried;
    QStringList m_accepted; // steps of a login with more than one
    int m_refusals = 0; // of keys and answers, by the server
    bool m_isSilent = false; ///< the server did not answer in time
    QString m_lastWord;
    QString m_serverWords;
};

} // namespace proverdeck::ssh
