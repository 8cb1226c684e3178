// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>

#include <optional>
#include <string_view>
#include <utility>

namespace proverdeck::models::ethrex {

enum class TracingLevel { None, Trace, Debug, Info, Warn, Error };

/// A log line of the Rust tracing crate, taken apart: "<time> <level> [<target>:] <message>".
/// Anything else keeps its whole text as the message, and no level.
struct TracingLine
{
    std::optional<qint64> timeMs; ///< since the epoch, UTC
    TracingLevel level = TracingLevel::None;
    std::string_view message;
    [[nodiscard]] bool isFramed() const { return timeMs || level != TracingLevel::None; }
    [[nodiscard]] QDateTime at() const;
};

[[nodiscard]] TracingLine splitTracingLine(std::string_view text);

/// Takes a run of digits off the front of @p text; none if there are no digits or too many.
[[nodiscard]] std::optional<quint64> takeNumber(std::string_view &text);
/// The whole of @p text as a number.
[[nodiscard]] std::optional<quint64> wholeNumber(std::string_view text);
/// Takes "key=value" off the front, and the spaces after it; a value in quotes may hold spaces.
[[nodiscard]] std::optional<std::pair<std::string_view, std::string_view>>
takeField(std::string_view &text);
/// Takes @p prefix off the front of @p text, if it is there.
bool takePrefix(std::string_view &text, std::string_view prefix);

} // namespace proverdeck::models::ethrex
