// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/report/ResultJson.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <limits>

namespace proverdeck::models::report {

using namespace Qt::StringLiterals;

namespace {

QJsonValue integer(quint64 value)
{
    constexpr quint64 Exact = 9223372036854775807U;
    return value <= Exact ? QJsonValue(static_cast<qint64>(value))
                          : QJsonValue(static_cast<double>(value));
}

QJsonValue text(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

std::optional<quint64> countFrom(const QJsonValue &value)
{
    constexpr double Above = 18446744073709551616.0;
    const qint64 whole = value.toInteger(-1);
    if (whole >= 0) {
        return quint64(whole);
    }
    const double large = value.toDouble(-1);
    return large >= 0 && large < Above ? std::optional(quint64(large)) : std::nullopt;
}

std::optional<qint64> integerFrom(const QJsonValue &value)
{
    // A fraction, or what no integer holds, is unknown and not 0.
    const qint64 whole = value.toInteger(-1);
    return whole != -1 || value.toInteger(0) == -1 ? std::optional(whole) : std::nullopt;
}

std::optional<qint64> durationFrom(const QJsonValue &value)
{
    const std::optional<qint64> whole = integerFrom(value);
    return whole && *whole >= 0 ? whole : std::nullopt;
}

std::optional<double> amountFrom(const QJsonValue &value)
{
    const double amount = value.toDouble(-1);
    return amount >= 0 ? std::optional(amount) : std::nullopt;
}

std::optional<int> smallFrom(const QJsonValue &value)
{
    const std::optional<qint64> whole = integerFrom(value);
    return whole && *whole >= std::numeric_limits<int>::min()
            && *whole <= std::numeric_limits<int>::max()
        ? std::optional(int(*whole))
        : std::nullopt;
}

std::optional<bool> boolFrom(const QJsonValue &value)
{
    return value.isBool() ? std::optional(value.toBool()) : std::nullopt;
}

} // namespace

QJsonValue jsonTime(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(time.toUTC().toString(Qt::ISODateWithMs))
                          : QJsonValue(QJsonValue::Null);
}

QDateTime timeFromJson(const QJsonValue &value)
{
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
}

QJsonValue jsonValue(const std::optional<quint64> &value)
{
    return value ? integer(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue jsonValue(const std::optional<qint64> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue jsonValue(const std::optional<int> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue jsonValue(const std::optional<double> &value)
{
    return value && std::isfinite(*value) ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue jsonValue(const std::optional<bool> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue jsonValue(const std::optional<ServerCost> &cost)
{
    if (!cost) {
        return QJsonValue::Null;
    }
    return QJsonObject{{u"cpu_s"_s, cost->cpuSeconds},
                       {u"nvidia_smi_cpu_s"_s, cost->gpuToolCpuSeconds},
                       {u"seconds"_s, cost->seconds}};
}

std::optional<ServerCost> costFrom(const QJsonValue &value)
{
    const QJsonObject object = value.toObject();
    const ServerCost cost{.cpuSeconds = object.value(u"cpu_s"_s).toDouble(-1),
                          .gpuToolCpuSeconds = object.value(u"nvidia_smi_cpu_s"_s).toDouble(-1),
                          .seconds = object.value(u"seconds"_s).toDouble(0)};
    return cost.cpuSeconds >= 0 && cost.gpuToolCpuSeconds >= 0 && cost.seconds > 0
        ? std::optional(cost)
        : std::nullopt;
}

QJsonObject sessionToJson(const Session &session)
{
    QJsonArray gpus;
    for (const Gpu &gpu : session.gpus) {
        gpus << QJsonObject{
            {u"name"_s, text(gpu.name)},
            {u"driver"_s, text(gpu.driver)},
            {u"memory_mib"_s,
             gpu.memoryMiB > 0 ? integer(gpu.memoryMiB) : QJsonValue(QJsonValue::Null)}};
    }
    return {
        {u"started"_s, jsonTime(session.started)},
        {u"ended"_s, jsonTime(session.ended)},
        {u"run_id"_s, text(session.runId)},
        {u"server"_s, text(session.server)},
        {u"backend"_s, text(session.backend)},
        {u"gpu"_s, jsonValue(session.gpu)},
        {u"gpus"_s, gpus},
        {u"cpu_model"_s, text(session.cpuModel)},
        {u"memory_kib"_s, jsonValue(session.memoryKiB)},
        {u"ref"_s, text(session.gitRef)},
        {u"commit"_s, text(session.commit)},
        {u"commit_subject"_s, text(session.commitSubject)},
        {u"tx_per_account"_s, jsonValue(session.txPerAccount)},
        {u"tx_type"_s, text(session.txType)},
        {u"endless"_s, jsonValue(session.endless)},
        {u"workflow"_s, text(session.workflow)},
        {u"state"_s, text(session.state)},
        {u"server_cost"_s, jsonValue(session.cost)},
    };
}

Session sessionFromJson(const QJsonObject &object)
{
    Session session;
    session.started = timeFromJson(object.value(u"started"_s));
    session.ended = timeFromJson(object.value(u"ended"_s));
    session.runId = object.value(u"run_id"_s).toString();
    session.server = object.value(u"server"_s).toString();
    session.backend = object.value(u"backend"_s).toString();
    session.gpu = boolFrom(object.value(u"gpu"_s));
    const QJsonArray gpus = object.value(u"gpus"_s).toArray();
    for (const QJsonValue &value : gpus) {
        const QJsonObject gpu = value.toObject();
        session.gpus << Gpu{gpu.value(u"name"_s).toString(), gpu.value(u"driver"_s).toString(),
                            countFrom(gpu.value(u"memory_mib"_s)).value_or(0)};
    }
    session.cpuModel = object.value(u"cpu_model"_s).toString();
    session.memoryKiB = countFrom(object.value(u"memory_kib"_s));
    session.gitRef = object.value(u"ref"_s).toString();
    session.commit = object.value(u"commit"_s).toString();
    session.commitSubject = object.value(u"commit_subject"_s).toString();
    session.txPerAccount = smallFrom(object.value(u"tx_per_account"_s));
    session.txType = object.value(u"tx_type"_s).toString();
    session.endless = boolFrom(object.value(u"endless"_s));
    session.workflow = object.value(u"workflow"_s).toString();
    session.state = object.value(u"state"_s).toString();
    session.cost = costFrom(object.value(u"server_cost"_s));
    return session;
}

QJsonObject rowToJson(const ethrex::BatchRow &row)
{
    QJsonArray times;
    for (const qint64 time : row.allTimesMs) {
        times << time;
    }
    QJsonArray energies;
    for (const std::optional<double> &energy : row.allEnergiesJ) {
        energies << jsonValue(energy);
    }
    const auto measured = [&row](auto member) {
        return row.energy ? QJsonValue((*row.energy).*member) : QJsonValue(QJsonValue::Null);
    };
    return {
        {u"batch"_s, integer(row.batch)},
        {u"proving_time_ms"_s, jsonValue(row.timeMs)},
        {u"gas_used"_s, jsonValue(row.facts.gasUsed)},
        {u"tx_count"_s, jsonValue(row.facts.txCount)},
        {u"blocks"_s, jsonValue(row.facts.blocks)},
        {u"flags"_s, QJsonArray::fromStringList(ethrex::flagWords(row.flags))},
        {u"times_ms"_s, times},
        {u"proved_at"_s, jsonTime(row.provedAt)},
        {u"energy_j"_s, measured(&series::Energy::joules)},
        {u"energy_uncertainty_j"_s, measured(&series::Energy::uncertainty)},
        {u"energy_sample_interval_ms"_s, measured(&series::Energy::sampleIntervalMs)},
        {u"energies_j"_s, energies},
    };
}

ethrex::BatchRow rowFromJson(const QJsonObject &object)
{
    ethrex::BatchRow row;
    row.batch = countFrom(object.value(u"batch"_s)).value_or(0);
    row.timeMs = durationFrom(object.value(u"proving_time_ms"_s));
    const QJsonArray times = object.value(u"times_ms"_s).toArray();
    for (const QJsonValue &time : times) {
        if (const std::optional<qint64> known = durationFrom(time)) {
            row.allTimesMs << *known;
        }
    }
    row.provedAt = timeFromJson(object.value(u"proved_at"_s));
    if (const auto joules = amountFrom(object.value(u"energy_j"_s))) {
        row.energy = {*joules, amountFrom(object.value(u"energy_uncertainty_j"_s)).value_or(0),
                      durationFrom(object.value(u"energy_sample_interval_ms"_s)).value_or(0)};
    }
    const QJsonArray energies = object.value(u"energies_j"_s).toArray();
    for (const QJsonValue &energy : energies) {
        row.allEnergiesJ << amountFrom(energy);
    }
    row.facts.gasUsed = countFrom(object.value(u"gas_used"_s));
    row.facts.txCount = countFrom(object.value(u"tx_count"_s));
    row.facts.blocks = countFrom(object.value(u"blocks"_s));
    row.flags = ethrex::flagsFromWords(object.value(u"flags"_s).toVariant().toStringList());
    row.line = std::max<qint64>(0, object.value(u"line"_s).toInteger());
    return row;
}

QJsonObject findingToJson(const Finding &finding)
{
    const QJsonValue line = finding.evidence.line > 0 ? QJsonValue(finding.evidence.line)
                                                      : QJsonValue(QJsonValue::Null);
    const QJsonValue offset = finding.evidence.offset >= 0 ? QJsonValue(finding.evidence.offset)
                                                           : QJsonValue(QJsonValue::Null);
    return {
        {u"code"_s, finding.code},
        {u"severity"_s, severityWord(finding.severity)},
        {u"line"_s, line},
        {u"text"_s, finding.text},
        {u"advice"_s, finding.advice},
        {u"log"_s, text(finding.evidence.log)},
        {u"offset"_s, offset},
        {u"count"_s, finding.count},
        {u"evidence"_s, text(finding.evidence.text)},
    };
}

Finding findingFromJson(const QJsonObject &object)
{
    Finding finding;
    finding.code = object.value(u"code"_s).toString();
    const QString severity = object.value(u"severity"_s).toString();
    finding.severity = severity == u"error" ? Severity::Error
        : severity == u"warning"            ? Severity::Warning
                                            : Severity::Info;
    finding.text = object.value(u"text"_s).toString();
    finding.advice = object.value(u"advice"_s).toString();
    finding.evidence = {object.value(u"log"_s).toString(),
                        std::max<qint64>(0, object.value(u"line"_s).toInteger()),
                        std::max<qint64>(-1, object.value(u"offset"_s).toInteger(-1)),
                        object.value(u"evidence"_s).toString()};
    finding.count = std::max(1, smallFrom(object.value(u"count"_s)).value_or(1));
    return finding;
}

} // namespace proverdeck::models::report
