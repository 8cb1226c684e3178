// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/AztecFixture.h"
#include "models/aztec/FindingTexts.h"
#include "models/aztec/Report.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace proverdeck::models::aztec {
namespace {

using testing::Fleet;
using testing::fleetOf;
using testing::sample;

QList<qint64> linesOf(const Trouble &trouble)
{
    QList<qint64> lines;
    for (const Evidence &evidence : trouble.evidence) {
        lines << evidence.line;
    }
    return lines;
}

TEST(AztecTroublesTest, AKilledProverIsTheCauseAndItsEchoesAreNamedSo)
{
    for (const char *name : {"unhealthy.log", "unhealthy.json.log"}) {
        const Fleet fleet = fleetOf({name});
        const QList<Trouble> killed = fleet.troubles("job-killed");
        ASSERT_EQ(killed.size(), 1) << name;
        EXPECT_EQ(killed.first().count, 3);
        EXPECT_EQ(killed.first().epoch, 3061);
        const TypeStats vm = fleet.type(3061, "PUBLIC_VM");
        EXPECT_EQ(vm.retried, 2);
        EXPECT_EQ(vm.failed, 1);
        EXPECT_EQ(vm.mostAttempts, 3);
        ASSERT_TRUE(fleet.epoch(3061)->cause);
        EXPECT_EQ(fleet.epoch(3061)->cause->code, QString("job-killed"));
        EXPECT_EQ(fleet.epoch(3061)->outcome, QString("proving-failed"));
        EXPECT_TRUE(fleet.epoch(3061)->provenByOther);
        const QList<Trouble> stopped = fleet.troubles("broker-facade-stopped");
        ASSERT_EQ(stopped.size(), 2) << name;
        EXPECT_EQ(stopped.first().count, 3);
        EXPECT_EQ(stopped.first().evidence.size(), 3);
        EXPECT_EQ(stopped.first().consequenceOf, QString("job-killed"));
        EXPECT_EQ(stopped.first().severity, Severity::Info);
    }
    const Fleet fleet = fleetOf({"unhealthy.log"});
    EXPECT_EQ(linesOf(fleet.troubles("broker-facade-stopped").first()),
              (QList<qint64>{66, 67, 68}));
}

TEST(AztecTroublesTest, TimeOutsAreNoAttempts)
{
    const Fleet fleet = fleetOf({"unhealthy.log"});
    const TypeStats tube = fleet.type(3062, "TUBE_PROOF");
    EXPECT_EQ(tube.timedOut, 6);
    EXPECT_EQ(tube.failed, 1);
    EXPECT_EQ(tube.cancelled, 1);
    EXPECT_EQ(tube.mostAttempts, 1);
    EXPECT_EQ(tube.completed, 0);
    const TypeStats merge = fleet.type(3062, "MERGE_ROLLUP");
    EXPECT_EQ(merge.timedOut, 1);
    EXPECT_EQ(merge.completed, 1);
    EXPECT_EQ(merge.mostAttempts, 1);
    EXPECT_EQ(fleet.type(3062, "PUBLIC_BASE_ROLLUP").mostAttempts, 2);
    ASSERT_EQ(fleet.troubles("job-stuck").size(), 1);
    EXPECT_EQ(fleet.troubles("job-stuck").first().count, 6);
    EXPECT_EQ(fleet.troubles("job-timed-out").size(), 1);
    EXPECT_EQ(fleet.epoch(3062)->outcome, QString("deadline-missed"));
    EXPECT_EQ(fleet.epoch(3062)->cause->code, QString("job-stuck"));
    EXPECT_EQ(fleet.troubles("native-crash").size(), 1);
}

TEST(AztecTroublesTest, TheOtherGroups)
{
    const Fleet fleet = fleetOf({"unhealthy.log"});
    for (const char *code : {"double-assignment", "broker-forgot-agent", "unknown-job",
                             "p2p-rate-limit", "p2p-no-peers", "p2p-discovery", "txs-missing",
                             "epoch-txs-missing", "submission-failed", "chain-unwound"}) {
        EXPECT_EQ(fleet.troubles(code).size(), 1) << code;
    }
    ASSERT_EQ(fleet.troubles("p2p-stream-reset").size(), 1);
    EXPECT_EQ(fleet.troubles("p2p-stream-reset").first().count, 4);
    EXPECT_EQ(fleet.troubles("p2p-stream-reset").first().severity, Severity::Info);
    EXPECT_EQ(fleet.epoch(3063)->outcome, QString("submission-failed"));
    EXPECT_EQ(fleet.epoch(3063)->marginMs.value_or(0) / 1000, 709);
}

TEST(AztecTroublesTest, IdleUnreachableAndWrongServiceAreThreeThings)
{
    const Fleet fleet = fleetOf({"unhealthy-worker.log"});
    ASSERT_EQ(fleet.analysis.agents.size(), 1);
    const AgentRow &agent = fleet.analysis.agents.first();
    EXPECT_EQ(agent.verdict, QString("wrong-service"));
    ASSERT_EQ(agent.history.size(), 2);
    EXPECT_EQ(agent.history.at(0).verdict, QString("cannot-reach-broker"));
    EXPECT_EQ(agent.history.at(1).verdict, QString("wrong-service"));
    EXPECT_EQ(fleet.troubles("cannot-reach-broker").size(), 1);
    EXPECT_EQ(fleet.troubles("wrong-service").first().count, 3);
    EXPECT_TRUE(fleet.analysis.jobs.empty());

    EXPECT_EQ(fleetOf({"machine-b-first-start.docker-t.log"}).analysis.agents.value(0).verdict,
              QString("idle"));
    Fleet loading;
    loading.add("2025-07-08T09:41:02.110100000Z Downloading CRS of size 33554433 into /root\n"
                "2025-07-08T09:41:02.210Z [09:41:02.210] INFO: bb-prover BB out\n",
                "m");
    loading.finish();
    EXPECT_EQ(loading.analysis.agents.value(0).verdict, QString("loading-crs"));
}

TEST(AztecTroublesTest, ALogOfSomethingElseIsNoCleanBill)
{
    Fleet fleet;
    fleet.add("root:x:0:0:root:/root:/bin/bash\nnobody:x:65534\n", "passwd");
    fleet.add("", "nothing");
    fleet.finish();
    const auto others = fleet.troubles("no-aztec-lines");
    ASSERT_EQ(others.size(), 1);
    EXPECT_EQ(others.first().values.value("lines"), QString("2"));
    EXPECT_TRUE(fleet.troubles("log-empty").isEmpty()); // what is watched may yet speak
}

TEST(AztecTroublesTest, ADownloadIsToldFromTheCache)
{
    const Fleet fleet = fleetOf({"machine-b-first-start.docker-t.log"});
    ASSERT_EQ(fleet.analysis.startUps.size(), 1);
    const StartUpRow &start = fleet.analysis.startUps.first();
    EXPECT_TRUE(start.crs.value(0).isDownload);
    EXPECT_NEAR(double(start.crsMs.value_or(0)), 155'800, 100);
    EXPECT_EQ(fleet.troubles("crs-downloaded").size(), 1);
    EXPECT_TRUE(fleetOf({"machine-b-epoch-3055.log"}).troubles("crs-downloaded").isEmpty());
}

TEST(AztecTroublesTest, EveryFindingSpeaksBothLanguages)
{
    for (const QString &code : knownCodes()) {
        Trouble trouble;
        trouble.code = code;
        for (const Language language : {Language::English, Language::Chinese}) {
            const TroubleText text = textOf(trouble, language);
            EXPECT_FALSE(text.text.isEmpty()) << code.toStdString();
            EXPECT_FALSE(text.advice.isEmpty()) << code.toStdString();
            EXPECT_FALSE(text.group.isEmpty()) << code.toStdString();
        }
    }
    const Fleet fleet = fleetOf({"unhealthy.log", "unhealthy-worker.log"});
    for (const Trouble &trouble : fleet.analysis.troubles) {
        EXPECT_TRUE(knownCodes().contains(trouble.code)) << trouble.code.toStdString();
        EXPECT_FALSE(textOf(trouble).text.contains("–")) << textOf(trouble).text.toStdString();
    }
}

TEST(AztecTroublesTest, TextsOfLogsFillNoOtherPlace)
{
    Trouble trouble;
    trouble.code = "job-failed";
    trouble.values = {{"job", "{reason}"}, {"attempts", "3"}, {"reason", "{job}"}};
    EXPECT_TRUE(textOf(trouble).text.startsWith("{reason} was given up after 3 attempts: {job}"))
        << textOf(trouble).text.toStdString();
}

TEST(AztecReportTest, JsonIsWholeAndHidesSecretsAndAddresses)
{
    Fleet fleet = fleetOf({"unhealthy.log", "unhealthy-worker.log"});
    fleet.gathering->addDocker(readDocker(sample("docker-inspect.json"), "m"));
    fleet.finish();
    QByteArray text;
    writeJson(*fleet.gathering, fleet.analysis, {}, [&text](std::string_view piece) {
        text.append(piece.data(), qsizetype(piece.size()));
    });
    QJsonParseError error;
    const QJsonObject json = QJsonDocument::fromJson(text, &error).object();
    ASSERT_EQ(error.error, QJsonParseError::NoError) << error.errorString().toStdString();
    for (const char *key : {"epochs", "machines", "jobs", "findings", "logs", "agents"}) {
        EXPECT_FALSE(json.value(QString(key)).toArray().isEmpty()) << key;
    }
    for (const char *secret : {"192.0.2.", "not-a-real-key", "not-a-real-token"}) {
        EXPECT_FALSE(text.contains(secret)) << secret;
        EXPECT_FALSE(toMarkdown(fleet.analysis, {}).contains(QString(secret))) << secret;
    }
    const QJsonObject job = json.value("jobs").toArray().first().toObject();
    for (const char *key : {"id", "type", "state", "attempts"}) {
        EXPECT_TRUE(job.contains(QString(key))) << key;
    }
}

TEST(AztecReportTest, CsvHasOneRowPerEpochAndType)
{
    const Fleet fleet = fleetOf({"machine-a-epoch-3054.log", "machine-b-epoch-3055.log"});
    QByteArray types;
    writeTypesCsv(fleet.analysis, [&types](std::string_view piece) {
        types.append(piece.data(), qsizetype(piece.size()));
    });
    EXPECT_EQ(types.count("\r\n"), 7);
    EXPECT_TRUE(types.contains("3054,TUBE_PROOF,0,12,8,0,0,0,0,8,1,11,0,7"));
    QByteArray jobs;
    writeJobsCsv(*fleet.gathering, fleet.analysis, [&jobs](std::string_view piece) {
        jobs.append(piece.data(), qsizetype(piece.size()));
    });
    EXPECT_EQ(jobs.count("\r\n"), qsizetype(fleet.analysis.jobs.size()) + 1);
}

TEST(AztecReportTest, NeverRepeatsTheMistakesOfTheGuide)
{
    Fleet fleet = fleetOf({"machine-b-epoch-3055.log", "unhealthy-worker.log"});
    fleet.gathering->addDocker(readDocker(sample("docker-stats.txt"), "m"));
    AnalysisOptions options;
    options.cores.insert("machine-a", 128);
    fleet.finish(options);
    const QString text = toMarkdown(fleet.analysis, {});
    EXPECT_TRUE(text.contains("33554433 points (2.0 GiB)"));
    EXPECT_TRUE(text.contains("83.6 % (of 128 cores)"));
    EXPECT_TRUE(text.contains("asks the wrong service"));
    EXPECT_TRUE(text.contains("TUBE_PROOF + PUBLIC_VM → PUBLIC_BASE_ROLLUP"));
    EXPECT_TRUE(
        toMarkdown(fleet.analysis, {Language::Chinese, false}).contains("连接了错误的服务"));
}

} // namespace
} // namespace proverdeck::models::aztec
