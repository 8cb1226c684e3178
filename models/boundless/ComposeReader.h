// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/ComposeFile.h"

#include <QHash>

namespace proverdeck::models::boundless {

/// Where a value stands, 0-based.
struct ScalarPlace
{
    qint64 line = 0;
    qsizetype column = 0; ///< bytes
    qsizetype length = 0; ///< bytes, as written
    bool operator==(const ScalarPlace &) const = default;
};

/// What the YAML of a compose file means, with "<<" merged.
struct ComposeReading
{
    QString problem;
    qint64 problemLine = 0;
    QStringList services;
    QList<qint64> serviceLines; ///< 0-based
    QList<ComposeAgent> agents; ///< in the order of the file
    QStringList dependsOn; ///< of the broker
    QHash<QString, ScalarPlace> scalars; ///< "agent/mem_limit", "agent/cpus"
};

[[nodiscard]] ComposeReading readCompose(const QByteArray &bytes);

} // namespace proverdeck::models::boundless
