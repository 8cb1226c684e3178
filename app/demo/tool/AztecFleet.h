// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/State.h"

namespace proverdeck::demo {

/// One container of the Aztec fleet that this demo host is a machine of.
struct FleetContainer
{
    std::string name;
    std::string service; ///< of compose
    std::string project;
    std::string role; ///< "node", "broker", "agent"
    int agents = 0; ///< PROVER_AGENT_COUNT
    std::string brokerUrl;
    std::string ports;
    double memoryGiB = 1;
};

/// A line that a container prints.
struct FleetLine
{
    long long ms = 0; ///< when, simulated, since 1970
    std::string container;
    bool isStdout = false; ///< what the logger writes goes to stderr
    std::string text; ///< without the line end
};

/// The containers of this machine ("machine-a", "machine-b"), by its faults.
[[nodiscard]] std::vector<FleetContainer> fleetContainers(const State &state);
/// Which epoch is being proved at this time, and from when to when that may be.
[[nodiscard]] long long fleetEpoch(long long nowMs);
[[nodiscard]] long long fleetEpochStart(long long epoch);
/// All that the containers of both machines print about one epoch, in the order of time. It depends
/// on the epoch and the faults alone, so that two machines tell the same story without a word.
[[nodiscard]] std::vector<FleetLine> epochLines(const State &state, long long epoch);
/// When the fault container-restart ends this container during the epoch; 0: not at all.
[[nodiscard]] long long restartTime(const State &state, const std::string &container,
                                    long long epoch);

/// Starts the containers; called once by the set-up.
void startFleet(const State &state);
/// docker on a machine of the fleet: ps, stats, inspect, info, logs, exec, compose logs.
int runFleetDocker(const State &state, const Words &words);
int showFleetLogs(const State &state, const Words &words);
/// The supervisor of a container, and the container's own process.
int runFleetShim(const State &state, const Words &words);
int runFleetContainer(const State &state, const Words &words);

/// How a container is doing, as its supervisor last noted.
struct FleetLife
{
    int pid = 0; ///< 0: it does not run
    int exitCode = 0;
    int restarts = 0;
    long long createdMs = 0;
    long long startedMs = 0;
    std::string id;
};
[[nodiscard]] FleetLife lifeOf(const State &state, const std::string &container);
/// Lines of "TIME o text" or "TIME e text": what docker keeps.
[[nodiscard]] std::string fleetLog(const State &state, const std::string &container);

} // namespace proverdeck::demo
