// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogTimes.h"

#include "models/logs/LogStore.h"

#include <QDate>
#include <QTimeZone>

#include <algorithm>
#include <array>

namespace proverdeck::models {

namespace {

constexpr qint64 SecondMs = 1000;
constexpr qint64 DayMs = 86'400'000;
constexpr qsizetype Reach = 256; ///< bytes of a line in which its time is looked for
constexpr qsizetype Together = 64; ///< lines that are read at a time
constexpr qint64 FarthestTime = 4000; ///< lines without a time that are passed over

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Reads figures from the front of a text.
class Figures
{
public:
    explicit Figures(QByteArrayView text)
        : m_text(text)
    {
    }

    /// Exactly @p count of them.
    std::optional<int> number(int count)
    {
        if (m_text.size() < count
            || !std::all_of(m_text.begin(), m_text.begin() + count, isDigit)) {
            return {};
        }
        int value = 0;
        for (int i = 0; i < count; ++i) {
            value = value * 10 + (m_text[i] - '0');
        }
        m_text = m_text.sliced(count);
        return value;
    }

    bool skip(char wanted)
    {
        if (m_text.isEmpty() || m_text.front() != wanted) {
            return false;
        }
        m_text = m_text.sliced(1);
        return true;
    }

    /// Behind a point or comma, in milliseconds; 0 without.
    int fraction()
    {
        if (m_text.size() < 2 || (m_text[0] != '.' && m_text[0] != ',') || !isDigit(m_text[1])) {
            return 0;
        }
        m_text = m_text.sliced(1);
        int value = 0;
        int weight = 100;
        while (!m_text.isEmpty() && isDigit(m_text.front())) {
            value += weight * (m_text.front() - '0');
            weight /= 10;
            m_text = m_text.sliced(1);
        }
        return value;
    }

