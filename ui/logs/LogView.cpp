// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogView.h"

#include "ui/logs/LogColours.h"

#include <QFontDatabase>
#include <QPainter>
#include <QScopedValueRollback>
#include <QScrollBar>

#include <chrono>
#include <cmath>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

LogView::LogView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_emptyText(tr("Nothing yet: this log fills when its step runs"))
{
    setObjectName(u"logView"_s);
    setAccessibleName(tr("Log"));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::StyledPanel);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setAutoFillBackground(false);
    m_flush.setSingleShot(true);
    m_flush.setInterval(33ms);
    connect(&m_flush, &QTimer::timeout, this, &LogView::flush);
    m_autoScroll.setInterval(50ms);
    connect(&m_autoScroll, &QTimer::timeout, this, &LogView::onAutoScroll);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &LogView::onScrolled);
    connect(verticalScrollBar(), &QScrollBar::sliderReleased, this, &LogView::onScrolled);
    zoom(0);
}

LogView::~LogView() = default;

void LogView::append(const QByteArray &bytes)
{
    if (bytes.isEmpty()) {
        return;
    }
    m_rows.remove(m_buffer.droppedLines() + m_buffer.lineCount() - 1); // it may grow
    const qint64 before = m_buffer.droppedLines();
    m_buffer.append(bytes);
    const qint64 dropped = m_buffer.droppedLines() - before;
    if (dropped > 0) {
        const QScopedValueRollback updating(m_updating, true);
        const int top = verticalScrollBar()->value();
        updateScrollBars();
        verticalScrollBar()->setValue(int(std::max<qint64>(0, top - dropped)));
    }
    if (!m_flush.isActive()) {
        m_flush.start();
    }
}

void LogView::clear()
{
    m_buffer.clear();
    m_anchor = m_cursor = {};
    m_pausedAt = 0;
    resetRows();
    emit contentChanged();
}

void LogView::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

void LogView::flush()
{
    updateScrollBars();
    viewport()->update();
    emit contentChanged();
}

void LogView::setFollowing(bool following)
{
    const bool changed = m_following != following;
    m_following = following;
    if (following) {
        updateScrollBars();
        viewport()->update();
    } else if (changed) {
        m_pausedAt = m_buffer.droppedLines() + m_buffer.lineCount();
    }
    if (changed) {
        emit followingChanged(following);
    }
}

qint64 LogView::newLines() const
{
    return m_following ? 0 : m_buffer.droppedLines() + m_buffer.lineCount() - m_pausedAt;
}

void LogView::onScrolled()
{
    viewport()->update();
    if (!m_updating && !verticalScrollBar()->isSliderDown()) {
        setFollowing(verticalScrollBar()->value() == verticalScrollBar()->maximum());
    } else if (!m_updating && verticalScrollBar()->value() < verticalScrollBar()->maximum()) {
        setFollowing(false);
    }
}

qreal LogView::rowHeight() const
{
    return std::ceil(QFontMetricsF(font()).height() * 1.08);
}

int LogView::visibleRows() const
{
    return std::max(1, int(viewport()->height() / rowHeight()));
}

void LogView::updateScrollBars()
{
    const QScopedValueRollback updating(m_updating, true);
    QScrollBar *vertical = verticalScrollBar();
    vertical->setPageStep(visibleRows());
    vertical->setRange(0, int(std::max<qsizetype>(0, m_buffer.lineCount() - visibleRows())));
    if (m_following && !m_selecting) {
        vertical->setValue(vertical->maximum());
    }
    QScrollBar *horizontal = horizontalScrollBar();
    const int width = viewport()->width();
    horizontal->setPageStep(width);
    horizontal->setSingleStep(int(QFontMetricsF(font()).averageCharWidth() * 4));
    horizontal->setRange(0, std::max(0, int(m_widest) + 2 * Margin - width));
}

void LogView::resetRows()
{
    m_rows.clear();
    m_widest = 0;
    updateScrollBars();
    viewport()->update();
}

LogView::Row &LogView::rowAt(qsizetype i)
{
    const qint64 key = m_buffer.droppedLines() + i;
    if (Row *known = m_rows.object(key)) {
        return *known;
    }
    auto row = std::make_unique<Row>();
    row->text = models::readLogText(m_buffer.lineView(i));
    QTextOption option;
    option.setWrapMode(QTextOption::NoWrap);
    option.setTextDirection(Qt::LeftToRight);
    option.setTabStopDistance(QFontMetricsF(font()).horizontalAdvance(u' ') * 8);
    row->layout.setTextOption(option);
    row->layout.setFont(font());
    row->layout.setText(row->text.text);
    row->layout.setFormats(logFormats(row->text, palette()));
    row->layout.beginLayout();
    QTextLine line = row->layout.createLine();
    if (line.isValid()) {
        line.setPosition({0, 0});
        m_widest = std::max(m_widest, line.naturalTextWidth());
    }
    row->layout.endLayout();
    Row *kept = row.release();
    m_rows.insert(key, kept); // costs 1 of 400, so it is taken for sure
    return *kept;
}

