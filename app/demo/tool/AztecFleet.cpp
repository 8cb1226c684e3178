// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/AztecFleet.h"

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
    return state.file("fleet/" + name + suffix);
}

/// Keeps what a container prints on its two streams, a line at a time, with the daemon's clock. The
/// lines that come together bear the same nanosecond, as they may.
class StreamKeeper
{
public:
    StreamKeeper(const State &state, const std::string &name)
        : m_state(state)
        , m_file(
              open(fleetLog(state, name).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600))
    {
    }
    ~StreamKeeper() { close(m_file); }
    StreamKeeper(const StreamKeeper &) = delete;
    StreamKeeper &operator=(const StreamKeeper &) = delete;

    void keepAll(int output, int errors)
    {
        std::array<pollfd, 2> ends{{{output, POLLIN, 0}, {errors, POLLIN, 0}}};
        std::array<std::string, 2> open;
        while (ends[0].fd >= 0 || ends[1].fd >= 0) {
            poll(ends.data(), ends.size(), -1);
            for (std::size_t i = 0; i < ends.size(); ++i) {
                if (ends[i].fd >= 0 && ends[i].revents != 0 && !take(ends[i].fd, open[i], i == 0)) {
                    ends[i].fd = -1;
                }
            }
        }
    }

private:
    /// False at the end.
    bool take(int from, std::string &open, bool isOutput)
    {
        std::array<char, 65536> buffer{};
        const ssize_t got = read(from, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            return true;
        }
        open.append(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
        if (got <= 0 && !open.empty()) {
            open += '\n';
        }
        const auto end = open.rfind('\n');
        if (end != std::string::npos) {
            std::string stamp = m_state.timestamp(); // microseconds; the daemon writes nanoseconds
            stamp.insert(stamp.size() - 1, text("%03d", ++m_count % 1000));
            std::string lines;
            for (const std::string &line : split(open.substr(0, end), '\n')) {
                lines += stamp + (isOutput ? " o " : " e ") + line + "\n";
            }
            open.erase(0, end + 1);
            if (write(m_file, lines.data(), lines.size()) < 0) {
                return false;
            }
        }
        return got > 0;
    }

    const State &m_state;
    int m_file;
    int m_count = 0;
};

int runOnce(const State &state, const std::string &name, Fields &noted)
{
    std::array<int, 2> output{};
    std::array<int, 2> errors{};
    if (pipe2(output.data(), O_CLOEXEC) != 0 || pipe2(errors.data(), O_CLOEXEC) != 0) {
        return 126;
    }
    noted["started_ms"] = std::to_string(state.nowMs());
    writeFields(path(state, name, ".state"), noted);
    const pid_t child = fork();
    if (child == 0) {
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
            ::signal(signal, SIG_DFL);
        }
        dup2(output[1], 1);
        dup2(errors[1], 2);
        execl(state.tool().c_str(), "aztec-prover", name.c_str(), nullptr);
        _exit(127);
    }
    close(output[1]);
    close(errors[1]);
    recordPid(path(state, name, ".pid"), child);
    StreamKeeper(state, name).keepAll(output[0], errors[0]);
    close(output[0]);
    close(errors[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace

std::vector<FleetContainer> fleetContainers(const State &state)
{
    const std::string broker = "http://127.0.0.1:" + state.setting("fleet_broker_port");
    const auto published = [&](const char *port) {
        const std::string number = state.setting(port);
        return "0.0.0.0:" + number + "->8080/tcp, [::]:" + number + "->8080/tcp";
    };
    if (state.setting("fleet") == "machine-a") {
        return {{"aztec-prover-prover-node-1", "prover-node", "aztec-prover", "node", 0, broker,
                 published("fleet_node_port"), 11.87},
                {"aztec-prover-broker-1",
                 "broker",
                 "aztec-prover",
                 "broker",
                 0,
                 {},
                 published("fleet_broker_port"),
                 6.2},
                {"aztec-prover-agent-1", "agent", "aztec-prover", "agent", 4, broker, {}, 426.3}};
    }
    std::vector<FleetContainer> found{
        {"prover-agent-1", "prover-agent", "prover", "agent", 8, broker, {}, 96.5}};
    const bool isWrong = state.hasFault("wrong-port");
    if (isWrong || state.hasFault("broker-unreachable")) {
        found.push_back(
            {"aztec-prover-agent-1",
             "agent",
             "aztec-prover",
             "agent",
             4,
             "http://127.0.0.1:" + state.setting(isWrong ? "fleet_node_port" : "fleet_dead_port"),
             {},
             0.42});
    }
    return found;
}

std::string fleetLog(const State &state, const std::string &container)
{
    return path(state, container, ".lines");
}

FleetLife lifeOf(const State &state, const std::string &container)
{
    const Fields noted = readFields(path(state, container, ".state"));
    FleetLife life;
    life.pid = recordedPid(path(state, container, ".pid"));
    life.exitCode = static_cast<int>(number(field(noted, "exit")));
    life.restarts = static_cast<int>(number(field(noted, "restarts")));
    life.createdMs = number(field(noted, "created_ms"));
    life.startedMs = number(field(noted, "started_ms"));
    life.id = field(noted, "id");
    return life;
}

void startFleet(const State &state)
{
    makeFolders(state.file("fleet"));
    for (const FleetContainer &container : fleetContainers(state)) {
        const std::string created = std::to_string(state.nowMs());
        writeFields(path(state, container.name, ".state"),
                    {{"restarts", "0"},
                     {"created_ms", created},
                     {"started_ms", created},
                     {"id", hex(state.setting("fleet") + container.name + created, 64)}});
        startDetached(state, state.tool(), {"aztec-shim", container.name}, "/dev/null");
    }
}

int runFleetShim(const State &state, const Words &words)
{
    if (words.size() < 2) {
        return 2;
    }
    const std::string &name = words[1];
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
        ::signal(signal, SIG_IGN);
    }
    Fields noted = readFields(path(state, name, ".state"));
    for (int restarts = 0;; ++restarts) {
        noted["restarts"] = std::to_string(restarts);
        noted["exit"] = std::to_string(runOnce(state, name, noted));
        writeFields(path(state, name, ".state"), noted);
        unlink(path(state, name, ".pid").c_str());
        poll(nullptr, 0, RestartMinimumMs);
        if (!state.sleepFor(RestartSeconds)) {
            return 0;
        }
    }
}

} // namespace proverdeck::demo
