// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/report/Cells.h"
#include "models/report/Report.h"

#include <QJsonArray>

#include <cmath>

namespace proverdeck::models::report {

using namespace Qt::StringLiterals;

namespace {

using ethrex::BatchRow;
using ethrex::Summary;

QJsonValue jsonInteger(quint64 value)
{
    constexpr quint64 Exact = 9223372036854775807U;
    return value <= Exact ? QJsonValue(static_cast<qint64>(value))
                          : QJsonValue(static_cast<double>(value));
}

QJsonValue json(const std::optional<quint64> &value)
{
    return value ? jsonInteger(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue json(const std::optional<qint64> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue json(const std::optional<double> &value)
{
    return value && std::isfinite(*value) ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue json(const std::optional<bool> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue json(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QString isoText(const QDateTime &time)
{
    return time.isValid() ? time.toUTC().toString(Qt::ISODateWithMs) : QString();
}

QJsonObject summaryJson(const Summary &summary)
{
    return {
        {u"batches"_s, summary.batches},
        {u"avg_ms"_s, json(summary.avgMs)},
        {u"median_ms"_s, json(summary.medianMs)},
        {u"min_ms"_s, json(summary.minMs)},
        {u"max_ms"_s, json(summary.maxMs)},
        {u"p95_ms"_s, json(summary.p95Ms)},
        {u"stddev_ms"_s, json(summary.stddevMs)},
        {u"total_gas"_s, json(summary.totalGas)},
        {u"total_txs"_s, json(summary.totalTxs)},
        {u"mgas_per_s"_s, json(summary.mgasPerSecond)},
        {u"tx_per_s"_s, json(summary.txPerSecond)},
    };
}

QJsonObject rowJson(const BatchRow &row)
{
    QJsonArray times;
    for (const qint64 time : row.allTimesMs) {
        times << time;
    }
    return {
        {u"batch"_s, jsonInteger(row.batch)},
        {u"proving_time_ms"_s, json(row.timeMs)},
        {u"gas_used"_s, json(row.facts.gasUsed)},
        {u"tx_count"_s, json(row.facts.txCount)},
        {u"blocks"_s, json(row.facts.blocks)},
        {u"flags"_s, QJsonArray::fromStringList(ethrex::flagWords(row.flags))},
        {u"times_ms"_s, times},
        {u"proved_at"_s, json(isoText(row.provedAt))},
        {u"mgas_per_s"_s, json(row.mgasPerSecond())},
        {u"tx_per_s"_s, json(row.txPerSecond())},
    };
}

QJsonObject findingJson(const Finding &finding)
{
    const QJsonValue line = finding.evidence.line > 0 ? QJsonValue(finding.evidence.line)
                                                      : QJsonValue(QJsonValue::Null);
    return {
        {u"code"_s, finding.code},
        {u"severity"_s, severityWord(finding.severity)},
        {u"line"_s, line},
        {u"text"_s, finding.text},
        {u"advice"_s, finding.advice},
        {u"log"_s, json(finding.evidence.log)},
        {u"offset"_s,
         finding.evidence.offset >= 0 ? QJsonValue(finding.evidence.offset)
                                      : QJsonValue(QJsonValue::Null)},
        {u"count"_s, finding.count},
        {u"evidence"_s, json(finding.evidence.text)},
    };
}

QJsonObject sessionJson(const Session &session)
{
    QJsonArray gpus;
    for (const Gpu &gpu : session.gpus) {
        gpus << QJsonObject{
            {u"name"_s, json(gpu.name)},
            {u"driver"_s, json(gpu.driver)},
            {u"memory_mib"_s,
             gpu.memoryMiB > 0 ? jsonInteger(gpu.memoryMiB) : QJsonValue(QJsonValue::Null)}};
    }
    const QJsonValue txs
        = session.txPerAccount ? QJsonValue(*session.txPerAccount) : QJsonValue(QJsonValue::Null);
    return {
        {u"started"_s, json(isoText(session.started))},
        {u"ended"_s, json(isoText(session.ended))},
        {u"run_id"_s, json(session.runId)},
        {u"server"_s, json(session.server)},
        {u"backend"_s, json(session.backend)},
        {u"gpu"_s, json(session.gpu)},
        {u"gpus"_s, gpus},
        {u"cpu_model"_s, json(session.cpuModel)},
        {u"memory_kib"_s, json(session.memoryKiB)},
        {u"ref"_s, json(session.gitRef)},
        {u"commit"_s, json(session.commit)},
        {u"commit_subject"_s, json(session.commitSubject)},
        {u"tx_per_account"_s, txs},
        {u"tx_type"_s, json(session.txType)},
        {u"endless"_s, json(session.endless)},
        {u"workflow"_s, json(session.workflow)},
        {u"state"_s, json(session.state)},
    };
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

} // namespace

QByteArray toCsv(const ResultDocument &document)
{
    QString text = csvLine({u"batch"_s, u"proving_time_ms"_s, u"gas_used"_s, u"tx_count"_s,
                            u"blocks"_s, u"mgas_per_s"_s, u"tx_per_s"_s, u"flags"_s, u"counted"_s,
                            u"times_ms"_s, u"proved_at"_s});
    for (const BatchRow &row : document.rows) {
        QStringList times;
        for (const qint64 time : row.allTimesMs) {
            times << QString::number(time);
        }
        text += csvLine({QString::number(row.batch), numberText(row.timeMs),
                         numberText(row.facts.gasUsed), numberText(row.facts.txCount),
                         numberText(row.facts.blocks), csvRate(row.mgasPerSecond()),
                         csvRate(row.txPerSecond()), ethrex::flagWords(row.flags).join(u' '),
                         row.counts() ? u"true"_s : u"false"_s, times.join(u' '),
                         isoText(row.provedAt)});
    }
    return text.toUtf8();
}

QJsonObject toJson(const ResultDocument &document, bool withSession)
{
    QJsonArray batches;
    for (const BatchRow &row : document.rows) {
        batches << rowJson(row);
    }
    QJsonArray findings;
    for (const Finding &finding : document.findings) {
        findings << findingJson(finding);
    }
    QJsonObject summary = summaryJson(ethrex::summariseAll(document.rows));
    summary.insert(u"counted"_s, summaryJson(ethrex::summariseCounted(document.rows)));
    QJsonObject object{{u"batches"_s, batches}, {u"summary"_s, summary}, {u"findings"_s, findings}};
    if (withSession) {
        object.insert(u"session"_s, sessionJson(document.session));
        object.insert(u"observations"_s, document.observations);
    }
    return object;
}

} // namespace proverdeck::models::report
