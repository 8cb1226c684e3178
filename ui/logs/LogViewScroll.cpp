// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogSearch.h"
#include "ui/logs/LogView.h"

#include <QScopedValueRollback>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

// Where the view is in its log. Rows are counted in 64 bits; the scroll bar, which has 31, steps
// over several where there are more.
namespace proverdeck::ui {

namespace {
constexpr qint64 MaxBar = 1LL << 30;
} // namespace

qreal LogView::cellWidth() const
{
    return m_cells.width() / devicePixelRatioF();
}

qreal LogView::rowHeight() const
{
    return m_cells.height() / devicePixelRatioF();
}

int LogView::visibleRows() const
{
    return std::max(1, int(viewport()->height() / rowHeight()));
}

int LogView::gutterCells() const
{
    int cells = 0;
    if (m_showsNumbers) {
        cells += std::max(4, int(std::log10(double(std::max<qint64>(1, m_extent.lines)))) + 1) + 2;
    }
    return cells + (m_showsArrival ? 10 : 0);
}

qreal LogView::textLeft() const
{
    return std::ceil(Margin * devicePixelRatioF()) / devicePixelRatioF()
        + gutterCells() * cellWidth();
}

int LogView::columns() const
{
    return std::max(8, int((viewport()->width() - textLeft() - 4) / cellWidth()));
}

/// The first row of the screen that shows the end of the log at its bottom.
LogView::Place LogView::lastTop()
{
    if (!m_wrapping) {
        return {std::max<qint64>(0, m_rowCount - visibleRows()), 0};
    }
    return m_rowCount == 0 ? Place{} : moved({m_rowCount, 0}, -visibleRows());
}

LogView::Place LogView::moved(Place from, qint64 rows)
{
    if (!m_wrapping) {
        return {std::clamp<qint64>(from.row + rows, 0, std::max<qint64>(0, m_rowCount - 1)), 0};
    }
    for (; rows > 0 && from.row < m_rowCount; --rows) {
        if (++from.part >= partsOf(rowAt(from.row))) {
            from = {from.row + 1, 0};
        }
    }
    for (; rows < 0 && from > Place{}; ++rows) {
        if (--from.part < 0) {
            --from.row;
            from.part = partsOf(rowAt(from.row)) - 1;
        }
    }
    return from;
}

void LogView::updateScrollBars()
{
    const QScopedValueRollback updating(m_updating, true);
    if (m_selecting && m_following) {
        return; // followers do not move under the mouse
    }
    const Place last = lastTop();
    if (m_following) {
        m_top = last;
    }
    m_top = std::clamp(m_top, Place{}, last);
    m_screen.clear();
    QScrollBar *vertical = verticalScrollBar();
    m_rowsPerStep = last.row / MaxBar + 1;
    vertical->setPageStep(visibleRows());
    vertical->setSingleStep(1);
    vertical->setRange(
        0, int((last.row + m_rowsPerStep - 1) / m_rowsPerStep) + (last.part > 0 ? 1 : 0));
    if (!vertical->isSliderDown()) {
        vertical->setValue(m_top == last ? vertical->maximum() : int(m_top.row / m_rowsPerStep));
    }
    QScrollBar *horizontal = horizontalScrollBar();
    horizontal->setPageStep(columns());
    horizontal->setSingleStep(4);
    horizontal->setRange(0, m_wrapping ? 0 : std::max(0, m_widest + 1 - columns()));
}

void LogView::onBarMoved()
{
    if (m_updating) {
        return;
    }
    const QScrollBar *bar = verticalScrollBar();
    const bool isEnd = bar->value() == bar->maximum();
    m_top = isEnd ? lastTop() : std::min(Place{bar->value() * m_rowsPerStep, 0}, lastTop());
    m_screen.clear();
    viewport()->update();
    if (!isEnd || !bar->isSliderDown()) {
        setFollowing(isEnd);
    }
    emit scrolled();
}

void LogView::scrollContentsBy(int /*dx*/, int /*dy*/)
{
    viewport()->update();
}

void LogView::scrollTo(Place top)
{
    const Place last = lastTop();
    m_top = std::clamp(top, Place{}, last);
    const bool isEnd = m_top == last;
    if (!isEnd) {
        setFollowing(false);
    }
    updateScrollBars();
    if (isEnd) {
        setFollowing(true);
    }
    viewport()->update();
    emit scrolled();
}

void LogView::scrollRows(qint64 rows)
{
    scrollTo(moved(m_top, rows));
}

void LogView::wheelEvent(QWheelEvent *event)
{
    if (event->modifiers() & Qt::ControlModifier) {
        if (event->angleDelta().y() != 0) {
            zoom(event->angleDelta().y() > 0 ? 1 : -1);
        }
        event->accept();
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
}

void LogView::setFollowing(bool following)
{
    const bool changed = m_following != following;
    m_following = following;
    if (following) {
        updateScrollBars();
        viewport()->update();
    } else if (changed) {
        m_pausedAt = m_rowCount;
    }
    if (changed) {
        emit followingChanged(following);
    }
}

qint64 LogView::newLines() const
{
    return m_following ? 0 : std::max<qint64>(0, m_rowCount - m_pausedAt);
}

qint64 LogView::topLine() const
{
    return m_rowCount == 0 ? 0 : std::max<qint64>(0, lineOf(std::min(m_top.row, m_rowCount - 1)));
}

void LogView::bringIntoView(qint64 line)
{
    takeExtent();
    const qint64 row = rowOf(line);
    if (row < m_top.row || row >= m_top.row + visibleRows()) {
        setFollowing(false);
        scrollTo({std::max<qint64>(0, row - visibleRows() / 3), 0});
    }
}

/// A third from the top if it has to scroll at all. Ends following unless that is at the end.
void LogView::makeVisible(const LogPlace &place)
{
    takeExtent();
    setFollowing(false);
    updateScrollBars();
    const qint64 row = rowOf(place.line);
    layOutScreen();
    const bool isThere = std::any_of(
        m_screen.begin(), m_screen.end() - (int(m_screen.size()) > visibleRows() ? 1 : 0),
        [&place](const Shown &one) { return one.line == place.line; });
    if (!isThere) {
        m_top = std::clamp(moved({row, 0}, -visibleRows() / 3), Place{}, lastTop());
        updateScrollBars();
    }
    LogRow &shown = rowOfLine(place.line);
    layOut(shown);
    const int cell = shown.isPlain ? shown.cellOf(place.column)
        : shown.layout->lineCount() > 0
        ? int(shown.layout->lineAt(0).cursorToX(shown.clamped(place.column)) / cellWidth())
        : 0;
    if (!m_wrapping && place.column != LogPlace::LineEnd
        && (cell < m_left || cell > m_left + columns())) {
        m_widest = std::max(m_widest, cell + columns() / 2);
        updateScrollBars();
        horizontalScrollBar()->setValue(cell < columns() ? 0 : cell - columns() / 2);
    }
    viewport()->update();
    emit scrolled();
}

void LogView::goToLine(qint64 number)
{
    takeExtent();
    if (m_rowCount > 0) {
        const qint64 line = lineOf(rowOf(number - 1));
        showSelection({line, 0}, {line, rowOfLine(line).clamped(LogPlace::LineEnd)});
    }
}

void LogView::showLine(qint64 line)
{
    takeExtent();
    if (m_rowCount > 0) {
        line = lineOf(rowOf(line));
        showSelection({line, 0}, {line, 0});
    }
}

void LogView::showSelection(const LogPlace &anchor, const LogPlace &cursor)
{
    select(anchor, cursor);
    makeVisible(cursor);
    makeVisible(anchor);
}

LogPlace LogView::searchStart() const
{
    const LogPlace from = std::min(m_anchor, m_cursor);
    return hasSelection() || m_hasCurrent ? from : LogPlace{topLine(), -1};
}

qint64 LogView::currentLine() const
{
    return m_hasCurrent ? m_cursor.line : topLine();
}

} // namespace proverdeck::ui
