// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/live/MachineProbe.h"
#include "models/findings/Finding.h"

namespace proverdeck::models::aztec {

/// What one look at an address found, from one place.
struct BrokerProbe
{
    enum class Result {
        None, ///< not tried
        Broker, ///< answers as a broker does
        OtherService, ///< answers, but knows no broker's methods: a prover node, an agent
        Answers, ///< HTTP, but neither of the two could be told
        Failing, ///< /status says that it is not well
        Refused, ///< nobody listens there
        NoSuchName,
        TimedOut,
        NoTool, ///< nothing there can make a request
        Other,
    };
    Result result = Result::None;
    int httpStatus = 0; ///< of GET /status; 0: none
    QString detail; ///< the tool's own words, secrets masked
    bool operator==(const BrokerProbe &) const = default;
};

/// One container with an agent, and its way to the broker.
struct WorkerCheck
{
    QString container;
    QString state; ///< of docker: running, exited, restarting, …
    QString brokerUrl; ///< PROVER_BROKER_HOST without user, path and query; empty: it has none
    std::optional<int> agentCount;
    BrokerProbe inside; ///< from inside the container: what counts
    BrokerProbe outside; ///< from the server itself, to tell the network from the service
    QStringList environment; ///< NAME=value of the harmless ones
    bool operator==(const WorkerCheck &) const = default;
};

struct Diagnosis
{
    QString machine;
    QList<WorkerCheck> workers;
    QStringList brokers; ///< containers of brokers on this machine and their ports
    bool operator==(const Diagnosis &) const = default;
};

/// Asks from inside each container with an agent, and from the server, whether its broker can be
/// reached: GET /status, and getProvingJobStatus of a job that does not exist. These two change
/// nothing; getProvingJob, which takes work, and getCompletedJobs, which swallows notifications,
/// are never called.
[[nodiscard]] QByteArray diagnosisScript();
/// The error is a sentence.
[[nodiscard]] tl::expected<Diagnosis, QString> parseDiagnosis(QByteArrayView output,
                                                              const QString &machine);
/// One finding per worker; info if it is well.
[[nodiscard]] QList<Finding> findingsOf(const Diagnosis &diagnosis);
/// "broker", "refused", …: stable words.
[[nodiscard]] QString probeWord(BrokerProbe::Result result);

} // namespace proverdeck::models::aztec
