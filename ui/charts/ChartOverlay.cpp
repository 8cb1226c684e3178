// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartOverlay.h"

#include "ui/charts/TimeChart.h"

#include <QChart>
#include <QDateTime>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 Second = 1000;
constexpr qint64 Minute = 60 * Second;
constexpr qint64 Hour = 60 * Minute;
constexpr qint64 Day = 24 * Hour;
constexpr qreal MinMarkerDistance = 3; ///< closer ones are drawn as one

QColor markerColour(ChartMarker::Kind kind, const ChartTheme &theme)
{
    return kind == ChartMarker::Kind::BatchDone ? theme.green
        : kind == ChartMarker::Kind::Repeat     ? theme.orange
                                                : theme.vermillion;
}

/// Told apart by their shape, too: a triangle, a square, a cross.
void paintMarkerHead(QPainter &painter, ChartMarker::Kind kind, const QPointF &tip)
{
    switch (kind) {
    case ChartMarker::Kind::BatchDone:
        painter.drawPolygon(QPolygonF({tip, tip + QPointF(-4, -6), tip + QPointF(4, -6)}));
        break;
    case ChartMarker::Kind::Repeat:
        painter.drawRect(QRectF(tip + QPointF(-3, -6), QSizeF(6, 6)));
        break;
    case ChartMarker::Kind::Alert:
        painter.drawLine(tip + QPointF(-3, -7), tip + QPointF(3, -1));
        painter.drawLine(tip + QPointF(3, -7), tip + QPointF(-3, -1));
        break;
    }
}

} // namespace

qint64 timeStep(qint64 span, int most)
{
    constexpr std::array Steps{Second / 10, Second / 2,  Second,      2 * Second,  5 * Second,
                               10 * Second, 15 * Second, 30 * Second, Minute,      2 * Minute,
                               5 * Minute,  10 * Minute, 15 * Minute, 30 * Minute, Hour,
                               2 * Hour,    3 * Hour,    6 * Hour,    12 * Hour,   Day,
                               2 * Day,     7 * Day,     14 * Day,    28 * Day};
    const auto fits = [&](qint64 step) { return span / step <= std::max(1, most); };
    const auto found = std::ranges::find_if(Steps, fits);
    return found == Steps.end() ? Steps.back() : *found;
}

QString timeLabel(qint64 at, qint64 step)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(at);
    if (step >= Day || (time.time().msecsSinceStartOfDay() == 0 && step >= Minute)) {
        return QLocale().toString(time, u"d MMM"_s);
    }
    return time.toString(step < Second       ? u"HH:mm:ss.z"_s
                             : step < Minute ? u"HH:mm:ss"_s
                                             : u"HH:mm"_s);
}

QString exactTime(qint64 at)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(at);
    const int minutes = time.offsetFromUtc() / 60;
    const QString zone = u"%1%2:%3"_s.arg(minutes < 0 ? u"-"_s : u"+"_s)
                             .arg(std::abs(minutes) / 60, 2, 10, QChar(u'0'))
                             .arg(std::abs(minutes) % 60, 2, 10, QChar(u'0'));
    return QLocale().toString(time, u"d MMM HH:mm:ss"_s) + u' ' + zone;
}

ChartOverlay::ChartOverlay(const TimeChart &chart, bool onTop, QGraphicsItem *parent)
    : QGraphicsItem(parent)
    , m_chart(chart)
    , m_onTop(onTop)
{
    setZValue(onTop ? 60 : 40);
}

void ChartOverlay::setRect(const QRectF &rect)
{
    if (rect != m_rect) {
        prepareGeometryChange();
        m_rect = rect;
    }
}

void ChartOverlay::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    painter->setFont(m_chart.font());
    if (m_onTop) {
        paintThresholds(*painter);
        paintMarkers(*painter);
        paintCursor(*painter);
        paintHead(*painter);
    } else {
        paintTimes(*painter);
    }
}

