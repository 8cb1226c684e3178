// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGraphicsItem>

namespace proverdeck::ui {

class TimeChart;

/// What a TimeChart shows around and above its lines: title, legend, times, thresholds, markers,
/// crosshair and the box that is being drawn.
class ChartOverlay : public QGraphicsItem
{
public:
    /// @p onTop: the crosshair and the box; otherwise what lies below the lines and around them.
    ChartOverlay(const TimeChart &chart, bool onTop, QGraphicsItem *parent);

    void setRect(const QRectF &rect);
    [[nodiscard]] QRectF boundingRect() const override { return m_rect; }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    void paintHead(QPainter &painter) const;
    void paintTimes(QPainter &painter) const;
    void paintThresholds(QPainter &painter) const;
    void paintMarkers(QPainter &painter) const;
    void paintCursor(QPainter &painter) const;

    const TimeChart &m_chart;
    bool m_onTop;
    QRectF m_rect;
};

/// A round step of time of which at most @p most fit into @p span; all in milliseconds.
[[nodiscard]] qint64 timeStep(qint64 span, int most);
/// As an axis with this step labels it, in local time.
[[nodiscard]] QString timeLabel(qint64 at, qint64 step);
/// "21 Nov 14:03:27 +01:00"
[[nodiscard]] QString exactTime(qint64 at);

} // namespace proverdeck::ui
