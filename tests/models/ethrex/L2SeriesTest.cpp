// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/L2Series.h"

#include "support/Test.h"

#include <cmath>

namespace proverdeck::models::ethrex {
namespace {

TEST(L2SeriesTest, TakesWhatTheMetricsSay)
{
    const auto snapshot = parseMetrics("mempool_tx_count{type=\"regular\"} 41\n"
                                       "block_number 438\ngas_used 55868402\n"
                                       "l2_blocks_tracker{block_type=\"lastCommittedBatch\"} 32\n"
                                       "l2_blocks_tracker{block_type=\"lastVerifiedBatch\"} 13\n");
    ASSERT_TRUE(snapshot);
    const L2Sample sample = l2SampleOf(*snapshot, 1'795'269'600'000);
    EXPECT_EQ(sample.mempool, 41U);
    EXPECT_EQ(sample.gasUsed, 55'868'402U);
    EXPECT_EQ(sample.backlog(), 19U);
    EXPECT_EQ(sample.transactions, std::nullopt);

    L2Sample odd = sample;
    odd.verifiedBatch = 40; // asked before the other: no number of batches
    EXPECT_EQ(odd.backlog(), std::nullopt);
}

TEST(L2SeriesTest, ComesBackFromItsFileWhereverItIsCut)
{
    const L2Sample full{1'795'269'600'000, 0, 438, 55'868'402, 8792, 32, 13};
    const L2Sample bare{1'795'269'603'000, {}, 439, {}, {}, {}, {}};
    const QByteArray file = l2CsvHeader() + l2CsvLine(full) + l2CsvHeader() + "no sample\n"
        + "1,2,3\n" + l2CsvLine(bare);
    for (qsizetype cut = 0; cut <= file.size(); ++cut) {
        L2SampleReader reader;
        QList<L2Sample> samples = reader.feed(QByteArrayView(file).first(cut));
        samples += reader.feed(QByteArrayView(file).sliced(cut));
        samples += reader.finish();
        ASSERT_EQ(samples, (QList<L2Sample>{full, bare})) << cut;
    }
}

TEST(L2SeriesTest, WhatIsNotKnownIsAGap)
{
    L2Series series;
    series.add({1000, 7, 1, {}, {}, 9, 4});
    series.add({4000, {}, 2, {}, {}, 9, {}});
    const series::SampleView view = series.view();
    ASSERT_EQ(view.size(), 2U);
    EXPECT_EQ(view.valueAt(std::size_t(L2Quantity::Backlog), 0), 5.0F);
    EXPECT_TRUE(std::isnan(view.valueAt(std::size_t(L2Quantity::Backlog), 1)));
    EXPECT_TRUE(std::isnan(view.valueAt(std::size_t(L2Quantity::Gas), 0)));
    EXPECT_EQ(view.last(std::size_t(L2Quantity::Mempool)), 7.0F);
}

} // namespace
} // namespace proverdeck::models::ethrex
