// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/ResultCollector.h"

#include "support/Test.h"

namespace proverdeck::models::ethrex {
namespace {

using proverdeck::testing::readData;

void feedInPieces(ResultCollector &collector, const char *reader, const char *log, qsizetype step)
{
    const QByteArray bytes = readData(QStringLiteral("ethrex/") + log);
    for (qsizetype at = 0; at < bytes.size(); at += step) {
        collector.feedLog(reader, log,
                          QByteArrayView(bytes).sliced(at, std::min(step, bytes.size() - at)));
    }
    collector.finishLog(log);
}

QStringList codesOf(const QList<Finding> &findings)
{
    QStringList codes;
    for (const Finding &finding : findings) {
        codes << finding.code;
    }
    return codes;
}

TEST(ResultCollectorTest, KnowsNothingAtFirst)
{
    ResultCollector collector;
    EXPECT_EQ(collector.distinctBatches(), 0);
    EXPECT_EQ(collector.rows().size(), 0);
    EXPECT_EQ(collector.prover(), nullptr);
    EXPECT_EQ(codesOf(collector.logFindings()), QStringList());
    EXPECT_EQ(collector.batchesWithoutFacts(), QList<quint64>());
    collector.finishLog("never-seen.log");
}

TEST(ResultCollectorTest, GivesTheSameWhereverTheLogsAreCut)
{
    QList<BatchRow> rows;
    QList<Finding> findings;
    for (const qsizetype step : {qsizetype(1) << 20, qsizetype(7), qsizetype(64)}) {
        ResultCollector collector;
        feedInPieces(collector, "ethrex-prover", "prover.log", step);
        feedInPieces(collector, "ethrex-l2", "l2.log", step);
        feedInPieces(collector, "ethrex-loadtest", "loadtest.log", step);
        ASSERT_TRUE(collector.feedMetrics(readData("ethrex/metrics.txt")));
        if (rows.isEmpty()) {
            rows = collector.rows();
            findings = collector.findings();
        }
        EXPECT_EQ(collector.rows(), rows);
        EXPECT_EQ(collector.findings(), findings);
    }
    EXPECT_EQ(rows.size(), 14);
    EXPECT_EQ(rows.first().batch, 1U);
}

TEST(ResultCollectorTest, LogFindingsNameTheirLog)
{
    ResultCollector collector;
    feedInPieces(collector, "ethrex-l2", "l2-port-in-use.log", 100);
    feedInPieces(collector, "", "prover-oom-host.log", 100);
    const QList<Finding> findings = collector.logFindings();
    ASSERT_TRUE(codesOf(findings).contains("port-in-use"));
    for (const Finding &finding : findings) {
        EXPECT_EQ(finding.evidence.log,
                  finding.code == "port-in-use" ? "l2-port-in-use.log" : "prover-oom-host.log")
            << finding.code.toStdString();
    }
}

TEST(ResultCollectorTest, TellsWhenFindingsMayHaveChanged)
{
    ResultCollector collector;
    EXPECT_TRUE(collector.takeFindingsChanged()) << "nobody has looked yet";
    EXPECT_FALSE(collector.takeFindingsChanged());
    const QByteArray line = "Error: Address already in use (os error 98)\n";
    collector.feedLog("ethrex-l2", "l2.log", line);
    EXPECT_TRUE(collector.takeFindingsChanged());
    EXPECT_FALSE(collector.takeFindingsChanged());
    collector.feedLog("ethrex-l2", "l2.log", line);
    EXPECT_TRUE(collector.takeFindingsChanged()) << "seen once more";
}

TEST(ResultCollectorTest, AsksForBatchesThatTheMetricsDoNotKnow)
{
    ResultCollector collector;
    feedInPieces(collector, "ethrex-prover", "prover.log", 4096);
    EXPECT_EQ(collector.batchesWithoutFacts().size(), 14);
    ASSERT_TRUE(collector.feedMetrics(readData("ethrex/metrics-after-restart.txt")));
    const QList<quint64> missing = collector.batchesWithoutFacts();
    ASSERT_FALSE(missing.isEmpty());
    ASSERT_LT(missing.size(), 14);
    const quint64 batch = missing.first();
    collector.fillBatch(batch, {quint64(1000), quint64(7), quint64(3)});
    EXPECT_FALSE(collector.batchesWithoutFacts().contains(batch));
    for (const BatchRow &row : collector.rows()) {
        if (row.batch == batch) {
            EXPECT_EQ(row.facts, (BatchFacts{1000, 7, 3}));
        }
    }
}

TEST(ResultCollectorTest, UnreadableMetricsAreSaidOnce)
{
    ResultCollector collector;
    feedInPieces(collector, "ethrex-prover", "prover.log", 4096);
    EXPECT_FALSE(collector.feedMetrics("<html>404</html>"));
    collector.metricsFailed();
    const QStringList codes = codesOf(collector.findings());
    EXPECT_EQ(codes.count("metrics-unreadable") + codes.count("metrics-missing"), 1)
        << codes.join(' ').toStdString();
}

TEST(RpcAnswerTest, BatchBlocks)
{
    EXPECT_EQ(batchBlocks(R"({"jsonrpc":"2.0","id":1,"result":{"first_block":3,"last_block":9}})"),
              qMakePair(quint64(3), quint64(9)));
    EXPECT_EQ(batchBlocks(R"({"result":{"first_block":"0x3","last_block":"0x10"}})"),
              qMakePair(quint64(3), quint64(16)));
    for (const char *bad :
         {"", "x", "{}", R"({"result":null})", R"({"error":{"code":-1}})",
          R"({"result":{"first_block":3}})", R"({"result":{"first_block":9,"last_block":3}})",
          R"({"result":{"first_block":-1,"last_block":3}})",
          R"({"result":{"first_block":0.5,"last_block":3}})",
          R"({"result":{"first_block":3,"last_block":1e300}})",
          R"({"result":{"first_block":3,"last_block":2000000}})",
          R"({"result":{"first_block":"0x0","last_block":"0xffffffffffffffff"}})",
          R"({"result":{"first_block":"0xffffffffffffffff","last_block":"0xffffffffffffffff"}})",
          R"({"result":{"first_block":"zz","last_block":3}})"}) {
        EXPECT_EQ(batchBlocks(bad), std::nullopt) << bad;
    }
}

TEST(RpcAnswerTest, BlockGasAndTransactions)
{
    EXPECT_EQ(blockGasAndTxs(R"({"result":{"gasUsed":"0x5208","transactions":["0xa","0xb"]}})"),
              qMakePair(quint64(21000), quint64(2)));
    EXPECT_EQ(blockGasAndTxs(R"({"result":{"gasUsed":"0x0","transactions":[]}})"),
              qMakePair(quint64(0), quint64(0)));
    for (const char *bad :
         {"", "{}", R"({"result":null})", R"({"result":{"gasUsed":"0x1"}})",
          R"({"result":{"gasUsed":1.5,"transactions":[]}})",
          R"({"result":{"gasUsed":"","transactions":[]}})", R"({"result":{"transactions":[]}})"}) {
        EXPECT_EQ(blockGasAndTxs(bad), std::nullopt) << bad;
    }
}

/// A GPU that takes @p watts, sampled each second from 10 min before to @p until.
QList<series::GpuSample> steadyPower(const QDateTime &until, double watts)
{
    QList<series::GpuSample> samples;
    for (int second = -600; second <= 2; ++second) {
        series::GpuSample sample;
        sample.at = until.addSecs(second);
        sample.index = 0;
        sample.powerW = watts;
        samples << sample;
    }
    return samples;
}

TEST(ResultCollectorTest, MeasuresTheEnergyOfAProofOnceItIsOver)
{
    ResultCollector probe;
    probe.feedLog("ethrex-prover", "prover.log", readData("ethrex/prover.log"));
    ASSERT_FALSE(probe.rows().isEmpty());
    const BatchRow first = probe.rows().first();
    ASSERT_TRUE(first.timeMs && first.provedAt.isValid());
    EXPECT_EQ(first.energy, std::nullopt); // no samples at all

    for (const bool samplesFirst : {true, false}) {
        ResultCollector collector;
        if (samplesFirst) {
            collector.feedGpu(steadyPower(first.provedAt, 400));
        }
        collector.feedLog("ethrex-prover", "prover.log", readData("ethrex/prover.log"));
        if (!samplesFirst) {
            EXPECT_EQ(collector.rows().first().energy, std::nullopt);
            collector.feedGpu(steadyPower(first.provedAt, 400));
        }
        const BatchRow row = collector.rows().first();
        ASSERT_TRUE(row.energy);
        const double wanted = 400 * double(*first.timeMs) / 1000;
        EXPECT_NEAR(row.energy->joules, wanted, wanted * 1e-6);
        EXPECT_NEAR(row.allEnergiesJ.value(0).value_or(0), wanted, wanted * 1e-6);
        EXPECT_EQ(row.energy->sampleIntervalMs, 1000);
        EXPECT_EQ(collector.rows().last().energy, std::nullopt); // after the last sample
        const Summary all = summariseAll(collector.rows());
        EXPECT_GE(all.energyBatches, 1);
        EXPECT_LT(all.energyBatches, all.batches);
    }
}

} // namespace
} // namespace proverdeck::models::ethrex
