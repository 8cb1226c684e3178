// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/TypeStyle.h"

#include <QPainter>

#include <array>

namespace proverdeck::ui {

TypeStyle typeStyle(int index, const ChartTheme &theme)
{
    const std::array colours{theme.blue,   theme.orange,     theme.green,
                             theme.purple, theme.vermillion, theme.grey};
    constexpr std::array patterns{Qt::SolidPattern, Qt::BDiagPattern, Qt::Dense5Pattern};
    const auto place = std::size_t(index < 0 ? 0 : index);
    return {colours.at(place % colours.size()),
            patterns.at(place / colours.size() % patterns.size())};
}

void paintTypeBar(QPainter &painter, const QRectF &bar, const TypeStyle &style,
                  const ChartTheme &theme)
{
    painter.fillRect(bar, style.colour);
    if (style.pattern != Qt::SolidPattern && bar.width() >= 4 && bar.height() >= 4) {
        painter.fillRect(bar, QBrush(theme.background, style.pattern));
    }
}

} // namespace proverdeck::ui
