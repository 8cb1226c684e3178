// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/SeriesItem.h"

#include <QChartView>
#include <QPointer>

#include <functional>
#include <memory>

QT_FORWARD_DECLARE_CLASS(QValueAxis)

namespace proverdeck::ui {

class ChartOverlay;

/// A level worth knowing: a card's power limit, a temperature at which it slows down.
struct ChartThreshold
{
    double value = 0;
    QString label;
    bool operator==(const ChartThreshold &) const = default;
};

/// Quantities of one unit over time, of any length. Shares its time axis, markers and crosshair
/// with the other charts of its ChartLink.
///
/// Drag: zoom into a box. Shift and drag, or the middle button: pan. Wheel: zoom at the pointer;
/// with Shift: pan. Double click: all of it. Keys: arrows pan, + and - zoom, Home all, End live,
/// Alt with arrows back and forward, Ctrl with arrows the crosshair from sample to sample. Ctrl and
/// a click, or Enter: ChartLink::timePicked().
class TimeChart : public QChartView
{
    Q_OBJECT

public:
    /// @p link must outlive the chart. @p decimals: of values as they are told.
    TimeChart(QString title, QString unit, int decimals, ChartLink &link,
              QWidget *parent = nullptr);
    ~TimeChart() override;

    void setSeries(const QList<ChartSeries> &series);
    [[nodiscard]] const QList<ChartSeries> &series() const { return m_item->series(); }
    void setThresholds(const QList<ChartThreshold> &thresholds);
    [[nodiscard]] const QList<ChartThreshold> &thresholds() const { return m_thresholds; }
    /// The value axis ends here unless values are larger; none: a little above what is shown.
    void setTop(std::optional<double> top);
    /// Whether the heads of the lines are named in the chart itself.
    void setLegendVisible(bool visible);

    [[nodiscard]] ChartLink &link() const { return m_link; }
    [[nodiscard]] const QString &title() const { return m_title; }
    [[nodiscard]] const QString &unit() const { return m_unit; }
    [[nodiscard]] const SeriesItem &item() const { return *m_item; }
    [[nodiscard]] QString valueText(std::optional<double> value) const; ///< "512.4 W"; "– W"
    /// Of one series at the crosshair, or its last value without one.
    [[nodiscard]] std::optional<double> valueNow(const ChartSeries &series) const;
    [[nodiscard]] qreal xOf(qint64 at) const;
    [[nodiscard]] qint64 timeAt(qreal x) const;
    [[nodiscard]] qreal yOf(double value) const;
    [[nodiscard]] const ChartTheme &theme() const { return m_theme; }
    [[nodiscard]] bool isLegendVisible() const { return m_legendVisible; }
    [[nodiscard]] QRectF selection() const { return m_box; } ///< of the box while it is drawn
    /// From the lowest to the highest value of the axis.
    [[nodiscard]] std::pair<double, double> valueRange() const;

    /// What is shown, on white, whatever the palette.
    [[nodiscard]] QByteArray toPng() const;
    [[nodiscard]] QByteArray toSvg() const;
    /// What is shown, as chartTable() has it.
    [[nodiscard]] QByteArray toCsv() const;
    void usePrintTheme(); ///< and no crosshair
    [[nodiscard]] bool isPrint() const { return m_print; }
    void paintInto(QPainter &painter, const QRectF &target);
    /// A chart of the same, on white, to paint it elsewhere.
    [[nodiscard]] std::unique_ptr<TimeChart> printCopy(ChartLink &link) const;

    void showTable();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    enum class Drag { None, Box, Pan };

    void layOut();
    void restyle();
    void onViewChanged();
    void onCursorChanged();
    void updateValueAxis();
    void hover(const QPointF &place);
    void stepCursor(int direction);
    void finishBox();
    void describe();
    void updateTable();
    void save(const QString &filter, const QString &name, const std::function<QByteArray()> &make);

    QString m_title;
    QString m_unit;
    int m_decimals;
    ChartLink &m_link;
    QValueAxis *m_value;
    SeriesItem *m_item;
    ChartOverlay *m_overlay;
    ChartOverlay *m_below;
    QList<ChartThreshold> m_thresholds;
    std::optional<double> m_top;
    std::optional<std::pair<double, double>> m_boxed; ///< values that a box chose
    ChartTheme m_theme;
    bool m_legendVisible = true;
    bool m_print = false;
    Drag m_drag = Drag::None;
    QPointF m_dragFrom;
    TimeRange m_dragView;
    quint64 m_dragGesture = 0;
    QRectF m_box;
    quint64 m_wheelGesture = 0;
    qint64 m_lastWheel = 0;
    QPointer<QWidget> m_table;
};

} // namespace proverdeck::ui
