// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/BatchTable.h"

#include "support/Test.h"

namespace proverdeck::models::ethrex {
namespace {

using proverdeck::testing::readData;

QList<BatchRow> tableOf(const char *log, const char *metrics = nullptr)
{
    ProverLog reader;
    reader.feed(readData(QStringLiteral("ethrex/") + log));
    reader.finish();
    MetricsHistory history;
    if (metrics != nullptr) {
        history.add(parseMetrics(readData(QStringLiteral("ethrex/") + metrics))
                        .value_or(MetricsSnapshot()));
    }
    return buildTable(reader.proofs(), history);
}

struct Made
{
    quint64 batch;
    std::optional<qint64> timeMs;
    std::optional<quint64> gas;
    std::optional<quint64> txs;
};

QList<BatchRow> tableOf(const QList<Made> &made)
{
    QList<Proof> proofs;
    MetricsHistory history;
    for (const Made &one : made) {
        proofs << Proof{one.batch, one.timeMs, {}, proofs.size() + 1, 0, false};
        history.fill(one.batch, {one.gas, one.txs, 1});
    }
    return buildTable(proofs, history);
}

QString allFlags(const QList<BatchRow> &rows)
{
    QStringList list;
    for (const BatchRow &row : rows) {
        if (row.flags) {
            list << QString::number(row.batch) + ':' + flagWords(row.flags).join('+');
        }
    }
    return list.join(' ');
}

TEST(BatchTableTest, FlagsTheFixture)
{
    const QList<BatchRow> rows = tableOf("prover.log", "metrics.txt");
    ASSERT_EQ(rows.size(), 14);
    EXPECT_EQ(allFlags(rows),
              "1:warm-up 2:empty 3:partial 8:repeat 11:outlier+partial 12:empty 13:empty 14:empty");
    EXPECT_EQ(rows[7].timeMs, 144461);
    EXPECT_EQ(rows[7].allTimesMs, (QList<qint64>{144461, 146902}));
    EXPECT_EQ(rows[10].facts, (BatchFacts{5292000, 252, 87}));
    EXPECT_NEAR(*rows[3].mgasPerSecond(), 0.16208, 1e-5);
    EXPECT_NEAR(*rows[3].txPerSecond(), 7.718, 1e-3);
}

TEST(BatchTableTest, SummarisesTheFixture)
{
    const QList<BatchRow> rows = tableOf("prover.log", "metrics.txt");
    const Summary all = summariseAll(rows);
    EXPECT_EQ(all.batches, 14);
    EXPECT_EQ(all.avgMs, 119789);
    EXPECT_EQ(all.minMs, 48877);
    EXPECT_EQ(all.maxMs, 311548);
    EXPECT_EQ(all.medianMs, (142655 + 143377) / 2);
    EXPECT_EQ(all.p95Ms, 311548);
    EXPECT_EQ(all.totalGas, 192584844U);
    EXPECT_EQ(all.totalTxs, 8792U);
    const Summary counted = summariseCounted(rows); // 3 to 10
    EXPECT_EQ(counted.batches, 8);
    EXPECT_EQ(counted.avgMs, 137245);
    EXPECT_EQ(counted.medianMs, (144018 + 144461) / 2);
    EXPECT_EQ(counted.minMs, 84207);
    EXPECT_EQ(counted.totalGas, 175308000U);
    EXPECT_NEAR(*counted.mgasPerSecond, 175.308 / 1097.967, 1e-6);
    EXPECT_NEAR(double(*counted.stddevMs), 21482, 60);
}

TEST(BatchTableTest, WithoutMetricsNothingIsKnownToCount)
{
    const QList<BatchRow> rows = tableOf("prover.log");
    for (const BatchRow &row : rows) {
        EXPECT_TRUE(row.flags.testFlag(BatchFlag::MetricsMissing));
        EXPECT_FALSE(row.counts());
        EXPECT_EQ(row.mgasPerSecond(), std::nullopt);
    }
    const Summary counted = summariseCounted(rows);
    EXPECT_EQ(counted, Summary());
    EXPECT_EQ(summariseAll(rows).totalGas, std::nullopt);
    EXPECT_EQ(summariseAll(rows).avgMs, 119789);
}

TEST(BatchTableTest, SaysWhichBatchesARestartLost)
{
    const QList<BatchRow> rows = tableOf("prover.log", "metrics-after-restart.txt");
    for (const BatchRow &row : rows) {
        EXPECT_EQ(row.flags.testFlag(BatchFlag::L2Restarted), row.batch < 12) << row.batch;
    }
}

TEST(BatchTableTest, ReadsTheOtherLogs)
{
    const QList<BatchRow> exec = tableOf("prover-exec.log", "metrics.txt");
    ASSERT_EQ(exec.size(), 12);
    EXPECT_EQ(exec.last().timeMs, 0);
    EXPECT_EQ(exec.last().mgasPerSecond(), std::nullopt);
    const QList<BatchRow> untimed = tableOf("prover-untimed.log", "metrics.txt");
    ASSERT_EQ(untimed.size(), 3);
    EXPECT_FALSE(untimed[2].counts());
    EXPECT_EQ(summariseAll(untimed).avgMs, std::nullopt);
    EXPECT_EQ(summariseAll(untimed).batches, 3);
    EXPECT_TRUE(tableOf("prover-empty.log", "metrics.txt").isEmpty());
    EXPECT_EQ(summariseAll({}), Summary());
}

TEST(BatchTableTest, OutliersNeedCompany)
{
    const QList<Made> four{
        {1, 100, 1000, 1}, {2, 100, 1000, 1}, {3, 100, 1000, 1}, {4, 500, 1000, 1}};
    EXPECT_EQ(allFlags(tableOf(four)), QString());
    EXPECT_EQ(allFlags(tableOf(four + QList<Made>{{5, 101, 1000, 1}})),
              QStringLiteral("4:outlier"));
    EXPECT_EQ(allFlags(tableOf(four.first(3) + QList<Made>{{4, 60, 1000, 1}, {5, 101, 1000, 1}})),
              QStringLiteral("4:outlier"));
    // Slower, but with more gas than any other: nothing to compare with.
    EXPECT_EQ(allFlags(tableOf(four.first(3) + QList<Made>{{4, 500, 2000, 1}, {5, 101, 1000, 1}})),
              QString());
    // A batch without transactions or time is neither judged nor compared with.
    EXPECT_EQ(allFlags(tableOf(four + QList<Made>{{5, 101, 1000, 0}, {6, std::nullopt, 1000, 1}})),
              QStringLiteral("5:empty"));
}

TEST(BatchTableTest, OutliersAgreeWithTheDefinitionInWords)
{
    quint32 state = 7;
    const auto random = [&state](quint32 below) {
        state = state * 1664525U + 1013904223U;
        return (state >> 8U) % below;
    };
    for (int round = 0; round < 200; ++round) {
        QList<Made> made;
        const int size = 1 + int(random(30));
        for (int i = 0; i < size; ++i) {
            made << Made{quint64(i), 10 + qint64(random(40)), 100 + random(60), 1};
        }
        const auto isOutlier = [&made](const Made &self) {
            QList<double> slowPeers;
            QList<double> fastPeers;
            for (const Made &other : made) {
                if (other.batch == self.batch) {
                    continue;
                }
                const double gas = double(*other.gas);
                const double own = double(*self.gas);
                if (gas >= 0.9 * own) {
                    slowPeers << double(*other.timeMs);
                }
                if (gas >= (1 - 0.1) * own && gas <= (1 + 0.1) * own) {
                    fastPeers << double(*other.timeMs);
                }
            }
            const auto median = [](QList<double> list) {
                std::sort(list.begin(), list.end());
                return (list[(list.size() - 1) / 2] + list[list.size() / 2]) / 2;
            };
            const double time = double(*self.timeMs);
            return made.size() >= 5
                && ((slowPeers.size() >= 3 && time > 1.5 * median(slowPeers))
                    || (fastPeers.size() >= 3 && time < median(fastPeers) / 1.5));
        };
        for (const BatchRow &row : tableOf(made)) {
            EXPECT_EQ(row.flags.testFlag(BatchFlag::Outlier),
                      isOutlier(made[qsizetype(row.batch)]));
        }
    }
}

TEST(BatchTableTest, WarmUpIsOfTheFirstProofOnly)
{
    QList<Proof> proofs{{1, 10, {}, 1, 0, true},
                        {2, 10, {}, 2, 0, false},
                        {2, 10, {}, 3, 0, true},
                        {3, 10, {}, 4, 0, false}};
    const QList<BatchRow> rows = buildTable(proofs, {});
    EXPECT_TRUE(rows[0].flags.testFlag(BatchFlag::WarmUp));
    EXPECT_FALSE(rows[1].flags.testFlag(BatchFlag::WarmUp));
    EXPECT_TRUE(rows[1].flags.testFlag(BatchFlag::Repeat));
    EXPECT_FALSE(rows[2].flags.testFlag(BatchFlag::WarmUp));
}

TEST(BatchTableTest, SummariesOfFewRows)
{
    const Summary one = summariseAll(tableOf({{1, 10, 100, 1}}));
    EXPECT_EQ(one.stddevMs, std::nullopt);
    EXPECT_EQ(one.p95Ms, 10);
    const Summary two
        = summariseAll(tableOf({{1, 10, 100, 1}, {2, 13, std::nullopt, std::nullopt}}));
    EXPECT_EQ(two.avgMs, 11);
    EXPECT_EQ(two.stddevMs, 2);
    EXPECT_EQ(two.totalGas, 100U);
    EXPECT_DOUBLE_EQ(*two.mgasPerSecond, 0.01);
    QList<Made> twenty;
    for (int i = 1; i <= 20; ++i) {
        twenty << Made{quint64(i), i, 100, 1};
    }
    EXPECT_EQ(summariseAll(tableOf(twenty)).p95Ms, 19);
    EXPECT_EQ(summariseAll(tableOf({{1, 0, 100, 1}})).mgasPerSecond, std::nullopt);
}

TEST(BatchTableTest, FlagWordsGoBothWays)
{
    for (unsigned bits = 0; bits < 128; ++bits) {
        const BatchFlags flags = BatchFlags::fromInt(int(bits));
        EXPECT_EQ(flagsFromWords(flagWords(flags)), flags);
    }
    EXPECT_EQ(flagsFromWords({"unheard-of"}), BatchFlags());
}

} // namespace
} // namespace proverdeck::models::ethrex
