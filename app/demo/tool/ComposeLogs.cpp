// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Compose.h"
#include "app/demo/tool/Json.h"
#include "app/demo/tool/Programs.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>

namespace proverdeck::demo {

int showLogs(const State &state, const std::vector<Container> &found, const Words &words);

namespace {

constexpr int FollowMs = 30;
constexpr int StampLength = 30; // 2026-02-12T15:03:12.418233017Z
constexpr int ConfigDescriptor = 100;

struct LogWish
{
    bool isFollowing = false;
    bool hasStamps = false;
    bool hasPrefix = true;
    long long tail = -1;
    std::string since;
    Words services;
};

LogWish readWish(const Words &words)
{
    LogWish wish;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string &word = words[i];
        const std::string next = i + 1 < words.size() ? words[i + 1] : std::string();
        if (word == "--follow") {
            wish.isFollowing = true;
        } else if (word == "--timestamps") {
            wish.hasStamps = true;
        } else if (word == "--no-log-prefix") {
            wish.hasPrefix = false;
        } else if (word == "--since") {
            wish.since = next;
            ++i;
        } else if (word == "--tail") {
            wish.tail = number(next, -1);
            ++i;
        } else if (startsWith(word, "--since=")) {
            wish.since = word.substr(8);
        } else if (startsWith(word, "--tail=")) {
            wish.tail = number(word.substr(7), -1);
        } else if (startsWith(word, "-") && !startsWith(word, "--")) {
            wish.isFollowing = wish.isFollowing || word.find('f') != std::string::npos;
            wish.hasStamps = wish.hasStamps || word.find('t') != std::string::npos;
            if (word.back() == 'n') {
                wish.tail = number(next, -1);
                ++i;
            }
        } else if (!startsWith(word, "-")) {
            wish.services.push_back(word);
        }
    }
    return wish;
}

/// A container's log and how far it has been shown.
struct Source
{
    std::string name;
    std::string prefix;
    std::streamoff offset = 0;
};

/// The complete lines behind @p source.
Words newLines(const State &state, Source &source)
{
    return newLinesOf(keptLogPath(state, source.name), source.offset);
}

void show(const LogWish &wish, const Source &source, const std::string &line)
{
    const std::string text = wish.hasStamps ? line : line.substr(StampLength + 1);
    out((wish.hasPrefix ? source.prefix : std::string()) + text);
}

std::string shortName(const Container &container)
{
    return field(container.labels, "service") + "-" + field(container.labels, "number");
}

/// Nobody reads any more what is written to standard output.
bool isUnread()
{
    pollfd output{1, 0, 0};
    return poll(&output, 1, 0) > 0 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

std::string sizeText(long long bytes)
{
    return bytes >= (1LL << 30) ? text("%lldGiB", bytes >> 30) : text("%lldMiB", bytes >> 20);
}

} // namespace

std::string daemonTime(long long ms)
{
    const auto seconds = static_cast<std::time_t>(ms / 1000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return ms <= 0
        ? "0001-01-01T00:00:00Z"
        : text("%04d-%02d-%02dT%02d:%02d:%02d.%03lld000000Z", utc.tm_year + 1900, utc.tm_mon + 1,
               utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, ms % 1000);
}

int showLogs(const State &state, const std::vector<Container> &found, const Words &words)
{
    const LogWish wish = readWish(words);
    std::vector<Source> sources;
    std::size_t width = 0;
    for (const Container &container : found) {
        if (wish.services.empty() || contains(wish.services, field(container.labels, "service"))) {
            sources.push_back({.name = container.name, .prefix = shortName(container)});
            width = std::max(width, sources.back().prefix.size());
        }
    }
    std::vector<std::pair<std::string, std::size_t>> past;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        sources[i].prefix.resize(width, ' ');
        sources[i].prefix += "  | ";
        Words lines = newLines(state, sources[i]);
        if (wish.tail >= 0 && lines.size() > static_cast<std::size_t>(wish.tail)) {
            lines.erase(lines.begin(), lines.end() - wish.tail);
        }
        for (const std::string &line : lines) {
            if (wish.since.empty() || line.substr(0, StampLength) >= wish.since) {
                past.emplace_back(line, i);
            }
        }
    }
    std::stable_sort(past.begin(), past.end(), [](const auto &a, const auto &b) {
        return a.first.substr(0, StampLength) < b.first.substr(0, StampLength);
    });
    for (const auto &[line, index] : past) {
        show(wish, sources[index], line);
    }
    while (wish.isFollowing && state.isHostAlive() && !isUnread()) {
        bool isAnyUp = false;
        for (Source &source : sources) {
            const auto container = findContainer(state, source.name);
            isAnyUp = isAnyUp
                || (container.has_value()
                    && !exists(state.file("containers/" + source.name + ".stopping")))
                || (container.has_value() && container->isRunning());
            for (const std::string &line : newLines(state, source)) {
                show(wish, source, line);
            }
        }
        if (!isAnyUp) {
            break;
        }
        poll(nullptr, 0, FollowMs);
    }
    return 0;
}

int copyFromContainer(const State &state, const Words &words)
{
    Words places;
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (!startsWith(words[i], "-") || words[i] == "-") {
            places.push_back(words[i]);
        }
    }
    const auto colon = places.size() == 2 ? places[0].find(':') : std::string::npos;
    if (colon == std::string::npos || places[1] == "-") {
        err("docker: this form of \"docker cp\" is not part of this demo");
        return 1;
    }
    const auto container = findContainer(state, places[0].substr(0, colon));
    if (!container.has_value()) {
        err("Error response from daemon: No such container: " + places[0].substr(0, colon));
        return 1;
    }
    std::string inside = places[0].substr(colon + 1);
    std::error_code failure;
    if (inside == "/app/broker.toml") {
        // What the container has mounted: the file of its start, whatever lies under its name now.
        const std::string live = text("/proc/%d/fd/%d", container->pid, ConfigDescriptor);
        const auto content = readFile(
            container->isRunning() ? live : field(container->labels, "folder") + "/broker.toml");
        const bool isFolder = std::filesystem::is_directory(places[1], failure);
        return content.has_value()
                && writeFile(isFolder ? places[1] + "/broker.toml" : places[1], *content)
            ? 0
            : 1;
    }
    if (startsWith(inside, "/db")) {
        inside = state.file("volumes/" + field(container->labels, "project") + "_"
                            + field(container->labels, "service") + "-data")
            + inside.substr(3);
        std::filesystem::copy(inside, places[1],
                              std::filesystem::copy_options::recursive
                                  | std::filesystem::copy_options::overwrite_existing,
                              failure);
        if (!failure) {
            return 0;
        }
    }
    err("Error response from daemon: Could not find the file " + places[0].substr(colon + 1)
        + " in container " + container->name);
    return 1;
}

