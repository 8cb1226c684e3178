// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/HostConfig.h"
#include "ssh/KeyFile.h"
#include "ssh/RemoteShell.h"
#include "ssh/Transport.h"

#include <QList>
#include <QStringList>

#include <functional>

namespace proverdeck::ssh {

/// The second half of a login: tries keys of the agent, key files, password and prompts, in the
/// order of the configuration. Blocks, so it runs in the worker thread.
class Authenticator
{
public:
    Authenticator(Transport &transport, const HostConfig &config,
                  std::function<void(const SecretQuestion &)> ask);

    /// The error names everything that was tried, why it failed, and what the server accepts.
    [[nodiscard]] Result<> run();

private:
    enum class Outcome { LoggedIn, Refused, Dead };

    [[nodiscard]] Outcome tryMethod(const QString &method);
    [[nodiscard]] Outcome tryPublicKeys();
    [[nodiscard]] Outcome tryAgent();
    [[nodiscard]] Outcome tryAgentKeys(LIBSSH2_AGENT *agent);
    [[nodiscard]] Outcome tryAgentKey(LIBSSH2_AGENT *agent, libssh2_agent_publickey *key);
    [[nodiscard]] Outcome tryKeyFile(const QString &path);
    [[nodiscard]] Outcome tryKeyFileWith(const QString &path, const KeyHeader &header);
    [[nodiscard]] Outcome tryPassword();
    [[nodiscard]] Outcome tryPrompts();
    /// What a libssh2 code means; notes a refusal or failure under @p name.
    [[nodiscard]] Outcome judge(int code, const QString &name);
    [[nodiscard]] Result<> finish(Outcome outcome) const;
    [[nodiscard]] Error failure() const;
    [[nodiscard]] std::optional<QString> ask(SecretQuestion question);
    [[nodiscard]] QString account() const;
    void note(const QString &name, const QString &why);

    Transport &m_transport;
    const HostConfig &m_config;
    std::function<void(const SecretQuestion &)> m_ask;
    QByteArray m_user;
    QStringList m_methods; // what the server accepts
    QStringList m_tried;
    QList<QByteArray> m_refusedBlobs; // keys that need not be tried a second time
    bool m_hasGivenUp = false;
};

} // namespace proverdeck::ssh
