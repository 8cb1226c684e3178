// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Connector.h"
#include "ssh/HostConfig.h"
#include "ssh/HostTarget.h"
#include "ssh/RemoteShell.h"
#include "ssh/Transport.h"

#include <functional>
#include <memory>

namespace proverdeck::ssh {

/// Logs in to a host, and before that to each jump host on the way to it: every one with its own
/// configuration, host key and login. Blocks, so it runs in the worker thread;
/// LoginControl::abort() ends it.
class Dialer
{
public:
    /// Whom a login tells what; called in the worker thread.
    struct Talk
    {
        std::function<void(ConnectionState)> state;
        std::function<void(const HostKeyQuestion &)> hostKey;
        std::function<void(const SecretQuestion &)> secret;
    };

    Dialer(const HostTarget &target, LoginControl &control, Talk talk);

    /// A session with the target that is logged in; it holds the sessions with the jump hosts.
    [[nodiscard]] Result<std::unique_ptr<Transport>> run();
    /// Of the target; after run().
    [[nodiscard]] const HostConfig &config() const { return m_config; }

private:
    [[nodiscard]] Result<std::unique_ptr<Transport>> reach(const HostConfig &stop,
                                                           const LinkMaker &makeLink);
    [[nodiscard]] LinkMaker firstLink(const HostConfig &stop) const;
    [[nodiscard]] Error onTheWay(const HostConfig &stop, const Error &error) const;

    const HostTarget &m_target;
    LoginControl &m_control;
    Talk m_talk;
    HostConfig m_config;
};

} // namespace proverdeck::ssh
