// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Events.h"

#include <string>
#include <string_view>
#include <vector>

namespace proverdeck::models::aztec {

/// One line, taken apart. The texts point into the line or into the reader's memory, until the next
/// line is read.
struct LineFrame
{
    enum class Kind { Record, Plain, Empty };
    Kind kind = Kind::Plain;
    quint8 framing = 0;
    Level level = Level::None;
    std::string_view container; ///< compose service or JSON hostname; empty if not said
    qint64 stamp = NoTime; ///< ms since 1970, from docker logs -t or from JSON
    int clock = -1; ///< milliseconds of the day, from the record itself; -1: none
    std::string_view module;
    std::string_view message; ///< with its data
    std::string_view fields; ///< the whole object of a JSON line
    std::size_t service = 0; ///< how long the wrapper of compose is
    std::string_view rest; ///< of a plain line: what follows the wrapper
};

/// Recognises how a line is framed, each line by itself: a file may mix all framings. Source of the
/// formats: foundation/src/log/pino-logger.ts and pino-pretty 13.
class LineFramer
{
public:
    /// @p line without its line end. The result is valid until the next call.
    [[nodiscard]] const LineFrame &read(std::string_view line);

private:
    /// How lines of one program begin: the members around the time, which alone differs.
    struct JsonHead
    {
        std::string before; ///< up to the time's first digit
        std::string after; ///< from the time to where the next member begins
        Level level = Level::None;
        std::string hostname;
        std::string module;
    };
    struct JsonOrigin
    {
        bool sawLevel = false;
        Level level = Level::None;
        std::string_view module;
        std::string_view hostname;
    };
    struct JsonLine : JsonOrigin
    {
        qint64 time = NoTime;
        std::string_view message;
        bool messageEscapes = false;
        std::size_t timeAt = 0; ///< where its digits begin; 0: there is no time
        std::size_t timeEnd = 0;
        std::size_t headEnd = 0; ///< where the member after the last of the head begins
        JsonOrigin atHeadEnd; ///< what was known there
    };
    void readPretty(std::string_view text);
    bool readJson(std::string_view text);
    [[nodiscard]] std::size_t takeHead(std::string_view text, JsonLine &line) const;
    static void readMembers(std::string_view text, std::size_t at, JsonLine &line);
    void rememberHead(std::string_view text, const JsonLine &line);
    [[nodiscard]] std::string_view withoutEscapes(std::string_view text);

    LineFrame m_frame;
    std::string m_plain; ///< the line without colours
    std::string m_message; ///< a JSON text without its escapes
    std::vector<JsonHead> m_heads;
};

constexpr std::size_t ClockLength = 15; ///< of "[10:03:26.403] "
/// "[10:03:26.403] " at the beginning of @p text: milliseconds of the day, else −1.
[[nodiscard]] int clockOf(std::string_view text);
/// "2025-07-08T10:17:45.601100000Z " at the beginning: ms since 1970, else NoTime; @p length is its
/// length with the blank.
[[nodiscard]] qint64 stampOf(std::string_view text, std::size_t &length);
[[nodiscard]] Level levelOfWord(std::string_view word); ///< "INFO"; None if it is no level

/// The object after a message: `text {"a":1}` → `{"a":1}`; cuts it off @p message. Empty if none.
[[nodiscard]] std::string_view takeData(std::string_view &message);

/// The first number, text or hexadecimal value of @p key in @p json. Numbers may be quoted: large
/// ones are, from 4.x on.
[[nodiscard]] bool numberOf(std::string_view json, std::string_view key, double &value);
[[nodiscard]] std::string_view textOf(std::string_view json, std::string_view key);
/// The integer that @p text begins with; -1 if there is none or it is too large.
[[nodiscard]] qint64 leadingNumber(std::string_view text);
/// The integer after the first @p mark in @p text; -1 if there is none.
[[nodiscard]] qint64 numberAfter(std::string_view text, std::string_view mark);

} // namespace proverdeck::models::aztec
