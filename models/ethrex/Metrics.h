// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>

#include <optional>

namespace proverdeck::models::ethrex {

/// What is known of one batch besides its proving time. Missing is missing, never 0.
struct BatchFacts
{
    std::optional<quint64> gasUsed;
    std::optional<quint64> txCount; ///< privileged transactions (deposits) included
    std::optional<quint64> blocks; ///< the true number: the batch_size metric plus one
    bool operator==(const BatchFacts &) const = default;
};

/// One body of the L2's :3702/metrics (Prometheus text; lambdaclass/ethrex
/// crates/blockchain/metrics/l2/metrics.rs).
struct MetricsSnapshot
{
    QMap<quint64, BatchFacts> batches;
    std::optional<qint64> processStartSecs; ///< changes when the L2 was restarted
    std::optional<quint64> committedBatch;
    std::optional<quint64> verifiedBatch;
    std::optional<quint64> blockNumber;
    std::optional<quint64> mempool; ///< regular transactions waiting
    std::optional<quint64> transactions; ///< transactions_total
    std::optional<quint64> blockGasUsed; ///< gas_used: of the block processed last
    bool operator==(const MetricsSnapshot &) const = default;
};

/// nullopt if the bytes are no Prometheus text with at least one sample (an HTML page, say).
[[nodiscard]] std::optional<MetricsSnapshot> parseMetrics(QByteArrayView body);

/// Remembers every batch over many snapshots: the L2 forgets its batches when it restarts.
class MetricsHistory
{
public:
    void add(const MetricsSnapshot &snapshot);
    /// From ethrex_getBatchByNumber and its blocks; fills only what the metrics did not give.
    void fill(quint64 batch, const BatchFacts &facts);

    [[nodiscard]] BatchFacts facts(quint64 batch) const;
    [[nodiscard]] const QMap<quint64, BatchFacts> &all() const { return m_batches; }
    /// Restarts seen from one snapshot to the next.
    [[nodiscard]] int restarts() const { return m_restarts; }
    /// Batches above this number were sealed after a restart; none if there was no restart. Known
    /// from a single snapshot, too: one that begins above batch 1 is of a restarted L2.
    [[nodiscard]] std::optional<quint64> lastBatchBeforeRestart() const { return m_beforeRestart; }
    [[nodiscard]] bool isEmpty() const { return m_snapshots == 0; }
    [[nodiscard]] const MetricsSnapshot &latest() const { return m_latest; }

private:
    [[nodiscard]] bool isRestart(const MetricsSnapshot &snapshot) const;

    QMap<quint64, BatchFacts> m_batches;
    MetricsSnapshot m_latest;
    std::optional<qint64> m_processStart;
    std::optional<quint64> m_beforeRestart;
    int m_restarts = 0;
    int m_snapshots = 0;
};

} // namespace proverdeck::models::ethrex