int showStats(const State &state, const Words &words)
{
    const bool isJson = contains(words, "json") || option(words, "--format") == "{{json .}}";
    if (!isJson) {
        out(text("%-15s%-28s%-10s%-22s%s", "CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT",
                 "MEM %"));
    }
    for (const Container &container : containers(state)) {
        if (!container.isRunning()) {
            continue;
        }
        const long long limit = number(field(container.labels, "memory"));
        const long long whole = limit > 0 ? limit : 128LL << 30;
        const double share = static_cast<double>(mix(container.name) % 500) / 10 + 2;
        const auto used = static_cast<long long>(static_cast<double>(whole) * share / 100);
        const double cpu = static_cast<double>(mix(container.name + "cpu") % 900) / 10;
        if (isJson) {
            out(text(
                R"({"CPUPerc":"%.2f%%","ID":"%s","MemPerc":"%.2f%%","MemUsage":"%s / %s","Name":"%s"})",
                cpu, container.id.substr(0, 12).c_str(), share, sizeText(used).c_str(),
                sizeText(whole).c_str(), container.name.c_str()));
        } else {
            out(text("%-15s%-28s%-10s%-22s%.2f%%", container.id.substr(0, 12).c_str(),
                     container.name.c_str(), text("%.2f%%", cpu).c_str(),
                     (sizeText(used) + " / " + sizeText(whole)).c_str(), share));
        }
    }
    return 0;
}

Fields inspectedJson(const State &state, const Container &container)
{
    const bool isUp = container.isRunning();
    const bool isBetween
        = !isUp && recordedPid(state.file("containers/" + container.name + ".shim")) != 0;
    const std::string health = field(container.labels, "health");
    return {
        {"State",
         text(
             R"({"Status":"%s","Running":%s,"Paused":false,"Restarting":%s,"OOMKilled":%s,"Dead":false,"Pid":%d,"ExitCode":%d,"Error":"","StartedAt":"%s","FinishedAt":"%s"%s})",
             isUp            ? "running"
                 : isBetween ? "restarting"
                             : "exited",
             isUp ? "true" : "false", isBetween ? "true" : "false",
             container.isOomKilled ? "true" : "false", container.pid, isUp ? 0 : container.exitCode,
             daemonTime(container.startedMs).c_str(), daemonTime(container.finishedMs).c_str(),
             health.empty() ? "" : (R"(,"Health":{"Status":")" + health + "\"}").c_str())},
        {"Config.Labels",
         text(
             R"({"com.docker.compose.project":"%s","com.docker.compose.service":"%s","com.docker.compose.container-number":"%s","com.docker.compose.project.working_dir":"%s"})",
             field(container.labels, "project").c_str(), field(container.labels, "service").c_str(),
             field(container.labels, "number").c_str(), field(container.labels, "folder").c_str())},
        {"HostConfig.Memory", field(container.labels, "memory", "0")},
        {"RestartCount", std::to_string(container.restarts)},
        {"Config.Entrypoint", "[" + inQuotes(container.command) + "]"},
        {"Args", "[]"}};
}

} // namespace proverdeck::demo
