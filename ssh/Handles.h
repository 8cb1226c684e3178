// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libssh2.h>
#include <libssh2_sftp.h>

#include <memory>

namespace proverdeck::ssh {

struct SessionDeleter
{
    void operator()(LIBSSH2_SESSION *session) const { libssh2_session_free(session); }
};

struct AgentDeleter
{
    void operator()(LIBSSH2_AGENT *agent) const
    {
        libssh2_agent_disconnect(agent);
        libssh2_agent_free(agent);
    }
};

using SessionHandle = std::unique_ptr<LIBSSH2_SESSION, SessionDeleter>;
using AgentHandle = std::unique_ptr<LIBSSH2_AGENT, AgentDeleter>;

} // namespace proverdeck::ssh
