// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/StakeChart.h"

#include <QDateTimeAxis>
#include <QEvent>
#include <QLegend>
#include <QLegendMarker>
#include <QLineSeries>
#include <QMouseEvent>
#include <QPainter>
#include <QScatterSeries>
#include <QToolTip>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::BalanceSeries;
using models::boundless::SeriesPoint;

namespace {

constexpr int Columns = 1000;

} // namespace

StakeChart::StakeChart(QWidget *parent)
    : QChartView(parent)
    , m_emptyText(tr("No balance is known yet"))
    , m_x(new QDateTimeAxis(this))
    , m_y(new QValueAxis(this))
    , m_collateralLine(new QLineSeries(this))
    , m_walletLine(new QLineSeries(this))
    , m_unexplained(new QScatterSeries(this))
{
    setObjectName(u"stakeChart"_s);
    setAccessibleName(tr("Collateral and wallet over time"));
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setMinimumHeight(150);
    chart()->addAxis(m_x, Qt::AlignBottom);
    chart()->addAxis(m_y, Qt::AlignLeft);
    for (QXYSeries *series :
         {static_cast<QXYSeries *>(m_collateralLine), // NOLINT: a common base
          static_cast<QXYSeries *>(m_walletLine), static_cast<QXYSeries *>(m_unexplained)}) {
        chart()->addSeries(series);
        series->attachAxis(m_x);
        series->attachAxis(m_y);
    }
    m_collateralLine->setName(tr("Collateral in the market"));
    m_walletLine->setName(tr("Wallet"));
    m_unexplained->setName(tr("not explained by an event"));
    m_unexplained->setMarkerShape(QScatterSeries::MarkerShapeTriangle);
    m_unexplained->setMarkerSize(11);
    rebuild();
}

void StakeChart::setSeries(const BalanceSeries &collateral, const BalanceSeries &wallet,
                           int decimals, const QString &symbol)
{
    if (collateral == m_collateral && wallet == m_wallet && decimals == m_decimals
        && symbol == m_symbol) {
        return;
    }
    m_collateral = collateral;
    m_wallet = wallet;
    m_decimals = decimals;
    m_symbol = symbol;
    rebuild();
}

void StakeChart::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

QList<QPointF> StakeChart::steps(const BalanceSeries &series) const
{
    QList<QPointF> points;
    for (const SeriesPoint &point : series.points) {
        const double x = double(point.time.toMSecsSinceEpoch());
        const double y = point.value.approximate(m_decimals);
        points << QPointF(x, y);
    }
    QList<QPointF> line;
    const QList<qsizetype> kept = thinned(points, Columns);
    for (const qsizetype i : kept) {
        if (!line.isEmpty() && line.last().y() != points.at(i).y()) {
            line << QPointF(points.at(i).x(), line.last().y());
        }
        line << points.at(i);
    }
    return line;
}

void StakeChart::rebuild()
{
    m_theme = chartThemeFor(palette());
    const QList<QPointF> collateral = steps(m_collateral);
    const QList<QPointF> wallet = steps(m_wallet);
    m_collateralLine->replace(collateral);
    m_walletLine->replace(wallet);
    QList<QPointF> marks;
    for (const SeriesPoint &point : m_collateral.points) {
        if (point.kind == SeriesPoint::Kind::Unexplained) {
            marks << QPointF(double(point.time.toMSecsSinceEpoch()),
                             point.value.approximate(m_decimals));
        }
    }
    m_unexplained->replace(marks);
    m_collateralLine->setPen(QPen(m_theme.blue, 2.2));
    m_walletLine->setPen(QPen(m_theme.orange, 1.6, Qt::DashLine));
    m_unexplained->setBrush(m_theme.vermillion);
    m_unexplained->setPen(QPen(m_theme.background, 0.8));
    m_x->setVisible(!isEmpty());
    m_y->setVisible(!isEmpty());
    if (!isEmpty()) {
        double highest = 0;
        double first = collateral.first().x();
        double last = collateral.last().x();
        for (const QPointF &point : collateral + wallet) {
            highest = std::max(highest, point.y());
            first = std::min(first, point.x());
            last = std::max(last, point.x());
        }
        constexpr double ShortestSpan = 60'000; // ms
        first = std::min(first, last - ShortestSpan);
        m_x->setRange(QDateTime::fromMSecsSinceEpoch(qint64(first)),
                      QDateTime::fromMSecsSinceEpoch(qint64(last)));
        constexpr double Day = 86'400'000;
        m_x->setFormat(last - first > 3 * Day        ? u"d MMM"_s
                           : last - first > Day / 12 ? u"d MMM HH:mm"_s
                                                     : u"HH:mm:ss"_s);
        m_x->setTickCount(std::clamp(width() / 160, 3, 8));
        highest = std::max(highest * 1.08, 1e-6);
        const double step = niceStep(highest, 4);
        setTicks(*m_y, 0, std::ceil(highest / step) * step, step);
        m_y->setTitleText(m_symbol);
    }
    applyChartTheme(*chart(), m_theme);
    chart()->legend()->setVisible(!isEmpty());
    const auto markers = chart()->legend()->markers(m_unexplained);
    for (QLegendMarker *marker : markers) {
        marker->setVisible(!marks.isEmpty());
    }
    setBackgroundBrush(m_theme.background);
    const QString last = isEmpty()
        ? m_emptyText
        : tr("Collateral %1 %2")
              .arg(m_collateral.points.last().value.toUnits(m_decimals), m_symbol);
    setAccessibleDescription(last);
    viewport()->update();
}

QString StakeChart::valueAt(const BalanceSeries &series, qint64 time) const
{
    const SeriesPoint *found = nullptr;
    for (const SeriesPoint &point : series.points) {
        if (point.time.toMSecsSinceEpoch() <= time) {
            found = &point;
        }
    }
    return found ? QString(found->value.toUnits(m_decimals) + u' ' + m_symbol) : u"–"_s;
}

QString StakeChart::tipAt(const QPointF &place) const
{
    const QPointF inChart = chart()->mapFromScene(mapToScene(place.toPoint()));
    if (isEmpty() || !chart()->plotArea().contains(inChart)) {
        return {};
    }
    const auto time = qint64(chart()->mapToValue(inChart, m_collateralLine).x());
    return tr("%1\nCollateral %2\nWallet %3")
        .arg(QDateTime::fromMSecsSinceEpoch(time).toString(u"yyyy-MM-dd HH:mm:ss"_s),
             valueAt(m_collateral, time), valueAt(m_wallet, time));
}

void StakeChart::paintEvent(QPaintEvent *event)
{
    QChartView::paintEvent(event);
    if (isEmpty()) {
        QPainter painter(viewport());
        painter.setPen(m_theme.muted);
        painter.drawText(viewport()->rect().adjusted(16, 16, -16, -16),
                         Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
    }
}

void StakeChart::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        rebuild();
    }
}

void StakeChart::mouseMoveEvent(QMouseEvent *event)
{
    const QString tip = tipAt(event->position());
    if (tip.isEmpty()) {
        QToolTip::hideText();
    } else {
        QToolTip::showText(event->globalPosition().toPoint() + QPoint(4, 4), tip, this);
    }
    QChartView::mouseMoveEvent(event);
}

void StakeChart::leaveEvent(QEvent *event)
{
    QToolTip::hideText();
    QChartView::leaveEvent(event);
}

} // namespace proverdeck::ui
