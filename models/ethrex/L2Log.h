// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/Metrics.h"
#include "models/logs/LineSplitter.h"

#include <QString>

namespace proverdeck::models::ethrex {

/// Reads the L2's own log for what it says of batches: their first and last block
/// (lambdaclass/ethrex crates/l2/sequencer/l1_committer.rs). Bytes may be cut anywhere. Pure.
class L2Log
{
public:
    void feed(QByteArrayView bytes);
    void finish();

    /// Sealed batches with their true number of blocks.
    [[nodiscard]] const QMap<quint64, BatchFacts> &batches() const { return m_batches; }
    /// The last batch whose commitment went to the L1; none if there was none.
    [[nodiscard]] std::optional<quint64> lastCommitted() const { return m_committed; }
    [[nodiscard]] std::optional<quint64> lastBlock() const { return m_block; }

private:
    void onLine(const LogLine &line);

    LineSplitter m_splitter;
    QMap<quint64, BatchFacts> m_batches;
    std::optional<quint64> m_committed;
    std::optional<quint64> m_block;
};

/// The reader for a log of unknown origin, from its first bytes: "ethrex-prover", "ethrex-l2",
/// "ethrex-loadtest" or "metrics". A log that shows no sign is taken for a prover's.
[[nodiscard]] QString readerFor(QByteArrayView head);

} // namespace proverdeck::models::ethrex
