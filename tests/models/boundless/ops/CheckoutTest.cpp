// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/Checkout.h"

#include "models/boundless/ops/DbCopy.h"
#include "models/boundless/ops/StackStatus.h"
#include "models/boundless/ops/StopPast.h"
#include "support/Test.h"

#include <QFile>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

namespace proverdeck::models::boundless {
namespace {

TEST(CheckoutTest, TheReleasesAreToldApart)
{
    const auto era = [](const QByteArray &lines) {
        const auto checkout = parseCheckout(
            "~/b", QByteArray("path /home/a/b\n" + lines + "docker yes\nend yes\n"));
        return checkout ? eraWord(checkout->era) : checkout.error();
    };
    EXPECT_EQ(era("describe v0.13.1\nfile compose.yml\nfile .env.base\n"), "0.13");
    EXPECT_EQ(era("version 1.0.2\nfile compose.yml\n"), "1.0");
    EXPECT_EQ(era("describe v1.2.2-5-gabc\nfile compose.yml\n"), "1.1");
    EXPECT_EQ(era("version 1.4.0\nfile compose.yml\n"), "1.4");
    EXPECT_EQ(era("describe v1.9.0\nfile compose.yml\nfile prover-compose.yml\n"), "2.0");
    EXPECT_TRUE(era("describe v1.0.0\n").contains("no Boundless checkout"));
}

TEST(CheckoutTest, TheProgramNeedNotBeOfTheCheckoutsRelease)
{
    const auto checkout = parseCheckout(
        "~/b",
        "path /b\nversion 2.0.2\nfile prover-compose.yml\nfile broker.toml\nrecipe prover\njust "
        "yes\ndocker yes\ncli boundless-cli 0.14.1\ndialect stake\nkeyfile .env\nend yes\n");
    ASSERT_TRUE(checkout);
    EXPECT_EQ(checkout->cli, CliDialect::Stake);
    EXPECT_EQ(checkout->recipe, "prover");
    EXPECT_EQ(checkout->compose(), "docker compose -f prover-compose.yml");
    EXPECT_EQ(checkout->keyFiles, QStringList{".env"});
    EXPECT_TRUE(checkout->hasBrokerToml && checkout->hasJust && checkout->hasDocker);
}

TEST(CheckoutTest, WhatWentWrongIsASentence)
{
    EXPECT_TRUE(parseCheckout("~/b", "E there is no folder ~/b\n").error().contains("no folder"));
    EXPECT_FALSE(parseCheckout("~/b", "path /b\nfile compose.yml\n")) << "cut off";
}

TEST(StackStatusTest, AComposeThatFailsIsNotAStackThatIsDown)
{
    const QTemporaryDir folder;
    QFile docker(folder.filePath("docker"));
    ASSERT_TRUE(docker.open(QIODevice::WriteOnly));
    docker.write("#!/bin/sh\ncase $1 in info) echo 2026-02-12T15:03:12.4Z;;\n"
                 "compose) echo 'yaml: line 3: did not find expected key' >&2; exit 15;; esac\n");
    docker.close();
    ASSERT_TRUE(docker.setPermissions(QFile::ReadOwner | QFile::ExeOwner));
    Checkout checkout;
    checkout.dir = folder.path();
    checkout.composeFile = "compose.yml";
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("PATH", folder.path() + ':' + environment.value("PATH"));
    QProcess shell;
    shell.setProcessEnvironment(environment);
    shell.start("bash", {"-s"});
    shell.write(stackStatusScript(checkout));
    shell.closeWriteChannel();
    ASSERT_TRUE(shell.waitForFinished(20'000));
    const auto status = parseStackStatus(shell.readAllStandardOutput());
    ASSERT_FALSE(status) << "nobody knows what runs";
    EXPECT_TRUE(status.error().contains("expected key")) << status.error().toStdString();
}

TEST(StopPastTest, ADownThatFailedIsGivenAgain)
{
    const auto entry = [](const QString &what, const QJsonObject &data = {}) {
        return JournalEntry{.what = what, .data = data};
    };
    QList<JournalEntry> entries{entry("stop"), entry("down"), entry("ended", {{"exit", -1}})};
    EXPECT_TRUE(readStopPast(entries).isDownAsked);
    EXPECT_EQ(readStopPast(entries).downExit, -1);
    entries << entry("down-failed");
    const StopPast past = readStopPast(entries);
    EXPECT_FALSE(past.isDownAsked);
    EXPECT_FALSE(past.downExit);
    EXPECT_EQ(past.failedDowns, 1);
    EXPECT_FALSE(past.isOver);
}

TEST(StackStatusTest, ReadsContainersAndWhatIsWrongWithThem)
{
    const QByteArray out = R"(now 2026-02-12T15:03:12.418233017Z
container {"name":"/bento-gpu_prove_agent0-1","state":{"Status":"running","Running":true,"OOMKilled":false,"ExitCode":0,"StartedAt":"2026-02-12T15:00:00.1Z","FinishedAt":"0001-01-01T00:00:00Z","Health":{"Status":"unhealthy"}},"restarts":4,"image":"i","labels":{"com.docker.compose.service":"gpu_prove_agent0"},"memory":0,"entry":null}
container {"name":"/bento-exec_agent0-1","state":{"Status":"running","Running":true},"restarts":0,"image":"i","labels":{"com.docker.compose.service":"exec_agent0"},"memory":4294967296,"entry":["/app/agent","-t","exec","--segment-po2","20"]}
container {"name":"/bento-broker-1","state":{"Status":"exited","Running":false,"OOMKilled":true,"ExitCode":137,"StartedAt":"2026-02-12T14:00:00+00:00","FinishedAt":"2026-02-12T15:00:00Z"},"restarts":1,"image":"b","labels":{"com.docker.compose.service":"broker"},"memory":2147483648,"entry":[]}
stats {"CPUPerc":"12.50%","MemPerc":"--","Name":"bento-exec_agent0-1"}
end yes
)";
    const auto status = parseStackStatus(out);
    ASSERT_TRUE(status) << status.error().toStdString();
    EXPECT_EQ(status->now.toMSecsSinceEpoch() % 1000, 418);
    ASSERT_EQ(status->containers.size(), 3);
    const StackContainer *broker = status->broker();
    ASSERT_NE(broker, nullptr);
    EXPECT_EQ(broker, &status->containers.first());
    EXPECT_EQ(broker->memoryLimit, 2147483648);
    EXPECT_EQ(broker->finished.time().hour(), 15);
    EXPECT_FALSE(status->isBrokerRunning());
    EXPECT_EQ(status->segmentSize, 20);
    EXPECT_EQ(status->running("exec"), 1);
    const StackContainer &exec = status->containers.at(1);
    EXPECT_EQ(exec.cpuPercent, 12.5);
    EXPECT_FALSE(exec.memoryPercent) << "not known is not 0";
    const StackContainer &gpu = status->containers.at(2);
    EXPECT_FALSE(gpu.finished.isValid()) << "the year 1 is never";
    EXPECT_FALSE(gpu.memoryLimit);
    QStringList codes;
    for (const Finding &finding : findingsOf(*status)) {
        codes << finding.code;
    }
    EXPECT_EQ(codes, (QStringList{"container-oom", "container-restarts", "container-unhealthy"}));
}

TEST(StackStatusTest, AnAnswerThatIsCutOffIsNone)
{
    EXPECT_FALSE(parseStackStatus("now 2026-02-12T15:03:12Z\n"));
    EXPECT_FALSE(parseStackStatus("end yes\n"));
    EXPECT_TRUE(parseStackStatus("E docker does not answer: Cannot connect\n")
                    .error()
                    .contains("Cannot connect"));
}

TEST(StackStatusTest, TheScriptPrintsNoEnvironment)
{
    Checkout checkout;
    checkout.dir = "~/boundless";
    checkout.composeFile = "compose.yml";
    const QByteArray script = stackStatusScript(checkout);
    EXPECT_TRUE(script.contains("sed -n 's/^SEGMENT_SIZE="));
    EXPECT_FALSE(script.contains("{{json .Config}}"));
    EXPECT_FALSE(script.contains("{{json .}}' $ids 2>/dev/null | sed 's/^/container"));
}

TEST(DbCopyTest, TakesTheFilesApart)
{
    const auto copy = parseDbCopy("now 2026-02-12T15:03:12Z\nfile broker.db 5\na\nb\nc\nfile "
                                  "broker.db-wal 0\n\nend yes\n");
    ASSERT_TRUE(copy) << copy.error().toStdString();
    ASSERT_EQ(copy->files.size(), 2);
    EXPECT_EQ(copy->files.first().second, "a\nb\nc");
}

TEST(DbCopyTest, RefusesWhatIsCutOffOrHostile)
{
    EXPECT_FALSE(parseDbCopy("now 2026-02-12T15:03:12Z\nfile broker.db 50\nabc\nend yes\n"));
    EXPECT_FALSE(parseDbCopy("file ../../x.db 1\na\nend yes\n"));
    EXPECT_FALSE(parseDbCopy("file .x.db 1\na\nend yes\n"));
    EXPECT_FALSE(parseDbCopy("file broker.db -1\n\nend yes\n"));
    EXPECT_TRUE(parseDbCopy("E there is no broker container\n").error().contains("no broker"));
}

} // namespace
} // namespace proverdeck::models::boundless
