// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/LineFrame.h"

#include "models/aztec/Bytes.h"

#include <QtEndian>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace proverdeck::models::aztec {

namespace {

constexpr char Escape = '\x1b';
constexpr std::size_t LongestService = 100;
constexpr qint64 LatestTime = 32'503'680'000'000; // the year 3000, in ms

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

int two(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

bool areDigits(const char *at, int count)
{
    for (int i = 0; i < count; ++i) {
        if (!isDigit(at[i])) {
            return false;
        }
    }
    return true;
}

/// Days from 1970-01-01; the proleptic Gregorian calendar.
qint64 daysFrom(int year, int month, int day)
{
    const int y = month <= 2 ? year - 1 : year;
    const int era = y / 400;
    const int yearOfEra = y - era * 400;
    const int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return qint64(era) * 146097 + dayOfEra - 719468;
}

bool isServiceCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '-' || c == '_'
        || c == '.';
}

/// "agent-1   | ": length of the wrapper, 0 if there is none; @p service gets the name.
std::size_t composeLength(std::string_view text, std::string_view &service)
{
    std::size_t i = 0;
    const std::size_t most = std::min(text.size(), LongestService);
    while (i < most && isServiceCharacter(text[i])) {
        ++i;
    }
    if (i == 0) {
        return 0;
    }
    const std::size_t name = i;
    while (i < most && text[i] == ' ') {
        ++i;
    }
    if (i == name || i >= most || text[i] != '|') {
        return 0;
    }
    ++i;
    if (i < text.size() && text[i] != ' ') {
        return 0;
    }
    service = text.substr(0, name);
    return std::min(i + 1, text.size());
}

Level levelOfNumber(qint64 number)
{
    return number >= 60 ? Level::Fatal
        : number >= 50  ? Level::Error
        : number >= 40  ? Level::Warn
        : number >= 30  ? Level::Info
        : number >= 25  ? Level::Verbose
        : number >= 20  ? Level::Debug
        : number >= 0   ? Level::Trace
                        : Level::None;
}

Level levelOfSeverity(std::string_view word)
{
    return word == "INFO"                       ? Level::Info
        : word == "WARNING" || word == "WARN"   ? Level::Warn
        : word == "ERROR"                       ? Level::Error
        : word == "CRITICAL" || word == "FATAL" ? Level::Fatal
        : word == "DEBUG"                       ? Level::Debug
                                                : Level::Info;
}

/// Where the JSON text that begins after the quote at @p at ends (its closing quote); npos if cut.
std::size_t endOfText(std::string_view json, std::size_t at, bool &hasEscapes)
{
    hasEscapes = false;
    while (at < json.size()) {
        const void *quote = std::memchr(json.data() + at, '"', json.size() - at);
        if (!quote) {
            return std::string_view::npos;
        }
        const auto end = std::size_t(static_cast<const char *>(quote) - json.data());
        const void *back = std::memchr(json.data() + at, '\\', end - at);
        if (!back) {
            return end;
        }
        hasEscapes = true;
        at = std::size_t(static_cast<const char *>(back) - json.data()) + 2;
    }
    return std::string_view::npos;
}

/// Where the value that begins at @p at ends, whatever it is; npos if it is cut.
std::size_t endOfValue(std::string_view json, std::size_t at)
{
    int depth = 0;
    bool escapes = false;
    while (at < json.size()) {
        const char c = json[at];
        if (c == '"') {
            at = endOfText(json, at + 1, escapes);
            if (at == std::string_view::npos) {
                return at;
            }
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            if (depth == 0) {
                return at;
            }
            --depth;
        } else if (c == ',' && depth == 0) {
            return at;
        }
        ++at;
    }
    return std::string_view::npos;
}

void appendUtf8(std::string &to, unsigned code)
{
    if (code < 0x80) {
        to += char(code);
    } else if (code < 0x800) {
        to += char(0xc0 | (code >> 6));
        to += char(0x80 | (code & 0x3f));
    } else {
        to += char(0xe0 | (code >> 12));
        to += char(0x80 | ((code >> 6) & 0x3f));
        to += char(0x80 | (code & 0x3f));
    }
}

/// Surrogate pairs come out as two characters each; nothing that is read here has any.
void unescape(std::string_view json, std::string &to)
{
    to.clear();
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (json[i] != '\\' || i + 1 >= json.size()) {
            to += json[i];
            continue;
        }
        const char c = json[++i];
        unsigned code = 0;
        if (c == 'n') {
            to += '\n';
        } else if (c == 't') {
            to += '\t';
        } else if (c == 'r') {
            to += '\r';
        } else if (c == 'u' && i + 4 < json.size()
                   && std::from_chars(json.data() + i + 1, json.data() + i + 5, code, 16).ptr
                       == json.data() + i + 5) {
            appendUtf8(to, code);
            i += 4;
        } else {
            to += c;
        }
    }
}

} // namespace

