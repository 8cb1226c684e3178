// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartTheme.h"
#include "ui/charts/GpuHistory.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QGridLayout;
class QLabel;

namespace proverdeck::ui {

class GpuChart;

/// The GPUs of one server: what they do now in words, and four charts of what they did.
///
/// Takes samples at any rate; redraws at most once per second and only while it is visible.
class GpuCharts : public QWidget
{
    Q_OBJECT

public:
    explicit GpuCharts(QWidget *parent = nullptr);

    void addSamples(const QList<models::series::GpuSample> &samples);
    void clear();
    void setEmptyText(const QString &text);
    [[nodiscard]] const GpuHistory &history() const { return m_history; }

    /// The four charts on white, whatever the palette.
    [[nodiscard]] QByteArray toPng() const;
    [[nodiscard]] QByteArray toSvg() const;

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Legend
    {
        QLabel *line;
        QLabel *name;
        QLabel *values;
    };

    void refresh();
    void refreshLegends();
    void paintInto(QPainter &painter) const;

    GpuHistory m_history;
    QLabel *m_empty;
    QWidget *m_content;
    QGridLayout *m_legendLayout;
    QList<Legend> m_legends;
    QList<GpuChart *> m_charts;
    QTimer m_refresh;
    QElapsedTimer m_sinceRefresh;
};

} // namespace proverdeck::ui
