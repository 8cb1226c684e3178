// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>

namespace proverdeck::models {

enum class Severity { Info, Warning, Error };

/// Where a finding was seen. Line and offset are of the raw log, as the server wrote it.
struct Evidence
{
    QString log; ///< "prover.log"; empty if the finding comes from no log
    qint64 line = 0; ///< 1-based; 0 = no line
    qint64 offset = -1; ///< byte offset of the line's first byte; -1 = none
    QString text; ///< the line itself, without escape sequences, at most 500 characters
    bool operator==(const Evidence &) const = default;
};

/// Something wrong or noteworthy, said the same way everywhere. Codes are stable: kebab-case.
struct Finding
{
    QString code;
    Severity severity = Severity::Info;
    QString text; ///< what happened and why, a sentence or two
    QString advice; ///< what to do
    Evidence evidence; ///< of the first occurrence
    int count = 1; ///< occurrences of the same code in the same log
    bool operator==(const Finding &) const = default;
};

[[nodiscard]] QString severityWord(Severity severity); ///< "info", "warning", "error" (JSON)

/// Adds @p finding, or counts it up if the same code from the same log is there already.
/// True if it was new.
bool mergeFinding(QList<Finding> &list, const Finding &finding);

} // namespace proverdeck::models

Q_DECLARE_METATYPE(proverdeck::models::Finding)
