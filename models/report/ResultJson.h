// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/report/Report.h"

#include <QJsonValue>

namespace proverdeck::models::report {

/// The parts of results.json and of the history, and back. What is not known is null. Keys are
/// added, never renamed. Reading takes any document: what does not fit is unknown.
[[nodiscard]] QJsonObject sessionToJson(const Session &session);
[[nodiscard]] Session sessionFromJson(const QJsonObject &object);
/// Without the rates, which follow from the rest, and without the line, which only this machine's
/// copy of the log gives a meaning; reads a "line" if there is one.
[[nodiscard]] QJsonObject rowToJson(const ethrex::BatchRow &row);
[[nodiscard]] ethrex::BatchRow rowFromJson(const QJsonObject &object);
[[nodiscard]] QJsonObject findingToJson(const Finding &finding);
[[nodiscard]] Finding findingFromJson(const QJsonObject &object);

/// Single values: null for an invalid time, a missing value, a number that is none.
[[nodiscard]] QJsonValue jsonTime(const QDateTime &time);
[[nodiscard]] QDateTime timeFromJson(const QJsonValue &value);
[[nodiscard]] QJsonValue jsonValue(const std::optional<quint64> &value);
[[nodiscard]] QJsonValue jsonValue(const std::optional<qint64> &value);
[[nodiscard]] QJsonValue jsonValue(const std::optional<int> &value);
[[nodiscard]] QJsonValue jsonValue(const std::optional<double> &value);
[[nodiscard]] QJsonValue jsonValue(const std::optional<bool> &value);

} // namespace proverdeck::models::report