    [[nodiscard]] QByteArrayView rest() const { return m_text; }

private:
    QByteArrayView m_text;
};

/// hh:mm[:ss[.fff]], in milliseconds.
std::optional<qint64> readClock(Figures &text, bool needsSeconds)
{
    const auto hour = text.number(2);
    if (!hour || *hour > 23 || !text.skip(':')) {
        return {};
    }
    const auto minute = text.number(2);
    if (!minute || *minute > 59) {
        return {};
    }
    qint64 ms = (*hour * 60 + *minute) * 60 * SecondMs;
    if (!text.skip(':')) {
        return needsSeconds ? std::nullopt : std::optional(ms);
    }
    const auto second = text.number(2);
    if (!second || *second > 60) {
        return {};
    }
    ms += *second * SecondMs;
    return ms + text.fraction();
}

/// Z, +hh:mm, +hhmm, or nothing; in milliseconds.
qint64 readOffset(Figures &text)
{
    const bool isEast = text.skip('+');
    if (!isEast && !text.skip('-')) {
        return 0;
    }
    const auto hours = text.number(2);
    (void)text.skip(':');
    const auto minutes = text.number(2);
    if (!hours) {
        return 0;
    }
    return (isEast ? 1 : -1) * (*hours * 60 + minutes.value_or(0)) * 60 * SecondMs;
}

/// yyyy-mm-dd, then a clock.
std::optional<LineTime> readDated(QByteArrayView bytes, bool needsClock)
{
    Figures text(bytes);
    const auto year = text.number(4);
    const char separator = text.rest().isEmpty() ? '\0' : text.rest().front();
    if (!year || (separator != '-' && separator != '/') || !text.skip(separator)) {
        return {};
    }
    const auto month = text.number(2);
    if (!month || !text.skip(separator)) {
        return {};
    }
    const auto day = text.number(2);
    const QDate date(*year, *month, day.value_or(0));
    if (!day || !date.isValid()) {
        return {};
    }
    const qint64 midnight = date.startOfDay(QTimeZone::utc()).toMSecsSinceEpoch();
    if (!text.skip('T') && !text.skip(' ')) {
        return needsClock ? std::nullopt : std::optional(LineTime{midnight, true});
    }
    const auto clock = readClock(text, needsClock);
    if (!clock) {
        return {};
    }
    return LineTime{midnight + *clock - readOffset(text), true};
}

/// {"time":1752048000123, …} as pino and others write it.
std::optional<LineTime> readJsonTime(QByteArrayView line)
{
    constexpr std::array<QByteArrayView, 3> Names{"\"time\":", "\"ts\":", "\"timestamp\":"};
    for (const QByteArrayView name : Names) {
        const qsizetype at = line.indexOf(name);
        if (at < 0) {
            continue;
        }
        QByteArrayView value = line.sliced(at + name.size());
        while (value.startsWith(' ')) {
            value = value.sliced(1);
        }
        qsizetype digits = 0;
        while (digits < value.size() && isDigit(value[digits])) {
            ++digits;
        }
        constexpr qsizetype Seconds = 10;
        constexpr qsizetype Milliseconds = 13;
        if (digits == Milliseconds) {
            return LineTime{value.first(digits).toLongLong(), true};
        }
        if (digits == Seconds) {
            Figures rest(value.sliced(digits));
            return LineTime{value.first(digits).toLongLong() * SecondMs + rest.fraction(), true};
        }
    }
    return {};
}

/// The time that a line, or one of those before it that say nothing, has.
struct Timed
{
    qint64 line;
    LineTime time;
};

/// From @p line on, up to @p end.
std::optional<Timed> nextTimed(const LogStore &store, qint64 line, qint64 end)
{
    end = std::min(end, line + FarthestTime);
    while (line < end) {
        const auto lines = store.lines(line, std::min(Together, end - line), Reach);
        if (lines.empty()) {
            return {};
        }
        for (const StoredLine &one : lines) {
            if (const auto time = timeOfLine(one.text)) {
                return Timed{one.line, *time};
            }
        }
        line += qint64(lines.size());
    }
    return {};
}

std::optional<Timed> lastTimed(const LogStore &store, qint64 line, qint64 first)
{
    const qint64 farthest = std::max(first, line - FarthestTime);
    while (line >= farthest) {
        const qint64 from = std::max(farthest, line - Together + 1);
        const auto lines = store.lines(from, line - from + 1, Reach);
        for (auto one = lines.rbegin(); one != lines.rend(); ++one) {
            if (const auto time = timeOfLine(one->text)) {
                return Timed{one->line, *time};
            }
        }
        line = from - 1;
    }
    return {};
}

/// The first line of [first, end) with a time not before @p wanted. @p timed finds one with a time,
/// from a line on up to the end.
template<typename MsOf>
std::optional<qint64> halve(qint64 first, qint64 end, qint64 wanted, const MsOf &msOf)
{
    std::optional<qint64> found;
    while (first < end) {
        const qint64 middle = first + (end - first) / 2;
        const std::optional<Timed> at = msOf(middle, end);
        if (!at) { // nothing known from the middle on
            end = middle;
        } else if (at->time.ms < wanted) {
            first = at->line + 1;
        } else {
            found = at->line;
            end = middle;
        }
    }
    return found;
}

} // namespace

std::optional<LineTime> timeOfLine(QByteArrayView line)
{
    line = line.first(std::min(line.size(), Reach));
    std::optional<LineTime> clock;
    for (qsizetype i = 0; i < line.size(); ++i) {
        if (!isDigit(line[i]) || (i > 0 && isDigit(line[i - 1]))) {
            continue;
        }
        const QByteArrayView rest = line.sliced(i);
        if (const auto dated = readDated(rest, true)) {
            return dated;
        }
        if (!clock) {
            Figures text(rest);
            if (const auto ms = readClock(text, true)) {
                clock = LineTime{*ms, false};
            }
        }
    }
    if (const auto json = readJsonTime(line)) {
        return json;
    }
    return clock;
}

std::optional<LineTime> timeFromText(const QString &text)
{
    const QByteArray bytes = text.trimmed().toUtf8();
    if (const auto dated = readDated(bytes, false)) {
        return dated;
    }
    const bool isShort = bytes.size() > 1 && bytes[1] == ':'; // 9:05
    const QByteArray padded = isShort ? '0' + bytes : bytes;
    Figures figures(padded);
    const auto clock = readClock(figures, false);
    if (!clock || !figures.rest().isEmpty()) {
        return {};
    }
    return LineTime{*clock, false};
}

std::optional<qint64> lineAtTime(const LogStore &store, LineTime wanted)
{
    const LogExtent extent = store.extent();
    const auto first = nextTimed(store, extent.firstLine, extent.lines);
    const auto last = lastTimed(store, extent.lines - 1, extent.firstLine);
    if (!first || !last) {
        const auto cameAt = [&store](qint64 line, qint64) -> std::optional<Timed> {
            const auto start = store.startOf(line);
            const qint64 at = start ? store.arrivalOf(*start) : -1;
            return at < 0 ? std::nullopt : std::optional(Timed{line, {at, true}});
        };
        const auto end = cameAt(extent.lines - 1, 0);
        if (!end) {
            return {};
        }
        if (!wanted.hasDate) {
            wanted.ms += end->time.ms / DayMs * DayMs;
            wanted.ms -= wanted.ms > end->time.ms ? DayMs : 0;
        }
        return halve(extent.firstLine, extent.lines, wanted.ms, cameAt);
    }
    const bool hasDates = first->time.hasDate && last->time.hasDate;
    if (hasDates && !wanted.hasDate) {
        wanted.ms += last->time.ms / DayMs * DayMs;
        wanted.ms -= wanted.ms > last->time.ms ? DayMs : 0;
    }
    const qint64 origin = hasDates ? 0 : first->time.ms;
    // Clocks alone count from the first line on, so that one midnight does no harm.
    const auto since = [&](LineTime time) {
        const qint64 ms = hasDates ? time.ms : time.ms % DayMs - origin;
        return hasDates || ms >= 0 ? ms : ms + DayMs;
    };
    wanted.ms = since(wanted);
    const auto timed = [&](qint64 line, qint64 end) {
        auto found = nextTimed(store, line, end);
        if (found) {
            found->time.ms = since(found->time);
        }
        return found;
    };
    return halve(extent.firstLine, extent.lines, wanted.ms, timed);
}

std::optional<qint64> momentOfLine(const LogStore &store, qint64 line)
{
    const LogExtent extent = store.extent();
    if (line < extent.firstLine || line >= extent.lines) {
        return {};
    }
    const auto said = lastTimed(store, line, extent.firstLine);
    if (said && said->time.hasDate) {
        return said->time.ms;
    }
    const auto start = store.startOf(line);
    const qint64 came = start ? store.arrivalOf(*start) : -1;
    return came < 0 ? std::nullopt : std::optional(came);
}

} // namespace proverdeck::models
