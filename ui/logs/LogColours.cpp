// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogColours.h"

#include <QFont>

#include <algorithm>
#include <array>
#include <cmath>

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

/// xterm's colours 16 to 255: a cube of 6 × 6 × 6 and a ramp of greys.
QRgb xtermColour(int index)
{
    if (index >= 232) {
        const int grey = 8 + (index - 232) * 10;
        return qRgb(grey, grey, grey);
    }
    const auto step = [](int value) { return value == 0 ? 0 : 55 + value * 40; };
    index -= 16;
    return qRgb(step(index / 36), step(index / 6 % 6), step(index % 6));
}

double luminance(QRgb colour)
{
    const auto linear = [](int value) {
        const double part = value / 255.0;
        return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(qRed(colour)) + 0.7152 * linear(qGreen(colour))
        + 0.0722 * linear(qBlue(colour));
}

double contrast(QRgb one, QRgb other)
{
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

/// As near to @p colour as can be read on @p back.
QRgb readable(QRgb colour, QRgb back)
{
    constexpr double Enough = 4.5;
    const QColor far = luminance(back) < 0.18 ? Qt::white : Qt::black;
    for (double part = 0; part < 1; part += 0.1) {
        const QRgb tried = mixed(QColor::fromRgb(colour), far, part).rgb();
        if (contrast(tried, back) >= Enough) {
            return tried;
        }
    }
    return far.rgb();
}

QRgb terminalColour(int index, bool isOnDark)
{
    if (index >= models::LogStyle::TrueColour) {
        return qRgb(index >> 16 & 0xff, index >> 8 & 0xff, index & 0xff);
    }
    if (index >= 16) {
        return xtermColour(index);
    }
    return (isOnDark ? OnDark : OnLight)[static_cast<std::size_t>(index)];
}

} // namespace

CellStyle cellStyle(const models::LogStyle &style, const QPalette &palette)
{
    const QRgb base = palette.color(QPalette::Base).rgb();
    const bool isDark = palette.color(QPalette::Base).lightness() < 128;
    CellStyle cell{.text = palette.color(QPalette::Text).rgb(),
                   .back = base,
                   .bold = style.bold,
                   .italic = style.italic,
                   .underline = style.underline};
    if (style.isPlain()) {
        return cell;
    }
    if (style.background >= 0) {
        cell.back = style.background < 16
            ? mixed(QColor::fromRgb(terminalColour(style.background, isDark)),
                    QColor::fromRgb(base), 0.75)
                  .rgb()
            : terminalColour(style.background, isDark);
    }
    if (style.colour >= 0) {
        cell.text = terminalColour(style.colour, isDark);
    }
    if (style.dim) {
        cell.text = mixed(QColor::fromRgb(cell.text), QColor::fromRgb(cell.back), 0.3).rgb();
    }
    if (style.inverse) {
        std::swap(cell.text, cell.back);
    }
    cell.text = readable(cell.text, cell.back);
    return cell;
}

QTextCharFormat textFormat(const CellStyle &style)
{
    QTextCharFormat format;
    format.setForeground(QColor::fromRgb(style.text));
    format.setBackground(QColor::fromRgb(style.back));
    return format;
}

QList<QTextLayout::FormatRange> logFormats(const models::LogText &text, const QPalette &palette)
{
    QList<QTextLayout::FormatRange> formats;
    for (const models::LogSpan &span : text.spans) {
        QTextLayout::FormatRange range{span.start, span.length, {}};
        const CellStyle style = cellStyle(span.style, palette);
        range.format.setForeground(QColor::fromRgb(style.text));
        if (style.back != palette.color(QPalette::Base).rgb()) {
            range.format.setBackground(QColor::fromRgb(style.back));
        }
        range.format.setFontWeight(style.bold ? QFont::Bold : QFont::Normal);
        range.format.setFontItalic(style.italic);
        range.format.setFontUnderline(style.underline);
        formats.append(range);
    }
    return formats;
}

CellStyle hitStyle()
{
    return {.text = qRgb(0, 0, 0), .back = qRgb(0xf0, 0xe4, 0x42)};
}

CellStyle selectionStyle(const QPalette &palette)
{
    return {.text = palette.color(QPalette::HighlightedText).rgb(),
            .back = palette.color(QPalette::Highlight).rgb()};
}

} // namespace proverdeck::ui
