// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Power.h"
#include "app/demo/tool/Programs.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

namespace proverdeck::demo {
namespace {

constexpr int LookEveryMs = 50;

/// The other end of standard input is the demo host: it closes it, or it dies.
bool isWanted()
{
    pollfd input{0, POLLIN, 0};
    if (poll(&input, 1, LookEveryMs) <= 0) {
        return true;
    }
    std::array<char, 64> nothing{};
    const ssize_t got = read(0, nothing.data(), nothing.size());
    return got > 0 || (got < 0 && errno == EINTR);
}

/// Calls @p action if somebody has put a file @p name into the state folder.
template<typename Action> void onRequest(const State &state, const char *name, Action action)
{
    const std::string path = state.file(name);
    if (exists(path)) {
        action(state);
        unlink(path.c_str());
    }
}

void cutPowerAndTell(const State &state)
{
    cutPower(state);
    out("off");
}

} // namespace

int runWarden(const State &state, bool removesFolder)
{
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
        ::signal(signal, SIG_IGN);
    }
    while (isWanted()) {
        onRequest(state, "cut-connections", cutConnections);
        onRequest(state, "cut-power", cutPowerAndTell);
        if (isRebootDue(state)) {
            cutPowerAndTell(state);
        }
    }
    killOwnProcesses(state);
    std::error_code ignored;
    if (removesFolder) {
        std::filesystem::remove_all(state.folder(), ignored);
    } else {
        std::filesystem::remove(state.file("sshd.pid"), ignored);
    }
    return 0;
}

} // namespace proverdeck::demo
