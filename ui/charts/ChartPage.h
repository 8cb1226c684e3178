// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartLink.h"
#include "ui/charts/TimeChart.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace proverdeck::ui {

/// A grid of charts over one time axis, with its buttons, or a sentence while there is no data.
///
/// Takes data at any rate; redraws at most once per second and only while it is visible.
class ChartPage : public QWidget
{
    Q_OBJECT

public:
    void setEmptyText(const QString &text);
    [[nodiscard]] ChartLink &link() const { return m_link; }
    /// For data that does not grow: no live button.
    void setLiveVisible(bool visible);
    [[nodiscard]] virtual bool hasData() const = 0;

    /// The charts on white, whatever the palette, of the time that they show now.
    [[nodiscard]] QByteArray toPng() const;
    [[nodiscard]] QByteArray toSvg() const;

protected:
    /// With a time axis of its own if @p link is null; otherwise @p link must outlive the page.
    ChartPage(ChartLink *link, const QString &emptyText, QWidget *parent);

    /// The next of the grid, from left to right.
    TimeChart *addChart(const QString &name, const QString &title, const QString &unit,
                        int decimals);
    [[nodiscard]] const QList<TimeChart *> &charts() const { return m_charts; }
    [[nodiscard]] QVBoxLayout *headLayout() const { return m_head; } ///< above the grid
    [[nodiscard]] QWidget *content() const { return m_content; }
    /// There is new data: refresh() follows, now or within a second, if somebody looks.
    void scheduleRefresh();
    void refresh();

    /// What the data covers; empty without any.
    [[nodiscard]] virtual TimeRange extent() const = 0;
    /// Gives a chart its newest data. @p index counts from 0.
    virtual void fillChart(TimeChart &chart, int index) const = 0;
    virtual void refreshHead() { }
    /// Above the charts of an image; none by default.
    [[nodiscard]] virtual int printHeadHeight() const { return 0; }
    virtual void paintPrintHead(QPainter &painter, int width) const;

    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void arrange(int columns);
    [[nodiscard]] QSize imageSize() const;
    void paintInto(QPainter &painter) const;

    ChartLink &m_link;
    QLabel *m_empty;
    QWidget *m_content;
    QVBoxLayout *m_head;
    QGridLayout *m_grid;
    QWidget *m_bar;
    QList<TimeChart *> m_charts;
    QTimer m_refresh;
    QElapsedTimer m_sinceRefresh;
    int m_columns = 0;
};

} // namespace proverdeck::ui
