// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/AztecFixture.h"
#include "models/aztec/live/Diagnosis.h"
#include "models/aztec/live/LiveAlerts.h"
#include "models/aztec/live/MachineWatch.h"
#include "support/FakeShell.h"
#include "support/Test.h"

#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace proverdeck::models::aztec {
namespace {

using testing::fleetOf;
using testing::sample;

/// What machineStatusScript() prints on machine-a of the samples.
QByteArray statusOutput()
{
    return "@now 2025-07-08T10:03:50.123456789Z\n@cores 128\n@memory 540651298816\n@ps\n"
        + sample("docker-ps.machine-a.jsonl") + "@stats\n" + sample("docker-stats.machine-a.jsonl")
        + "@inspect\n"
          "/aztec-prover-agent-1|db40b83c5ba7d1|0|false|2025-07-08T10:00:22.1Z|14|0|16000000000\n"
          "@details\n"
          "@c /aztec-prover-agent-1\n@a --prover-agent\n@e PROVER_BROKER_HOST=http://broker:8080\n"
          "@e PROVER_AGENT_COUNT=4\n"
          "@c /aztec-prover-prover-node-1\n@a --prover-node\n";
}

TEST(MachineProbeTest, ReadsWhatDockerSays)
{
    const auto status = parseMachineStatus(statusOutput(), "a");
    ASSERT_TRUE(status);
    EXPECT_EQ(status->cores, 128);
    EXPECT_EQ(QDateTime::fromMSecsSinceEpoch(status->nowMs.value(), Qt::UTC)
                  .toString(Qt::ISODateWithMs)
                  .toStdString(),
              "2025-07-08T10:03:50.123Z");
    ASSERT_EQ(status->containers.size(), 3);
    const DockerContainer &agent = status->containers.at(1);
    EXPECT_EQ(agent.name, "aztec-prover-agent-1");
    EXPECT_EQ(agent.cpuPercent, 10698.33);
    EXPECT_EQ(agent.restarts, 14);
    EXPECT_EQ(agent.cpuLimit, 16);
    EXPECT_EQ(agent.role, "agent");
    EXPECT_EQ(agent.brokerUrl, "http://broker:8080");
    EXPECT_EQ(agent.agentCount, 4);
    EXPECT_EQ(status->projects.value("aztec-prover-agent-1"), "aztec-prover");
    EXPECT_EQ(status->aztecContainers().size(), 3);
}

TEST(MachineProbeTest, SaysWhyDockerCannotBeAsked)
{
    const auto refused = parseMachineStatus(
        "permission denied while trying to connect to the Docker daemon socket\n", "a");
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().contains("group docker")) << refused.error().toStdString();
    const auto missing = parseMachineStatus("docker: command not found\n", "a");
    ASSERT_FALSE(missing);
    EXPECT_TRUE(missing.error().contains("log files")) << missing.error().toStdString();
}

TEST(MachineProbeTest, ABrokerOfAnotherProverIsNone)
{
    const QByteArray other
        = R"({"Names":"bento-broker-1","Image":"ghcr.io/x/broker","State":"running","Status":"Up 3 minutes","ID":"1"})";
    const auto status = parseMachineStatus(QByteArray("@now x\n@ps\n" + other + '\n'), "a");
    ASSERT_TRUE(status);
    EXPECT_EQ(status->containers.size(), 1);
    EXPECT_TRUE(status->aztecContainers().isEmpty());
}

