// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/ConfiguredHosts.h"
#include "ssh/HostAddress.h"
#include "ssh/Result.h"

#include <QByteArray>
#include <QHash>
#include <QStringList>

#include <chrono>
#include <functional>
#include <optional>

namespace proverdeck::ssh {

/// What ssh itself would use to reach a host: the answer of "ssh -G", with paths expanded.
struct HostConfig
{
    QString typedHost; ///< the alias or host that ssh -G was asked for
    QString hostName;
    QString user;
    quint16 port = 22;
    QStringList identityFiles; ///< absolute paths; they need not exist
    QStringList certificateFiles; ///< only those that the configuration names
    std::optional<QString> agentSocket; ///< nullopt: no agent
    bool identitiesOnly = false;
    QStringList userKnownHostsFiles;
    QStringList globalKnownHostsFiles;
    QString revokedHostKeys; ///< a file; empty: none
    QString hostKeyAlias;
    bool hashKnownHosts = false;
    std::optional<std::chrono::seconds> connectTimeout;
    std::chrono::seconds serverAliveInterval{0}; ///< zero: not set
    int serverAliveCountMax = 3;
    QString addressFamily; ///< "any", "inet" or "inet6"
    QString proxyJump; ///< with its tokens, see jumpList()
    QString proxyCommand; ///< with its tokens
    bool proxyUseFdpass = false;
    QStringList preferredAuthentications; ///< without the methods that are switched off
    QString strictHostKeyChecking;
    bool operator==(const HostConfig &) const = default;

    /// "host:port" or "[address]:port".
    [[nodiscard]] QString place() const;
    /// "user@host", for questions.
    [[nodiscard]] QString account() const { return user + u'@' + hostName; }
};

/// The tokens of ProxyJump and ProxyCommand and what they stand for.
[[nodiscard]] QHash<QChar, QString> proxyTokens(const HostConfig &config);

/// The machines that ProxyJump names, the first to be reached first; empty without ProxyJump.
[[nodiscard]] Result<QList<HostAddress>> jumpList(const HostConfig &config);

/// Reads the output of "ssh -G". @p environment looks up a variable (SSH_AUTH_SOCK, or one that
/// IdentityAgent names); @p home replaces "~" and "%d".
[[nodiscard]] Result<HostConfig>
parseHostConfig(const QByteArray &output, const QString &typedHost, const QString &home,
                const std::function<QString(const QString &)> &environment);

/// The arguments of the ssh program for that question; @p configFile as for ssh -F, may be empty.
[[nodiscard]] QStringList hostConfigArguments(const HostAddress &address,
                                              const QString &configFile);

/// Runs "ssh -G" and reads its answer. Blocks for up to 5 s, so for worker threads only; ends early
/// with ErrorCode::Cancelled once @p isAborted says so.
[[nodiscard]] Result<HostConfig> lookUpHostConfig(const HostAddress &address,
                                                  const QString &configFile,
                                                  const std::function<bool()> &isAborted);

} // namespace proverdeck::ssh
