// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/RunTypes.h"

#include <QJsonArray>
#include <QJsonObject>

namespace proverdeck::models::store {

/// The columns of the history that are JSON documents, and back. Unknown values are null.
[[nodiscard]] QJsonArray stepsToJson(const QList<QPair<QString, StepState>> &steps);
[[nodiscard]] QList<QPair<QString, StepState>> stepsFromJson(const QJsonArray &array);
[[nodiscard]] QJsonObject valuesToJson(const InputValues &values);
[[nodiscard]] InputValues valuesFromJson(const QJsonObject &object);
[[nodiscard]] QJsonObject sessionToJson(const report::Session &session);
[[nodiscard]] report::Session sessionFromJson(const QJsonObject &object);
[[nodiscard]] QJsonArray rowsToJson(const QList<ethrex::BatchRow> &rows);
[[nodiscard]] QList<ethrex::BatchRow> rowsFromJson(const QJsonArray &array);
[[nodiscard]] QJsonArray findingsToJson(const QList<Finding> &findings);
[[nodiscard]] QList<Finding> findingsFromJson(const QJsonArray &array);

} // namespace proverdeck::models::store
