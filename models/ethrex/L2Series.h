// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/Metrics.h"
#include "models/logs/LineSplitter.h"
#include "models/series/SampleChunk.h"
#include "models/series/SampleStore.h"

#include <array>

namespace proverdeck::models::ethrex {

/// What an L2 did at one moment. What its metrics did not tell is none, never 0.
struct L2Sample
{
    qint64 at = 0; ///< ms since the epoch, UTC, of the server's clock
    std::optional<quint64> mempool; ///< regular transactions waiting
    std::optional<quint64> blockNumber;
    std::optional<quint64> gasUsed; ///< of the block processed last
    std::optional<quint64> transactions;
    std::optional<quint64> committedBatch;
    std::optional<quint64> verifiedBatch;
    bool operator==(const L2Sample &) const = default;

    /// Batches that are committed and wait to be verified; none if either is unknown.
    [[nodiscard]] std::optional<quint64> backlog() const;
};
[[nodiscard]] L2Sample l2SampleOf(const MetricsSnapshot &snapshot, qint64 at);

/// A line of a run's metrics.csv, and back; the first line of the file names the columns.
[[nodiscard]] QByteArray l2CsvHeader();
[[nodiscard]] QByteArray l2CsvLine(const L2Sample &sample);

/// Reads metrics.csv; bytes may be cut anywhere, lines that are no samples are left out. Pure.
class L2SampleReader
{
public:
    [[nodiscard]] QList<L2Sample> feed(QByteArrayView bytes);
    [[nodiscard]] QList<L2Sample> finish();

private:
    LineSplitter m_splitter;
};

/// The columns of an L2's store.
enum class L2Quantity : std::size_t { Mempool, Blocks, Gas, Committed, Verified, Backlog };
inline constexpr std::size_t L2Quantities = 6;

/// The values of the columns; not a number: unknown.
[[nodiscard]] std::array<float, L2Quantities> l2Values(const L2Sample &sample);

/// What an L2 did over time, in bounded memory.
class L2Series
{
public:
    L2Series();

    void add(const L2Sample &sample);
    void addChunk(const series::SampleChunk &chunk); ///< many at once
    /// What @p later has that comes after what is here.
    void addLater(const L2Series &later);
    void clear() { m_store.clear(); }
    [[nodiscard]] series::SampleView view() const { return m_store.view(); }

private:
    series::SampleStore m_store;
};

} // namespace proverdeck::models::ethrex
