// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogColours.h"

#include <QFont>

#include <array>

namespace proverdeck::ui {

namespace {

// Each has a contrast of at least 4.5:1 to the base of its theme, "black" and "white" included.
constexpr std::array<QRgb, 16> OnLight{0x1c2530, 0xb3261e, 0x0b6e3b, 0x7a5c00, 0x0057b8, 0x8e24aa,
                                       0x00697a, 0x5a6470, 0x5a6470, 0xc62828, 0x1b7535, 0x846100,
                                       0x1565c0, 0x9c27b0, 0x007080, 0x3a434f};
constexpr std::array<QRgb, 16> OnDark{0x8d98a6, 0xff7b72, 0x56d364, 0xe3b341, 0x79b8ff, 0xd2a8ff,
                                      0x56d4dd, 0xc9d1d9, 0x9aa5b1, 0xffa198, 0x7ee787, 0xf2cc60,
                                      0xa5d6ff, 0xe2c5ff, 0x8ae8ee, 0xffffff};

QColor mixed(const QColor &colour, const QColor &with, double part)
{
    const auto mix = [part](int a, int b) { return int(a * (1 - part) + b * part); };
    return {mix(colour.red(), with.red()), mix(colour.green(), with.green()),
            mix(colour.blue(), with.blue())};
}

} // namespace

QColor logColour(const models::LogStyle &style, const QPalette &palette)
{
    const QColor base = palette.color(QPalette::Base);
    QColor colour = palette.color(QPalette::Text);
    if (style.colour >= 0 && style.colour < 16) {
        const auto index = size_t(style.colour);
        colour = QColor::fromRgb(base.lightness() < 128 ? OnDark[index] : OnLight[index]);
    }
    return style.dim ? mixed(colour, base, 0.35) : colour;
}

QList<QTextLayout::FormatRange> logFormats(const models::LogText &text, const QPalette &palette)
{
    QList<QTextLayout::FormatRange> formats;
    for (const models::LogSpan &span : text.spans) {
        QTextLayout::FormatRange range{span.start, span.length, {}};
        range.format.setForeground(logColour(span.style, palette));
        if (span.style.bold) {
            range.format.setFontWeight(QFont::Bold);
        }
        formats.append(range);
    }
    return formats;
}

QTextCharFormat hitFormat()
{
    QTextCharFormat format;
    format.setBackground(QColor(0xf0e442));
    format.setForeground(Qt::black);
    return format;
}

QTextCharFormat selectionFormat(const QPalette &palette)
{
    QTextCharFormat format;
    format.setBackground(palette.brush(QPalette::Highlight));
    format.setForeground(palette.brush(QPalette::HighlightedText));
    return format;
}

} // namespace proverdeck::ui