qint64 stampOf(std::string_view text, std::size_t &length)
{
    if (text.size() < 21 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':'
        || text[16] != ':') {
        return NoTime;
    }
    const char *at = text.data();
    if (!areDigits(at, 4) || !areDigits(at + 5, 2) || !areDigits(at + 8, 2)
        || !areDigits(at + 11, 2) || !areDigits(at + 14, 2) || !areDigits(at + 17, 2)) {
        return NoTime;
    }
    const int month = two(at + 5);
    const int day = two(at + 8);
    const int year = two(at) * 100 + two(at + 2);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || two(at + 11) > 23
        || two(at + 14) > 59 || two(at + 17) > 60) {
        return NoTime;
    }
    std::size_t i = 19;
    int millis = 0;
    if (text[i] == '.') {
        int scale = 100;
        for (++i; i < text.size() && isDigit(text[i]); ++i) {
            millis += (text[i] - '0') * scale;
            scale /= 10;
        }
    }
    qint64 shift = 0; // docker prints Z; a log from elsewhere may have an offset
    if (i < text.size() && text[i] == 'Z') {
        ++i;
    } else if (i + 6 <= text.size() && (text[i] == '+' || text[i] == '-')
               && areDigits(at + i + 1, 2) && text[i + 3] == ':' && areDigits(at + i + 4, 2)) {
        shift = (two(at + i + 1) * 60 + two(at + i + 4)) * 60'000LL;
        shift = text[i] == '+' ? shift : -shift;
        i += 6;
    } else {
        return NoTime;
    }
    if (i < text.size() && text[i] != ' ') {
        return NoTime;
    }
    length = std::min(i + 1, text.size());
    const qint64 seconds = (two(at + 11) * 60 + two(at + 14)) * 60LL + two(at + 17);
    return (daysFrom(year, month, day) * 86400 + seconds) * 1000 + millis - shift;
}

int clockOf(std::string_view text)
{
    if (text.size() < ClockLength) {
        return -1;
    }
    // Eight bytes at once. Against the pattern, a sign becomes 0 and a digit its value; what is
    // more than that (or carries into its neighbour, from a byte that is too large itself) sets a
    // high half. The two words overlap by one digit.
    constexpr char FirstPattern[] = "[00:00:0";
    constexpr char LastPattern[] = "00.000] ";
    const quint64 first = eightBytes(text.data()) ^ eightBytes(FirstPattern);
    const quint64 last = eightBytes(text.data() + 7) ^ eightBytes(LastPattern);
    constexpr auto Halves = Q_UINT64_C(0xf0f0f0f0f0f0f0f0);
    constexpr auto FirstRoom = qToLittleEndian(Q_UINT64_C(0x060f06060f06060f));
    constexpr auto LastRoom = qToLittleEndian(Q_UINT64_C(0x0f0f0606060f0606));
    if (((first | (first + FirstRoom) | last | (last + LastRoom)) & Halves) != 0) {
        return -1;
    }
    const auto digit = [&text](std::size_t at) { return text[at] - '0'; };
    const int hours = digit(1) * 10 + digit(2);
    const int minutes = digit(4) * 10 + digit(5);
    const int seconds = digit(7) * 10 + digit(8);
    if (hours > 23 || minutes > 59 || seconds > 60) {
        return -1;
    }
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + digit(10) * 100 + digit(11) * 10
        + digit(12);
}

Level levelOfWord(std::string_view word)
{
    if (word.empty()) {
        return Level::None;
    }
    switch (word.front()) {
    case 'I':
        return word == "INFO" ? Level::Info : Level::None;
    case 'W':
        return word == "WARN" ? Level::Warn : Level::None;
    case 'E':
        return word == "ERROR" ? Level::Error : Level::None;
    case 'V':
        return word == "VERBOSE" ? Level::Verbose : Level::None;
    case 'D':
        return word == "DEBUG" ? Level::Debug : Level::None;
    case 'T':
        return word == "TRACE" ? Level::Trace : Level::None;
    case 'F':
        return word == "FATAL" ? Level::Fatal : Level::None;
    default:
        return Level::None;
    }
}

