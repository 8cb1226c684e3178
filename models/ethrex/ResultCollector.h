// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/L2Log.h"
#include "models/ethrex/LogFindings.h"
#include "models/report/Report.h"

#include <map>
#include <memory>

namespace proverdeck::models::ethrex {

/// Everything that the logs, metrics and RPC answers of one benchmark say, put together. Pure.
class ResultCollector
{
public:
    /// @p reader is the workflow's word: "ethrex-prover", "ethrex-l2", "ethrex-loadtest"; anything
    /// else is the output of a command. Bytes may be cut anywhere.
    void feedLog(const QString &reader, const QString &logName, QByteArrayView bytes);
    void finishLog(const QString &logName);
    /// A body of the metrics endpoint; false if it cannot be read.
    bool feedMetrics(QByteArrayView body);
    /// No answer at all.
    void metricsFailed() { m_metricsAsked = true; }
    /// What the GPUs of the server take, for the energy of each proof.
    void feedGpu(const QList<series::GpuSample> &samples);
    void fillBatch(quint64 batch, const BatchFacts &facts) { m_metrics.fill(batch, facts); }
    void setProverExit(int code) { m_proverExit = code; }

    [[nodiscard]] int distinctBatches() const;
    [[nodiscard]] const ProverLog *prover() const { return m_prover.get(); }
    [[nodiscard]] const L2Log &l2() const { return m_l2; }
    [[nodiscard]] const MetricsHistory &metrics() const { return m_metrics; }
    [[nodiscard]] QList<BatchRow> rows() const;
    /// Proved batches whose gas or transactions are not known yet.
    [[nodiscard]] QList<quint64> batchesWithoutFacts() const;
    /// Of one log, as they were found so far.
    [[nodiscard]] QList<Finding> logFindings() const;
    /// Log findings and the judgement of the whole.
    [[nodiscard]] QList<Finding> findings() const;
    /// True once the findings may have changed since the last call.
    bool takeFindingsChanged();

private:
    void measureEnergies();

    std::unique_ptr<ProverLog> m_prover;
    series::PowerMeter m_power;
    QList<std::optional<series::Energy>> m_energies; ///< of the first proofs, which are past
    std::map<QString, LogFindings> m_logs;
    L2Log m_l2;
    MetricsHistory m_metrics;
    QString m_proverLogName;
    QString m_l2Name;
    std::optional<int> m_proverExit;
    bool m_metricsAsked = false;
    bool m_metricsReadable = false;
    qsizetype m_lastFindings = -1;
};

/// Reads the answer to ethrex_getBatchByNumber: first and last block.
[[nodiscard]] std::optional<QPair<quint64, quint64>> batchBlocks(QByteArrayView jsonRpcAnswer);
/// Reads the answer to eth_getBlockByNumber: gas used and number of transactions.
[[nodiscard]] std::optional<QPair<quint64, quint64>> blockGasAndTxs(QByteArrayView jsonRpcAnswer);

} // namespace proverdeck::models::ethrex
