// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/RunJson.h"

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

QJsonValue timeValue(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(time.toUTC().toString(Qt::ISODateWithMs)) : QJsonValue();
}

QDateTime timeFrom(const QJsonValue &value)
{
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
}

template<class T> QJsonValue optionalValue(const std::optional<T> &value)
{
    if constexpr (std::is_same_v<T, bool>) {
        return value ? QJsonValue(*value) : QJsonValue();
    } else {
        return value ? QJsonValue(qint64(*value)) : QJsonValue();
    }
}

template<class T> std::optional<T> optionalFrom(const QJsonValue &value)
{
    if constexpr (std::is_same_v<T, bool>) {
        return value.isBool() ? std::optional(value.toBool()) : std::nullopt;
    } else {
        return value.isDouble() ? std::optional(T(value.toInteger())) : std::nullopt;
    }
}

} // namespace

QJsonArray stepsToJson(const QList<QPair<QString, StepState>> &steps)
{
    QJsonArray array;
    for (const auto &[title, state] : steps) {
        array << QJsonObject{{u"title"_s, title},
                             {u"outcome"_s, stepOutcomeWord(state.outcome)},
                             {u"note"_s, state.note},
                             {u"started"_s, timeValue(state.started)},
                             {u"ended"_s, timeValue(state.ended)},
                             {u"exit_code"_s, optionalValue(state.exitCode)}};
    }
    return array;
}

QList<QPair<QString, StepState>> stepsFromJson(const QJsonArray &array)
{
    QList<QPair<QString, StepState>> steps;
    for (const QJsonValue &value : array) {
        const QJsonObject object = value.toObject();
        StepState state;
        for (int i = 0; i <= int(StepOutcome::Unknown); ++i) {
            if (stepOutcomeWord(StepOutcome(i)) == object.value(u"outcome"_s).toString()) {
                state.outcome = StepOutcome(i);
            }
        }
        state.note = object.value(u"note"_s).toString();
        state.started = timeFrom(object.value(u"started"_s));
        state.ended = timeFrom(object.value(u"ended"_s));
        state.exitCode = optionalFrom<int>(object.value(u"exit_code"_s));
        steps << qMakePair(object.value(u"title"_s).toString(), state);
    }
    return steps;
}

QJsonObject valuesToJson(const InputValues &values)
{
    QJsonObject object;
    for (auto it = values.begin(); it != values.end(); ++it) {
        object.insert(it.key(), QJsonValue::fromVariant(it.value()));
    }
    return object;
}

InputValues valuesFromJson(const QJsonObject &object)
{
    InputValues values;
    for (auto it = object.begin(); it != object.end(); ++it) {
        values.insert(it.key(), it->isDouble() ? QVariant(it->toInteger()) : it->toVariant());
    }
    return values;
}

QJsonObject sessionToJson(const report::Session &session)
{
    QJsonArray gpus;
    for (const report::Gpu &gpu : session.gpus) {
        gpus << QJsonObject{{u"name"_s, gpu.name},
                            {u"driver"_s, gpu.driver},
                            {u"memory_mib"_s, qint64(gpu.memoryMiB)}};
    }
    return {{u"started"_s, timeValue(session.started)},
            {u"ended"_s, timeValue(session.ended)},
            {u"run_id"_s, session.runId},
            {u"server"_s, session.server},
            {u"backend"_s, session.backend},
            {u"gpu"_s, optionalValue(session.gpu)},
            {u"gpus"_s, gpus},
            {u"cpu_model"_s, session.cpuModel},
            {u"memory_kib"_s, optionalValue(session.memoryKiB)},
            {u"ref"_s, session.gitRef},
            {u"commit"_s, session.commit},
            {u"commit_subject"_s, session.commitSubject},
            {u"tx_per_account"_s, optionalValue(session.txPerAccount)},
            {u"tx_type"_s, session.txType},
            {u"endless"_s, optionalValue(session.endless)},
            {u"workflow"_s, session.workflow},
            {u"state"_s, session.state}};
}

