// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/Metrics.h"

#include "support/Test.h"

namespace proverdeck::models::ethrex {
namespace {

MetricsSnapshot readFile(const char *name)
{
    return parseMetrics(proverdeck::testing::readData(QStringLiteral("ethrex/") + name))
        .value_or(MetricsSnapshot());
}

MetricsSnapshot batchesOf(qint64 start, std::initializer_list<quint64> batches)
{
    MetricsSnapshot snapshot;
    snapshot.processStartSecs = start;
    for (const quint64 batch : batches) {
        snapshot.batches[batch] = {100 * batch, batch, 2};
    }
    return snapshot;
}

TEST(MetricsTest, ReadsTheBodyOfARun)
{
    const MetricsSnapshot snapshot = readFile("metrics.txt");
    EXPECT_EQ(snapshot.batches.size(), 32);
    EXPECT_EQ(snapshot.batches.value(11), (BatchFacts{5292000, 252, 87}));
    EXPECT_EQ(snapshot.batches.value(2), (BatchFacts{0, 0, 14}));
    EXPECT_EQ(snapshot.processStartSecs, 1770908316);
    EXPECT_EQ(snapshot.committedBatch, 32U);
    EXPECT_EQ(snapshot.verifiedBatch, 13U);
    EXPECT_EQ(snapshot.blockNumber, 438U);
    EXPECT_EQ(snapshot.mempool, 0U);
    EXPECT_EQ(snapshot.transactions, 8792U);
    QByteArray windows = proverdeck::testing::readData(QStringLiteral("ethrex/metrics.txt"));
    EXPECT_EQ(parseMetrics(windows.replace("\n", "\r\n")), snapshot);
}

TEST(MetricsTest, ReadsTheWholeFormat)
{
    const auto snapshot = parseMetrics(
        "# a comment\n"
        "noise{path=\"C:\\\\x\\n\\\"quoted\\\" } 7\",le=\"+Inf\"} NaN 1770908316000\n"
        "batch_gas_used{tx_hash=\"0x1\", batch_number = \"3\",} 2.3121e7 1770908316000\n"
        "batch_tx_count {batch_number=\"3\"} 1101 # {trace_id=\"x\"} 1\n"
        "batch_size{batch_number=\"3\"} 18446744073709551615\n"
        "batch_gas_used{batch_number=\"4\"} NaN\n"
        "batch_gas_used{batch_number=\"5\"} -1\n"
        "batch_gas_used{batch_number=\"x\"} 5\n"
        "batch_gas_used{batch_number=\"6\"} 9007199254740993\n"
        "process_start_time_seconds 1.770908316e9\n"
        "broken{a=\"b} 5\n");
    ASSERT_TRUE(snapshot);
    EXPECT_EQ(snapshot->batches.keys(), (QList<quint64>{3, 6}));
    EXPECT_EQ(snapshot->batches.value(3), (BatchFacts{23121000, 1101, std::nullopt}));
    EXPECT_EQ(snapshot->batches.value(6).gasUsed, 9007199254740993U);
    EXPECT_EQ(snapshot->processStartSecs, 1770908316);
}

TEST(MetricsTest, WhatIsNoPrometheusTextIsRefused)
{
    for (const char *body :
         {"", "\n", "<html><body>404</body></html>", "Service Up", "{\"error\": 5}",
          "# HELP only\n# TYPE comments gauge\n", "Error 404 not found\n", "404 1\n"}) {
        EXPECT_EQ(parseMetrics(body), std::nullopt) << body;
    }
    const QByteArray body = proverdeck::testing::readData(QStringLiteral("ethrex/metrics.txt"));
    for (qsizetype cut = 0; cut < body.size(); cut += 7) {
        (void)parseMetrics(body.first(cut));
    }
}

TEST(MetricsTest, RemembersWhatARestartForgets)
{
    MetricsHistory history;
    EXPECT_TRUE(history.isEmpty());
    history.add(batchesOf(100, {1, 2, 3}));
    EXPECT_EQ(history.lastBatchBeforeRestart(), std::nullopt);
    history.add(batchesOf(200, {}));
    EXPECT_EQ(history.restarts(), 1);
    EXPECT_EQ(history.lastBatchBeforeRestart(), 3U);
    history.add(batchesOf(200, {6}));
    EXPECT_EQ(history.restarts(), 1);
    EXPECT_EQ(history.lastBatchBeforeRestart(), 5U); // 4 and 5 were sealed between two looks
    EXPECT_EQ(history.facts(2).gasUsed, 200U);
    EXPECT_EQ(history.facts(5), BatchFacts());
    EXPECT_EQ(history.latest(), batchesOf(200, {6}));
}

TEST(MetricsTest, SeesARestartWithoutAStartTime)
{
    MetricsHistory history;
    history.add(readFile("metrics.txt"));
    history.add(readFile("metrics-after-restart.txt"));
    EXPECT_EQ(history.restarts(), 1);
    EXPECT_EQ(history.facts(4).gasUsed, 23121000U);

    MetricsHistory late;
    late.add(readFile("metrics-after-restart.txt"));
    EXPECT_EQ(late.restarts(), 0);
    EXPECT_EQ(late.lastBatchBeforeRestart(), 11U);
}

TEST(MetricsTest, TheRpcFillsOnlyGaps)
{
    MetricsHistory history;
    history.fill(1, {5, 6, 7});
    history.add(batchesOf(100, {1}));
    history.fill(1, {5, 6, 7});
    history.fill(2, {8, std::nullopt, 9});
    EXPECT_EQ(history.facts(1), (BatchFacts{100, 1, 2}));
    EXPECT_EQ(history.facts(2), (BatchFacts{8, std::nullopt, 9}));
}

} // namespace
} // namespace proverdeck::models::ethrex
