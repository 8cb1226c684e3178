// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogBuffer.h"

#include "models/logs/LogText.h"

#include <algorithm>

namespace proverdeck::models {

LogBuffer::LogBuffer(qsizetype maxBytes)
    : m_maxBytes(std::max(maxBytes, 4 * MaxLine))
{
}

void LogBuffer::clear()
{
    *this = LogBuffer(m_maxBytes);
}

void LogBuffer::append(QByteArrayView more)
{
    // Small steps: a piece may hold as many lines as bytes.
    const qsizetype step = std::min<qsizetype>(m_maxBytes / 4, 256 * 1024);
    while (!more.isEmpty()) {
        const qsizetype size = std::min(step, more.size());
        makeRoom(size);
        appendSome(more.first(size));
        makeRoom(0); // for the lines that came
        more = more.sliced(size);
    }
}

void LogBuffer::appendSome(QByteArrayView more)
{
    qsizetype i = byteCount();
    const auto needed = m_bytes.size() + size_t(more.size());
    if (needed > m_bytes.capacity()) { // it never takes more than its limit
        m_bytes.reserve(std::min(std::max(needed, 2 * m_bytes.capacity()), size_t(m_maxBytes)));
    }
    m_bytes.append(more.data(), size_t(more.size()));
    while (i < byteCount()) {
        if (!m_open) {
            m_starts.push_back(quint32(i));
            m_open = true;
        }
        const qsizetype start = qsizetype(m_starts.back());
        const qsizetype limit = start + MaxLine;
        const qsizetype end = std::min(limit + 1, byteCount());
        const qsizetype newline = bytes().sliced(i, end - i).indexOf('\n');
        if (newline >= 0) {
            i += newline + 1;
            m_open = false;
        } else if (byteCount() > limit) {
            i = cutBefore(start, limit);
            m_cuts.push_back(m_dropped + lineCount());
            m_starts.push_back(quint32(i));
        } else {
            break;
        }
    }
}

/// Where to cut a long line so that neither a character nor an escape sequence is torn apart.
qsizetype LogBuffer::cutBefore(qsizetype start, qsizetype limit) const
{
    constexpr qsizetype LongestSequence = 32;
    const qsizetype near = std::max(start + 1, limit - LongestSequence);
    const qsizetype found = bytes().sliced(near, limit - near).lastIndexOf('\x1b');
    if (found >= 0) {
        const qsizetype escape = near + found;
        const auto isFinal = [](char byte) { return byte >= 0x40 && byte <= 0x7e && byte != '['; };
        if (std::none_of(m_bytes.cbegin() + escape + 1, m_bytes.cbegin() + limit, isFinal)) {
            return escape;
        }
    }
    qsizetype cut = limit;
    for (int i = 0; i < 3 && (static_cast<unsigned char>(bytes().at(cut)) & 0xc0U) == 0x80U; ++i) {
        --cut;
    }
    return cut;
}

void LogBuffer::makeRoom(qsizetype wanted)
{
    const bool isFull = byteCount() + wanted > m_maxBytes;
    if (!isFull && lineCount() <= MaxLines) {
        return;
    }
    const qsizetype keepFrom = isFull ? std::max<qsizetype>(0, byteCount() - m_maxBytes / 2) : 0;
    auto first = std::lower_bound(m_starts.begin(), m_starts.end(), quint32(keepFrom));
    if (lineCount() > MaxLines) {
        first = std::max(first, m_starts.end() - MaxLines / 2);
    }
    if (first == m_starts.end()) {
        --first;
    }
    const quint32 offset = *first;
    m_dropped += first - m_starts.begin();
    m_starts.erase(m_starts.begin(), first);
    for (quint32 &start : m_starts) {
        start -= offset;
    }
    m_bytes.erase(0, offset);
    const auto keptCut = std::lower_bound(m_cuts.begin(), m_cuts.end(), m_dropped);
    m_droppedCuts += keptCut - m_cuts.begin();
    m_cuts.erase(m_cuts.begin(), keptCut);
}

QByteArrayView LogBuffer::lineView(qsizetype i) const
{
    if (i < 0 || i >= lineCount()) {
        return {};
    }
    const qsizetype start = qsizetype(m_starts[size_t(i)]);
    qsizetype end = i + 1 < lineCount() ? qsizetype(m_starts[size_t(i) + 1]) : byteCount();
    if (end > start && bytes().at(end - 1) == '\n') {
        --end;
    }
    return bytes().sliced(start, end - start);
}

bool LogBuffer::isContinuation(qsizetype i) const
{
    return std::binary_search(m_cuts.begin(), m_cuts.end(), m_dropped + i);
}

qint64 LogBuffer::lineNumber(qsizetype i) const
{
    const qint64 row = m_dropped + i;
    const auto cutsUpTo = std::upper_bound(m_cuts.begin(), m_cuts.end(), row) - m_cuts.begin();
    return row + 1 - m_droppedCuts - cutsUpTo;
}

std::optional<qsizetype> LogBuffer::indexOfLine(qint64 number) const
{
    qsizetype low = 0;
    qsizetype high = lineCount();
    while (low < high) {
        const qsizetype middle = low + (high - low) / 2;
        if (lineNumber(middle) < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == lineCount() || lineNumber(low) != number || isContinuation(low)) {
        return std::nullopt;
    }
    return low;
}

QList<qsizetype> LogBuffer::hitsIn(qsizetype i, const QString &needle, bool caseSensitive) const
{
    QList<qsizetype> hits;
    if (needle.isEmpty()) {
        return hits;
    }
    const auto sensitivity = caseSensitive ? Qt::CaseSensitive : Qt::CaseInsensitive;
    const auto collect = [&](const auto &text) {
        for (qsizetype at = text.indexOf(needle, 0, sensitivity); at >= 0;
             at = text.indexOf(needle, at + needle.size(), sensitivity)) {
            hits.append(at);
        }
    };
    const QByteArrayView raw = lineView(i);
    if (isPlainLog(raw)) {
        collect(QLatin1String(raw.data(), raw.size()));
    } else {
        collect(readLogText(raw).text);
    }
    return hits;
}

std::optional<LogPosition> LogBuffer::find(const QString &needle, LogPosition from, bool forward,
                                           bool caseSensitive) const
{
    const qsizetype count = lineCount();
    if (count == 0 || needle.isEmpty()) {
        return std::nullopt;
    }
    if (from.line >= count || from.line < 0) {
        from = forward || from.line < 0 ? LogPosition{} : LogPosition{count - 1, MaxLine};
    }
    // The line of `from` comes twice: its part on this side first, the whole of it after the wrap.
    for (qsizetype step = 0; step <= count; ++step) {
        const qsizetype i
            = forward ? (from.line + step) % count : (from.line - step + 2 * count) % count;
        const QList<qsizetype> hits = hitsIn(i, needle, caseSensitive);
        if (step > 0 && !hits.isEmpty()) {
            return LogPosition{i, forward ? hits.first() : hits.last()};
        }
        const auto bound = std::lower_bound(hits.begin(), hits.end(), from.column);
        if (forward && bound != hits.end()) {
            return LogPosition{i, *bound};
        }
        if (!forward && bound != hits.begin()) {
            return LogPosition{i, *(bound - 1)};
        }
    }
    return std::nullopt;
}

} // namespace proverdeck::models
