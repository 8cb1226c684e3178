// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogView.h"

#include "models/logs/LogSearch.h"
#include "ui/logs/LogColours.h"
#include "ui/logs/LogViewAccessible.h"

#include <QAccessible>
#include <QEvent>
#include <QFontDatabase>
#include <QScrollBar>

#include <algorithm>
#include <chrono>

// What the view shows: its log, its rows, its looks. See also LogViewScroll, LogViewPaint,
// LogViewInput.
namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

LogView::LogView(const models::LogStore &store, QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_store(store)
    , m_emptyText(tr("Nothing yet: this log fills when its step runs"))
{
    LogViewAccessible::install();
    setObjectName(u"logView"_s);
    setAccessibleName(tr("Log"));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::StyledPanel);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    viewport()->setAutoFillBackground(false);
    m_frame.setSingleShot(true);
    m_frame.setTimerType(Qt::PreciseTimer);
    m_frame.setInterval(16ms);
    connect(&m_frame, &QTimer::timeout, this, &LogView::flush);
    m_autoScroll.setInterval(50ms);
    connect(&m_autoScroll, &QTimer::timeout, this, &LogView::onAutoScroll);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &LogView::onBarMoved);
    connect(verticalScrollBar(), &QScrollBar::sliderReleased, this, &LogView::onBarMoved);
    connect(horizontalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        m_left = value;
        viewport()->update();
    });
    zoom(0);
}

LogView::~LogView() = default;

void LogView::setFilter(const models::LogSearch *filter)
{
    m_filter = filter;
    takeExtent();
    updateScrollBars();
    viewport()->update();
}

void LogView::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

void LogView::refresh()
{
    if (!m_frame.isActive()) {
        m_frame.start();
    }
}

void LogView::flush()
{
    takeExtent();
    updateScrollBars();
    viewport()->update();
    emit contentChanged();
}

void LogView::takeExtent()
{
    const models::LogExtent now = m_store.extent();
    if (now.epoch != m_extent.epoch) {
        m_rows.clear();
        m_anchor = m_cursor = {};
        m_hasCurrent = false;
        m_top = {};
        m_pausedAt = 0;
        m_widest = 0;
    } else {
        m_rows.erase(m_extent.lines - 1); // it may have grown
        if (!m_filter) { // what is looked at stays in its place when the oldest lines go
            const qint64 gone = now.firstLine - m_extent.firstLine;
            m_top.row = std::max<qint64>(0, m_top.row - gone);
            m_pausedAt -= gone;
        }
    }
    m_extent = now;
    m_rowCount = m_filter ? m_filter->count() : now.lines - now.firstLine;
    m_screen.clear();
}

qint64 LogView::lineOf(qint64 row) const
{
    return m_filter ? m_filter->lineOf(row) : m_extent.firstLine + row;
}

/// Of a line that is not shown, the next row.
qint64 LogView::rowOf(qint64 line) const
{
    const qint64 row = m_filter ? m_filter->firstAt(line) : line - m_extent.firstLine;
    return std::clamp<qint64>(row, 0, std::max<qint64>(0, m_rowCount - 1));
}

/// Makes those rows that are not known yet.
void LogView::fetch(qint64 firstRow, qsizetype count)
{
    constexpr std::size_t Kept = 600;
    if (m_rows.size() > Kept) {
        m_rows.clear();
        m_screen.clear();
    }
    const auto take = [this](std::vector<models::StoredLine> lines) {
        for (const models::StoredLine &line : lines) {
            auto &row = m_rows[line.line];
            if (!row) { // somebody may hold one that is there
                row = std::make_unique<LogRow>(line);
            }
            if (row->isPlain) {
                m_widest = std::max(m_widest, int(row->cells.size() + row->tail.size()));
            }
        }
    };
    if (m_filter) {
        for (const qint64 line : m_filter->linesOf(firstRow, count)) {
            if (!m_rows.contains(line)) {
                take(m_store.lines(line, 1, LogRow::ShownBytes));
            }
        }
        return;
    }
    qint64 first = m_extent.firstLine + firstRow;
    qint64 last = std::min(first + count, m_extent.lines) - 1;
    while (first <= last && m_rows.contains(first)) {
        ++first;
    }
    while (first <= last && m_rows.contains(last)) {
        --last;
    }
    if (first <= last) {
        take(m_store.lines(first, last - first + 1, LogRow::ShownBytes));
    }
}

LogRow &LogView::rowOfLine(qint64 line)
{
    auto found = m_rows.find(line);
    if (found == m_rows.end()) {
        const auto lines = m_store.lines(line, 1, LogRow::ShownBytes);
        auto row = std::make_unique<LogRow>(lines.empty() ? models::StoredLine{.line = line}
                                                          : lines.front());
        found = m_rows.emplace(line, std::move(row)).first;
    }
    return *found->second;
}

