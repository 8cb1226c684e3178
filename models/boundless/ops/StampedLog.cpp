// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/StampedLog.h"

namespace proverdeck::models::boundless {
namespace {

constexpr qsizetype LeastStamp = 20; // 2026-02-12T15:03:12Z
constexpr qsizetype MostTail = 1 << 20;

/// Length of the time at the beginning; 0: the line has none.
qsizetype stampLength(QByteArrayView line)
{
    const qsizetype space = line.indexOf(' ');
    const qsizetype length = space < 0 ? line.size() : space;
    const bool isTime = length >= LeastStamp && length <= 40 && line.at(4) == '-'
        && line.at(10) == 'T' && line.at(13) == ':'
        && (line.at(length - 1) == 'Z' || line.at(length - 3) == ':');
    return isTime ? length : 0;
}

/// Times of one daemon differ in the number of decimals only: "…12Z" is before "…12.4Z".
QByteArray comparable(QByteArrayView stamp)
{
    QByteArray text = stamp.toByteArray();
    if (text.endsWith('Z')) {
        text.chop(1);
    }
    if (text.size() == 19) {
        text += '.';
    }
    return text.leftJustified(29, '0');
}

} // namespace

QByteArray StampedLog::feed(QByteArrayView bytes)
{
    QByteArray out;
    m_tail += bytes;
    qsizetype start = 0;
    for (qsizetype end = 0; (end = m_tail.indexOf('\n', start)) >= 0; start = end + 1) {
        takeLine(QByteArrayView(m_tail).sliced(start, end - start), out);
    }
    m_tail.remove(0, start);
    if (m_tail.size() > MostTail) { // no line of a log: not kept for ever
        m_tail.clear();
    }
    return out;
}

void StampedLog::takeLine(QByteArrayView line, QByteArray &out)
{
    const qsizetype length = stampLength(line);
    if (length == 0) {
        // What docker itself says, or the rest of a line that was too long for it.
        if (!m_isResumed) {
            out += line;
            out += '\n';
        }
        return;
    }
    const QByteArray stamp = line.first(length).toByteArray();
    QByteArray text = line.sliced(qMin(line.size(), length + 1)).toByteArray();
    text += '\n';
    if (m_isResumed) {
        const QByteArray mine = comparable(m_last);
        const QByteArray theirs = comparable(stamp);
        if (theirs < mine) {
            return;
        }
        if (theirs == mine && m_skip > 0) {
            --m_skip;
            return;
        }
        m_isResumed = theirs == mine;
    }
    m_seen = stamp == m_last ? m_seen + 1 : 1;
    m_last = stamp;
    out += text;
}

void StampedLog::interrupt()
{
    m_tail.clear();
    m_isResumed = !m_last.isEmpty();
    m_skip = m_seen;
}

} // namespace proverdeck::models::boundless
