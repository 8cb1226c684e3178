// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ColumnRaster.h"

#include <algorithm>
#include <cmath>

namespace proverdeck::ui {

ColumnRaster::ColumnRaster(QImage &image)
    : m_bits(image.bits())
    , m_stride(image.bytesPerLine())
    , m_width(image.width())
    , m_height(image.height())
{
}

void ColumnRaster::setColour(const QColor &colour, float opacity)
{
    m_red = colour.red();
    m_green = colour.green();
    m_blue = colour.blue();
    m_opacity = opacity;
}

void ColumnRaster::setDashes(const QPen &pen, float ratio)
{
    const auto columns = [ratio](int pixels) { return std::max(1, int(float(pixels) * ratio)); };
    m_pause = 0;
    switch (pen.style()) {
    case Qt::DashLine:
        m_period = columns(10);
        m_on = columns(7);
        break;
    case Qt::DotLine:
        m_period = columns(4);
        m_on = columns(2);
        break;
    case Qt::DashDotLine:
        m_period = columns(13);
        m_on = columns(7);
        m_pause = columns(9);
        break;
    default:
        m_period = 0;
        break;
    }
}

void ColumnRaster::blend(QRgb *pixel, float coverage) const
{
    const int alpha = int(coverage * m_opacity * 255.0F + 0.5F);
    if (alpha >= 255) {
        *pixel = qRgb(m_red, m_green, m_blue);
        return;
    }
    const QRgb under = *pixel;
    const int rest = 255 - alpha;
    const auto mix
        = [alpha, rest](int over, int below) { return (over * alpha + below * rest + 127) / 255; };
    *pixel = qRgba(mix(m_red, qRed(under)), mix(m_green, qGreen(under)), mix(m_blue, qBlue(under)),
                   alpha + (qAlpha(under) * rest + 127) / 255);
}

void ColumnRaster::fill(int column, float top, float bottom)
{
    top = std::max(top, 0.0F);
    bottom = std::min(bottom, float(m_height));
    if (column < 0 || column >= m_width || !(bottom > top)) {
        return;
    }
    const int first = int(top);
    const int last = std::min(int(std::ceil(bottom)), m_height) - 1;
    uchar *at = m_bits + first * m_stride + qsizetype(column) * qsizetype(sizeof(QRgb));
    const auto pixel = [&at] { return reinterpret_cast<QRgb *>(at); };
    blend(pixel(), std::min(bottom, float(first + 1)) - top);
    at += m_stride;
    // Whole pixels between the two ends.
    const QRgb opaque = qRgb(m_red, m_green, m_blue);
    for (int y = first + 1; y < last; ++y, at += m_stride) {
        if (m_opacity >= 1) {
            *pixel() = opaque;
        } else {
            blend(pixel(), 1);
        }
    }
    if (last > first) {
        blend(pixel(), bottom - float(last));
    }
}

void ColumnRaster::fillDashed(int column, float top, float bottom)
{
    if (m_period > 0) {
        const int at = column % m_period;
        const bool isDot = m_pause > 0 && (at == m_pause || at == m_pause + 1);
        if (at >= m_on && !isDot) {
            return;
        }
    }
    fill(column, top, bottom);
}

} // namespace proverdeck::ui