/// Runs the status script with a docker that answers from files, as a server would.
TEST(MachineProbeTest, NoSecretLeavesTheServer)
{
    const QTemporaryDir folder;
    QFile docker(folder.filePath("docker"));
    ASSERT_TRUE(docker.open(QIODevice::WriteOnly));
    docker.write("#!/bin/sh\ncase \"$*\" in\n*SystemTime*) echo 2025-07-08T10:03:50Z ;;\n"
                 "'ps -aq') echo 1 ;;\n*'@c'*) printf '%s\\n' '@c /agent' "
                 "'@e PROVER_BROKER_HOST=https://user:secret1@h:8081/secret2?k=secret3' "
                 "'@e PROVER_PUBLISHER_PRIVATE_KEY=secret4' '@e LOG_LEVEL=secret5 with words' "
                 "'@e ETHEREUM_HOSTS=https://x/secret6' '@a --prover-agent' '@a secret7' 'secret8' "
                 ";;\nesac\n");
    docker.close();
    docker.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    QProcess shell;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("PATH", folder.path() + ':' + environment.value("PATH"));
    shell.setProcessEnvironment(environment);
    shell.start("sh", {"-s"});
    shell.write(machineStatusScript());
    shell.closeWriteChannel();
    ASSERT_TRUE(shell.waitForFinished(20'000));
    const QByteArray out = shell.readAllStandardOutput();
    EXPECT_TRUE(out.contains("@e PROVER_BROKER_HOST=https://h:8081\n")) << out.toStdString();
    EXPECT_TRUE(out.contains("@a --prover-agent\n")) << out.toStdString();
    EXPECT_FALSE(out.contains("secret")) << out.toStdString();
}

Diagnosis diagnosed(const QByteArray &probe)
{
    const QByteArray output = "@diagnosis\n@worker agent-1|running\n"
                              "env PROVER_BROKER_HOST=http://b:8081\ninside\nvia curl\n"
        + probe + "\noutside\nvia curl\nstatus 200\n";
    const auto result = parseDiagnosis(output, "m");
    EXPECT_TRUE(result);
    return result.value_or(Diagnosis());
}

TEST(DiagnosisTest, TellsUnreachableFromWrongServiceFromWell)
{
    const auto code = [](const QByteArray &probe) {
        return findingsOf(diagnosed(probe)).value(0).code.toStdString();
    };
    EXPECT_EQ(
        code(
            "status 200\nrpc {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"status\":\"not-found\"}}"),
        "broker-reached");
    EXPECT_EQ(code("status 200\nrpc {\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,"
                   "\"message\":\"Method not found: proverBroker_getProvingJobStatus\"}}"),
              "wrong-service");
    EXPECT_EQ(code("status 200\nrpc "), "broker-unclear");
    EXPECT_EQ(code("status 500"), "broker-unwell");
    EXPECT_EQ(code("status 404"), "wrong-service");
    EXPECT_EQ(code("error refused curl: (7) Failed to connect"), "broker-unreachable");
    EXPECT_EQ(code("error timeout"), "broker-unreachable");
    EXPECT_EQ(code("error dns"), "broker-unreachable");
    EXPECT_EQ(code("error tool"), "broker-unclear");
    EXPECT_EQ(code("OCI runtime exec failed"), "broker-unclear");
    EXPECT_FALSE(parseDiagnosis("Cannot connect to the Docker daemon", "m"));
}

TEST(DiagnosisTest, NeverCallsWhatTakesWorkOrSwallowsNotifications)
{
    const QByteArray script = diagnosisScript();
    EXPECT_TRUE(script.contains("proverBroker_getProvingJobStatus"));
    for (const char *forbidden :
         {"getProvingJob\"", "getCompletedJobs", "reportProving", "cancelProving", "enqueueProving",
          "docker restart", "docker stop", "docker rm", "docker kill"}) {
        EXPECT_FALSE(script.contains(forbidden)) << forbidden;
    }
}

TEST(LiveAlertsTest, TellsOfAStuckJobOnceWhileTheEpochCanStillBeProved)
{
    const auto fleet = fleetOf({"unhealthy.log"});
    const EpochRow *row = fleet.epoch(3062);
    ASSERT_TRUE(row);
    Analysis then = fleet.analysis; // a while before the deadline
    then.epochs.removeIf([](const EpochRow &one) { return one.epoch != 3062; });
    EpochRow &stuck = then.epochs.first();
    stuck.outcome = "in-progress";
    stuck.failedStage.clear();
    stuck.failedAt = NoTime;
    for (JobRow &job : then.jobs) {
        if (job.epoch == 3062 && job.isStuck) {
            job.state = JobState::InProgress;
        }
    }
    LiveAlerts alerts;
    const qint64 early = stuck.deadline - 600'000;
    const auto keys = [&](qint64 now) {
        QStringList list;
        for (const LiveAlert &alert : alerts.update(then, now)) {
            list << alert.key;
        }
        return list;
    };
    EXPECT_EQ(keys(early), QStringList{"stuck/3062"});
    EXPECT_EQ(keys(early + 1000), QStringList()) << "nobody is told twice";
    EXPECT_EQ(keys(stuck.deadline - 60'000), QStringList{"near/3062"});
}

TEST(LiveAlertsTest, WhatWasOverBeforeIsNoAlert)
{
    const auto fleet = fleetOf({"unhealthy.log"});
    LiveAlerts alerts;
    EXPECT_TRUE(alerts.update(fleet.analysis, fleet.analysis.last + 3'600'000).isEmpty());
}

TEST(MachineWatchTest, FollowsWhatDockerListsAndGoesOnAfterALostConnection)
{
    auto owned = std::make_unique<proverdeck::testing::FakeShell>();
    proverdeck::testing::FakeShell &shell = *owned;
    MachineWatch watch(std::move(owned), {.host = "a"});
    QSignalSpy lines(&watch, &MachineWatch::bytesCame);
    watch.start();
    shell.acceptLogin();
    shell.reply(statusOutput(), 0, "@inspect");
    ASSERT_EQ(watch.sources().size(), 3);
    const auto *first = shell.pending("'aztec-prover-broker-1'");
    ASSERT_TRUE(first);
    shell.print(first->id,
                "2025-07-08T10:03:26.403000000Z [10:03:26.403] INFO: x y\n2025-07-08T10");
    ASSERT_EQ(lines.size(), 1);
    EXPECT_EQ(lines.at(0).at(0).toString(), "container:aztec-prover-broker-1");
    EXPECT_EQ(lines.at(0).at(1).toByteArray(),
              "aztec-prover-broker-1 | 2025-07-08T10:03:26.403000000Z [10:03:26.403] INFO: x y\n");
    shell.lose();
    EXPECT_EQ(watch.link(), MachineWatch::Link::Reconnecting);
    ASSERT_TRUE(watch.retryIn());
    watch.retry();
    shell.acceptLogin();
    EXPECT_EQ(watch.link(), MachineWatch::Link::Connected);
    const auto *second = shell.pending("--since '2025-07-08T10:03:23.403000000Z'");
    ASSERT_TRUE(second);
    shell.print(second->id,
                "2025-07-08T10:03:26.403000000Z [10:03:26.403] INFO: x y\n"
                "2025-07-08T10:03:27.000000000Z [10:03:27.000] INFO: x z\n");
    ASSERT_EQ(lines.size(), 2);
    EXPECT_EQ(lines.at(1).at(1).toByteArray(),
              "aztec-prover-broker-1 | 2025-07-08T10:03:27.000000000Z [10:03:27.000] INFO: x z\n");
}

} // namespace
} // namespace proverdeck::models::aztec
