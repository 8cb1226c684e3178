// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Programs.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <set>

namespace proverdeck::demo {
namespace {

constexpr int Rounds = 250;
constexpr int RoundMs = 20;

pid_t parentOf(pid_t pid)
{
    const std::string stat = readFile(text("/proc/%d/stat", pid)).value_or(std::string());
    const auto end = stat.rfind(')');
    const Words words = split(end == std::string::npos ? std::string_view()
                                                       : std::string_view(stat).substr(end + 2),
                              ' ');
    return words.size() > 1 ? static_cast<pid_t>(number(words[1])) : 0;
}

std::string programOf(pid_t pid)
{
    std::array<char, 4096> path{};
    const ssize_t size = readlink(text("/proc/%d/exe", pid).c_str(), path.data(), path.size());
    return {path.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

bool isOurs(const State &state, pid_t pid, const std::string &mark)
{
    if (startsWith(programOf(pid), state.folder() + "/libexec/")) {
        return true;
    }
    const Words variables
        = split(readFile(text("/proc/%d/environ", pid)).value_or(std::string()), '\0');
    return contains(variables, mark);
}

/// Every living process that this demo host brought about: by the mark that each login gets, by the
/// program file, and the sshd processes above them.
std::set<pid_t> ownProcesses(const State &state)
{
    const std::string mark = "PROVERDECK_DEMO_ID=" + state.setting("id");
    const std::string server = state.setting("sshd");
    const pid_t listener = recordedPid(state.file("sshd.pid"));
    std::set<pid_t> found;
    std::error_code ignored;
    for (const auto &entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const auto pid = static_cast<pid_t>(number(entry.path().filename().string()));
        if (pid <= 0 || pid == getpid() || !isRunning(pid)) {
            continue;
        }
        if (isOurs(state, pid, mark)) {
            found.insert(pid);
            for (pid_t above = parentOf(pid); above > 1 && programOf(above) == server;
                 above = parentOf(above)) {
                found.insert(above);
            }
        } else if (listener != 0 && (pid == listener || parentOf(pid) == listener)) {
            found.insert(pid);
        }
    }
    return found;
}

} // namespace

int runWarden(const State &state, bool removesFolder)
{
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
        ::signal(signal, SIG_IGN);
    }
    // The other end of standard input is the demo host: it closes it, or it dies.
    std::array<char, 64> nothing{};
    ssize_t got = 1;
    while (got > 0 || (got < 0 && errno == EINTR)) {
        got = read(0, nothing.data(), nothing.size());
    }
    for (int round = 0; round < Rounds; ++round) {
        const std::set<pid_t> left = ownProcesses(state);
        if (left.empty()) {
            break;
        }
        for (const pid_t pid : left) {
            kill(pid, SIGKILL);
        }
        poll(nullptr, 0, RoundMs);
    }
    std::error_code ignored;
    if (removesFolder) {
        std::filesystem::remove_all(state.folder(), ignored);
    } else {
        std::filesystem::remove(state.file("sshd.pid"), ignored);
    }
    return 0;
}

} // namespace proverdeck::demo