const LineFrame &LineFramer::read(std::string_view line)
{
    m_frame = {};
    if (line.empty()) {
        m_frame.kind = LineFrame::Kind::Empty;
        return m_frame;
    }
    std::string_view text = line;
    if (text.front() == Escape) {
        m_frame.framing |= FramedColour;
        text = withoutEscapes(text);
    }
    if (!text.empty() && text.front() != '[' && text.front() != '{') {
        std::string_view service;
        if (const std::size_t length = composeLength(text, service)) {
            m_frame.container = service;
            m_frame.framing |= FramedCompose;
            m_frame.service = length;
            text.remove_prefix(length);
        }
        std::size_t length = 0;
        const qint64 stamp
            = !text.empty() && isDigit(text.front()) ? stampOf(text, length) : NoTime;
        if (stamp != NoTime) {
            m_frame.stamp = stamp;
            m_frame.framing |= FramedStamp;
            text.remove_prefix(length);
        }
        if (!text.empty() && text.front() == Escape) {
            m_frame.framing |= FramedColour;
            text = withoutEscapes(text);
        }
    }
    if (text.empty()) {
        m_frame.kind
            = m_frame.framing & FramedCompose ? LineFrame::Kind::Plain : LineFrame::Kind::Empty;
        return m_frame;
    }
    if (text.front() == '[') {
        readPretty(text);
    } else if (text.front() == '{') {
        readJson(text);
    }
    if (m_frame.kind == LineFrame::Kind::Plain) {
        m_frame.rest = text;
    }
    return m_frame;
}

void LineFramer::readPretty(std::string_view text)
{
    const int clock = clockOf(text);
    if (clock < 0) {
        return;
    }
    text.remove_prefix(15);
    if (!text.empty() && text.front() == Escape) {
        m_frame.framing |= FramedColour;
        text = withoutEscapes(text);
    }
    const std::size_t colon = text.substr(0, 10).find(':');
    if (colon == std::string_view::npos) {
        return;
    }
    m_frame.level = levelOfWord(text.substr(0, colon));
    if (m_frame.level == Level::None) {
        return;
    }
    m_frame.kind = LineFrame::Kind::Record;
    m_frame.framing |= FramedRaw;
    m_frame.clock = clock;
    text.remove_prefix(std::min(colon + 2, text.size()));
    const std::size_t blank = text.find(' ');
    m_frame.module = text.substr(0, blank);
    m_frame.message = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
}

/// One object per line, msg last. A line that is cut is still a record if its time is there.
bool LineFramer::readJson(std::string_view text)
{
    if (text.size() < 3 || text[1] != '"') {
        return false;
    }
    JsonLine line;
    const std::size_t known = takeHead(text, line);
    readMembers(text, known > 0 ? known : 1, line);
    if (!line.sawLevel || line.time == NoTime) {
        return false;
    }
    if (known == 0) {
        rememberHead(text, line);
    }
    m_frame.kind = LineFrame::Kind::Record;
    m_frame.framing |= FramedJson;
    m_frame.level = line.level;
    m_frame.stamp = line.time;
    m_frame.module = line.module;
    m_frame.fields = text;
    if (m_frame.container.empty()) {
        m_frame.container = line.hostname;
    }
    if (line.messageEscapes) {
        unescape(line.message, m_message);
        line.message = m_message;
    }
    m_frame.message = line.message;
    return true;
}

/// If @p text begins like a line before it, fills @p line from that; where the next member begins,
/// else 0.
std::size_t LineFramer::takeHead(std::string_view text, JsonLine &line) const
{
    for (const JsonHead &head : m_heads) {
        if (!beginsWith(text, head.before)) {
            continue;
        }
        constexpr std::size_t Most = 14; // digits of a time before the year 5138
        std::size_t end = head.before.size();
        qint64 time = 0;
        while (end < text.size() && end - head.before.size() < Most && isDigit(text[end])) {
            time = time * 10 + (text[end] - '0');
            ++end;
        }
        if (end == head.before.size() || time >= LatestTime
            || !beginsWith(text.substr(end), head.after)) {
            continue;
        }
        line.sawLevel = true;
        line.level = head.level;
        line.time = time;
        line.hostname = head.hostname;
        line.module = head.module;
        return end + head.after.size();
    }
    return 0;
}

