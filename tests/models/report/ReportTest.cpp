// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/report/Report.h"

#include "models/ethrex/LogFindings.h"
#include "models/report/ResultJson.h"
#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>

#include <unistd.h>

namespace proverdeck::models::report {
namespace {

using proverdeck::testing::readData;

ResultDocument fixture(bool withMetrics = true)
{
    ethrex::ProverLog log;
    log.feed(readData("ethrex/prover.log"));
    log.finish();
    ethrex::MetricsHistory metrics;
    if (withMetrics) {
        metrics.add(ethrex::parseMetrics(readData("ethrex/metrics.txt"))
                        .value_or(ethrex::MetricsSnapshot()));
    }
    ResultDocument document;
    document.rows = ethrex::buildTable(log.proofs(), metrics);
    document.findings = log.findings();
    Session &session = document.session;
    session.cpuModel = "AMD EPYC 7713 64-Core Processor";
    session.memoryKiB = 263700000;
    session.gpus
        = {{"NVIDIA GeForce RTX 4090", "550.54.14", 24564}, {"NVIDIA L40S", "550.54.14", 46068}};
    return document;
}

TEST(ReportTest, WritesWhatUpstreamWrites)
{
    EXPECT_EQ(toUpstreamMarkdown(fixture()).toUtf8(), readData("ethrex/sp1_bench_results.md"));
    EXPECT_EQ(toUpstreamMarkdown(fixture(false)).toUtf8(),
              readData("ethrex/sp1_bench_results-l2-down.md"));
    EXPECT_EQ(toUpstreamMarkdown({}), QString());
    ResultDocument untimed = fixture();
    for (ethrex::BatchRow &row : untimed.rows) {
        row.timeMs.reset();
    }
    EXPECT_EQ(toUpstreamMarkdown(untimed), QString());
}

// A golden file is renewed with PROVERDECK_RENEW=1 in the environment, and then read by a person.
void expectGolden(const char *name, const QByteArray &bytes)
{
    if (qEnvironmentVariableIsSet("PROVERDECK_RENEW")) {
        QFile file(QString(PROVERDECK_TEST_DATA "/ethrex/") + name);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    EXPECT_EQ(bytes, readData(QString("ethrex/") + name));
}

ResultDocument full()
{
    ResultDocument document = fixture();
    Session &session = document.session;
    session.started = QDateTime(QDate(2026, 2, 12), QTime(14, 58), Qt::UTC);
    session.ended = QDateTime(QDate(2026, 2, 12), QTime(15, 35), Qt::UTC);
    session.runId = "20260212-145800";
    session.server = "bench|one";
    session.backend = "sp1";
    session.gpu = true;
    session.gitRef = "main";
    session.commit = "056b8625aaaabbbbccccddddeeeeffff00001111";
    session.commitSubject = "feat(l2): time | prove\nbatches";
    session.txPerAccount = 50;
    session.txType = "eth-transfers";
    session.endless = false;
    session.workflow = "ethrex-benchmark 1 (built in)";
    session.state = "done";
    session.cost = ServerCost{.cpuSeconds = 3.25, .gpuToolCpuSeconds = 5.5, .seconds = 2220};
    document.observations = "GPU at 71 °C.\n";
    return document;
}

TEST(ReportTest, GoldenFiles)
{
    expectGolden("golden-report.md", toMarkdown(full()).toUtf8());
    expectGolden("golden-report-unknown.md", toMarkdown({.rows = fixture(false).rows}).toUtf8());
    expectGolden("golden-report.csv", toCsv(full()));
    expectGolden("golden-report.json", QJsonDocument(toJson(full(), true)).toJson());
}

TEST(ReportTest, MarkdownCellsCannotBreakTheTable)
{
    const QString text = toMarkdown(full());
    EXPECT_TRUE(text.contains("| **Server** | bench\\|one |"));
    EXPECT_TRUE(text.contains("| **Commit subject** | feat(l2): time \\| prove batches |"));
    EXPECT_TRUE(text.contains("| 4 | 142.66 | 142655 | 23121000 | 1101 | 2 | 0.162 | 7.718 |"));
    for (const char *heading :
         {"Test Session Info", "Proving Results", "Summary", "Findings", "Observations"}) {
        EXPECT_TRUE(text.contains(QString("\n### %1\n").arg(heading))) << heading;
    }
    for (const char *field : {"Date", "Server", "Backend", "GPU", "Branch/Commit", "Tx per Account",
                              "Tx Type", "Endless Mode", "Batches Proved", "Avg Proving Time",
                              "Min Proving Time", "Max Proving Time", "Total Gas", "Total Txs"}) {
        EXPECT_TRUE(text.contains(QString("| **%1** |").arg(field))) << field;
    }
}

TEST(ReportTest, JsonHasTheAgreedKeysAndNullForUnknown)
{
    const QJsonObject json = toJson(fixture(), false);
    EXPECT_EQ(json.keys(), (QStringList{"batches", "findings", "summary"}));
    const QJsonObject row = json["batches"].toArray().at(6).toObject();
    for (const char *key :
         {"batch", "proving_time_ms", "gas_used", "tx_count", "blocks", "flags"}) {
        EXPECT_TRUE(row.contains(QLatin1String(key))) << key;
    }
    EXPECT_EQ(row["proving_time_ms"].toInteger(), 145902);
    const QJsonObject summary = json["summary"].toObject();
    for (const char *key : {"batches", "avg_ms", "median_ms", "min_ms", "max_ms", "p95_ms",
                            "stddev_ms", "total_gas", "total_txs"}) {
        EXPECT_TRUE(summary.contains(QLatin1String(key))) << key;
        EXPECT_TRUE(summary["counted"].toObject().contains(QLatin1String(key))) << key;
    }
    EXPECT_EQ(summary["counted"].toObject()["batches"].toInt(), 8);
    const QJsonObject finding = json["findings"].toArray().first().toObject();
    EXPECT_EQ(finding["severity"].toString(), QString("warning"));
    EXPECT_EQ(finding["line"].toInt(), 33);

    const QJsonObject unknown = toJson(fixture(false), false);
    EXPECT_TRUE(unknown["batches"].toArray().first().toObject()["gas_used"].isNull());
    EXPECT_TRUE(unknown["summary"].toObject()["total_gas"].isNull());
    EXPECT_TRUE(unknown["summary"].toObject()["counted"].toObject()["avg_ms"].isNull());
    EXPECT_TRUE(toJson({}, true)["session"].toObject()["server"].isNull());
    ResultDocument noLine;
    noLine.findings << Finding{};
    EXPECT_TRUE(toJson(noLine, false)["findings"].toArray().first().toObject()["line"].isNull());
}

TEST(ReportTest, TellsEnergyWithItsUncertainty)
{
    ResultDocument document = fixture();
    for (ethrex::BatchRow &row : document.rows) {
        if (row.batch == 8) {
            row.energy = {72'230.5, 722.3, 1000};
            row.allEnergiesJ = {72'230.5, std::nullopt};
        }
    }
    const QByteArray csv = toCsv(document);
    EXPECT_TRUE(csv.contains(",72230.5,722.3,1000,72230.5 -\r\n")) << csv.toStdString();
    const QString markdown = toMarkdown(document);
    EXPECT_TRUE(markdown.contains(QString::fromUtf8("| 72.23 ± 0.72 | repeat |")));
    EXPECT_TRUE(markdown.contains("samples 1.00 s apart"));
    const QJsonObject json = toJson(document, false);
    const QJsonObject summary = json.value("summary").toObject();
    EXPECT_EQ(summary.value("energy_batches").toInt(), 1);
    EXPECT_EQ(summary.value("total_energy_j").toDouble(), 72'230.5);
    EXPECT_NEAR(summary.value("j_per_mgas").toDouble(), 72'230.5 / 23.121, 1e-6);
    for (const QJsonValue &row : json.value("batches").toArray()) {
        EXPECT_EQ(row.toObject().value("energy_j").isNull(),
                  row.toObject().value("batch").toInt() != 8);
        EXPECT_EQ(rowFromJson(row.toObject()).energy.has_value(),
                  row.toObject().value("batch").toInt() == 8);
    }
}

TEST(ReportTest, CsvHasOneLinePerBatch)
{
    const QList<QByteArray> lines = toCsv(fixture()).split('\n');
    ASSERT_EQ(lines.size(), 16);
    EXPECT_TRUE(lines[0].startsWith("batch,proving_time_ms,gas_used,tx_count,blocks,"));
    EXPECT_EQ(lines[8],
              "8,144461,23121000,1101,2,0.160050,7.621434,repeat,true,144461 "
              "146902,2026-02-12T15:19:12.556Z,,,,\r");
    EXPECT_TRUE(toCsv(fixture(false)).contains("\r\n2,48912,,,,,,metrics-missing,false,48912,"));
}

TEST(ReportTest, DurationsAndNumbersForReading)
{
    EXPECT_EQ(durationText(0), QString("0 ms"));
    EXPECT_EQ(durationText(845), QString("845 ms"));
    EXPECT_EQ(durationText(47123), QString("47.12 s"));
    EXPECT_EQ(durationText(59994), QString("59.99 s"));
    EXPECT_EQ(durationText(59999), QString("1 min 00 s"));
    EXPECT_EQ(durationText(63000), QString("1 min 03 s"));
    EXPECT_EQ(durationText(3599499), QString("59 min 59 s"));
    EXPECT_EQ(durationText(3599500), QString("1 h 00 min"));
    EXPECT_EQ(durationText(7500000), QString("2 h 05 min"));
    EXPECT_EQ(durationText(-63000), QString("-1 min 03 s"));
    EXPECT_EQ(groupedText(0), QString("0"));
    EXPECT_EQ(groupedText(999), QString("999"));
    EXPECT_EQ(groupedText(23121000), QString("23,121,000"));
    EXPECT_EQ(groupedText(18446744073709551615U), QString("18,446,744,073,709,551,615"));
}

TEST(ReportTest, WritesAWholeFileOrNone)
{
    QTemporaryDir folder;
    const QString path = folder.filePath("result.md");
    EXPECT_EQ(writeWholeFile(path, "one", false), QString());
    EXPECT_TRUE(writeWholeFile(path, "two", false).contains("exists already"));
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(file.readAll(), QByteArray("one"));
    EXPECT_EQ(writeWholeFile(path, "three", true), QString());
    EXPECT_EQ(QDir(folder.path()).entryList(QDir::Files), QStringList{"result.md"});
    EXPECT_TRUE(
        writeWholeFile(folder.filePath("no/such/result.md"), "x", true).contains("does not exist"));
    EXPECT_FALSE(writeWholeFile(folder.path(), "x", true).isEmpty());
    EXPECT_FALSE(writeWholeFile({}, "x", true).isEmpty());
    if (::geteuid() != 0) {
        QFile(folder.path()).setPermissions(QFile::ReadOwner | QFile::ExeOwner);
        EXPECT_TRUE(writeWholeFile(folder.filePath("other.md"), "x", true).contains("permission"));
        QFile(folder.path()).setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
}

} // namespace
} // namespace proverdeck::models::report
