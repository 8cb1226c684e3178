// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogSearch.h"
#include "ui/logs/LogColours.h"
#include "ui/logs/LogView.h"

#include <QDateTime>
#include <QFontDatabase>
#include <QPainter>

#include <algorithm>
#include <cmath>

// How the view paints. Rows of ASCII are copied into an image glyph by glyph; all other text is
// shaped by Qt, row by row, and painted into the same image.
namespace proverdeck::ui {

namespace {

QRgb blended(QRgb colour, QRgb with, double part)
{
    const auto mix = [part](int a, int b) { return int(a * (1 - part) + b * part); };
    return qRgb(mix(qRed(colour), qRed(with)), mix(qGreen(colour), qGreen(with)),
                mix(qBlue(colour), qBlue(with)));
}

} // namespace

void LogView::paintEvent(QPaintEvent * /*event*/)
{
    const qreal ratio = devicePixelRatioF();
    const QSize size = (QSizeF(viewport()->size()) * ratio).toSize();
    if (m_image.size() != size || !qFuzzyCompare(m_image.devicePixelRatio(), ratio)) {
        m_image = QImage(size, QImage::Format_RGB32);
        m_image.setDevicePixelRatio(ratio);
        m_cells.setFont(font(), ratio);
        m_screen.clear();
    }
    if (m_rowCount == 0) {
        paintEmpty();
        return;
    }
    const int widest = m_widest;
    layOutScreen();
    int y = 0;
    for (const Shown &shown : m_screen) {
        paintCells(shown, y);
        y += m_cells.height();
    }
    const QRgb base = palette().color(QPalette::Base).rgb();
    for (; y < m_image.height(); ++y) {
        auto *line = reinterpret_cast<QRgb *>(m_image.scanLine(y));
        std::fill(line, line + m_image.width(), base);
    }
    {
        QPainter painter(&m_image);
        painter.setRenderHint(QPainter::Antialiasing);
        qreal top = 0;
        for (const Shown &shown : m_screen) {
            if (!shown.row->isPlain) {
                paintShaped(painter, shown, top);
            }
            if (shown.part == 0) {
                paintSigns(painter, shown, QRectF(0, top, Margin - 2, rowHeight()));
            }
            top += rowHeight();
        }
    }
    QPainter(viewport()).drawImage(0, 0, m_image);
    if (m_widest > widest) {
        QMetaObject::invokeMethod(this, &LogView::updateScrollBars, Qt::QueuedConnection);
    }
}

void LogView::paintEmpty()
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), palette().brush(QPalette::Base));
    painter.setPen(palette().color(QPalette::PlaceholderText));
    QFont proportional = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    proportional.setFamily(proportional.family()); // else the painter keeps the view's own
    proportional.setPointSizeF(proportional.pointSizeF());
    painter.setFont(proportional);
    painter.drawText(viewport()->rect().adjusted(24, 24, -24, -24),
                     Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
}

/// Text and ground of what has no style of its own.
CellStyle LogView::groundOf(qint64 line) const
{
    CellStyle style = cellStyle({}, palette());
    if (m_hasCurrent && line == m_cursor.line && !hasSelection()) {
        style.back = blended(style.back, palette().color(QPalette::Highlight).rgb(), 0.18);
    }
    return style;
}

quint16 LogView::styleIndex(const CellStyle &style)
{
    const auto found = std::find(m_styles.begin(), m_styles.end(), style);
    if (found != m_styles.end()) {
        return quint16(found - m_styles.begin());
    }
    m_styles.push_back(style);
    return quint16(m_styles.size() - 1);
}

/// The selected columns of a row: first, and the one after the last.
std::pair<int, int> LogView::selectedIn(qint64 line, const LogRow &row) const
{
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    if (from == to || line < from.line || line > to.line) {
        return {0, 0};
    }
    return {line == from.line ? row.clamped(from.column) : 0,
            row.clamped(line == to.line ? to.column : LogPlace::LineEnd)};
}

QByteArray LogView::gutterText(const Shown &shown) const
{
    QByteArray text;
    const bool isFirst = shown.part == 0;
    if (m_showsNumbers) {
        const int width = gutterCells() - (m_showsArrival ? 10 : 0) - 2;
        text += (isFirst ? QByteArray::number(shown.line + 1) : QByteArray()).rightJustified(width)
            + "  ";
    }
    if (m_showsArrival) {
        const qint64 time = isFirst ? m_store.arrivalOf(shown.row->offset) : -1;
        text += (time < 0 ? QByteArray(isFirst ? "-" : "")
                          : QDateTime::fromMSecsSinceEpoch(time)
                                .toString(QStringLiteral("HH:mm:ss"))
                                .toLatin1())
                    .leftJustified(10);
    }
    return text;
}

void LogView::paintGutter(const Shown &shown, int y)
{
    CellStyle style = groundOf(shown.line);
    style.text = blended(style.text, style.back, 0.4);
    const QByteArray text = gutterText(shown);
    const std::vector<quint16> styles(static_cast<std::size_t>(text.size()), 0);
    m_cells.paint(m_image, int(std::ceil(Margin * devicePixelRatioF())), y, text, styles.data(),
                  {style});
}

