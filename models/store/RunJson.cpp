// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/RunJson.h"

#include <QJsonDocument>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

/// The line of the proof leads back into the log, which lies beside the history.
QJsonObject storedRow(const ethrex::BatchRow &row)
{
    QJsonObject object = report::rowToJson(row);
    object.insert(u"line"_s, row.line);
    return object;
}

} // namespace

QJsonArray stepsToJson(const QList<QPair<QString, StepState>> &steps)
{
    QJsonArray array;
    for (const auto &[title, state] : steps) {
        array << QJsonObject{{u"title"_s, title},
                             {u"outcome"_s, stepOutcomeWord(state.outcome)},
                             {u"note"_s, state.note},
                             {u"started"_s, report::jsonTime(state.started)},
                             {u"ended"_s, report::jsonTime(state.ended)},
                             {u"exit_code"_s, report::jsonValue(state.exitCode)}};
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
        state.started = report::timeFromJson(object.value(u"started"_s));
        state.ended = report::timeFromJson(object.value(u"ended"_s));
        if (const QJsonValue code = object.value(u"exit_code"_s); code.isDouble()) {
            state.exitCode = int(code.toInteger());
        }
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

QString rowText(const ethrex::BatchRow &row)
{
    return QString::fromUtf8(QJsonDocument(storedRow(row)).toJson(QJsonDocument::Compact));
}

QJsonArray rowsToJson(const QList<ethrex::BatchRow> &rows)
{
    QJsonArray array;
    for (const ethrex::BatchRow &row : rows) {
        array << storedRow(row);
    }
    return array;
}

QList<ethrex::BatchRow> rowsFromJson(const QJsonArray &array)
{
    QList<ethrex::BatchRow> rows;
    rows.reserve(array.size());
    for (const QJsonValue &value : array) {
        rows << report::rowFromJson(value.toObject());
    }
    return rows;
}

QJsonArray findingsToJson(const QList<Finding> &findings)
{
    QJsonArray array;
    for (const Finding &finding : findings) {
        array << findingToJson(finding);
    }
    return array;
}

QList<Finding> findingsFromJson(const QJsonArray &array)
{
    QList<Finding> findings;
    for (const QJsonValue &value : array) {
        findings << findingFromJson(value.toObject());
    }
    return findings;
}

} // namespace proverdeck::models::store
