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

} // namespace proverdeck::demo