/// The whole row: its ground, the gutter, and its text if that is plain.
void LogView::paintCells(const Shown &shown, int y)
{
    const CellStyle ground = groundOf(shown.line);
    const int left = int(std::lround(textLeft() * devicePixelRatioF()));
    const int lines = std::min(m_cells.height(), m_image.height() - y);
    for (int line = 0; line < lines; ++line) {
        auto *pixels = reinterpret_cast<QRgb *>(m_image.scanLine(y + line));
        std::fill(pixels, pixels + m_image.width(), ground.back);
    }
    if (gutterCells() > 0) {
        paintGutter(shown, y);
    }
    LogRow &row = *shown.row;
    if (!row.isPlain) {
        return;
    }
    const int first = m_wrapping ? shown.part * columns() : m_left;
    const int fits = m_wrapping ? columns() : (m_image.width() - left) / m_cells.width() + 1;
    const int own = int(row.cells.size());
    const int last = std::min(first + fits, own);
    if (first < last) {
        m_styles.assign(1, ground);
        m_cellStyles.assign(static_cast<std::size_t>(last - first), 0);
        const auto fill = [&](int from, int to, const CellStyle &style) {
            from = std::max(row.cellOf(from), first);
            to = std::min(row.cellOf(to), last);
            if (from < to) {
                std::fill_n(m_cellStyles.begin() + (from - first), to - from, styleIndex(style));
            }
        };
        for (const models::LogSpan &span : std::as_const(row.text.spans)) {
            CellStyle style = cellStyle(span.style, palette());
            if (style.back == palette().color(QPalette::Base).rgb()) {
                style.back = ground.back;
            }
            fill(span.start, span.start + span.length, style);
        }
        findHits(row);
        for (const models::LogMatcher::Hit &hit : std::as_const(row.hits)) {
            fill(int(hit.begin), int(hit.end), hitStyle());
        }
        const auto [from, to] = selectedIn(shown.line, row);
        fill(from, to, selectionStyle(palette()));
        m_cells.paint(m_image, left, y, QByteArrayView(row.cells).sliced(first, last - first),
                      m_cellStyles.data(), m_styles);
    }
    const int tailFrom = std::max(0, first - own);
    const int tailLast = std::min(int(row.tail.size()), first + fits - own);
    if (tailFrom < tailLast) {
        CellStyle style = ground;
        style.italic = true;
        const std::vector<quint16> styles(static_cast<std::size_t>(tailLast - tailFrom), 0);
        m_cells.paint(m_image, left + std::max(0, own - first) * m_cells.width(), y,
                      QByteArrayView(row.tail).sliced(tailFrom, tailLast - tailFrom), styles.data(),
                      {style});
    }
}

void LogView::paintShaped(QPainter &painter, const Shown &shown, qreal y)
{
    LogRow &row = *shown.row;
    layOut(row);
    if (shown.part >= row.layout->lineCount()) {
        return;
    }
    QTextLine line = row.layout->lineAt(shown.part);
    const int width = int(std::ceil(line.naturalTextWidth() / cellWidth())) + int(row.tail.size());
    m_widest = std::max(m_widest, width);
    findHits(row);
    QList<QTextLayout::FormatRange> marks;
    const auto [from, to] = selectedIn(shown.line, row);
    const int start = line.textStart();
    const int end = start + line.textLength();
    const auto mark = [&](int begin, int stop, const CellStyle &style) {
        begin = std::max(begin, start);
        stop = std::min(stop, end);
        if (begin < stop) {
            marks.append({begin, stop - begin, textFormat(style)});
        }
    };
    for (const models::LogMatcher::Hit &hit : std::as_const(row.hits)) {
        if (int(hit.end) <= from || int(hit.begin) >= to) {
            mark(int(hit.begin), int(hit.end), hitStyle());
        }
    }
    mark(from, to, selectionStyle(palette()));
    const qreal left = textLeft() - (m_wrapping ? 0 : m_left * cellWidth());
    const QRectF clip(textLeft(), y, viewport()->width() - textLeft(), rowHeight());
    painter.save();
    painter.setClipRect(clip);
    painter.setPen(palette().color(QPalette::Text));
    const QFontMetricsF metrics(m_cells.font());
    // On the line of the plain rows, whatever fonts the characters came from.
    row.layout->draw(&painter,
                     {left, y + metrics.ascent() - line.ascent() - shown.part * PartDistance},
                     marks, clip);
    if (!row.tail.isEmpty() && shown.part == row.layout->lineCount() - 1) {
        painter.setFont(m_cells.font());
        painter.drawText(QPointF(left + line.naturalTextWidth(), y + metrics.ascent()),
                         QString::fromLatin1(row.tail));
    }
    painter.restore();
}

/// A bar with a cross for errors, one with a triangle for warnings: never the colour alone.
void LogView::paintSigns(QPainter &painter, const Shown &shown, const QRectF &rect) const
{
    const models::LogLevel level = shown.row->text.level;
    const bool isError = level == models::LogLevel::Error;
    const QColor colour = isError ? QColor(0xd55e00) : QColor(0xe69f00);
    const QPointF centre(rect.left() + 10, rect.center().y());
    if (level != models::LogLevel::None) {
        painter.fillRect(QRectF(rect.left(), rect.top(), isError ? 4 : 2, rect.height()), colour);
    }
    if (m_marks.contains(shown.line)) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(palette().color(QPalette::Highlight));
        painter.drawRoundedRect(QRectF(centre.x() - 5, centre.y() - 5, 10, 10), 5, 5);
    } else if (isError) {
        painter.setPen(QPen(colour, 2, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(centre + QPointF(-2.7, -2.7), centre + QPointF(2.7, 2.7));
        painter.drawLine(centre + QPointF(-2.7, 2.7), centre + QPointF(2.7, -2.7));
    } else if (level == models::LogLevel::Warning) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF(
            {centre + QPointF(0, -4), centre + QPointF(4.4, 3.6), centre + QPointF(-4.4, 3.6)}));
    }
}

} // namespace proverdeck::ui
