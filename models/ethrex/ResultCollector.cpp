// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/ResultCollector.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace proverdeck::models::ethrex {

using namespace Qt::StringLiterals;

namespace {

constexpr quint64 MaxBlocks = 1'000'000; ///< of one batch; a real one has some hundreds
constexpr quint64 MaxBlock = quint64(1) << 62U;

LogKind kindOf(const QString &reader)
{
    return reader == u"ethrex-l2"      ? LogKind::L2
        : reader == u"ethrex-loadtest" ? LogKind::LoadTest
                                       : LogKind::Command;
}

QJsonObject rpcResult(QByteArrayView answer)
{
    return QJsonDocument::fromJson(answer.toByteArray()).object().value(u"result"_s).toObject();
}

/// JSON-RPC quantities are hex texts; ethrex's batch object has plain numbers for its blocks.
std::optional<quint64> quantity(const QJsonValue &value)
{
    if (value.isDouble()) { // a fraction, or more than 2^63, is no quantity and not 0 either
        const qint64 whole = value.toInteger(-1);
        return whole >= 0 ? std::optional(quint64(whole)) : std::nullopt;
    }
    bool ok = false;
    const QString text = value.toString();
    const quint64 number
        = text.startsWith(u"0x"_s) ? text.mid(2).toULongLong(&ok, 16) : text.toULongLong(&ok);
    return ok ? std::optional(number) : std::nullopt;
}

} // namespace

void ResultCollector::feedLog(const QString &reader, const QString &logName, QByteArrayView bytes)
{
    if (reader == u"ethrex-prover") {
        if (!m_prover) {
            m_prover = std::make_unique<ProverLog>(logName);
            m_proverLogName = logName;
        }
        m_prover->feed(bytes);
        measureEnergies();
        return;
    }
    auto found = m_logs.find(logName);
    if (found == m_logs.end()) {
        found = m_logs.emplace(logName, LogFindings(kindOf(reader), logName)).first;
    }
    found->second.feed(bytes);
    if (reader == u"ethrex-l2") {
        m_l2.feed(bytes);
        m_l2Name = logName;
    }
}

void ResultCollector::finishLog(const QString &logName)
{
    if (m_prover && logName == m_proverLogName) {
        m_prover->finish();
        return;
    }
    if (logName == m_l2Name) {
        m_l2.finish();
    }
    const auto found = m_logs.find(logName);
    if (found != m_logs.end()) {
        found->second.finish();
    }
}

bool ResultCollector::feedMetrics(QByteArrayView body)
{
    m_metricsAsked = true;
    const auto snapshot = parseMetrics(body);
    if (!snapshot) {
        return false;
    }
    m_metricsReadable = true;
    m_metrics.add(*snapshot);
    return true;
}

void ResultCollector::feedGpu(const QList<series::GpuSample> &samples)
{
    m_power.add(samples);
    measureEnergies();
}

/// A proof is measured once, when samples have come from after its end.
void ResultCollector::measureEnergies()
{
    if (!m_prover) {
        return;
    }
    const QList<Proof> &proofs = m_prover->proofs();
    const qint64 until = m_power.knownUntil();
    while (m_energies.size() < proofs.size()) {
        const Proof &proof = proofs.at(m_energies.size());
        const qint64 end = proof.at.isValid() ? proof.at.toMSecsSinceEpoch() : 0;
        if (end > until) {
            return;
        }
        const bool isTimed = proof.at.isValid() && proof.timeMs;
        m_energies << (isTimed ? m_power.energy(end - *proof.timeMs, end) : std::nullopt);
    }
}

int ResultCollector::distinctBatches() const
{
    return m_prover ? m_prover->distinctBatches() : 0;
}

QList<BatchRow> ResultCollector::rows() const
{
    MetricsHistory metrics = m_metrics;
    for (auto batch = m_l2.batches().begin(); batch != m_l2.batches().end(); ++batch) {
        metrics.fill(batch.key(), *batch);
    }
    if (m_prover) {
        return buildTable(m_prover->proofs(), metrics, m_energies);
    }
    QList<BatchRow> sealed; // the L2's log alone: batches without a proving time
    for (auto batch = m_l2.batches().begin(); batch != m_l2.batches().end(); ++batch) {
        BatchRow row;
        row.batch = batch.key();
        row.facts = metrics.facts(batch.key());
        row.flags.setFlag(BatchFlag::MetricsMissing, !row.facts.gasUsed || !row.facts.txCount);
        sealed << row;
    }
    return sealed;
}

QList<quint64> ResultCollector::batchesWithoutFacts() const
{
    QList<quint64> missing;
    for (const BatchRow &row : rows()) {
        if (!row.facts.gasUsed || !row.facts.txCount || !row.facts.blocks) {
            missing << row.batch;
        }
    }
    return missing;
}

QList<Finding> ResultCollector::logFindings() const
{
    QList<Finding> all;
    if (m_prover) {
        all = m_prover->findings();
    }
    for (const auto &[name, log] : m_logs) {
        all += log.findings();
    }
    return all;
}

QList<Finding> ResultCollector::findings() const
{
    Picture picture;
    if (m_prover) {
        picture.proofs = m_prover->proofs();
    }
    picture.rows = rows();
    picture.logFindings = logFindings();
    picture.coloured = m_prover && m_prover->isColoured();
    picture.logName = m_proverLogName;
    picture.metricsAsked = m_metricsAsked;
    picture.metricsReadable = m_metricsReadable;
    picture.l2Restarts = m_metrics.restarts();
    picture.proverExitCode = m_proverExit;
    QList<Finding> all = picture.logFindings;
    if (!m_prover && !m_metricsAsked) {
        return all; // logs of other programs alone: nothing to judge a result by
    }
    for (const Finding &finding : judge(picture)) {
        mergeFinding(all, finding);
    }
    return all;
}

bool ResultCollector::takeFindingsChanged()
{
    qsizetype sum = 0;
    for (const Finding &finding : logFindings()) {
        sum += 1000 + finding.count;
    }
    return std::exchange(m_lastFindings, sum) != sum;
}

std::optional<QPair<quint64, quint64>> batchBlocks(QByteArrayView jsonRpcAnswer)
{
    const QJsonObject batch = rpcResult(jsonRpcAnswer);
    const auto first = quantity(batch.value(u"first_block"_s));
    const auto last = quantity(batch.value(u"last_block"_s));
    // Callers count from one to the other.
    if (!first || !last || *last < *first || *last - *first >= MaxBlocks || *last > MaxBlock) {
        return std::nullopt;
    }
    return qMakePair(*first, *last);
}

std::optional<QPair<quint64, quint64>> blockGasAndTxs(QByteArrayView jsonRpcAnswer)
{
    const QJsonObject block = rpcResult(jsonRpcAnswer);
    const auto gas = quantity(block.value(u"gasUsed"_s));
    if (!gas || !block.value(u"transactions"_s).isArray()) {
        return std::nullopt;
    }
    return qMakePair(*gas, quint64(block.value(u"transactions"_s).toArray().size()));
}

} // namespace proverdeck::models::ethrex