LogRow &LogView::rowAt(qint64 row)
{
    return rowOfLine(std::max<qint64>(0, lineOf(row)));
}

void LogView::layOut(LogRow &row) const
{
    if (row.isPlain || row.layout) {
        return;
    }
    row.layout = std::make_unique<QTextLayout>();
    QTextOption option;
    option.setWrapMode(m_wrapping ? QTextOption::WrapAnywhere : QTextOption::NoWrap);
    option.setTextDirection(Qt::LeftToRight);
    option.setTabStopDistance(cellWidth() * 8);
    row.layout->setTextOption(option);
    row.layout->setFont(m_cells.font());
    row.layout->setText(row.text.text);
    row.layout->setFormats(logFormats(row.text, palette()));
    row.layout->beginLayout();
    for (int part = 0;; ++part) {
        QTextLine line = row.layout->createLine();
        if (!line.isValid()) {
            break;
        }
        if (m_wrapping) {
            line.setLineWidth(columns() * cellWidth());
        }
        line.setPosition({0, part * PartDistance}); // each is painted by itself
    }
    row.layout->endLayout();
}

int LogView::partsOf(LogRow &row) const
{
    if (!m_wrapping) {
        return 1;
    }
    if (row.isPlain) {
        const int cells = int(row.cells.size() + row.tail.size());
        return std::max(1, (cells + columns() - 1) / columns());
    }
    layOut(row);
    return std::max(1, row.layout->lineCount());
}

void LogView::layOutScreen()
{
    if (!m_screen.empty() || m_rowCount == 0) {
        return;
    }
    const int wanted = visibleRows() + 1;
    fetch(m_top.row, wanted);
    Place at = m_top;
    while (int(m_screen.size()) < wanted && at.row < m_rowCount) {
        LogRow &row = rowAt(at.row);
        const qint64 line = lineOf(at.row);
        const int parts = partsOf(row);
        for (; at.part < parts && int(m_screen.size()) < wanted; ++at.part) {
            m_screen.push_back({line, at.part, &row});
        }
        at = {at.row + 1, 0};
    }
}

void LogView::resetRows()
{
    m_rows.clear();
    m_screen.clear();
    m_widest = 0;
    m_cells.setFont(font(), devicePixelRatioF());
    updateScrollBars();
    viewport()->update();
}

QString LogView::textOf(qint64 line) const
{
    const auto lines = m_store.lines(line, 1, LogRow::ShownBytes);
    return lines.empty() ? QString() : models::readLogText(lines.front().text).text;
}

void LogView::setSearch(const models::LogPattern &pattern)
{
    m_matcher.reset();
    if (!pattern.text.isEmpty()) {
        if (auto made = models::LogMatcher::make(pattern)) {
            m_matcher = std::make_unique<models::LogMatcher>(std::move(*made));
        }
    }
    ++m_search;
    viewport()->update();
}

void LogView::findHits(LogRow &row)
{
    if (row.hitsOf != m_search) {
        row.hits = m_matcher ? m_matcher->hitsIn(row.text.text) : QList<models::LogMatcher::Hit>();
        row.hitsOf = m_search;
    }
}

QList<models::LogMatcher::Hit> LogView::hitsIn(qint64 line)
{
    LogRow &row = rowOfLine(line);
    findHits(row);
    return row.hits;
}

void LogView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    if (m_wrapping) {
        resetRows();
    }
    m_screen.clear();
    updateScrollBars();
}

void LogView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange
        || event->type() == QEvent::StyleChange) {
        resetRows();
    }
}

void LogView::zoom(int steps)
{
    m_zoom = steps == 0 ? 0 : std::clamp(m_zoom + steps, -5, 14);
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(std::max(5.0, fixed.pointSizeF() + m_zoom));
    setFont(fixed);
    resetRows();
}

void LogView::setWrapping(bool isWrapping)
{
    m_wrapping = isWrapping;
    m_top.part = 0;
    m_left = 0;
    resetRows();
}

void LogView::setShowingNumbers(bool isShowing)
{
    m_showsNumbers = isShowing;
    resetRows();
}

void LogView::setShowingArrival(bool isShowing)
{
    m_showsArrival = isShowing;
    resetRows();
}

void LogView::setMarks(const std::set<qint64> &marks)
{
    m_marks = marks;
    viewport()->update();
}

void LogView::toggleMark(qint64 line)
{
    if (m_marks.erase(line) == 0) {
        m_marks.insert(line);
    }
    viewport()->update();
    emit markToggled(line);
}

} // namespace proverdeck::ui
