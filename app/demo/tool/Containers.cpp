// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Containers.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace proverdeck::demo {
namespace {

std::string path(const State &state, const std::string &name, const char *suffix)
{
    return state.file("containers/" + name + suffix);
}

void record(const State &state, const Container &container)
{
    Fields fields{{"id", container.id},
                  {"image", container.image},
                  {"command", container.command},
                  {"ports", container.ports},
                  {"created_ms", std::to_string(container.createdMs)},
                  {"exit", std::to_string(container.exitCode)}};
    for (const auto &[name, value] : container.labels) {
        fields["label." + name] = value;
    }
    writeFields(path(state, container.name, ".container"), fields);
}

void readKept(const State &state, Container &container)
{
    const Fields noted = readFields(path(state, container.name, ".state"));
    container.isKeptByShim = true;
    container.exitCode = static_cast<int>(number(field(noted, "exit")));
    container.restarts = static_cast<int>(number(field(noted, "restarts")));
    container.isOomKilled = field(noted, "oom") == "1";
    container.startedMs = number(field(noted, "started_ms"));
    container.finishedMs = number(field(noted, "finished_ms"));
}

} // namespace

std::vector<Container> containers(const State &state)
{
    std::vector<Container> found;
    std::error_code ignored;
    for (const auto &entry :
         std::filesystem::directory_iterator(state.file("containers"), ignored)) {
        if (entry.path().extension() != ".container") {
            continue;
        }
        const Fields fields = readFields(entry.path().string());
        const std::string name = entry.path().stem().string();
        found.push_back({.name = name,
                         .id = field(fields, "id"),
                         .image = field(fields, "image"),
                         .command = field(fields, "command"),
                         .ports = field(fields, "ports"),
                         .createdMs = number(field(fields, "created_ms")),
                         .exitCode = static_cast<int>(number(field(fields, "exit"))),
                         .pid = recordedPid(path(state, name, ".pid"))});
        Container &container = found.back();
        for (const auto &[key, value] : fields) {
            if (startsWith(key, "label.")) {
                container.labels[key.substr(6)] = value;
            }
        }
        if (exists(path(state, name, ".state"))) {
            readKept(state, container);
        }
    }
    std::sort(found.begin(), found.end(),
              [](const Container &a, const Container &b) { return a.createdMs > b.createdMs; });
    return found;
}

std::optional<Container> findContainer(const State &state, const std::string &name)
{
    for (const Container &container : containers(state)) {
        if (!name.empty() && (container.name == name || startsWith(container.id, name))) {
            return container;
        }
    }
    return std::nullopt;
}

void startContainer(const State &state, Container container, const Words &words)
{
    container.createdMs = state.nowMs();
    container.id = hex(container.name + std::to_string(container.createdMs), 64);
    record(state, container);
    container.pid = startDetached(state, state.tool(), words, path(state, container.name, ".log"));
    recordPid(path(state, container.name, ".pid"), container.pid);
}

void stopContainer(const State &state, const Container &container, int exitCode)
{
    if (container.pid != 0) {
        kill(container.pid, SIGKILL);
        while (isRunning(container.pid)) {
            poll(nullptr, 0, 5);
        }
    }
    Container stopped = container;
    stopped.exitCode = exitCode;
    record(state, stopped);
    unlink(path(state, container.name, ".pid").c_str());
}

bool removeContainer(const State &state, const std::string &name)
{
    const auto container = findContainer(state, name);
    if (!container.has_value()) {
        return false;
    }
    if (container->isKeptByShim) {
        endKept(state, *container);
    } else {
        stopContainer(state, *container, 137);
    }
    for (const char *suffix : {".container", ".log", ".state", ".lines", ".stopping", ".shim"}) {
        unlink(path(state, container->name, suffix).c_str());
    }
    return true;
}

void crashContainer(const State &state, const std::string &name, const std::string &lastLine)
{
    const auto container = findContainer(state, name);
    if (container.has_value()) {
        stopContainer(state, *container, 1);
        writeFile(path(state, container->name, ".log"),
                  containerLog(state, *container) + lastLine + "\n");
    }
}

std::string containerLog(const State &state, const Container &container)
{
    return readFile(path(state, container.name, ".log")).value_or(std::string());
}

} // namespace proverdeck::demo
