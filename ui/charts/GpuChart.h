// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartTheme.h"
#include "ui/charts/GpuHistory.h"

#include <QChartView>

class QGraphicsSimpleTextItem;
QT_FORWARD_DECLARE_CLASS(QDateTimeAxis)
QT_FORWARD_DECLARE_CLASS(QLineSeries)

namespace proverdeck::ui {

/// One measure of all GPUs of a server over the time of day, one line per GPU.
class GpuChart : public QChartView
{
    Q_OBJECT

public:
    static constexpr int MaxPoints = 600; ///< of one line

    explicit GpuChart(GpuMeasure measure, QWidget *parent = nullptr);

    void setHistory(const GpuHistory &history);
    void usePrintTheme();
    void paintInto(QPainter &painter, const QRectF &target);
    [[nodiscard]] GpuMeasure measure() const { return m_measure; }
    [[nodiscard]] const QList<QLineSeries *> &lines() const { return m_lines; }

protected:
    void changeEvent(QEvent *event) override;

private:
    void setTimeRange(qint64 from, qint64 to);
    void restyle();

    GpuMeasure m_measure;
    bool m_print = false;
    QDateTimeAxis *m_time;
    QValueAxis *m_value;
    QGraphicsSimpleTextItem *m_title;
    QList<QLineSeries *> m_lines;
};

} // namespace proverdeck::ui
