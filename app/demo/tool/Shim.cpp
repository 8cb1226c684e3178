// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Containers.h"
#include "app/demo/tool/Programs.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace proverdeck::demo {
namespace {

constexpr double RestartSeconds = 2; // simulated
constexpr int RestartMinimumMs = 100;

std::string path(const State &state, const std::string &name, const char *suffix)
{
    return state.file("containers/" + name + suffix);
}

/// What a container prints, a line at a time and with the daemon's clock before it.
class LineKeeper
{
public:
    LineKeeper(const State &state, const std::string &file)
        : m_state(state)
        , m_file(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600))
    {
    }
    ~LineKeeper() { close(m_file); }
    LineKeeper(const LineKeeper &) = delete;
    LineKeeper &operator=(const LineKeeper &) = delete;

    void keepAll(int from)
    {
        std::array<char, 16384> buffer{};
        while (true) {
            const ssize_t got = read(from, buffer.data(), buffer.size());
            if (got == 0 || (got < 0 && errno != EINTR)) {
                break;
            }
            m_open.append(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
            keepLines();
        }
        if (!m_open.empty()) {
            m_open += '\n';
            keepLines();
        }
    }

private:
    void keepLines()
    {
        for (auto end = m_open.find('\n'); end != std::string::npos; end = m_open.find('\n')) {
            std::string stamp = m_state.timestamp(); // microseconds; the daemon writes nanoseconds
            stamp.insert(stamp.size() - 1, text("%03d", ++m_count % 1000));
            const std::string line = stamp + " " + m_open.substr(0, end + 1);
            m_open.erase(0, end + 1);
            if (write(m_file, line.data(), line.size()) < 0) {
                return;
            }
        }
    }

    const State &m_state;
    int m_file;
    int m_count = 0;
    std::string m_open;
};

/// Starts the container's process; its output ends at @p output.
pid_t startInside(const State &state, const Words &words, int output)
{
    Words copy = words;
    std::vector<char *> arguments;
    for (std::string &word : copy) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
            ::signal(signal, SIG_DFL);
        }
        dup2(output, 1);
        dup2(output, 2);
        execv(state.tool().c_str(), arguments.data());
        _exit(127);
    }
    return child;
}

/// One life of the container's process; its exit status as docker tells it.
int runOnce(const State &state, const std::string &name, const Words &words, Fields &noted)
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return 126;
    }
    noted["started_ms"] = std::to_string(state.nowMs());
    noted["oom"] = "0";
    writeFields(path(state, name, ".state"), noted);
    const pid_t child = startInside(state, words, ends[1]);
    close(ends[1]);
    recordPid(path(state, name, ".pid"), child);
    LineKeeper(state, keptLogPath(state, name)).keepAll(ends[0]);
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace

std::string keptLogPath(const State &state, const std::string &name)
{
    return path(state, name, ".lines");
}

void startKept(const State &state, Container container, bool restartsAlways, const Words &words)
{
    removeContainer(state, container.name);
    container.createdMs = state.nowMs();
    container.id = hex(container.name + std::to_string(container.createdMs), 64);
    Fields fields{{"id", container.id},
                  {"image", container.image},
                  {"command", container.command},
                  {"ports", container.ports},
                  {"created_ms", std::to_string(container.createdMs)}};
    for (const auto &[key, value] : container.labels) {
        fields["label." + key] = value;
    }
    writeFields(path(state, container.name, ".container"), fields);
    writeFields(path(state, container.name, ".state"), {{"restarts", "0"}});
    Words all{"containerd-shim", container.name, restartsAlways ? "always" : "no"};
    all.insert(all.end(), words.begin(), words.end());
    const pid_t shim = startDetached(state, state.tool(), all, "/dev/null");
    recordPid(path(state, container.name, ".shim"), shim);
    for (int i = 0; i < 200 && recordedPid(path(state, container.name, ".pid")) == 0; ++i) {
        poll(nullptr, 0, 5);
    }
}

void endKept(const State &state, const Container &container)
{
    writeFile(path(state, container.name, ".stopping"), "");
    const long long graceMs = number(field(container.labels, "grace"), 10) * 1000;
    const long long deadline = state.nowMs() + graceMs;
    const pid_t shim = recordedPid(path(state, container.name, ".shim"));
    bool isTold = false;
    while (shim != 0 && isRunning(shim)) {
        const pid_t pid = recordedPid(path(state, container.name, ".pid"));
        if (pid != 0 && !isTold) {
            kill(pid, SIGTERM);
            isTold = true;
        }
        if (pid != 0 && state.nowMs() > deadline) {
            kill(pid, SIGKILL);
        }
        poll(nullptr, 0, 10);
    }
}

void dieOfMemory(const State &state, const std::string &name)
{
    writeFile(path(state, name, ".oom"), "");
    dieBy(SIGKILL);
}

int runShim(const State &state, const Words &words)
{
    if (words.size() < 4) {
        return 2;
    }
    const std::string name = words[1];
    const bool isAlways = words[2] == "always";
    const Words inner(words.begin() + 3, words.end());
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
        ::signal(signal, SIG_IGN);
    }
    Fields noted{{"restarts", "0"}};
    for (int restarts = 0;; ++restarts) {
        noted["restarts"] = std::to_string(restarts);
        noted["exit"] = std::to_string(runOnce(state, name, inner, noted));
        noted["oom"] = exists(path(state, name, ".oom")) ? "1" : "0";
        noted["finished_ms"] = std::to_string(state.nowMs());
        unlink(path(state, name, ".oom").c_str());
        writeFields(path(state, name, ".state"), noted);
        unlink(path(state, name, ".pid").c_str());
        const bool isWanted = [&] {
            if (!isAlways || exists(path(state, name, ".stopping"))) {
                return false;
            }
            poll(nullptr, 0, RestartMinimumMs);
            return state.sleepFor(RestartSeconds) && !exists(path(state, name, ".stopping"));
        }();
        if (!isWanted) {
            return 0;
        }
    }
}

} // namespace proverdeck::demo
