// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QColor>
#include <QList>
#include <QPalette>
#include <QPointF>
#include <QSize>
#include <QString>

#include <functional>

class QPainter;
QT_FORWARD_DECLARE_CLASS(QChart)
QT_FORWARD_DECLARE_CLASS(QValueAxis)

namespace proverdeck::ui {

/// The Okabe–Ito colours as they can be told apart and read on one palette.
struct ChartTheme
{
    bool dark = false;
    QColor background, text, muted, grid;
    QColor blue, orange, vermillion, green, purple, grey;
};
[[nodiscard]] ChartTheme chartThemeFor(const QPalette &palette);
/// Dark on white, for files.
[[nodiscard]] ChartTheme printTheme();

/// Colours, fonts, margins and legend of the chart and of the axes that it has now.
void applyChartTheme(QChart &chart, const ChartTheme &theme);

/// One line of several: no two of the first eight share both colour and style.
[[nodiscard]] QPen chartPen(int index, const ChartTheme &theme);

/// 1, 2 or 5 times a power of ten, so that about @p ticks of them fill @p span.
[[nodiscard]] double niceStep(double span, int ticks);
/// Ticks at multiples of @p step, labelled with the digits that the step needs.
void setTicks(QValueAxis &axis, double from, double to, double step);

/// Which of the points (sorted by x) to draw: the lowest and the highest in each of @p columns.
[[nodiscard]] QList<qsizetype> thinned(const QList<QPointF> &points, int columns);

/// An image of what @p paint draws into a rectangle of @p size, on white.
using PaintInto = std::function<void(QPainter &painter)>;
[[nodiscard]] QByteArray pngImage(const QSize &size, const PaintInto &paint); ///< at twice the size
[[nodiscard]] QByteArray svgImage(const QSize &size, const QString &title, const PaintInto &paint);
/// Lays the chart out in @p target, shown or not, and draws it there.
void paintChart(QPainter &painter, QChart &chart, const QRectF &target);

} // namespace proverdeck::ui