/// The title, and the lines with their values as far as there is room.
void ChartOverlay::paintHead(QPainter &painter) const
{
    const ChartTheme &theme = m_chart.theme();
    if (m_chart.hasFocus() && !m_chart.isPrint()) {
        painter.setPen(QPen(theme.blue, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(m_rect.adjusted(0.5, 0.5, -1.5, -1.5));
    }
    QFont bold = painter.font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(theme.text);
    const qreal top = 4;
    const qreal height = painter.fontMetrics().height();
    const QString title = m_chart.unit().isEmpty()
        ? m_chart.title()
        : TimeChart::tr("%1 (%2)").arg(m_chart.title(), m_chart.unit());
    const int titleWidth = painter.fontMetrics().horizontalAdvance(title);
    painter.drawText(QRectF(8, top, titleWidth + 4, height), Qt::AlignLeft, title);
    painter.setFont(m_chart.font());
    qreal right = m_rect.width() - 8;
    const QFontMetrics metrics = painter.fontMetrics();
    if (const auto at = m_chart.link().cursor(); at && !m_chart.isPrint()) {
        const QString time = exactTime(*at);
        const qreal width = metrics.horizontalAdvance(time);
        painter.setPen(theme.muted);
        painter.drawText(QRectF(right - width, top, width + 2, height), Qt::AlignLeft, time);
        right -= width + 16;
    }
    if (!m_chart.isLegendVisible()) {
        return;
    }
    qreal x = 8 + titleWidth + 18;
    const QList<ChartSeries> &all = m_chart.series();
    const int restWidth = metrics.horizontalAdvance(u"+00"_s);
    for (qsizetype i = 0; i < all.size(); ++i) {
        const QString value = m_chart.valueText(m_chart.valueNow(all.at(i)));
        const QString text = all.at(i).name.isEmpty() ? value : all.at(i).name % u"  "_s % value;
        const qreal width = metrics.horizontalAdvance(text);
        const bool isLast = i + 1 == all.size();
        if (x + 32 + width > right - (isLast ? 0 : restWidth + 8)) {
            painter.setPen(theme.muted);
            painter.drawText(QPointF(x, top + metrics.ascent()),
                             u'+' + QString::number(all.size() - i));
            return;
        }
        QPen pen = chartPen(all.at(i).style, theme);
        pen.setWidthF(2.2);
        painter.setPen(pen);
        painter.drawLine(QPointF(x, top + height / 2), QPointF(x + 26, top + height / 2));
        painter.setPen(theme.text);
        painter.drawText(QPointF(x + 32, top + metrics.ascent()), text);
        x += 32 + width + 16;
    }
}

void ChartOverlay::paintTimes(QPainter &painter) const
{
    const ChartTheme &theme = m_chart.theme();
    const QRectF area = m_chart.chart()->plotArea();
    const TimeRange view = m_chart.link().view();
    if (area.width() < 10 || view.isEmpty()) {
        return;
    }
    const QFontMetrics metrics = painter.fontMetrics();
    const int room = metrics.horizontalAdvance(u"00:00:00"_s) + 28;
    const qint64 step = timeStep(view.span(), std::max(2, int(area.width()) / room));
    const qint64 offset
        = qint64(QDateTime::fromMSecsSinceEpoch(view.from).offsetFromUtc()) * Second;
    const qint64 first = ((view.from + offset + step - 1) / step) * step - offset;
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (qint64 at = first; at <= view.to; at += step) {
        const qreal x = std::round(m_chart.xOf(at));
        painter.setPen(theme.grid);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(theme.muted);
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 4));
        const QString label = timeLabel(at, step);
        const qreal width = metrics.horizontalAdvance(label);
        const qreal left = std::clamp(x - width / 2, m_rect.left(), m_rect.right() - width - 2);
        painter.drawText(QPointF(left, area.bottom() + 6 + metrics.ascent()), label);
    }
    painter.drawLine(area.bottomLeft(), area.bottomRight());
}

