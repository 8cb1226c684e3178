// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/Metrics.h"
#include "models/ethrex/ProverLog.h"
#include "models/series/PowerMeter.h"

#include <QFlags>
#include <QStringList>

namespace proverdeck::models::ethrex {

enum class BatchFlag {
    Empty = 1, ///< no transactions: measures the fixed cost, not proving; not counted
    WarmUp = 2, ///< the first proof of a prover process (loads keys and GPU memory); not counted
    Repeat = 4, ///< proved more than once; the first time counts
    Outlier = 8, ///< far slower than batches with as much gas or more; not counted
    MetricsMissing = 16, ///< gas and transactions unknown, so it may be empty; not counted
    L2Restarted = 32, ///< sealed before an L2 restart that lost its metrics
    Partial = 64, ///< well below the gas of a full batch; counted
};
Q_DECLARE_FLAGS(BatchFlags, BatchFlag)

struct BatchRow
{
    quint64 batch = 0;
    std::optional<qint64> timeMs; ///< of the first proof
    QList<qint64> allTimesMs; ///< of every timed proof, in log order
    QDateTime provedAt; ///< of the first proof, UTC
    BatchFacts facts;
    BatchFlags flags;
    qint64 line = 0; ///< of the first proof in the prover's log
    std::optional<series::Energy> energy; ///< of the first proof; none where samples are missing
    QList<std::optional<double>> allEnergiesJ; ///< of every timed proof, as allTimesMs
    bool operator==(const BatchRow &) const = default;
    [[nodiscard]] bool counts() const; ///< timed, and no flag disqualifies it
    /// Million gas per second of proving; none if gas or time is unknown or the time is 0.
    [[nodiscard]] std::optional<double> mgasPerSecond() const;
    [[nodiscard]] std::optional<double> txPerSecond() const;
    /// Of all its proofs; none if the energy of one is not known.
    [[nodiscard]] std::optional<double> totalEnergyJ() const;
};

/// One row per batch, in log order. @p energies: of the proofs, as far as they are known yet. Pure.
[[nodiscard]] QList<BatchRow> buildTable(const QList<Proof> &proofs, const MetricsHistory &metrics,
                                         const QList<std::optional<series::Energy>> &energies = {});

/// The words of JSON, CSV and tables, in a fixed order: "empty", "warm-up", "repeat", "outlier",
/// "metrics-missing", "l2-restarted", "partial".
[[nodiscard]] QStringList flagWords(BatchFlags flags);
[[nodiscard]] BatchFlags flagsFromWords(const QStringList &words);

/// Figures over some rows. Totals sum the known values only and are none if no value is known.
/// Rates are totals divided by totals over the rows where both are known.
struct Summary
{
    int batches = 0;
    std::optional<qint64> avgMs; ///< floor, as upstream
    std::optional<qint64> medianMs;
    std::optional<qint64> minMs;
    std::optional<qint64> maxMs;
    std::optional<qint64> p95Ms; ///< nearest rank
    std::optional<qint64> stddevMs; ///< of the sample (n - 1); none below two rows
    std::optional<quint64> totalGas;
    std::optional<quint64> totalTxs;
    std::optional<double> mgasPerSecond;
    std::optional<double> txPerSecond;
    // Of the first proof of each batch whose energy is known.
    int energyBatches = 0;
    std::optional<double> totalEnergyJ;
    std::optional<double> energyUncertaintyJ; ///< of the total, to either side
    std::optional<double> avgEnergyJ;
    std::optional<double> joulesPerMgas; ///< where the gas is known, too
    bool operator==(const Summary &) const = default;
};

[[nodiscard]] Summary summariseAll(const QList<BatchRow> &rows);
[[nodiscard]] Summary summariseCounted(const QList<BatchRow> &rows);

} // namespace proverdeck::models::ethrex

Q_DECLARE_OPERATORS_FOR_FLAGS(proverdeck::models::ethrex::BatchFlags)
