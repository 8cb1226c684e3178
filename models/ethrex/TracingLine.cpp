// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/TracingLine.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace proverdeck::models::ethrex {
namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isNameByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_';
}

void dropSpaces(std::string_view &text)
{
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

std::optional<int> takeDigits(std::string_view &text, std::size_t count)
{
    if (text.size() < count || !std::ranges::all_of(text.substr(0, count), isDigit)) {
        return std::nullopt;
    }
    int value = 0;
    for (const char c : text.substr(0, count)) {
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return value;
}

// The parts of "2026-02-12T15:03:12": how many digits, and what follows.
struct Part
{
    std::size_t digits;
    std::string_view after;
};
constexpr std::array Parts{Part{4, "-"}, Part{2, "-"}, Part{2, "T"},
                           Part{2, ":"}, Part{2, ":"}, Part{2, ""}};

std::optional<int> takeMilliseconds(std::string_view &text)
{
    if (!takePrefix(text, ".")) {
        return 0;
    }
    const std::size_t digits
        = std::min(static_cast<std::size_t>(std::ranges::find_if_not(text, isDigit) - text.begin()),
                   text.size());
    if (digits == 0) {
        return std::nullopt;
    }
    int value = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        value = value * 10 + (i < digits ? text[i] - '0' : 0);
    }
    text.remove_prefix(digits);
    return value;
}

std::optional<qint64> takeTimestamp(std::string_view &text)
{
    std::string_view rest = text;
    std::array<int, Parts.size()> values{};
    for (std::size_t i = 0; i < Parts.size(); ++i) {
        const std::optional<int> value = takeDigits(rest, Parts.at(i).digits);
        if (!value || !takePrefix(rest, Parts.at(i).after)) {
            return std::nullopt;
        }
        values.at(i) = *value;
    }
    const std::optional<int> milliseconds = takeMilliseconds(rest);
    if (!milliseconds || !(takePrefix(rest, "Z") || takePrefix(rest, "+00:00"))) {
        return std::nullopt;
    }
    const QDate date(values[0], values[1], values[2]);
    const bool isTime = values[3] < 24 && values[4] < 60 && values[5] <= 60;
    if (!date.isValid() || !isTime || (!rest.empty() && rest.front() != ' ')) {
        return std::nullopt;
    }
    constexpr qint64 EpochDay = 2440588;
    const qint64 seconds
        = (date.toJulianDay() - EpochDay) * 86400 + values[3] * 3600 + values[4] * 60 + values[5];
    text = rest;
    return seconds * 1000 + *milliseconds;
}

struct LevelWord
{
    std::string_view word;
    TracingLevel level;
};
constexpr std::array LevelWords{
    LevelWord{"INFO ", TracingLevel::Info}, LevelWord{"WARN ", TracingLevel::Warn},
    LevelWord{"ERROR ", TracingLevel::Error}, LevelWord{"DEBUG ", TracingLevel::Debug},
    LevelWord{"TRACE ", TracingLevel::Trace}};

// "ethrex_l2::prover: " of DEBUG lines and of older builds. Other words before a colon are the
// message's own.
void dropTarget(std::string_view &text)
{
    if (!text.starts_with("ethrex")) {
        return;
    }
    const std::size_t end = text.find(": ");
    if (end != std::string_view::npos && std::ranges::all_of(text.substr(0, end), [](char c) {
            return isNameByte(c) || c == ':';
        })) {
        text.remove_prefix(end + 2);
    }
}

} // namespace

bool takePrefix(std::string_view &text, std::string_view prefix)
{
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

std::optional<quint64> takeNumber(std::string_view &text)
{
    quint64 value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

std::optional<quint64> wholeNumber(std::string_view text)
{
    const std::optional<quint64> value = takeNumber(text);
    return text.empty() ? value : std::nullopt;
}

std::optional<std::pair<std::string_view, std::string_view>> takeField(std::string_view &text)
{
    const auto nameEnd
        = std::ranges::find_if_not(text, [](char c) { return isNameByte(c) || c == '.'; });
    const auto nameSize = static_cast<std::size_t>(nameEnd - text.begin());
    if (nameSize == 0 || nameSize == text.size() || text[nameSize] != '=') {
        return std::nullopt;
    }
    const std::string_view name = text.substr(0, nameSize);
    std::string_view rest = text.substr(nameSize + 1);
    std::string_view value;
    if (takePrefix(rest, "\"")) {
        std::size_t end = 0;
        while (end < rest.size() && rest[end] != '"') {
            end += rest[end] == '\\' ? 2U : 1U;
        }
        if (end >= rest.size()) {
            return std::nullopt;
        }
        value = rest.substr(0, end);
        rest.remove_prefix(end + 1);
    } else {
        value = rest.substr(0, rest.find(' '));
        rest.remove_prefix(value.size());
    }
    dropSpaces(rest);
    text = rest;
    return std::pair(name, value);
}

QDateTime TracingLine::at() const
{
    return timeMs ? QDateTime::fromMSecsSinceEpoch(*timeMs, Qt::UTC) : QDateTime();
}

TracingLine splitTracingLine(std::string_view text)
{
    TracingLine line;
    std::string_view rest = text;
    line.timeMs = takeTimestamp(rest);
    dropSpaces(rest);
    for (const LevelWord &candidate : LevelWords) {
        if (takePrefix(rest, candidate.word)) {
            line.level = candidate.level;
            dropSpaces(rest);
            break;
        }
    }
    if (line.isFramed()) {
        dropTarget(rest);
        line.message = rest;
    } else {
        line.message = text;
    }
    return line;
}

} // namespace proverdeck::models::ethrex