report::Session sessionFromJson(const QJsonObject &object)
{
    report::Session session;
    session.started = timeFrom(object.value(u"started"_s));
    session.ended = timeFrom(object.value(u"ended"_s));
    session.runId = object.value(u"run_id"_s).toString();
    session.server = object.value(u"server"_s).toString();
    session.backend = object.value(u"backend"_s).toString();
    session.gpu = optionalFrom<bool>(object.value(u"gpu"_s));
    const QJsonArray gpus = object.value(u"gpus"_s).toArray();
    for (const QJsonValue &value : gpus) {
        const QJsonObject gpu = value.toObject();
        session.gpus << report::Gpu{gpu.value(u"name"_s).toString(),
                                    gpu.value(u"driver"_s).toString(),
                                    quint64(gpu.value(u"memory_mib"_s).toInteger())};
    }
    session.cpuModel = object.value(u"cpu_model"_s).toString();
    session.memoryKiB = optionalFrom<quint64>(object.value(u"memory_kib"_s));
    session.gitRef = object.value(u"ref"_s).toString();
    session.commit = object.value(u"commit"_s).toString();
    session.commitSubject = object.value(u"commit_subject"_s).toString();
    session.txPerAccount = optionalFrom<int>(object.value(u"tx_per_account"_s));
    session.txType = object.value(u"tx_type"_s).toString();
    session.endless = optionalFrom<bool>(object.value(u"endless"_s));
    session.workflow = object.value(u"workflow"_s).toString();
    session.state = object.value(u"state"_s).toString();
    return session;
}

QJsonArray rowsToJson(const QList<ethrex::BatchRow> &rows)
{
    QJsonArray array;
    for (const ethrex::BatchRow &row : rows) {
        QJsonArray times;
        for (const qint64 time : row.allTimesMs) {
            times << time;
        }
        array << QJsonObject{{u"batch"_s, qint64(row.batch)},
                             {u"proving_time_ms"_s, optionalValue(row.timeMs)},
                             {u"times_ms"_s, times},
                             {u"proved_at"_s, timeValue(row.provedAt)},
                             {u"gas_used"_s, optionalValue(row.facts.gasUsed)},
                             {u"tx_count"_s, optionalValue(row.facts.txCount)},
                             {u"blocks"_s, optionalValue(row.facts.blocks)},
                             {u"flags"_s, QJsonArray::fromStringList(ethrex::flagWords(row.flags))},
                             {u"line"_s, row.line}};
    }
    return array;
}

QList<ethrex::BatchRow> rowsFromJson(const QJsonArray &array)
{
    QList<ethrex::BatchRow> rows;
    for (const QJsonValue &value : array) {
        const QJsonObject object = value.toObject();
        ethrex::BatchRow row;
        row.batch = quint64(object.value(u"batch"_s).toInteger());
        row.timeMs = optionalFrom<qint64>(object.value(u"proving_time_ms"_s));
        const QJsonArray times = object.value(u"times_ms"_s).toArray();
        for (const QJsonValue &time : times) {
            row.allTimesMs << time.toInteger();
        }
        row.provedAt = timeFrom(object.value(u"proved_at"_s));
        row.facts.gasUsed = optionalFrom<quint64>(object.value(u"gas_used"_s));
        row.facts.txCount = optionalFrom<quint64>(object.value(u"tx_count"_s));
        row.facts.blocks = optionalFrom<quint64>(object.value(u"blocks"_s));
        row.flags = ethrex::flagsFromWords(object.value(u"flags"_s).toVariant().toStringList());
        row.line = object.value(u"line"_s).toInteger();
        rows << row;
    }
    return rows;
}

QJsonArray findingsToJson(const QList<Finding> &findings)
{
    QJsonArray array;
    for (const Finding &finding : findings) {
        array << QJsonObject{{u"code"_s, finding.code},
                             {u"severity"_s, severityWord(finding.severity)},
                             {u"text"_s, finding.text},
                             {u"advice"_s, finding.advice},
                             {u"log"_s, finding.evidence.log},
                             {u"line"_s, finding.evidence.line},
                             {u"offset"_s, finding.evidence.offset},
                             {u"evidence"_s, finding.evidence.text},
                             {u"count"_s, finding.count}};
    }
    return array;
}

QList<Finding> findingsFromJson(const QJsonArray &array)
{
    QList<Finding> findings;
    for (const QJsonValue &value : array) {
        const QJsonObject object = value.toObject();
        Finding finding;
        finding.code = object.value(u"code"_s).toString();
        const QString severity = object.value(u"severity"_s).toString();
        finding.severity = severity == u"error" ? Severity::Error
            : severity == u"warning"            ? Severity::Warning
                                                : Severity::Info;
        finding.text = object.value(u"text"_s).toString();
        finding.advice = object.value(u"advice"_s).toString();
        finding.evidence
            = {object.value(u"log"_s).toString(), object.value(u"line"_s).toInteger(),
               object.value(u"offset"_s).toInteger(-1), object.value(u"evidence"_s).toString()};
        finding.count = int(object.value(u"count"_s).toInteger(1));
        findings << finding;
    }
    return findings;
}

} // namespace proverdeck::models::store
