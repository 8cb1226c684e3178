// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/State.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>

namespace proverdeck::demo {
namespace {

volatile sig_atomic_t s_stopSignal = 0;

void onSignal(int signal)
{
    s_stopSignal = signal;
}

long long realUs()
{
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

std::vector<char *> pointers(Words &words)
{
    std::vector<char *> result;
    for (std::string &word : words) {
        result.push_back(word.data());
    }
    result.push_back(nullptr);
    return result;
}

} // namespace

State::State(std::string folder)
    : m_folder(std::move(folder))
    , m_settings(readFields(m_folder + "/state/settings"))
    , m_faults(split(field(m_settings, "faults"), ','))
    , m_speed(std::max(0.001, std::atof(field(m_settings, "speed", "1").c_str())))
    , m_startMs(number(field(m_settings, "start_ms"), realUs() / 1000))
    , m_clockMs(number(field(m_settings, "clock_ms"), m_startMs))
{
}

std::optional<State> State::ofThisProgram()
{
    std::array<char, 4096> path{};
    const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
    std::string program(path.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    const auto at = program.rfind("/libexec/");
    if (at == std::string::npos || !exists(program.substr(0, at) + "/state/settings")) {
        return std::nullopt;
    }
    return State(program.substr(0, at));
}

int State::port(const char *variable) const
{
    const char *value = std::getenv(variable);
    const auto chosen = number(setting(variable));
    return static_cast<int>(value == nullptr ? chosen : number(value, chosen));
}

long long State::nowUs() const
{
    const double elapsed = static_cast<double>(realUs() - m_startMs * 1000);
    return m_clockMs * 1000 + static_cast<long long>(elapsed * m_speed);
}

std::chrono::milliseconds State::realUntil(long long simulatedMs) const
{
    const auto left = static_cast<double>(simulatedMs * 1000 - nowUs()) / m_speed / 1000;
    return std::chrono::milliseconds(left <= 0 ? 0 : static_cast<long long>(left) + 1);
}

bool State::sleepFor(double simulatedSeconds) const
{
    const long long end = nowUs() + static_cast<long long>(simulatedSeconds * 1e6);
    while (stopSignal() == 0) {
        const auto left = realUntil(end / 1000);
        if (left.count() == 0) {
            return true;
        }
        const auto slice = std::min<long long>(left.count(), 500);
        const bool isInterrupted = poll(nullptr, 0, static_cast<int>(slice)) != 0 && errno == EINTR;
        if (!isInterrupted && slice == 500 && !isHostAlive()) {
            return false;
        }
    }
    return false;
}

std::string State::timestamp() const
{
    const long long us = nowUs();
    const auto seconds = static_cast<std::time_t>(us / 1000000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return text("%04d-%02d-%02dT%02d:%02d:%02d.%06lldZ", utc.tm_year + 1900, utc.tm_mon + 1,
                utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, us % 1000000);
}

bool State::isHostAlive() const
{
    if (exists(file("sshd.pid"))) {
        return recordedPid(file("sshd.pid")) != 0;
    }
    return exists(file("settings"));
}

void logLine(const State &state, const char *level, std::string_view message)
{
    out(state.timestamp() + text(" %5s ", level) + std::string(message));
}

void catchSignal(int signal, bool keepIgnored)
{
    struct sigaction action = {};
    if (keepIgnored && sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
        return;
    }
    action = {};
    action.sa_handler = onSignal;
    sigaction(signal, &action, nullptr);
}

int stopSignal()
{
    return s_stopSignal;
}

void clearStopSignal()
{
    s_stopSignal = 0;
}

void dieBy(int signal)
{
    struct sigaction action = {};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
    raise(signal);
    _exit(128 + signal);
}

std::string startTimeOf(pid_t pid)
{
    const std::string stat = readFile(text("/proc/%d/stat", pid)).value_or(std::string());
    // The name in parentheses may hold anything; field 3 (state) is the first word after it.
    const auto end = stat.rfind(')');
    if (end == std::string::npos) {
        return {};
    }
    const Words words = split(std::string_view(stat).substr(end + 2), ' ');
    return words.size() > 19 && words[0] != "Z" && words[0] != "X" ? words[19] : std::string();
}

bool isRunning(pid_t pid)
{
    return pid > 0 && !startTimeOf(pid).empty();
}

void recordPid(const std::string &path, pid_t pid)
{
    writeFile(path, text("%d ", pid) + startTimeOf(pid) + "\n");
}

pid_t recordedPid(const std::string &path)
{
    const std::string content = readFile(path).value_or(std::string());
    const Words words = split(content.substr(0, content.find('\n')), ' ');
    const auto pid = static_cast<pid_t>(number(words[0]));
    return pid > 0 && words.size() > 1 && startTimeOf(pid) == words[1] ? pid : 0;
}

pid_t startDetached(const State &state, const std::string &program, const Words &words,
                    const std::string &log)
{
    Words copy = words;
    const std::vector<char *> arguments = pointers(copy);
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return 0;
    }
    const pid_t first = fork();
    if (first == 0) {
        setsid();
        const pid_t second = fork();
        if (second != 0) {
            const bool isWritten = write(ends[1], &second, sizeof second) == ssize_t{sizeof second};
            _exit(isWritten ? 0 : 1);
        }
        const int input = open("/dev/null", O_RDONLY);
        const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(input, 0);
        dup2(output, 1);
        dup2(output, 2);
        // A pipe that the caller's reader waits for must not stay open in here.
        for (int descriptor = 3; descriptor < 256; ++descriptor) {
            close(descriptor);
        }
        if (chdir(state.home().c_str()) != 0) {
            _exit(126);
        }
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
            ::signal(signal, SIG_DFL);
        }
        execv(program.c_str(), arguments.data());
        _exit(127);
    }
    close(ends[1]);
    pid_t pid = 0;
    if (read(ends[0], &pid, sizeof pid) != ssize_t{sizeof pid}) {
        pid = 0;
    }
    close(ends[0]);
    waitpid(first, nullptr, 0);
    return pid;
}

pid_t startChild(const std::string &program, const Words &words)
{
    Words copy = words;
    const std::vector<char *> arguments = pointers(copy);
    const pid_t pid = fork();
    if (pid == 0) {
        execvp(program.c_str(), arguments.data());
        _exit(127);
    }
    return pid;
}

} // namespace proverdeck::demo
