// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QImage>

#include <array>
#include <bitset>
#include <memory>
#include <unordered_map>
#include <vector>

namespace proverdeck::ui {

struct CellStyle
{
    QRgb text = 0;
    QRgb back = 0;
    bool bold = false;
    bool italic = false;
    bool underline = false;
    bool operator==(const CellStyle &) const = default;
};

/// Paints ASCII text into an image, in cells of one size, by copying glyphs that were drawn once:
/// many times as fast as a QPainter. Everything is in pixels of the device.
class LogCells
{
public:
    /// @p ratio: pixels of the device for one of the widget.
    void setFont(const QFont &font, qreal ratio);
    [[nodiscard]] int width() const { return m_width; }
    [[nodiscard]] int height() const { return m_height; }
    /// The font for text that is not painted in cells but has to stand beside it.
    [[nodiscard]] const QFont &font() const { return m_font; }

    /// One row of @p cells, bytes of 32 to 126, from @p x and @p y on; @p styles has one index into
    /// @p palette for each. What is outside of the image is left out.
    void paint(QImage &image, int x, int y, QByteArrayView cells, const quint16 *styles,
               const std::vector<CellStyle> &palette);

private:
    static constexpr int Glyphs = 95; ///< from the blank to ~
    struct Sheet
    {
        std::vector<QRgb> pixels; ///< glyph by glyph, each line by line
        std::bitset<Glyphs> isDrawn;
    };

    [[nodiscard]] const std::vector<uchar> &mask(bool bold, bool italic);
    [[nodiscard]] Sheet &sheet(const CellStyle &style);
    void drawGlyph(Sheet &sheet, int glyph, const CellStyle &style);

    QFont m_font;
    qreal m_ratio = 1;
    qreal m_ascent = 0;
    int m_width = 1;
    int m_height = 1;
    std::array<std::vector<uchar>, 4> m_masks; ///< how much of each pixel is text
    std::unordered_map<quint64, std::unique_ptr<Sheet>> m_sheets;
};

} // namespace proverdeck::ui