void LineFramer::readMembers(std::string_view text, std::size_t at, JsonLine &line)
{
    while (at < text.size() && text[at] == '"') {
        bool escapes = false;
        const std::size_t keyEnd = endOfText(text, at + 1, escapes);
        if (keyEnd == std::string_view::npos || keyEnd + 1 >= text.size()
            || text[keyEnd + 1] != ':') {
            break;
        }
        const std::string_view key = text.substr(at + 1, keyEnd - at - 1);
        const std::size_t value = keyEnd + 2;
        std::size_t end = 0;
        bool isOfHead = false;
        if (value < text.size() && text[value] == '"') {
            const std::size_t quote = endOfText(text, value + 1, escapes);
            if (quote == std::string_view::npos) {
                break;
            }
            const std::string_view content = text.substr(value + 1, quote - value - 1);
            if (key == "msg") {
                line.message = content;
                line.messageEscapes = escapes;
            } else if (key == "module") {
                line.module = content;
                isOfHead = true;
            } else if (key == "hostname") {
                line.hostname = content;
                isOfHead = true;
            } else if (key == "severity") {
                line.sawLevel = true;
                line.level = levelOfSeverity(content);
                isOfHead = true;
            }
            end = quote + 1;
        } else {
            end = endOfValue(text, value);
            if (end == std::string_view::npos) {
                break;
            }
            if (key == "level") {
                line.sawLevel = true;
                line.level = levelOfNumber(leadingNumber(text.substr(value, end - value)));
                isOfHead = true;
            } else if (key == "time") {
                const qint64 number = leadingNumber(text.substr(value, end - value));
                line.time = number >= 0 && number < LatestTime ? number : NoTime;
                line.timeAt = value;
                line.timeEnd = end;
                isOfHead = true;
            }
        }
        if (end >= text.size() || text[end] != ',') {
            break;
        }
        at = end + 1;
        if (isOfHead && line.message.empty()) {
            line.headEnd = at;
            line.atHeadEnd = line;
        }
    }
}

void LineFramer::rememberHead(std::string_view text, const JsonLine &line)
{
    constexpr std::size_t MostHeads = 64;
    constexpr std::size_t Longest = 1000;
    const JsonOrigin &origin = line.atHeadEnd;
    const bool isUsual = origin.sawLevel && line.timeAt > 0 && line.headEnd > line.timeEnd
        && line.headEnd < Longest
        && std::all_of(text.begin() + qsizetype(line.timeAt),
                       text.begin() + qsizetype(line.timeEnd), isDigit);
    if (isUsual && m_heads.size() < MostHeads) {
        m_heads.push_back({std::string(text.substr(0, line.timeAt)),
                           std::string(text.substr(line.timeEnd, line.headEnd - line.timeEnd)),
                           origin.level, std::string(origin.hostname), std::string(origin.module)});
    }
}

std::string_view LineFramer::withoutEscapes(std::string_view text)
{
    m_plain.clear(); // never what text points into: that has no escapes left
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != Escape) {
            m_plain += text[i];
            continue;
        }
        if (i + 1 < text.size() && text[i + 1] == '[') {
            i += 2;
            while (i < text.size() && (text[i] < '@' || text[i] > '~')) {
                ++i;
            }
        }
    }
    return m_plain;
}

std::string_view takeData(std::string_view &message)
{
    if (message.size() < 4 || message.back() != '}') {
        return {};
    }
    const std::size_t at = message.rfind(" {\"");
    if (at == std::string_view::npos) {
        return {};
    }
    const std::string_view data = message.substr(at + 1);
    message = message.substr(0, at);
    return data;
}

namespace {

/// What follows `"key":`, or nothing.
std::string_view valueOf(std::string_view json, std::string_view key)
{
    std::size_t at = 0;
    while ((at = json.find(key, at)) != std::string_view::npos) {
        const std::size_t end = at + key.size();
        if (at > 0 && json[at - 1] == '"' && end + 1 < json.size() && json[end] == '"'
            && json[end + 1] == ':') {
            return json.substr(end + 2);
        }
        at = end;
    }
    return {};
}

} // namespace

bool numberOf(std::string_view json, std::string_view key, double &value)
{
    std::string_view text = valueOf(json, key);
    if (!text.empty() && text.front() == '"') {
        text.remove_prefix(1);
    }
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end == text.data() || !(number >= -9e15 && number <= 9e15)) {
        return false;
    }
    value = number;
    return true;
}

std::string_view textOf(std::string_view json, std::string_view key)
{
    std::string_view text = valueOf(json, key);
    if (text.empty() || text.front() != '"') {
        return {};
    }
    text.remove_prefix(1);
    const std::size_t end = text.find('"');
    return end == std::string_view::npos ? std::string_view() : text.substr(0, end);
}

qint64 leadingNumber(std::string_view text)
{
    if (text.empty() || !isDigit(text.front())) {
        return -1;
    }
    qint64 number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    return result.ec == std::errc() ? number : -1;
}

qint64 numberAfter(std::string_view text, std::string_view mark)
{
    const std::size_t at = text.find(mark);
    return at == std::string_view::npos ? -1 : leadingNumber(text.substr(at + mark.size()));
}

} // namespace proverdeck::models::aztec
