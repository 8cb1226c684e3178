// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/SeriesItem.h"

#include "ui/charts/ColumnRaster.h"

#include <QPaintDevice>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace proverdeck::ui {

using models::series::Bucket;
using models::series::SampleView;

namespace {

constexpr qint64 LeastGapMs = 3000;
constexpr std::size_t MaxSmoothPoints = 2000; ///< of all series; more are not worth smoothing
constexpr float Nothing = std::numeric_limits<float>::quiet_NaN();

} // namespace

SeriesItem::SeriesItem(QGraphicsItem *parent)
    : QGraphicsItem(parent)
{
    setZValue(50);
}

void SeriesItem::setSeries(const QList<ChartSeries> &series)
{
    m_series = series;
    m_stale = true;
    update();
}

void SeriesItem::setArea(const QRectF &area)
{
    if (area != m_area) {
        prepareGeometryChange();
        m_area = area;
        m_stale = true;
    }
}

void SeriesItem::setRange(TimeRange time, double low, double high)
{
    if (time != m_time || low != m_low || high != m_high) {
        m_time = time;
        m_low = low;
        m_high = high;
        m_stale = true;
        update();
    }
}

void SeriesItem::setTheme(const ChartTheme &theme)
{
    m_theme = theme;
    m_stale = true;
    update();
}

void SeriesItem::setHovered(int index)
{
    if (index != m_hovered) {
        m_hovered = index;
        m_stale = true;
        update();
    }
}

bool SeriesItem::hasBand(int index) const
{
    return m_hovered >= 0 ? index == m_hovered : m_series.size() <= MaxBands;
}

SeriesItem::Trace SeriesItem::trace(const ChartSeries &series, int width, int height) const
{
    Trace result;
    const SampleView &view = series.view;
    if (view.isEmpty() || m_time.isEmpty() || width <= 0 || height <= 0 || !(m_high > m_low)) {
        return result;
    }
    std::size_t begin = view.lowerBound(m_time.from);
    std::size_t end = view.lowerBound(m_time.to + 1);
    begin -= std::size_t(begin > 0); // a line that comes in from the left, or goes out to the right
    end += std::size_t(end < view.size());
    const auto lines = std::size_t(std::max<qsizetype>(1, m_series.size()));
    if (end - begin <= std::min(std::size_t(width), MaxSmoothPoints / lines)) {
        traceSamples(series, begin, end, width, height, result);
    } else {
        traceBuckets(series, width, height, result);
    }
    return result;
}

void SeriesItem::traceSamples(const ChartSeries &series, std::size_t begin, std::size_t end,
                              int width, int height, Trace &trace) const
{
    const qint64 gap = series.view.gapAfter(LeastGapMs);
    const double perMs = double(width) / double(m_time.span());
    const double perUnit = double(height) / (m_high - m_low);
    QList<QPointF> line;
    qint64 before = 0;
    for (std::size_t i = begin; i < end; ++i) {
        const qint64 at = series.view.timeAt(i);
        const float value = series.view.valueAt(series.column, i);
        const bool isKnown = !std::isnan(value);
        if (!line.isEmpty() && (!isKnown || at - before > gap)) {
            trace.lines.push_back(std::exchange(line, {}));
        }
        if (isKnown) {
            line.append({double(at - m_time.from) * perMs,
                         double(height) - (double(value) * series.scale - m_low) * perUnit});
        }
        before = at;
    }
    if (!line.isEmpty()) {
        trace.lines.push_back(line);
    }
}

void SeriesItem::traceBuckets(const ChartSeries &series, int width, int height, Trace &trace) const
{
    const std::vector<Bucket> buckets = series.view.buckets(series.column, double(m_time.from),
                                                            double(m_time.to), std::size_t(width));
    const double perMs = double(width) / double(m_time.span());
    const qint64 gap = std::max(series.view.gapAfter(LeastGapMs), qint64(1.0 / perMs));
    const double perUnit = double(height) / (m_high - m_low);
    const auto toY = [&](double value) {
        return float(double(height) - (value * series.scale - m_low) * perUnit);
    };
    trace.columns.assign(buckets.size(), {Nothing, 0, 0, false, 0});
    int before = -1;
    bool isBroken = false; // by an unknown value since the column before
    qint64 beforeAt = 0;
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        const Bucket &bucket = buckets[i];
        if (bucket.samples > 0 && bucket.extent.isEmpty()) {
            isBroken = true;
        }
        if (bucket.extent.isEmpty()) {
            continue;
        }
        const bool isJoined = before >= 0 && !isBroken && bucket.firstAt - beforeAt <= gap;
        trace.columns[i] = {toY(bucket.extent.mean()), toY(double(bucket.extent.high)),
                            toY(double(bucket.extent.low)), isJoined, before};
        before = int(i);
        beforeAt = bucket.lastAt;
        isBroken = false;
    }
}

