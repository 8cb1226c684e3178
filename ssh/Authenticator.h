// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/LoginRecord.h"
#include "ssh/PublicKeyLogin.h"

#include <QList>
#include <QStringList>

#include <functional>

namespace proverdeck::ssh {

/// The second half of a login: tries the methods that the server accepts in the order of the
/// configuration, and goes on with the next step where the server wants more than one. Blocks, so
/// it runs in the worker thread; no call waits for the server longer than 30 s.
class Authenticator
{
public:
    Authenticator(Transport &transport, const HostConfig &config,
                  std::function<void(const SecretQuestion &)> ask);

    /// The error names everything that was tried, why it failed, and what the server accepts.
    [[nodiscard]] Result<> run();

private:
    using Outcome = LoginRecord::Outcome;

    [[nodiscard]] std::optional<Outcome> askForMethods();
    [[nodiscard]] Outcome takeStep();
    [[nodiscard]] Outcome tryMethod(const QString &method);
    [[nodiscard]] Outcome tryPassword();
    [[nodiscard]] Outcome tryPrompts();
    [[nodiscard]] QList<QByteArray> answersTo(const PromptRound &round, bool isRetry);

    Transport &m_transport;
    const HostConfig &m_config;
    LoginRecord m_record;
    PublicKeyLogin m_keys;
    int m_rounds = 0; // of keyboard-interactive
    bool m_hasGivenUp = false; // the person, on keyboard-interactive
};

} // namespace proverdeck::ssh
