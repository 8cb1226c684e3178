// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/report/ResultJson.h"
#include "models/run/RunTypes.h"

#include <QJsonArray>
#include <QJsonObject>

namespace proverdeck::models::store {

/// The columns of the history that are JSON documents, and back. Unknown values are null.
[[nodiscard]] QJsonArray stepsToJson(const QList<QPair<QString, StepState>> &steps);
[[nodiscard]] QList<QPair<QString, StepState>> stepsFromJson(const QJsonArray &array);
[[nodiscard]] QJsonObject valuesToJson(const InputValues &values);
[[nodiscard]] InputValues valuesFromJson(const QJsonObject &object);
/// One row as compact JSON text.
[[nodiscard]] QString rowText(const ethrex::BatchRow &row);
[[nodiscard]] QJsonArray rowsToJson(const QList<ethrex::BatchRow> &rows);
/// Also takes the batches of results.json.
[[nodiscard]] QList<ethrex::BatchRow> rowsFromJson(const QJsonArray &array);
[[nodiscard]] QJsonArray findingsToJson(const QList<Finding> &findings);
[[nodiscard]] QList<Finding> findingsFromJson(const QJsonArray &array);

using report::findingFromJson;
using report::findingToJson;
using report::sessionFromJson;
using report::sessionToJson;

} // namespace proverdeck::models::store
