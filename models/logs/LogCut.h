// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogParts.h"

#include <tl/expected.hpp>

namespace proverdeck::models {

// How a log on the disk loses its end. Each is a row of steps, and after each step the log is whole
// up to some byte: a crash between them leaves a log that was cut a little less. What is open of
// the growing part is of no use afterwards, and nobody else may be at work on the parts.

/// A plain part that is shorter than its name says lost its end to a power cut, and what came
/// after it is of no use without that end: it is cut off, and can be fetched again. False, with
/// errno, if that fails.
[[nodiscard]] bool mendParts(const QString &log, const LogParts &found);

/// The first step of a cut at @p size, which lies in the parts: the only one that needs room on the
/// disk, and it changes nothing that is there. Gives the part that will replace the one with that
/// byte, or nothing if none has to be replaced. Errors are technical words.
[[nodiscard]] tl::expected<QString, QString> prepareCut(const QString &log,
                                                        const QList<LogPart> &parts, quint64 size);
/// The other steps. False, with errno, if one fails.
[[nodiscard]] bool cutParts(const QString &log, QList<LogPart> parts, quint64 size,
                            const QString &replacement);

} // namespace proverdeck::models
