// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace proverdeck::models::aztec {

/// What docker says of one container: from ps, stats and inspect, joined by machine and name.
/// Source of the formats: docker/cli cli/command/formatter/, moby/moby api/types/container.
struct DockerContainer
{
    QString machine;
    QString name;
    QString id; ///< the first 12 characters
    QString image;
    QString status; ///< "Up 3 minutes (healthy)", as docker ps prints it
    QString state; ///< running, restarting, exited, paused, created, dead; empty: unknown
    QString health; ///< healthy, unhealthy, starting; empty: it has no check
    QString ports;
    std::optional<double> cpuPercent; ///< summed over cores
    std::optional<double> memoryBytes;
    std::optional<double> memoryLimitBytes;
    std::optional<double> memoryPercent;
    std::optional<int> pids;
    std::optional<bool> oomKilled;
    std::optional<int> exitCode;
    std::optional<int> restarts; ///< by policy, since it was created
    std::optional<double> cpuLimit; ///< cores; unset: none
    QString startedAt;
    QString role; ///< prover-node, broker, agent; empty: cannot tell
    QString brokerUrl; ///< PROVER_BROKER_HOST
    std::optional<int> agentCount; ///< PROVER_AGENT_COUNT
    QStringList environment; ///< KEY=value, secrets masked
    bool operator==(const DockerContainer &) const = default;
};

struct DockerFile
{
    QList<DockerContainer> containers;
    bool operator==(const DockerFile &) const = default;
};

/// If @p head, the beginning of a file, is an output of docker ps, stats or inspect.
[[nodiscard]] bool isDockerOutput(QByteArrayView head);
/// Reads one, table or JSON. @p machine names containers that stand under no "# host NAME" line.
/// Lines that make no sense are skipped.
[[nodiscard]] DockerFile readDocker(const QByteArray &bytes, const QString &machine);
/// Adds what @p more knows to the containers of @p to with the same machine and name.
void mergeDocker(DockerFile &to, const DockerFile &more);
/// "KEY=value" with a secret value or a token in an address masked.
[[nodiscard]] QString maskedVariable(const QString &variable);

} // namespace proverdeck::models::aztec