void SeriesItem::draw(const QSize &size, qreal ratio)
{
    if (m_image.size() != size) {
        m_image = QImage(size, QImage::Format_ARGB32_Premultiplied);
    }
    m_image.setDevicePixelRatio(1);
    m_image.fill(Qt::transparent);
    ColumnRaster raster(m_image);
    std::vector<Trace> traces;
    for (const ChartSeries &series : std::as_const(m_series)) {
        traces.push_back(trace(series, size.width(), size.height()));
    }
    // Bands below every line, the hovered line on top.
    for (std::size_t i = 0; i < traces.size(); ++i) {
        if (!hasBand(int(i))) {
            continue;
        }
        raster.setColour(chartPen(m_series.at(qsizetype(i)).style, m_theme).color(), 0.28F);
        for (std::size_t x = 0; x < traces[i].columns.size(); ++x) {
            const Column &column = traces[i].columns[x];
            if (!std::isnan(column.mean)) {
                raster.fill(int(x), column.low - 0.5F, column.high + 0.5F);
            }
        }
    }
    QPainter painter(&m_image);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t n = 0; n <= traces.size(); ++n) {
        const bool isLast = n == traces.size();
        if (isLast ? m_hovered < 0 || m_hovered >= int(traces.size()) : int(n) == m_hovered) {
            continue;
        }
        const std::size_t i = isLast ? std::size_t(m_hovered) : n;
        QPen pen = chartPen(m_series.at(qsizetype(i)).style, m_theme);
        const bool isFaint = m_hovered >= 0 && !isLast;
        pen.setWidthF(pen.widthF() * ratio * (isLast ? 1.4 : 1.0));
        QColor colour = pen.color();
        colour.setAlphaF(isFaint ? 0.45F : 1.0F);
        pen.setColor(colour);
        paintLines(painter, traces[i], pen);
        raster.setColour(pen.color(), isFaint ? 0.45F : 1.0F);
        raster.setDashes(pen, float(ratio));
        const auto half = float(pen.widthF() / 2);
        for (std::size_t x = 0; x < traces[i].columns.size(); ++x) {
            const Column &column = traces[i].columns[x];
            if (std::isnan(column.mean)) {
                continue;
            }
            if (!column.joined) {
                raster.fillDashed(int(x), column.mean - half, column.mean + half);
                continue;
            }
            // From the mean before to this one, a share of the way in each column between.
            float from = traces[i].columns[std::size_t(column.before)].mean;
            const int steps = int(x) - column.before;
            const float step = (column.mean - from) / float(steps);
            for (int k = 1; k <= steps; ++k, from += step) {
                raster.fillDashed(column.before + k, std::min(from, from + step) - half,
                                  std::max(from, from + step) + half);
            }
        }
    }
    ++m_drawn;
}

void SeriesItem::paintLines(QPainter &painter, const Trace &trace, const QPen &pen) const
{
    painter.setPen(pen);
    for (const QList<QPointF> &line : trace.lines) {
        if (line.size() == 1) {
            painter.setBrush(pen.color());
            painter.drawEllipse(line.first(), pen.widthF() / 2, pen.widthF() / 2);
            painter.setBrush(Qt::NoBrush);
        } else {
            painter.drawPolyline(line.constData(), int(line.size()));
        }
    }
}

void SeriesItem::paintVector(QPainter &painter) const
{
    painter.save();
    painter.setClipRect(m_area);
    painter.translate(m_area.topLeft());
    painter.setRenderHint(QPainter::Antialiasing);
    for (qsizetype i = 0; i < m_series.size(); ++i) {
        Trace whole = trace(m_series.at(i), int(m_area.width()), int(m_area.height()));
        QPen pen = chartPen(m_series.at(i).style, m_theme);
        QColor band = pen.color();
        band.setAlphaF(0.28F);
        QList<QPointF> line;
        for (std::size_t x = 0; x < whole.columns.size(); ++x) {
            const Column &column = whole.columns[x];
            if (std::isnan(column.mean)) {
                continue;
            }
            if (hasBand(int(i)) && column.high > column.low) {
                painter.fillRect(
                    QRectF(double(x), double(column.low), 1, double(column.high - column.low)),
                    band);
            }
            if (!column.joined && !line.isEmpty()) {
                whole.lines.push_back(std::exchange(line, {}));
            }
            line.append({double(x) + 0.5, double(column.mean)});
        }
        if (!line.isEmpty()) {
            whole.lines.push_back(line);
        }
        paintLines(painter, whole, pen);
    }
    painter.restore();
}

void SeriesItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    if (m_area.isEmpty()) {
        return;
    }
    if (m_vector) {
        paintVector(*painter);
        return;
    }
    const qreal ratio = painter->device()->devicePixelRatioF();
    const QSize size = (m_area.size() * ratio).toSize();
    if (m_stale || m_image.size() != size) {
        draw(size, ratio);
        m_stale = false;
    }
    m_image.setDevicePixelRatio(ratio);
    painter->drawImage(m_area.topLeft(), m_image);
}

} // namespace proverdeck::ui
