// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPen>

namespace proverdeck::ui {

/// Fills stretches of single columns of an image, with smooth ends. Faster than a QPainter for
/// lines that have a point in every column.
class ColumnRaster
{
public:
    /// @p image (ARGB32, premultiplied) must outlive the raster and keep its size.
    explicit ColumnRaster(QImage &image);

    void setColour(const QColor &colour, float opacity);
    /// As the pen's dashes, measured along the columns.
    void setDashes(const QPen &pen, float ratio);
    /// From @p top to @p bottom, in pixels from the image's top.
    void fill(int column, float top, float bottom);
    void fillDashed(int column, float top, float bottom);

private:
    void blend(QRgb *pixel, float coverage) const;

    uchar *m_bits;
    qsizetype m_stride;
    int m_width;
    int m_height;
    int m_red = 0, m_green = 0, m_blue = 0;
    float m_opacity = 1;
    int m_period = 0; ///< columns; 0: no dashes
    int m_on = 0;
    int m_pause = 0; ///< a dot within the pause begins here; 0: none
};

} // namespace proverdeck::ui
