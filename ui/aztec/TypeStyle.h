// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartTheme.h"

#include <QBrush>
#include <QStringList>

namespace proverdeck::ui {

/// How the bars of one job type are filled: no two of the first eighteen types share both colour
/// and pattern.
struct TypeStyle
{
    QColor colour;
    Qt::BrushStyle pattern = Qt::SolidPattern;
};
[[nodiscard]] TypeStyle typeStyle(int index, const ChartTheme &theme);
/// Fills a bar: its colour, with the pattern over it where there is room for one.
void paintTypeBar(QPainter &painter, const QRectF &bar, const TypeStyle &style,
                  const ChartTheme &theme);

} // namespace proverdeck::ui
