// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/report/Cells.h"
#include "models/report/Report.h"
#include "models/report/ResultJson.h"

#include <QJsonArray>

namespace proverdeck::models::report {

using namespace Qt::StringLiterals;

namespace {

using ethrex::BatchRow;
using ethrex::Summary;

QString isoText(const QDateTime &time)
{
    return time.isValid() ? time.toUTC().toString(Qt::ISODateWithMs) : QString();
}

QJsonObject summaryJson(const Summary &summary)
{
    return {
        {u"batches"_s, summary.batches},
        {u"avg_ms"_s, jsonValue(summary.avgMs)},
        {u"median_ms"_s, jsonValue(summary.medianMs)},
        {u"min_ms"_s, jsonValue(summary.minMs)},
        {u"max_ms"_s, jsonValue(summary.maxMs)},
        {u"p95_ms"_s, jsonValue(summary.p95Ms)},
        {u"stddev_ms"_s, jsonValue(summary.stddevMs)},
        {u"total_gas"_s, jsonValue(summary.totalGas)},
        {u"total_txs"_s, jsonValue(summary.totalTxs)},
        {u"mgas_per_s"_s, jsonValue(summary.mgasPerSecond)},
        {u"tx_per_s"_s, jsonValue(summary.txPerSecond)},
        {u"energy_batches"_s, summary.energyBatches},
        {u"total_energy_j"_s, jsonValue(summary.totalEnergyJ)},
        {u"energy_uncertainty_j"_s, jsonValue(summary.energyUncertaintyJ)},
        {u"avg_energy_j"_s, jsonValue(summary.avgEnergyJ)},
        {u"j_per_mgas"_s, jsonValue(summary.joulesPerMgas)},
    };
}

QJsonObject rowWithRates(const BatchRow &row)
{
    QJsonObject object = rowToJson(row);
    object.insert(u"mgas_per_s"_s, jsonValue(row.mgasPerSecond()));
    object.insert(u"tx_per_s"_s, jsonValue(row.txPerSecond()));
    return object;
}

QString csvField(QString text)
{
    if (text.contains(u'"') || text.contains(u',') || text.contains(u'\n')
        || text.contains(u'\r')) {
        text = u'"' % text.replace(u'"', "\"\""_L1) % u'"';
    }
    return text;
}

QString csvLine(const QStringList &fields)
{
    QStringList quoted;
    for (const QString &field : fields) {
        quoted << csvField(field);
    }
    return quoted.join(u',') % "\r\n"_L1;
}

QString csvRate(const std::optional<double> &rate)
{
    return rate ? QString::number(*rate, 'f', 6) : QString();
}

QString csvEnergy(const std::optional<double> &joules)
{
    return joules ? QString::number(*joules, 'f', 1) : QString();
}

} // namespace

QByteArray toCsv(const ResultDocument &document)
{
    QString text = csvLine({u"batch"_s, u"proving_time_ms"_s, u"gas_used"_s, u"tx_count"_s,
                            u"blocks"_s, u"mgas_per_s"_s, u"tx_per_s"_s, u"flags"_s, u"counted"_s,
                            u"times_ms"_s, u"proved_at"_s, u"energy_j"_s, u"energy_uncertainty_j"_s,
                            u"energy_sample_interval_ms"_s, u"energies_j"_s});
    for (const BatchRow &row : document.rows) {
        QStringList times;
        for (const qint64 time : row.allTimesMs) {
            times << QString::number(time);
        }
        QStringList energies; // parallel to the times; empty if none is known
        bool hasEnergy = false;
        for (const std::optional<double> &energy : row.allEnergiesJ) {
            energies << (energy ? csvEnergy(energy) : u"-"_s);
            hasEnergy = hasEnergy || energy.has_value();
        }
        const bool isMeasured = row.energy.has_value();
        text += csvLine({QString::number(row.batch), numberText(row.timeMs),
                         numberText(row.facts.gasUsed), numberText(row.facts.txCount),
                         numberText(row.facts.blocks), csvRate(row.mgasPerSecond()),
                         csvRate(row.txPerSecond()), ethrex::flagWords(row.flags).join(u' '),
                         row.counts() ? u"true"_s : u"false"_s, times.join(u' '),
                         isoText(row.provedAt),
                         isMeasured ? csvEnergy(row.energy->joules) : QString(),
                         isMeasured ? csvEnergy(row.energy->uncertainty) : QString(),
                         isMeasured ? QString::number(row.energy->sampleIntervalMs) : QString(),
                         hasEnergy ? energies.join(u' ') : QString()});
    }
    return text.toUtf8();
}

QJsonObject toJson(const ResultDocument &document, bool withSession)
{
    QJsonArray batches;
    for (const BatchRow &row : document.rows) {
        batches << rowWithRates(row);
    }
    QJsonArray findings;
    for (const Finding &finding : document.findings) {
        findings << findingToJson(finding);
    }
    QJsonObject summary = summaryJson(ethrex::summariseAll(document.rows));
    summary.insert(u"counted"_s, summaryJson(ethrex::summariseCounted(document.rows)));
    QJsonObject object{{u"batches"_s, batches}, {u"summary"_s, summary}, {u"findings"_s, findings}};
    if (withSession) {
        object.insert(u"session"_s, sessionToJson(document.session));
        object.insert(u"observations"_s, document.observations);
    }
    return object;
}

} // namespace proverdeck::models::report
