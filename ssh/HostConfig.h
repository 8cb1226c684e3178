// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/ConfiguredHosts.h"
#include "ssh/HostAddress.h"
#include "ssh/Result.h"

#include <QByteArray>
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
    std::optional<QString> agentSocket; ///< nullopt: no agent
    bool identitiesOnly = false;
    QStringList userKnownHostsFiles;
    QStringList globalKnownHostsFiles;
    QString hostKeyAlias;
    bool hashKnownHosts = false;
    std::optional<std::chrono::seconds> connectTimeout;
    std::chrono::seconds serverAliveInterval{0}; ///< zero: not set
    QString proxyJump;
    QString proxyCommand;
    QStringList preferredAuthentications;
    QString strictHostKeyChecking;
    bool operator==(const HostConfig &) const = default;
};

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
