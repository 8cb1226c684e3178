// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/live/StampJoin.h"

#include <QDateTime>
#include <QHash>

#include <algorithm>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 Second = 1'000'000'000;
// Nanoseconds since 1970 are counted in 64 bits, which last until 2262.
constexpr int FirstYear = 1970;
constexpr int LastYear = 2261;
constexpr qsizetype LongestLine = 32 << 20;
constexpr qsizetype MostSaid = 20;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

std::optional<int> digits(QByteArrayView text, qsizetype from, qsizetype count)
{
    int value = 0;
    for (qsizetype i = from; i < from + count; ++i) {
        if (i >= text.size() || !isDigit(text.at(i))) {
            return std::nullopt;
        }
        value = value * 10 + (text.at(i) - '0');
    }
    return value;
}

/// "service-1   | " before the time; 0 if there is none.
qsizetype composePrefix(QByteArrayView line)
{
    const qsizetype bar = line.first(std::min<qsizetype>(line.size(), 300)).indexOf('|');
    if (bar <= 0) {
        return 0;
    }
    const QByteArrayView name = line.first(bar).trimmed();
    const bool isName = !name.isEmpty() && std::all_of(name.begin(), name.end(), [](char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'
            || c == '_' || c == '.';
    });
    return isName ? std::min(bar + 2, line.size()) : 0;
}

} // namespace

std::optional<qint64> daemonTime(QByteArrayView line, qsizetype &length)
{
    if (line.size() < 20 || line.at(4) != '-' || line.at(7) != '-' || line.at(10) != 'T'
        || line.at(13) != ':' || line.at(16) != ':') {
        return std::nullopt;
    }
    const auto year = digits(line, 0, 4);
    const auto month = digits(line, 5, 2);
    const auto day = digits(line, 8, 2);
    const auto hour = digits(line, 11, 2);
    const auto minute = digits(line, 14, 2);
    const auto second = digits(line, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second || *year < FirstYear
        || *year > LastYear || !QDate::isValid(*year, *month, *day)) {
        return std::nullopt;
    }
    qint64 ns = 0;
    qsizetype i = 19;
    if (line.at(i) == '.') {
        qint64 scale = Second / 10;
        for (++i; i < line.size() && isDigit(line.at(i)); ++i, scale /= 10) {
            ns += (line.at(i) - '0') * scale;
        }
    }
    qint64 shift = 0;
    if (i < line.size() && line.at(i) == 'Z') {
        ++i;
    } else if (i + 6 <= line.size() && (line.at(i) == '+' || line.at(i) == '-')) {
        const auto hours = digits(line, i + 1, 2);
        const auto minutes = digits(line, i + 4, 2);
        if (!hours || !minutes || line.at(i + 3) != ':') {
            return std::nullopt;
        }
        shift = (*hours * 60 + *minutes) * 60 * (line.at(i) == '+' ? 1 : -1);
        i += 6;
    } else {
        return std::nullopt;
    }
    if (i < line.size() && line.at(i) != ' ') {
        return std::nullopt;
    }
    length = std::min(i + 1, line.size());
    const qint64 days = QDate(*year, *month, *day).toJulianDay() - QDate(1970, 1, 1).toJulianDay();
    return (days * 86'400 + *hour * 3600 + *minute * 60 + *second - shift) * Second + ns;
}

QByteArray daemonTimeText(qint64 ns)
{
    const QDateTime time = QDateTime::fromSecsSinceEpoch(ns / Second, Qt::UTC);
    return time.toString(u"yyyy-MM-ddTHH:mm:ss."_s).toLatin1()
        + QByteArray::number(ns % Second).rightJustified(9, '0') + 'Z';
}

StampJoin::StampJoin(QByteArray container)
    : m_prefix(container.isEmpty() ? container : container + " | ")
    // The lines of several containers come from as many readers of the daemon.
    , m_marginNs((container.isEmpty() ? 10 : 3) * Second)
{
}

QByteArray StampJoin::feed(QByteArrayView bytes)
{
    QByteArray out;
    m_tail += bytes;
    qsizetype start = 0;
    for (qsizetype end = 0; (end = m_tail.indexOf('\n', start)) >= 0; start = end + 1) {
        takeLine(QByteArrayView(m_tail).sliced(start, end - start), out);
    }
    m_tail.remove(0, start);
    if (m_tail.size() > LongestLine) {
        takeLine(m_tail, out);
        m_tail.clear();
    }
    return out;
}

void StampJoin::takeLine(QByteArrayView line, QByteArray &out)
{
    const qsizetype prefix = m_prefix.isEmpty() ? composePrefix(line) : 0;
    qsizetype length = 0;
    const auto time = daemonTime(line.sliced(prefix), length);
    if (!time) {
        // Compose tells so when a container ends, once; all else is trouble of docker's own.
        if (m_prefix.isEmpty() && line.contains(" exited with code ")) {
            out += line;
            out += '\n';
            ++m_lines;
        } else if (!line.trimmed().isEmpty() && m_said.size() < MostSaid) {
            m_said << line.toByteArray();
        }
        return;
    }
    const QByteArrayView text = line.sliced(prefix);
    const QByteArrayView name = prefix ? line.first(line.indexOf('|')).trimmed() : QByteArrayView();
    const Mark mark{
        qHashBits(text.data(), std::size_t(text.size()), 1)
            ^ (name.isEmpty() ? 0 : qHashBits(name.data(), std::size_t(name.size()), 3)),
        qHashBits(text.data(), std::size_t(text.size()), 0x9e3779b9)};
    if (m_isJoining && isKnown(*time, mark)) {
        ++m_known;
        return;
    }
    if (!m_window.empty() && *time > m_window.rbegin()->first) {
        m_window.erase(m_window.begin(), m_window.lower_bound(*time - m_marginNs));
    }
    m_window[*time].push_back(mark);
    ++m_lines;
    if (!name.isEmpty()) {
        out += name;
        out += " | ";
    }
    out += m_prefix;
    out += text;
    out += '\n';
}

bool StampJoin::isKnown(qint64 time, const Mark &mark)
{
    const auto at = m_expected.find(time);
    if (at != m_expected.end()) {
        const auto found = std::find(at->second.begin(), at->second.end(), mark);
        if (found != at->second.end()) {
            at->second.erase(found);
            m_hasMatched = true;
            return true;
        }
    }
    // Newer than everything known: beyond the seam, but for what was late.
    if (time > m_seam && !m_hasMatched) {
        m_hasMatched = true;
        ++m_gaps;
    }
    return false;
}

void StampJoin::interrupt()
{
    m_tail.clear();
    m_isJoining = !m_window.empty();
    if (m_isJoining) {
        m_expected = m_window;
        m_seam = m_window.rbegin()->first;
        m_hasMatched = false;
    }
}

QByteArray StampJoin::since() const
{
    if (m_window.empty()) {
        return {};
    }
    return daemonTimeText(m_window.rbegin()->first - m_marginNs);
}

QByteArrayList StampJoin::takeSaid()
{
    return std::exchange(m_said, {});
}

} // namespace proverdeck::models::aztec
