// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/series/SampleView.h"
#include "ui/charts/ChartLink.h"
#include "ui/charts/ChartTheme.h"

#include <QGraphicsItem>
#include <QImage>
#include <QPen>

namespace proverdeck::ui {

/// One line of a TimeChart.
struct ChartSeries
{
    QString name;
    models::series::SampleView view;
    std::size_t column = 0;
    double scale = 1; ///< from the stored value to the chart's unit
    int style = 0; ///< of chartPen()
};

/// Paints series into the plot area of a chart, straight from their pyramids: the mean of each
/// column of pixels, and the band from its smallest to its largest value of the hovered series, or
/// of all if they are few. Unknown values and pauses are gaps. What it draws is kept until the
/// data or the view change.
class SeriesItem : public QGraphicsItem
{
public:
    static constexpr int MaxBands = 2; ///< more series overlap too much to show all bands

    explicit SeriesItem(QGraphicsItem *parent);

    void setSeries(const QList<ChartSeries> &series);
    [[nodiscard]] const QList<ChartSeries> &series() const { return m_series; }
    void setArea(const QRectF &area);
    void setRange(TimeRange time, double low, double high);
    void setTheme(const ChartTheme &theme);
    void setHovered(int index); ///< -1: none
    [[nodiscard]] int hovered() const { return m_hovered; }
    /// Draws lines instead of pixels, for files.
    void setVector(bool vector) { m_vector = vector; }
    /// How often the picture was drawn anew.
    [[nodiscard]] int drawn() const { return m_drawn; }

    [[nodiscard]] QRectF boundingRect() const override { return m_area; }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    struct Column
    {
        float mean, low, high; ///< in pixels from the top; mean is not a number: nothing here
        bool joined; ///< with the column before that has something
        int before; ///< that column
    };
    struct Trace
    {
        std::vector<Column> columns;
        std::vector<QList<QPointF>> lines; ///< instead, where single samples are far apart
    };

    [[nodiscard]] Trace trace(const ChartSeries &series, int width, int height) const;
    void traceSamples(const ChartSeries &series, std::size_t begin, std::size_t end, int width,
                      int height, Trace &trace) const;
    void traceBuckets(const ChartSeries &series, int width, int height, Trace &trace) const;
    [[nodiscard]] bool hasBand(int index) const;
    void draw(const QSize &size, qreal ratio);
    void paintLines(QPainter &painter, const Trace &trace, const QPen &pen) const;
    void paintVector(QPainter &painter) const;

    QList<ChartSeries> m_series;
    QRectF m_area;
    TimeRange m_time;
    double m_low = 0;
    double m_high = 1;
    ChartTheme m_theme;
    int m_hovered = -1;
    bool m_vector = false;
    bool m_stale = true;
    int m_drawn = 0;
    QImage m_image;
};

} // namespace proverdeck::ui
