// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Power.h"

#include "app/demo/tool/Programs.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <filesystem>

namespace proverdeck::demo {
namespace {

constexpr int Rounds = 250;
constexpr int RoundMs = 20;
constexpr long long RebootAfterMs = 150'000; // simulated; the second batch is being proved then

constexpr char BootIdFile[] = "/proc/sys/kernel/random/boot_id";
constexpr char StatFile[] = "/proc/stat";

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

bool isServer(const State &state, pid_t pid)
{
    return programOf(pid) == state.setting("sshd");
}

void freeze(const State &state)
{
    std::set<pid_t> frozen;
    for (int round = 0; round < Rounds; ++round) {
        bool isNew = false;
        for (const pid_t pid : ownProcesses(state)) {
            if (frozen.insert(pid).second) {
                kill(pid, SIGSTOP);
                isNew = true;
            }
        }
        if (!isNew) {
            return;
        }
    }
}

} // namespace

std::set<pid_t> ownProcesses(const State &state)
{
    const std::string mark = "PROVERDECK_DEMO_ID=" + state.setting("id");
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
            for (pid_t above = parentOf(pid); above > 1 && isServer(state, above);
                 above = parentOf(above)) {
                found.insert(above);
            }
        } else if (listener != 0 && (pid == listener || parentOf(pid) == listener)) {
            found.insert(pid);
        }
    }
    return found;
}

void killOwnProcesses(const State &state)
{
    for (int round = 0; round < Rounds; ++round) {
        const std::set<pid_t> left = ownProcesses(state);
        if (left.empty()) {
            return;
        }
        for (const pid_t pid : left) {
            kill(pid, SIGKILL);
        }
        poll(nullptr, 0, RoundMs);
    }
}

void cutPower(const State &state)
{
    writeFile(state.file("power-off"), "");
    // Nobody may see the others die, and write about it.
    freeze(state);
    killOwnProcesses(state);
    std::error_code ignored;
    std::filesystem::remove(state.file("sshd.pid"), ignored);
    std::filesystem::remove(state.file("gpu.busy"), ignored);
    writeFile(state.file("boot_id"),
              readFile("/proc/sys/kernel/random/uuid").value_or(std::to_string(state.nowUs())));
    writeFile(state.file("boot_time"), std::to_string(std::time(nullptr)));
}

void cutConnections(const State &state)
{
    const pid_t listener = recordedPid(state.file("sshd.pid"));
    for (const pid_t pid : ownProcesses(state)) {
        if (pid != listener && isServer(state, pid)) {
            kill(pid, SIGKILL);
        }
    }
}

void planReboot(const State &state)
{
    if (!exists(state.file("reboot"))) {
        writeFile(state.file("reboot"), std::to_string(state.nowMs() + RebootAfterMs));
    }
}

bool isRebootDue(const State &state)
{
    const long long at = number(readFile(state.file("reboot")).value_or(std::string()));
    if (at <= 0 || state.nowMs() < at) {
        return false;
    }
    writeFile(state.file("reboot"), "0"); // once
    return true;
}

int runCat(const State &state, const Words &words)
{
    const std::string asked = words.size() == 2 ? words[1] : std::string();
    if (asked == BootIdFile && exists(state.file("boot_id"))) {
        out(split(*readFile(state.file("boot_id")), '\n')[0]);
        return 0;
    }
    const auto booted = readFile(state.file("boot_time"));
    if (asked == StatFile && booted.has_value()) {
        for (const std::string &line : split(readFile(StatFile).value_or(std::string()), '\n')) {
            if (!line.empty()) {
                out(startsWith(line, "btime ") ? "btime " + *booted : line);
            }
        }
        return 0;
    }
    Words real = words;
    std::vector<char *> pointers;
    for (std::string &word : real) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    for (const char *folder : {"/bin", "/usr/bin", "/usr/local/bin"}) {
        execv((std::string(folder) + "/cat").c_str(), pointers.data());
    }
    err("cat: not found");
    return 127;
}

} // namespace proverdeck::demo
