// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/State.h"

namespace proverdeck::demo {

/// A stand-in container: a record in the state folder and a real background process.
struct Container
{
    std::string name;
    std::string id;
    std::string image;
    std::string command;
    std::string ports;
    long long createdMs = 0;
    int exitCode = 137;
    pid_t pid = 0; // 0: not running
    /// Of one that Compose made: project, service, number, folder, file, args, memory, grace.
    Fields labels;
    bool isKeptByShim = false; ///< its state is what the shim last noted
    int restarts = 0;
    bool isOomKilled = false;
    long long startedMs = 0;
    long long finishedMs = 0;

    [[nodiscard]] bool isRunning() const { return pid != 0; }
};

[[nodiscard]] std::vector<Container> containers(const State &state);
/// By name, id, or the beginning of the id.
[[nodiscard]] std::optional<Container> findContainer(const State &state, const std::string &name);
/// Starts @p words as the container's process and records both.
void startContainer(const State &state, Container container, const Words &words);
void stopContainer(const State &state, const Container &container, int exitCode);
/// Stops and forgets; false if there is none of that name.
bool removeContainer(const State &state, const std::string &name);
/// Ends it with a last line in its log.
void crashContainer(const State &state, const std::string &name, const std::string &lastLine);
[[nodiscard]] std::string containerLog(const State &state, const Container &container);

/// Starts @p words under a shim of its own, which keeps the log with a time on each line, the exit
/// status, and, with @p restartsAlways, starts them again when they end by themselves.
void startKept(const State &state, Container container, bool restartsAlways, const Words &words);
/// TERM, after the container's grace (simulated) KILL; returns when it is down.
void endKept(const State &state, const Container &container);
/// Lines of "TIME text", as the shim keeps them; the file may grow.
[[nodiscard]] std::string keptLogPath(const State &state, const std::string &name);
/// In a kept container: says to the shim that the kernel's memory killer has struck, and dies so.
[[noreturn]] void dieOfMemory(const State &state, const std::string &name);

} // namespace proverdeck::demo
