// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/ops/Checkout.h"

#include <QDateTime>
#include <QJsonObject>

namespace proverdeck::models::boundless {

/// One container of the stack, as docker inspect and docker stats tell of it.
struct StackContainer
{
    QString name; ///< "bento-broker-1"
    QString service; ///< "broker"
    QString image;
    QString status; ///< "running", "exited", "restarting", …
    QString health; ///< "healthy", …; empty: it has no health check
    bool isRunning = false;
    bool isOomKilled = false; ///< the kernel ended its last life for want of memory
    int exitCode = 0; ///< of its last life, if it is not running
    int restarts = 0;
    QDateTime started; ///< UTC, the daemon's clock
    QDateTime finished; ///< invalid: never
    std::optional<qint64> memoryLimit; ///< bytes; none: no limit
    std::optional<double> cpuPercent; ///< of one core, as docker counts
    std::optional<double> memoryPercent; ///< of the limit
    bool operator==(const StackContainer &) const = default;

    [[nodiscard]] bool isBroker() const { return service.startsWith(QStringLiteral("broker")); }
};

/// A Boundless stack at one moment.
struct StackStatus
{
    QDateTime now; ///< the daemon's clock, by which its times and the broker's deadlines count
    QList<StackContainer> containers; ///< broker first, then by service
    std::optional<int> segmentSize; ///< power of two, of the exec agents
    bool operator==(const StackStatus &) const = default;

    [[nodiscard]] const StackContainer *broker() const;
    [[nodiscard]] bool isBrokerRunning() const;
    [[nodiscard]] int running(const QString &servicePrefix) const; ///< how many of them run
};

/// Asks docker about every container of the checkout's project. What a container's environment
/// holds, the key among it, never leaves the server: of it only SEGMENT_SIZE is printed.
[[nodiscard]] QByteArray stackStatusScript(const Checkout &checkout);
/// The error is a sentence.
[[nodiscard]] tl::expected<StackStatus, QString> parseStackStatus(QByteArrayView output);

/// "2026-02-12T15:03:12.418233017Z" with any number of decimals, or with an offset; invalid for the
/// year 1, which docker writes for "never".
[[nodiscard]] QDateTime parseDaemonTime(const QString &text);

/// What the containers show to be wrong: killed for memory, restarting, unhealthy, missing.
[[nodiscard]] QList<Finding> findingsOf(const StackStatus &status);
[[nodiscard]] QJsonObject toJson(const StackStatus &status, const Checkout &checkout);

} // namespace proverdeck::models::boundless
