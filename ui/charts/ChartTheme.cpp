// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartTheme.h"

#include <QBuffer>
#include <QChart>
#include <QCoreApplication>
#include <QGraphicsLayout>
#include <QGraphicsScene>
#include <QImage>
#include <QLegend>
#include <QPainter>
#include <QPen>
#include <QSvgGenerator>
#include <QValueAxis>

#include <algorithm>
#include <array>
#include <cmath>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

ChartTheme lightTheme(const QColor &background)
{
    return {false,
            background,
            QColor(0x1c2530),
            QColor(0x5a6470),
            QColor(0xe3e7ec),
            QColor(0x0072b2),
            QColor(0xe69f00),
            QColor(0xd55e00),
            QColor(0x009e73),
            QColor(0xa8548a),
            QColor(0x7d8793)};
}

} // namespace

ChartTheme chartThemeFor(const QPalette &palette)
{
    const QColor base = palette.color(QPalette::Base);
    if (base.lightness() >= 128) {
        return lightTheme(base);
    }
    return {true,
            base,
            QColor(0xe4e8ee),
            QColor(0xa3adb9),
            QColor(0x2b333d),
            QColor(0x56b4e9),
            QColor(0xe69f00),
            QColor(0xf07838),
            QColor(0x2ec19a),
            QColor(0xd892bd),
            QColor(0x8d98a6)};
}

ChartTheme printTheme()
{
    return lightTheme(Qt::white);
}

void applyChartTheme(QChart &chart, const ChartTheme &theme)
{
    chart.setBackgroundBrush(theme.background);
    chart.setBackgroundPen(Qt::NoPen);
    chart.setBackgroundRoundness(0);
    chart.setPlotAreaBackgroundVisible(false);
    chart.setDropShadowEnabled(false);
    chart.setMargins({4, 4, 10, 4});
    chart.layout()->setContentsMargins(0, 0, 0, 0);
    QFont font = chart.font();
    font.setBold(false);
    chart.legend()->setLabelColor(theme.text);
    chart.legend()->setFont(font);
    chart.legend()->setAlignment(Qt::AlignTop);
    chart.legend()->setMarkerShape(QLegend::MarkerShapeFromSeries);
    chart.legend()->setBackgroundVisible(false);
    for (QAbstractAxis *axis : chart.axes()) {
        axis->setLabelsColor(theme.muted);
        axis->setLabelsFont(font);
        axis->setTitleBrush(theme.muted);
        axis->setTitleFont(font);
        axis->setGridLinePen(QPen(theme.grid, 1));
        axis->setLinePen(QPen(theme.muted, 1));
        axis->setShadesVisible(false);
        axis->setMinorGridLineVisible(false);
        if (axis->orientation() == Qt::Horizontal) {
            axis->setGridLineVisible(false);
        } else {
            axis->setLineVisible(false);
        }
    }
}

QPen chartPen(int index, const ChartTheme &theme)
{
    const std::array colours{theme.blue, theme.orange, theme.green, theme.purple, theme.vermillion};
    constexpr std::array Styles{Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
    const auto i = size_t(std::max(0, index));
    return {colours[i % colours.size()], 1.6, Styles[i % Styles.size()], Qt::FlatCap,
            Qt::RoundJoin};
}

double niceStep(double span, int ticks)
{
    if (!(span > 0) || !std::isfinite(span)) {
        return 1;
    }
    const double raw = span / std::max(1, ticks);
    const double power = std::pow(10, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= raw * 0.999) {
            return factor * power;
        }
    }
    return 10 * power;
}

void setTicks(QValueAxis &axis, double from, double to, double step)
{
    const int digits = step >= 1 ? 0 : std::min(6, int(std::ceil(-std::log10(step) - 1e-9)));
    const QString format = u"%."_s + QString::number(digits) + u'f';
    if (axis.labelFormat() != format) { // it lays out the chart even if nothing changes
        axis.setLabelFormat(format);
    }
    axis.setTickType(QValueAxis::TicksDynamic);
    axis.setTickAnchor(std::ceil(from / step) * step);
    axis.setTickInterval(step);
    axis.setRange(from, to); // last: it lays the labels out
}

QList<qsizetype> thinned(const QList<QPointF> &points, int columns)
{
    QList<qsizetype> kept;
    const qsizetype count = points.size();
    if (count <= qsizetype(2) * columns) {
        for (qsizetype i = 0; i < count; ++i) {
            kept.append(i);
        }
        return kept;
    }
    const double from = points.first().x();
    const double span = std::max(points.last().x() - from, 1e-12);
    const auto columnOf = [&](qsizetype i) {
        return std::min(int((points.at(i).x() - from) / span * columns), columns - 1);
    };
    for (qsizetype i = 0; i < count;) {
        const int column = columnOf(i);
        qsizetype low = i;
        qsizetype high = i;
        for (; i < count && columnOf(i) == column; ++i) {
            low = points.at(i).y() < points.at(low).y() ? i : low;
            high = points.at(i).y() > points.at(high).y() ? i : high;
        }
        kept.append(std::min(low, high));
        if (low != high) {
            kept.append(std::max(low, high));
        }
    }
    return kept;
}

QByteArray pngImage(const QSize &size, const PaintInto &paint)
{
    constexpr int Scale = 2;
    QImage image(size * Scale, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(Scale, Scale);
    paint(painter);
    painter.end();
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return buffer.data();
}

QByteArray svgImage(const QSize &size, const QString &title, const PaintInto &paint)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(0, 0), size));
    generator.setTitle(title);
    QPainter painter(&generator);
    painter.fillRect(QRect(QPoint(0, 0), size), Qt::white);
    paint(painter);
    painter.end();
    return buffer.data();
}

void paintChart(QPainter &painter, QChart &chart, const QRectF &target)
{
    chart.resize(target.size());
    // A chart that was never shown has its layout still in the queue, and the legend its own.
    for (int round = 0; round < 2; ++round) {
        QCoreApplication::sendPostedEvents(chart.legend(), QEvent::LayoutRequest);
        QCoreApplication::sendPostedEvents(&chart, QEvent::LayoutRequest);
        chart.layout()->invalidate();
        chart.layout()->activate();
    }
    QGraphicsScene *scene = chart.scene();
    scene->setSceneRect(QRectF(QPointF(0, 0), target.size()));
    scene->render(&painter, target, scene->sceneRect());
}

} // namespace proverdeck::ui
