// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BalanceSeries.h"
#include "ui/charts/ChartTheme.h"

#include <QChartView>

QT_FORWARD_DECLARE_CLASS(QDateTimeAxis)
QT_FORWARD_DECLARE_CLASS(QLineSeries)
QT_FORWARD_DECLARE_CLASS(QScatterSeries)
QT_FORWARD_DECLARE_CLASS(QValueAxis)

namespace proverdeck::ui {

/// Collateral and wallet over time, as steps: a balance holds until the next event. Jumps that no
/// event explains are marked.
class StakeChart : public QChartView
{
    Q_OBJECT

public:
    explicit StakeChart(QWidget *parent = nullptr);

    void setSeries(const models::boundless::BalanceSeries &collateral,
                   const models::boundless::BalanceSeries &wallet, int decimals,
                   const QString &symbol);
    void setEmptyText(const QString &text);

    [[nodiscard]] bool isEmpty() const { return m_collateral.points.isEmpty(); }
    /// The exact value that a place in time has; empty outside.
    [[nodiscard]] QString tipAt(const QPointF &place) const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    void rebuild();
    [[nodiscard]] QList<QPointF> steps(const models::boundless::BalanceSeries &series) const;
    [[nodiscard]] QString valueAt(const models::boundless::BalanceSeries &series,
                                  qint64 time) const;

    models::boundless::BalanceSeries m_collateral, m_wallet;
    int m_decimals = 0;
    QString m_symbol;
    QString m_emptyText;
    ChartTheme m_theme;
    QDateTimeAxis *m_x;
    QValueAxis *m_y;
    QLineSeries *m_collateralLine;
    QLineSeries *m_walletLine;
    QScatterSeries *m_unexplained;
};

} // namespace proverdeck::ui
