// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/HitCounter.h"

#include <QElapsedTimer>

#include <algorithm>

namespace proverdeck::ui {

HitCounter::HitCounter(const models::LogBuffer &buffer, QObject *parent)
    : QObject(parent)
    , m_buffer(buffer)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(0);
    connect(&m_timer, &QTimer::timeout, this, &HitCounter::scan);
}

void HitCounter::setSearch(const QString &needle, bool caseSensitive)
{
    m_needle = needle;
    m_caseSensitive = caseSensitive;
    m_hits.clear();
    m_next = 0;
    refresh();
}

void HitCounter::refresh()
{
    if (m_needle.isEmpty()) {
        m_timer.stop();
        m_complete = true;
        emit changed();
        return;
    }
    m_complete = false;
    scan();
}

void HitCounter::scan()
{
    constexpr qint64 SliceMs = 8;
    QElapsedTimer slice;
    slice.start();
    const qint64 dropped = m_buffer.droppedLines();
    const qint64 end = dropped + m_buffer.lineCount();
    const qint64 closed = m_buffer.isLastLineOpen() ? end - 1 : end;
    if (m_next > end) { // the buffer was cleared
        m_hits.clear();
        m_next = 0;
    }
    m_next = std::max(m_next, dropped);
    while (!m_hits.empty() && m_hits.front().row < dropped) {
        m_hits.pop_front();
    }
    while (!m_hits.empty() && m_hits.back().row >= m_next) { // of the open line, last time
        m_hits.pop_back();
    }
    for (int rows = 1; m_next < closed && !isFull(); ++rows) {
        scanRow(m_next - dropped);
        ++m_next;
        if (rows % 64 == 0 && slice.elapsed() >= SliceMs) {
            break;
        }
    }
    m_complete = m_next >= closed || isFull();
    if (!m_complete) {
        m_timer.start();
    } else if (closed < end && !isFull()) {
        scanRow(closed - dropped);
    }
    emit changed();
}

void HitCounter::scanRow(qsizetype i)
{
    const qint64 row = m_buffer.droppedLines() + i;
    for (const qsizetype column : m_buffer.hitsIn(i, m_needle, m_caseSensitive)) {
        m_hits.push_back({row, column});
    }
}

qsizetype HitCounter::placeOf(const models::LogPosition &hit) const
{
    const Hit wanted{m_buffer.droppedLines() + hit.line, hit.column};
    const auto found = std::lower_bound(m_hits.begin(), m_hits.end(), wanted);
    return found != m_hits.end() && *found == wanted ? found - m_hits.begin() + 1 : 0;
}

} // namespace proverdeck::ui
