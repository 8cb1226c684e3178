// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogCells.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace proverdeck::ui {

namespace {

constexpr std::size_t MaxSheets = 512; // some 30 MB at worst

quint64 keyOf(const CellStyle &style)
{
    return quint64(style.text & 0xffffff) | quint64(style.back & 0xffffff) << 24
        | quint64(style.bold ? 1 : 0) << 48 | quint64(style.italic ? 1 : 0) << 49
        | quint64(style.underline ? 1 : 0) << 50;
}

} // namespace

void LogCells::setFont(const QFont &font, qreal ratio)
{
    m_font = font;
    m_font.setKerning(false);
    m_font.setStyleStrategy(QFont::NoSubpixelAntialias);
    m_font.setLetterSpacing(QFont::AbsoluteSpacing, 0);
    m_ratio = ratio;
    const QFontMetricsF metrics(m_font);
    const qreal advance = metrics.horizontalAdvance(u'M');
    m_width = std::max(1, int(std::lround(advance * ratio)));
    m_height = std::max(1, int(std::ceil(metrics.height() * ratio)));
    m_ascent = metrics.ascent();
    m_font.setLetterSpacing(QFont::AbsoluteSpacing, m_width / ratio - advance);
    m_masks = {};
    m_sheets.clear();
}

const std::vector<uchar> &LogCells::mask(bool bold, bool italic)
{
    std::vector<uchar> &mask = m_masks[(bold ? 1U : 0U) + (italic ? 2U : 0U)];
    if (!mask.empty()) {
        return mask;
    }
    QImage image(m_width * Glyphs, m_height, QImage::Format_RGB32);
    image.setDevicePixelRatio(m_ratio);
    image.fill(Qt::black);
    QPainter painter(&image);
    QFont font = m_font;
    font.setBold(bold);
    font.setItalic(italic);
    painter.setFont(font);
    painter.setPen(Qt::white);
    for (int glyph = 0; glyph < Glyphs; ++glyph) {
        const qreal left = glyph * m_width / m_ratio;
        painter.setClipRect(QRectF(left, 0, m_width / m_ratio, m_height / m_ratio));
        painter.drawText(QPointF(left, m_ascent), QString(QChar(' ' + glyph)));
    }
    painter.end();
    mask.resize(static_cast<std::size_t>(Glyphs * m_width * m_height));
    uchar *to = mask.data();
    for (int glyph = 0; glyph < Glyphs; ++glyph) {
        for (int y = 0; y < m_height; ++y) {
            const auto *line = reinterpret_cast<const QRgb *>(image.constScanLine(y));
            for (int x = 0; x < m_width; ++x) {
                *to++ = uchar(qGreen(line[glyph * m_width + x]));
            }
        }
    }
    return mask;
}

LogCells::Sheet &LogCells::sheet(const CellStyle &style)
{
    if (m_sheets.size() > MaxSheets) {
        m_sheets.clear();
    }
    std::unique_ptr<Sheet> &found = m_sheets[keyOf(style)];
    if (!found) {
        found = std::make_unique<Sheet>();
        found->pixels.resize(static_cast<std::size_t>(Glyphs * m_width * m_height));
    }
    return *found;
}

void LogCells::drawGlyph(Sheet &sheet, int glyph, const CellStyle &style)
{
    const std::vector<uchar> &from = mask(style.bold, style.italic);
    const int size = m_width * m_height;
    const auto mix
        = [](int text, int back, int part) { return (text * part + back * (255 - part)) / 255; };
    for (int i = 0; i < size; ++i) {
        const auto at = static_cast<std::size_t>(glyph * size + i);
        const int part = from[at];
        sheet.pixels[at] = qRgb(mix(qRed(style.text), qRed(style.back), part),
                                mix(qGreen(style.text), qGreen(style.back), part),
                                mix(qBlue(style.text), qBlue(style.back), part));
    }
    if (style.underline) {
        const int y = std::min(m_height - 1, int(std::lround((m_ascent + 2) * m_ratio)));
        std::fill_n(sheet.pixels.begin() + glyph * size + y * m_width, m_width, style.text);
    }
    sheet.isDrawn.set(static_cast<std::size_t>(glyph));
}

void LogCells::paint(QImage &image, int x, int y, QByteArrayView cells, const quint16 *styles,
                     const std::vector<CellStyle> &palette)
{
    const int fits = std::max(0, (image.width() - x) / m_width);
    const auto count = static_cast<std::size_t>(std::min<qsizetype>(cells.size(), fits));
    const int lines = std::min(m_height, image.height() - y);
    if (count == 0 || lines <= 0 || x < 0 || y < 0) {
        return;
    }
    std::vector<Sheet *> sheets; // no sheet goes while these are in use: they are asked for first
    sheets.reserve(palette.size());
    if (m_sheets.size() + palette.size() > MaxSheets) {
        m_sheets.clear();
    }
    for (const CellStyle &style : palette) {
        sheets.push_back(&sheet(style));
    }
    thread_local std::vector<const QRgb *> glyphs;
    glyphs.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        const int code = std::clamp(int(cells.at(qsizetype(i))), 32, 126) - 32;
        Sheet &from = *sheets[styles[i]];
        if (!from.isDrawn.test(static_cast<std::size_t>(code))) {
            drawGlyph(from, code, palette[styles[i]]);
        }
        glyphs[i] = from.pixels.data() + std::ptrdiff_t(code) * m_width * m_height;
    }
    const std::size_t bytes = static_cast<std::size_t>(m_width) * sizeof(QRgb);
    for (int line = 0; line < lines; ++line) {
        auto *to = reinterpret_cast<QRgb *>(image.scanLine(y + line)) + x;
        for (std::size_t i = 0; i < count; ++i, to += m_width) {
            std::memcpy(to, glyphs[i] + std::ptrdiff_t(line) * m_width, bytes);
        }
    }
}

} // namespace proverdeck::ui
