// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/BatchTable.h"
#include "ui/charts/ChartTheme.h"

#include <QChartView>

#include <optional>

class QGraphicsPathItem;
class QGraphicsSimpleTextItem;
QT_FORWARD_DECLARE_CLASS(QScatterSeries)
QT_FORWARD_DECLARE_CLASS(QLineSeries)
QT_FORWARD_DECLARE_CLASS(QValueAxis)

namespace proverdeck::ui {

/// The proving time of each batch, what counts told apart from what does not by shape and colour.
class ProvingTimeChart : public QChartView
{
    Q_OBJECT

public:
    explicit ProvingTimeChart(QWidget *parent = nullptr);
    ~ProvingTimeChart() override;

    void setRows(const QList<models::ethrex::BatchRow> &rows);
    void setEmptyText(const QString &text);

    [[nodiscard]] bool isEmpty() const { return m_points.isEmpty(); }
    [[nodiscard]] QString medianText() const; ///< "median 144.46 s"; empty if nothing counts
    /// What the legend explains now.
    [[nodiscard]] QStringList legendTexts() const;
    /// On the batch nearest to a place in the viewport; empty if none is near.
    [[nodiscard]] QString tipAt(const QPointF &place) const;

    /// On white, whatever the palette.
    [[nodiscard]] QByteArray toPng() const;
    [[nodiscard]] QByteArray toSvg() const;
    /// By the ending of the name: .svg, anything else is PNG. Empty, or a sentence for a person.
    [[nodiscard]] QString saveImage(const QString &path) const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    enum class Kind { Counted, Empty, WarmUp, Outlier, NotCounted, Again };
    static constexpr int Kinds = 6;
    enum class Unit { Milliseconds, Seconds, Minutes };
    struct Point
    {
        quint64 batch;
        qint64 timeMs;
        qsizetype row;
        Kind kind;
    };

    [[nodiscard]] static Kind kindOf(const models::ethrex::BatchRow &row);
    [[nodiscard]] QString kindName(Kind kind) const;
    [[nodiscard]] QString unitName() const;
    [[nodiscard]] double inUnit(qint64 milliseconds) const;
    [[nodiscard]] QString valueText(qint64 milliseconds) const;
    [[nodiscard]] QString rowText(const models::ethrex::BatchRow &row, qint64 timeMs) const;
    void collectPoints();
    void rebuild();
    void addSeries(Kind kind);
    void updateAxes();
    void placeMarks();
    void paintInto(QPainter &painter, const QSize &size);

    QList<models::ethrex::BatchRow> m_rows;
    QList<Point> m_points; ///< sorted by batch
    QList<Point> m_shown; ///< what is left of them after thinning
    std::optional<qint64> m_medianMs;
    Unit m_unit = Unit::Seconds;
    ChartTheme m_theme;
    bool m_print = false; ///< on white, whatever the palette
    QString m_emptyText;

    QValueAxis *m_x;
    QValueAxis *m_y;
    QLineSeries *m_median;
    QGraphicsPathItem *m_joins; ///< from the first time of a batch to its later ones
    QGraphicsSimpleTextItem *m_medianLabel;
};

} // namespace proverdeck::ui
