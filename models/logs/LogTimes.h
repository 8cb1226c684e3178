// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

#include <optional>

namespace proverdeck::models {

class LogStore;

/// What a line says about when it was written.
struct LineTime
{
    /// Since 1970 UTC if hasDate, else since midnight of a day that the line does not tell.
    qint64 ms = 0;
    bool hasDate = false;
    bool operator==(const LineTime &) const = default;
};

/// The first time near the beginning of a line: ISO 8601 (with a space or T, fraction, offset; none
/// is UTC), a clock alone ("[09:41:02.110]"), or a JSON member "time", "ts" or "timestamp" of
/// milliseconds or seconds. Colours and prefixes before it are passed over.
[[nodiscard]] std::optional<LineTime> timeOfLine(QByteArrayView line);

/// What a person typed: "14:05", "14:05:30.5", "2026-11-20 14:05", with or without T and Z.
[[nodiscard]] std::optional<LineTime> timeFromText(const QString &text);

/// The first line whose time is not before @p wanted, found by halving: the times must not go back
/// by more than a moment. A clock alone is looked for in the day of the log's last line before it
/// (or, in a log without dates, in the stretch from its first line on, also past one midnight).
/// Lines without a time belong to the one before them; where no line has a time, when they came
/// counts. None if the log has no times at all or ends before.
[[nodiscard]] std::optional<qint64> lineAtTime(const LogStore &store, LineTime wanted);

/// When a line was written, ms since 1970 UTC: what it says, or the line with a time before it, or
/// when it came. None if neither is known.
[[nodiscard]] std::optional<qint64> momentOfLine(const LogStore &store, qint64 line);

} // namespace proverdeck::models