void ChartOverlay::paintThresholds(QPainter &painter) const
{
    const ChartTheme &theme = m_chart.theme();
    const QRectF area = m_chart.chart()->plotArea();
    const QFontMetrics metrics = painter.fontMetrics();
    for (const ChartThreshold &threshold : m_chart.thresholds()) {
        const qreal y = std::round(m_chart.yOf(threshold.value)) + 0.5;
        if (y < area.top() - 1 || y > area.bottom()) {
            continue;
        }
        painter.setPen(QPen(theme.vermillion, 1, Qt::DashLine));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        const qreal width = metrics.horizontalAdvance(threshold.label);
        const bool isBelow = y - metrics.height() < area.top();
        const QRectF box(area.right() - width - 8, isBelow ? y + 1 : y - metrics.height() - 1,
                         width + 6, metrics.height());
        QColor paper = theme.background;
        paper.setAlphaF(0.8F);
        painter.fillRect(box, paper);
        painter.setPen(theme.vermillion);
        painter.drawText(box, Qt::AlignCenter, threshold.label);
    }
}

void ChartOverlay::paintMarkers(QPainter &painter) const
{
    const ChartTheme &theme = m_chart.theme();
    const QRectF area = m_chart.chart()->plotArea();
    const TimeRange view = m_chart.link().view();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    std::array<qreal, 3> last{-100, -100, -100};
    for (const ChartMarker &marker : m_chart.link().markers()) {
        const qreal x = m_chart.xOf(marker.at);
        qreal &before = last.at(std::size_t(marker.kind));
        if (marker.at < view.from || marker.at > view.to || x - before < MinMarkerDistance) {
            continue;
        }
        before = x;
        QColor colour = markerColour(marker.kind, theme);
        QColor faint = colour;
        faint.setAlphaF(0.45F);
        painter.setPen(QPen(faint, 1));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(QPen(colour, 1.4));
        painter.setBrush(colour);
        paintMarkerHead(painter, marker.kind, QPointF(x, area.top() + 6));
    }
    painter.restore();
}

void ChartOverlay::paintCursor(QPainter &painter) const
{
    const ChartTheme &theme = m_chart.theme();
    const QRectF area = m_chart.chart()->plotArea();
    if (!m_chart.selection().isEmpty()) {
        QColor tint = theme.blue;
        tint.setAlphaF(0.18F);
        painter.fillRect(m_chart.selection(), tint);
        painter.setPen(QPen(theme.blue, 1));
        painter.drawRect(m_chart.selection());
    }
    const auto at = m_chart.link().cursor();
    const TimeRange view = m_chart.link().view();
    if (m_chart.isPrint() || !at || *at < view.from || *at > view.to) {
        return;
    }
    const qreal x = std::round(m_chart.xOf(*at)) + 0.5;
    painter.setPen(QPen(theme.text, 1, Qt::DotLine));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QList<ChartSeries> &all = m_chart.series();
    for (const ChartSeries &series : all) {
        const auto value = m_chart.valueNow(series);
        const qreal y = value ? m_chart.yOf(*value) : -1;
        if (value && y >= area.top() - 1 && y <= area.bottom() + 1) {
            painter.setPen(QPen(theme.background, 1.5));
            painter.setBrush(chartPen(series.style, theme).color());
            painter.drawEllipse(QPointF(x, y), 3.5, 3.5);
        }
    }
    // What happened here, in words.
    QString text;
    for (const ChartMarker &marker : m_chart.link().markers()) {
        if (std::abs(m_chart.xOf(marker.at) - x) <= 4) {
            text = marker.text;
        }
    }
    if (!text.isEmpty()) {
        const QFontMetrics metrics = painter.fontMetrics();
        const qreal width = std::min<qreal>(metrics.horizontalAdvance(text) + 10, area.width());
        const qreal left = std::clamp(x + 6, area.left(), area.right() - width);
        const QRectF box(left, area.top() + 8, width, metrics.height() + 4);
        painter.setPen(QPen(theme.grid, 1));
        painter.setBrush(theme.background);
        painter.drawRoundedRect(box, 3, 3);
        painter.setPen(theme.text);
        painter.drawText(box.adjusted(5, 0, -5, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         metrics.elidedText(text, Qt::ElideRight, int(width) - 10));
    }
    painter.restore();
}

} // namespace proverdeck::ui