void LogView::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), palette().brush(QPalette::Base));
    if (m_buffer.lineCount() == 0) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        QFont proportional = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
        proportional.setFamily(proportional.family()); // else the painter keeps the view's own
        proportional.setPointSizeF(proportional.pointSizeF());
        painter.setFont(proportional);
        painter.drawText(viewport()->rect().adjusted(24, 24, -24, -24),
                         Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(palette().color(QPalette::Text));
    const qreal height = rowHeight();
    const qreal widest = m_widest;
    const int left = Margin - horizontalScrollBar()->value();
    const qsizetype top = verticalScrollBar()->value();
    for (qsizetype i = top; i < m_buffer.lineCount(); ++i) {
        const qreal y = height * qreal(i - top);
        if (y > viewport()->height()) {
            break;
        }
        Row &row = rowAt(i);
        painter.setClipRect(QRectF(Margin - 2, y, viewport()->width(), height));
        const qreal descent = (height - row.layout.boundingRect().height()) / 2;
        row.layout.draw(&painter, {qreal(left), y + descent}, marksOf(i, row),
                        painter.clipBoundingRect());
        painter.setClipping(false);
        if (!m_buffer.isContinuation(i)) {
            paintLevel(painter, row.text.level, QRectF(0, y, Margin - 2, height));
        }
    }
    if (m_widest > widest) {
        QMetaObject::invokeMethod(this, &LogView::updateScrollBars, Qt::QueuedConnection);
    }
}

/// A bar with a cross for errors, one with a triangle for warnings: never the colour alone.
void LogView::paintLevel(QPainter &painter, models::LogLevel level, const QRectF &rect) const
{
    if (level == models::LogLevel::None) {
        return;
    }
    const bool isError = level == models::LogLevel::Error;
    const QColor colour = isError ? QColor(0xd55e00) : QColor(0xe69f00);
    painter.fillRect(QRectF(rect.left(), rect.top(), isError ? 4 : 2, rect.height()), colour);
    const QPointF centre(rect.left() + 10, rect.center().y());
    if (isError) {
        painter.setPen(QPen(colour, 2, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(centre + QPointF(-2.7, -2.7), centre + QPointF(2.7, 2.7));
        painter.drawLine(centre + QPointF(-2.7, 2.7), centre + QPointF(2.7, -2.7));
    } else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF(
            {centre + QPointF(0, -4), centre + QPointF(4.4, 3.6), centre + QPointF(-4.4, 3.6)}));
    }
    painter.setPen(palette().color(QPalette::Text));
}

QList<QTextLayout::FormatRange> LogView::marksOf(qsizetype i, const Row &row) const
{
    QList<QTextLayout::FormatRange> marks;
    const qint64 key = m_buffer.droppedLines() + i;
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    int begin = 0;
    int end = 0;
    if (from != to && key >= from.row && key <= to.row) {
        begin = key == from.row ? from.column : 0;
        end = key == to.row ? to.column : int(row.text.text.size());
    }
    for (const qsizetype hit : m_buffer.hitsIn(i, m_needle, m_caseSensitive)) {
        const int start = int(hit);
        const int stop = start + int(m_needle.size());
        if (stop <= begin || start >= end) {
            marks.append({start, stop - start, hitFormat()});
        }
    }
    if (end > begin) {
        marks.append({begin, end - begin, selectionFormat(palette())});
    }
    return marks;
}

void LogView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
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

void LogView::setSearch(const QString &needle, bool caseSensitive)
{
    m_needle = needle;
    m_caseSensitive = caseSensitive;
    viewport()->update();
}

void LogView::showHit(const models::LogPosition &hit)
{
    const qint64 row = m_buffer.droppedLines() + hit.line;
    select({row, int(hit.column)}, {row, int(hit.column + m_needle.size())});
    makeVisible(m_anchor);
    makeVisible(m_cursor);
}

models::LogPosition LogView::searchStart(bool forward) const
{
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    const qint64 dropped = m_buffer.droppedLines();
    if (from == to || from.row < dropped) {
        return {verticalScrollBar()->value(), 0};
    }
    return forward ? models::LogPosition{from.row - dropped, from.column + 1}
                   : models::LogPosition{from.row - dropped, from.column};
}

void LogView::goToLine(qint64 number)
{
    if (m_buffer.lineCount() == 0) {
        return;
    }
    updateScrollBars();
    const qsizetype last = m_buffer.lineCount() - 1;
    const qsizetype i
        = m_buffer.indexOfLine(number).value_or(number > m_buffer.lineNumber(last) ? last : 0);
    const qint64 row = m_buffer.droppedLines() + i;
    select({row, 0}, {row, int(rowAt(i).text.text.size())});
    makeVisible({row, 0});
}

/// A third from the top if it has to scroll at all. Ends following unless that is at the end.
void LogView::makeVisible(const Position &position)
{
    const qsizetype i = position.row - m_buffer.droppedLines();
    const int top = verticalScrollBar()->value();
    setFollowing(false);
    updateScrollBars();
    if (i < top || i >= top + visibleRows()) {
        verticalScrollBar()->setValue(int(i) - visibleRows() / 3);
    }
    const Row &row = rowAt(i);
    const qreal x
        = row.layout.lineCount() > 0 ? row.layout.lineAt(0).cursorToX(position.column) : 0;
    updateScrollBars();
    QScrollBar *horizontal = horizontalScrollBar();
    const int width = viewport()->width() - 2 * Margin;
    if (x < horizontal->value() || x > horizontal->value() + width) {
        horizontal->setValue(x < width ? 0 : int(x) - width / 2);
    }
}

} // namespace proverdeck::ui
