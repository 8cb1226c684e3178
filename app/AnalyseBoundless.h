// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QStringList>

namespace proverdeck::models::boundless {
class BrokerAnalysis;
}

namespace proverdeck::app {

/// "proverdeck analyse boundless FILE…": logs of brokers, and copies of broker.db. Returns the exit
/// status and prints to stdout and stderr.
[[nodiscard]] int runAnalyseBoundless(const QStringList &files, const QString &format);

/// The JSON of that command; its keys are stable.
[[nodiscard]] QJsonObject analysisToJson(const models::boundless::BrokerAnalysis &analysis,
                                         qint64 nowMs);

} // namespace proverdeck::app
