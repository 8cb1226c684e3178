// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Docker.h"
#include "models/aztec/live/LiveSource.h"

#include <QByteArray>
#include <QHash>

#include <tl/expected.hpp>

namespace proverdeck::models::aztec {

/// A server at one moment, as docker tells of it.
struct MachineStatus
{
    std::optional<qint64> nowMs; ///< the daemon's clock
    std::optional<int> cores;
    std::optional<double> memoryBytes;
    QList<DockerContainer> containers; ///< all, the machine's name in each
    QHash<QString, QString> projects; ///< of compose, by container
    bool operator==(const MachineStatus &) const = default;

    /// Those that an Aztec prover's node, broker or agent runs in, by image, name and start line.
    [[nodiscard]] QList<DockerContainer> aztecContainers() const;
};

/// Asks docker about every container. Of their environment only the few variables that say how the
/// prover is put together leave the server, addresses without user, path and query; of their start
/// lines only which role they name. Never a full inspect: it prints keys.
[[nodiscard]] QByteArray machineStatusScript();
/// The error is a sentence.
[[nodiscard]] tl::expected<MachineStatus, QString> parseMachineStatus(QByteArrayView output,
                                                                      const QString &machine);

} // namespace proverdeck::models::aztec
