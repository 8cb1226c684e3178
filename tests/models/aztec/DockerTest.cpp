// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/Docker.h"

#include "models/aztec/AztecFixture.h"

namespace proverdeck::models::aztec {
namespace {

using testing::sample;

const DockerContainer *find(const DockerFile &file, const QString &machine, const QString &name)
{
    for (const DockerContainer &one : file.containers) {
        if (one.machine == machine && one.name == name) {
            return &one;
        }
    }
    return nullptr;
}

TEST(DockerTest, IsRecognisedByItsContent)
{
    for (const char *name : {"docker-ps.txt", "docker-stats.txt", "docker-inspect.json",
                             "docker-ps.machine-a.jsonl", "docker-stats.machine-b.jsonl"}) {
        EXPECT_TRUE(isDockerOutput(sample(name))) << name;
    }
    for (const char *name : {"unhealthy.log", "unhealthy.json.log", "messy-crlf.log"}) {
        EXPECT_FALSE(isDockerOutput(sample(name))) << name;
    }
    EXPECT_FALSE(isDockerOutput(""));
}

TEST(DockerTest, PsOfThreeHosts)
{
    const DockerFile file = readDocker(sample("docker-ps.txt"), "x");
    EXPECT_EQ(file.containers.size(), 12);
    const DockerContainer *node = find(file, "machine-a", "aztec-prover-prover-node-1");
    ASSERT_TRUE(node);
    EXPECT_EQ(node->status, QString("Up 3 minutes"));
    EXPECT_EQ(node->role, QString("prover-node"));
    EXPECT_TRUE(node->ports.contains("40400->40400/udp"));
    EXPECT_EQ(find(file, "machine-c", "aztec-prover-prover-node-1")->state, QString("restarting"));
    EXPECT_EQ(find(file, "machine-c", "aztec-prover-agent-1")->exitCode, 137);
    EXPECT_EQ(find(file, "machine-c", "aztec-prover-broker-1")->health, QString("unhealthy"));
    EXPECT_EQ(find(file, "machine-c", "aztec-prover-agent-2")->health, QString("starting"));
    EXPECT_EQ(find(file, "machine-c", "aztec-prover-agent-3")->state, QString("paused"));
    EXPECT_EQ(find(file, "machine-c", "aztec-prover-agent-4")->state, QString("created"));
    EXPECT_TRUE(find(file, "machine-b", "prover-agent-1")->ports.isEmpty());
}

TEST(DockerTest, TableAndJsonSayTheSame)
{
    for (const char *name :
         {"docker-stats.machine-a", "docker-stats.machine-b", "docker-stats.unhealthy"}) {
        const DockerFile table = readDocker(sample(QString(name) + ".txt"), "m");
        const DockerFile json = readDocker(sample(QString(name) + ".jsonl"), "m");
        EXPECT_EQ(table, json) << name;
        EXPECT_FALSE(table.containers.isEmpty()) << name;
    }
}

TEST(DockerTest, StatsKeepUnknownValuesUnknown)
{
    const DockerFile file = readDocker(sample("docker-stats.txt"), "x");
    const DockerContainer *stopped = find(file, "machine-c", "aztec-prover-prover-node-1");
    ASSERT_TRUE(stopped);
    EXPECT_FALSE(stopped->cpuPercent);
    EXPECT_FALSE(stopped->memoryBytes);
    EXPECT_FALSE(stopped->pids);
    const DockerContainer *agent = find(file, "machine-a", "aztec-prover-agent-1");
    EXPECT_EQ(agent->cpuPercent, 10698.33);
    EXPECT_NEAR(*agent->memoryBytes / (1LL << 30), 426.3, 0.01);
    EXPECT_EQ(agent->pids, 2417);
}

TEST(DockerTest, InspectMasksSecrets)
{
    const DockerFile file = readDocker(sample("docker-inspect.json"), "m");
    EXPECT_EQ(file.containers.size(), 8);
    int oom = 0;
    for (const DockerContainer &one : file.containers) {
        oom += one.oomKilled.value_or(false);
        const QString all = one.environment.join(' ');
        EXPECT_FALSE(all.contains("not-a-real")) << all.toStdString();
    }
    EXPECT_EQ(oom, 1);
    EXPECT_EQ(maskedVariable("PROVER_PUBLISHER_PRIVATE_KEY=0xabc"),
              QString("PROVER_PUBLISHER_PRIVATE_KEY=********"));
    EXPECT_EQ(maskedVariable("ETHEREUM_HOSTS=https://u:p@a.example/v2/tok,https://b.example"),
              QString("ETHEREUM_HOSTS=https://********@a.example/********,https://b.example"));
    EXPECT_EQ(maskedVariable("PROVER_AGENT_COUNT=40"), QString("PROVER_AGENT_COUNT=40"));
}

TEST(DockerTest, JoinsWhatSeveralOutputsSay)
{
    DockerFile all = readDocker(sample("docker-ps.machine-a.txt"), "machine-a");
    mergeDocker(all, readDocker(sample("docker-stats.machine-a.jsonl"), "machine-a"));
    EXPECT_EQ(all.containers.size(), 3);
    const DockerContainer *agent = find(all, "machine-a", "aztec-prover-agent-1");
    EXPECT_EQ(agent->status, QString("Up 3 minutes"));
    EXPECT_EQ(agent->cpuPercent, 10698.33);
}

TEST(DockerTest, NonsenseIsLeftOut)
{
    for (const char *text : {"[", "[1,2", "{\"CPUPerc\":", "CONTAINER ID   NAMES\n\n   \n",
                             "{\"CPUPerc\":\"x\",\"Name\":5}"}) {
        const DockerFile file = readDocker(text, "m");
        for (const DockerContainer &one : file.containers) {
            EXPECT_FALSE(one.cpuPercent);
        }
    }
}

} // namespace
} // namespace proverdeck::models::aztec
