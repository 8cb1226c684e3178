// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/AztecFleet.h"
#include "app/demo/tool/Json.h"
#include "app/demo/tool/Programs.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace proverdeck::demo {
namespace {

constexpr char NoSuchContainer[] = "Error response from daemon: No such container: ";
constexpr int FollowMs = 20;
constexpr int StampLength = 30; // 2026-02-12T15:03:12.418233017Z
constexpr double HostGiB = 503.5;

std::string daemonTime(long long ms)
{
    const auto seconds = static_cast<std::time_t>(ms / 1000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return text("%04d-%02d-%02dT%02d:%02d:%02d.%03lld000000Z", utc.tm_year + 1900, utc.tm_mon + 1,
                utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, ms % 1000);
}

std::string age(long long seconds)
{
    return seconds < 60  ? text("%lld seconds", std::max(1LL, seconds))
        : seconds < 120  ? "About a minute"
        : seconds < 3600 ? text("%lld minutes", seconds / 60)
        : seconds < 7200 ? "About an hour"
                         : text("%lld hours", seconds / 3600);
}

const FleetContainer *find(const std::vector<FleetContainer> &all, const State &state,
                           const std::string &name)
{
    for (const FleetContainer &one : all) {
        if (one.name == name || (name.size() > 3 && startsWith(lifeOf(state, one.name).id, name))) {
            return &one;
        }
    }
    return nullptr;
}

Fields fieldsOf(const State &state, const FleetContainer &container)
{
    const FleetLife life = lifeOf(state, container.name);
    const long long now = state.nowMs();
    const bool isUp = life.pid != 0;
    return {{"ID", life.id.substr(0, 12)},
            {"Names", container.name},
            {"Image", "aztecprotocol/aztec:latest"},
            {"Command", "\"node --no-warnings …\""},
            {"CreatedAt", daemonTime(life.createdMs)},
            {"RunningFor", age((now - life.createdMs) / 1000) + " ago"},
            {"Ports", isUp ? container.ports : std::string()},
            {"Labels",
             "com.docker.compose.project=" + container.project + ",com.docker.compose.service="
                 + container.service + ",com.docker.compose.container-number=1"},
            {"State", isUp ? "running" : "restarting"},
            {"Status",
             isUp ? "Up " + age((now - life.startedMs) / 1000)
                  : text("Restarting (%d) 1 second ago", life.exitCode)}};
}

std::string jsonOf(const Fields &fields)
{
    std::string result;
    for (const auto &[name, value] : fields) {
        result += (result.empty() ? "{" : ",") + inQuotes(name) + ":" + inQuotes(value);
    }
    return result + "}";
}

std::string filled(std::string format, const Fields &fields)
{
    format = replaced(format, "{{json .}}", jsonOf(fields));
    for (const auto &[name, value] : fields) {
        format = replaced(format, "{{." + name + "}}", value);
    }
    return format;
}

int ps(const State &state, const Words &words)
{
    const bool isAll = contains(words, "-a") || contains(words, "--all") || contains(words, "-aq");
    const bool isQuiet = contains(words, "-q") || contains(words, "-aq");
    const std::string format = option(words, "--format");
    for (const FleetContainer &container : fleetContainers(state)) {
        if (lifeOf(state, container.name).pid == 0 && !isAll) {
            continue;
        }
        const Fields fields = fieldsOf(state, container);
        out(isQuiet ? field(fields, "ID")
                    : filled(format.empty()
                                 ? "{{.ID}}   {{.Image}}   {{.Status}}   {{.Ports}}   {{.Names}}"
                                 : format,
                             fields));
    }
    return 0;
}

int stats(const State &state, const Words &words)
{
    for (const FleetContainer &container : fleetContainers(state)) {
        const FleetLife life = lifeOf(state, container.name);
        const auto wobble
            = static_cast<double>(mix(static_cast<std::uint64_t>(state.nowMs() / 20'000)) % 100);
        const bool isWorking = container.role == "agent" && container.memoryGiB > 1;
        const double cpu = life.pid == 0 ? 0
            : isWorking                  ? container.agents * 780.0 + wobble * 12
            : container.role == "node"   ? 212.41
            : container.role == "broker" ? 38.06
                                         : 0.08;
        const std::string use = container.memoryGiB < 1
            ? text("%.0fMiB", container.memoryGiB * 1024)
            : text("%.4gGiB", container.memoryGiB);
        const Fields fields{{"ID", life.id.substr(0, 12)},
                            {"Container", life.id.substr(0, 12)},
                            {"Name", container.name},
                            {"CPUPerc", text("%.2f%%", cpu)},
                            {"MemUsage", use + text(" / %.4gGiB", HostGiB)},
                            {"MemPerc", text("%.2f%%", container.memoryGiB / HostGiB * 100)},
                            {"NetIO", "1.94GB / 8.11GB"},
                            {"BlockIO", "311MB / 92.4GB"},
                            {"PIDs", std::to_string(isWorking ? container.agents * 151 : 23)}};
        out(filled(option(words, "--format", "{{.Name}}   {{.CPUPerc}}   {{.MemUsage}}"), fields));
    }
    return 0;
}

Words environmentOf(const FleetContainer &container)
{
    Words found{"LOG_LEVEL=info"};
    if (!container.brokerUrl.empty()) {
        found.push_back("PROVER_BROKER_HOST=" + container.brokerUrl);
    }
    if (container.role == "agent") {
        found.push_back("PROVER_AGENT_COUNT=" + std::to_string(container.agents));
        found.push_back("PROVER_AGENT_POLL_INTERVAL_MS=10000");
    } else if (container.role == "node") { // what must never leave a server
        found.push_back("PROVER_PUBLISHER_PRIVATE_KEY=0x" + hex("publisher", 64));
        found.push_back("ETHEREUM_HOSTS=https://rpc.example.invalid/v2/" + hex("token", 32));
    }
    return found;
}

int inspect(const State &state, const Words &words)
{
    const auto all = fleetContainers(state);
    const std::string format = option(words, "--format", option(words, "-f"));
    int code = 0;
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (words[i] == "--format" || words[i] == "-f") {
            ++i;
            continue;
        }
        const FleetContainer *one = find(all, state, words[i]);
        if (one == nullptr || format.empty()) {
            err(one == nullptr ? "Error: No such object: " + words[i]
                               : "inspect without a format is not part of this demo");
            code = 1;
            continue;
        }
        const FleetLife life = lifeOf(state, one->name);
        const std::string environment = "{{range .Config.Env}}{{println .}}{{end}}";
        std::string lines;
        std::string marked = "@c /" + one->name + "\n";
        for (const std::string &variable : environmentOf(*one)) {
            lines += variable + "\n";
            marked += "@e " + variable + "\n";
        }
        const std::string role = "--prover-" + one->role;
        marked += "@a start\n@a " + role + "\n@a --network\n@a alpha-testnet\n";
        out(contains(split(format, '"'), "@c")
                ? marked
                : filled(replaced(replaced(format, environment, lines),
                                  "{{range .Args}}{{println .}}{{end}}",
                                  "start\n" + role + "\n--network\nalpha-testnet\n"),
                         {{"Name", "/" + one->name},
                          {"Id", life.id},
                          {"State.ExitCode", std::to_string(life.pid != 0 ? 0 : life.exitCode)},
                          {"State.OOMKilled", "false"},
                          {"State.StartedAt", daemonTime(life.startedMs)},
                          {"RestartCount", std::to_string(life.restarts)},
                          {"HostConfig.Memory", "0"},
                          {"HostConfig.NanoCpus", "0"}}));
    }
    return code;
}

/// docker exec NAME PROGRAM…: there is no container, so the program runs on this machine with the
/// container's variables.
int execute(const State &state, const Words &words)
{
    std::size_t at = 2;
    while (at < words.size() && startsWith(words[at], "-")) {
        ++at;
    }
    const auto all = fleetContainers(state);
    const FleetContainer *one = at < words.size() ? find(all, state, words[at]) : nullptr;
    if (one == nullptr || at + 1 >= words.size()) {
        err(NoSuchContainer + (at < words.size() ? words[at] : std::string()));
        return 1;
    }
    if (lifeOf(state, one->name).pid == 0) {
        err("Error response from daemon: Container " + one->name
            + " is restarting, wait until the container is running");
        return 1;
    }
    for (const std::string &variable : environmentOf(*one)) {
        const auto equals = variable.find('=');
        setenv(variable.substr(0, equals).c_str(), variable.substr(equals + 1).c_str(), 1);
    }
    const pid_t child = startChild(
        words[at + 1], Words(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end()));
    int status = 1;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/// A container's log and how far it has been shown.
struct Source
{
    std::string name;
    std::string prefix;
    std::streamoff offset = 0;
    long long startedMs = 0; ///< of the life that is followed
};

/// The complete lines behind @p source.
Words newLines(const State &state, Source &source)
{
    return newLinesOf(fleetLog(state, source.name), source.offset);
}

/// RFC 3339, or "3h", "10m", "90s" before now.
std::string sinceTime(const State &state, const std::string &since)
{
    if (since.size() < 2 || since.find('T') != std::string::npos) {
        return since;
    }
    const long long unit = since.back() == 'h' ? 3600 : since.back() == 'm' ? 60 : 1;
    return daemonTime(state.nowMs() - number(since.substr(0, since.size() - 1)) * unit * 1000);
}

bool isUnread()
{
    pollfd output{1, 0, 0};
    return poll(&output, 1, 0) > 0 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

} // namespace

int showFleetLogs(const State &state, const Words &words)
{
    const bool isCompose = words.size() > 1 && words[1] == "compose";
    const auto all = fleetContainers(state);
    const bool isFollowing = contains(words, "--follow") || contains(words, "-f");
    const bool hasStamps = contains(words, "--timestamps") || contains(words, "-t");
    const std::string since = sinceTime(state, option(words, "--since"));
    std::vector<Source> sources;
    if (isCompose) {
        for (const FleetContainer &one : all) {
            if (one.project == option(words, "-p")) {
                std::string prefix = one.service + "-1";
                prefix.resize(std::max<std::size_t>(prefix.size(), 14), ' ');
                sources.push_back({one.name, prefix + " | ", 0, 0});
            }
        }
    } else if (const FleetContainer *one = find(all, state, words.back())) {
        sources.push_back({one->name, {}, 0, 0});
    } else {
        err(NoSuchContainer + words.back());
        return 1;
    }
    for (Source &source : sources) {
        source.startedMs = lifeOf(state, source.name).startedMs;
    }
    while (true) {
        bool isOver = !isCompose;
        for (Source &source : sources) {
            const FleetLife life = lifeOf(state, source.name);
            isOver = isOver && (life.pid == 0 || life.startedMs != source.startedMs);
            for (const std::string &line : newLines(state, source)) {
                if (!since.empty() && line.compare(0, StampLength, since) < 0) {
                    continue;
                }
                const bool isOutput = isCompose || line[StampLength + 1] == 'o';
                const std::string shown = source.prefix
                    + (hasStamps ? line.substr(0, StampLength) + " " : std::string())
                    + line.substr(std::min<std::size_t>(line.size(), StampLength + 3)) + "\n";
                std::fwrite(shown.data(), 1, shown.size(), isOutput ? stdout : stderr);
                if (isOutput) {
                    std::fflush(stdout);
                }
            }
        }
        if (!isFollowing || isOver || isUnread() || !state.isHostAlive()) {
            return 0;
        }
        poll(nullptr, 0, FollowMs);
    }
}

int runFleetDocker(const State &state, const Words &words)
{
    const std::string verb = words.size() > 1 ? words[1] : std::string();
    if (verb == "info") {
        out(option(words, "--format") == "{{.SystemTime}}" ? daemonTime(state.nowMs())
                                                           : "Server Version: 25.0.3");
        return 0;
    }
    if (verb == "--version" || verb == "version") {
        out("Docker version 25.0.3, build 4debf41");
        return 0;
    }
    if (verb == "ps") {
        return ps(state, words);
    }
    if (verb == "stats") {
        return stats(state, words);
    }
    if (verb == "inspect") {
        return inspect(state, words);
    }
    if (verb == "exec") {
        return execute(state, words);
    }
    if (verb == "logs" || (verb == "compose" && contains(words, "logs"))) {
        return showFleetLogs(state, words);
    }
    if (verb == "compose" && contains(words, "version")) {
        out("Docker Compose version v2.24.5");
        return 0;
    }
    err("docker: '" + verb + "' is not a docker command that is part of this demo.");
    return 1;
}

} // namespace proverdeck::demo
