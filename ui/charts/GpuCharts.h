// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/series/GpuSeries.h"
#include "ui/charts/ChartPage.h"

namespace proverdeck::ui {

/// The GPUs of one server: what they do now in words, and charts of what they did.
class GpuCharts : public ChartPage
{
    Q_OBJECT

public:
    /// With a time axis of its own, or with @p link's, which must outlive the charts.
    explicit GpuCharts(QWidget *parent = nullptr);
    explicit GpuCharts(ChartLink &link, QWidget *parent = nullptr);

    void addSamples(const QList<models::series::GpuSample> &samples);
    /// What was before what is shown.
    void setPast(models::series::GpuSeries past);
    void clear();
    [[nodiscard]] bool hasData() const override { return !m_series.isEmpty(); }
    [[nodiscard]] const models::series::GpuSeries &series() const { return m_series; }

protected:
    [[nodiscard]] TimeRange extent() const override;
    void fillChart(TimeChart &chart, int index) const override;
    void refreshHead() override;
    [[nodiscard]] int printHeadHeight() const override;
    void paintPrintHead(QPainter &painter, int width) const override;
    void changeEvent(QEvent *event) override;

private:
    struct Legend
    {
        QLabel *line;
        QLabel *name;
        QLabel *values;
    };

    GpuCharts(ChartLink *link, QWidget *parent);
    [[nodiscard]] QString valuesAtCursor(int gpu) const;

    models::series::GpuSeries m_series;
    QGridLayout *m_legendLayout;
    QList<Legend> m_legends;
};

/// "87 % · 61.2 of 139.8 GiB · 512 W · 61 °C · 1980 MHz", "–" for what is not known.
[[nodiscard]] QString gpuValuesText(const models::series::GpuSample &sample);

} // namespace proverdeck::ui
