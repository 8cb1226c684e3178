// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ProvingTimeChart.h"

#include "models/report/Report.h"

#include <QEvent>
#include <QGraphicsPathItem>
#include <QLegendMarker>
#include <QLineSeries>
#include <QMouseEvent>
#include <QScatterSeries>
#include <QToolTip>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::ethrex::BatchFlag;
using models::ethrex::BatchRow;

namespace {

constexpr QSize ImageSize{960, 480};
constexpr int Columns = 1000; ///< more points than twice this are thinned

} // namespace

ProvingTimeChart::ProvingTimeChart(QWidget *parent)
    : QChartView(parent)
    , m_emptyText(tr("No proving times yet: each proved batch adds a point"))
    , m_x(new QValueAxis(this))
    , m_y(new QValueAxis(this))
    , m_median(new QLineSeries(this))
    , m_joins(new QGraphicsPathItem(chart()))
    , m_medianLabel(new QGraphicsSimpleTextItem(chart()))
{
    setObjectName(u"provingTimeChart"_s);
    setAccessibleName(tr("Proving time of each batch"));
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setMinimumHeight(160);
    chart()->addAxis(m_x, Qt::AlignBottom);
    chart()->addAxis(m_y, Qt::AlignLeft);
    chart()->addSeries(m_median);
    m_median->attachAxis(m_x);
    m_median->attachAxis(m_y);
    m_x->setTitleText(tr("Batch"));
    m_joins->setZValue(5);
    connect(chart(), &QChart::plotAreaChanged, this, &ProvingTimeChart::placeMarks);
    rebuild();
}

ProvingTimeChart::~ProvingTimeChart() = default;

void ProvingTimeChart::setRows(const QList<BatchRow> &rows)
{
    m_rows = rows;
    collectPoints();
    rebuild();
}

void ProvingTimeChart::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

ProvingTimeChart::Kind ProvingTimeChart::kindOf(const BatchRow &row)
{
    if (row.flags.testFlag(BatchFlag::Empty)) {
        return Kind::Empty;
    }
    if (row.flags.testFlag(BatchFlag::WarmUp)) {
        return Kind::WarmUp;
    }
    if (row.flags.testFlag(BatchFlag::Outlier)) {
        return Kind::Outlier;
    }
    return row.counts() ? Kind::Counted : Kind::NotCounted;
}

QString ProvingTimeChart::kindName(Kind kind) const
{
    switch (kind) {
    case Kind::Counted:
        return tr("counted");
    case Kind::Empty:
        return tr("empty");
    case Kind::WarmUp:
        return tr("warm-up");
    case Kind::Outlier:
        return tr("outlier");
    case Kind::NotCounted:
        return tr("not counted");
    case Kind::Again:
        break;
    }
    return tr("proved again");
}

void ProvingTimeChart::collectPoints()
{
    m_points.clear();
    qint64 longest = 0;
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        const BatchRow &row = m_rows.at(i);
        if (!row.timeMs) {
            continue;
        }
        m_points.append({row.batch, *row.timeMs, i, kindOf(row)});
        longest = std::max(longest, *row.timeMs);
        for (qsizetype again = 1;
             row.flags.testFlag(BatchFlag::Repeat) && again < row.allTimesMs.size(); ++again) {
            m_points.append({row.batch, row.allTimesMs.at(again), i, Kind::Again});
            longest = std::max(longest, row.allTimesMs.at(again));
        }
    }
    std::stable_sort(m_points.begin(), m_points.end(),
                     [](const Point &a, const Point &b) { return a.batch < b.batch; });
    m_medianMs = models::ethrex::summariseCounted(m_rows).medianMs;
    m_unit = longest > 600'000 ? Unit::Minutes
        : longest < 2'000      ? Unit::Milliseconds
                               : Unit::Seconds;
}

void ProvingTimeChart::rebuild()
{
    m_theme = m_print ? printTheme() : chartThemeFor(palette());
    for (QAbstractSeries *series : chart()->series()) {
        if (series != m_median) {
            chart()->removeSeries(series);
            delete series;
        }
    }
    m_shown.clear();
    for (int kind = 0; kind < Kinds; ++kind) {
        addSeries(Kind(kind));
    }
    updateAxes();
    m_median->setPen(QPen(m_theme.text, 1.2, Qt::DashLine));
    m_joins->setPen(QPen(m_theme.orange, 1));
    m_medianLabel->setBrush(m_theme.text);
    applyChartTheme(*chart(), m_theme);
    // "median" above its value, beside the plot so that it covers no point.
    m_medianLabel->setVisible(m_medianMs.has_value());
    m_medianLabel->setFont(chart()->font());
    m_medianLabel->setText(medianText().replace(medianText().indexOf(u' '), 1, u'\n'));
    if (m_medianMs) {
        QMargins margins = chart()->margins();
        margins.setRight(int(m_medianLabel->boundingRect().width()) + 12);
        chart()->setMargins(margins);
    }
    chart()->legend()->setVisible(!isEmpty());
    const auto markers = chart()->legend()->markers(m_median);
    for (QLegendMarker *marker : markers) {
        marker->setVisible(false);
    }
    setBackgroundBrush(m_theme.background);
    setAccessibleDescription(isEmpty() ? m_emptyText : medianText());
    placeMarks();
    viewport()->update();
}

void ProvingTimeChart::addSeries(Kind kind)
{
    QList<QPointF> values;
    QList<Point> points;
    for (const Point &point : std::as_const(m_points)) {
        if (point.kind == kind) {
            points.append(point);
            values.append({double(point.batch), inUnit(point.timeMs)});
        }
    }
    if (points.isEmpty()) {
        return;
    }
    QList<QPointF> kept;
    const QList<qsizetype> indices = thinned(values, Columns);
    for (const qsizetype i : indices) {
        kept.append(values.at(i));
        m_shown.append(points.at(i));
    }
    const bool isHollow = kind == Kind::Empty || kind == Kind::WarmUp || kind == Kind::NotCounted;
    const QColor colour = kind == Kind::Counted ? m_theme.blue
        : kind == Kind::WarmUp                  ? m_theme.blue
        : kind == Kind::Outlier                 ? m_theme.vermillion
        : kind == Kind::Again                   ? m_theme.orange
                                                : m_theme.grey;
    using Marker = QScatterSeries::MarkerShape;
    const Marker shape = kind == Kind::Empty              ? Marker::MarkerShapeRectangle
        : kind == Kind::Outlier                           ? Marker::MarkerShapeTriangle
        : kind == Kind::Again || kind == Kind::NotCounted ? Marker::MarkerShapeRotatedRectangle
                                                          : Marker::MarkerShapeCircle;
    auto *series = new QScatterSeries(this);
    series->setName(kindName(kind));
    series->setMarkerShape(shape);
    series->setMarkerSize(kept.size() > 400                                  ? 4
                              : kind == Kind::Outlier || kind == Kind::Again ? 11
                                                                             : 9);
    series->setBrush(isHollow ? m_theme.background : colour);
    const bool isCrowded = kept.size() > 400;
    series->setPen(isHollow        ? QPen(colour, 1.6)
                       : isCrowded ? QPen(Qt::NoPen)
                                   : QPen(m_theme.background, 0.8));
    series->replace(kept);
    chart()->addSeries(series);
    series->attachAxis(m_x);
    series->attachAxis(m_y);
}

double ProvingTimeChart::inUnit(qint64 milliseconds) const
{
    const double value = double(milliseconds);
    return m_unit == Unit::Milliseconds ? value
        : m_unit == Unit::Seconds       ? value / 1000
                                        : value / 60'000;
}

QString ProvingTimeChart::unitName() const
{
    return m_unit == Unit::Milliseconds ? tr("ms") : m_unit == Unit::Seconds ? tr("s") : tr("min");
}

QString ProvingTimeChart::valueText(qint64 milliseconds) const
{
    return QString::number(inUnit(milliseconds), 'f', m_unit == Unit::Milliseconds ? 0 : 2) + u' '
        + unitName();
}

QString ProvingTimeChart::medianText() const
{
    return m_medianMs ? tr("median %1").arg(valueText(*m_medianMs)) : QString();
}

QStringList ProvingTimeChart::legendTexts() const
{
    QStringList texts;
    const auto markers = chart()->legend()->markers();
    for (QLegendMarker *marker : markers) {
        if (!isEmpty() && marker->series() != m_median) {
            texts << marker->label();
        }
    }
    return texts;
}

void ProvingTimeChart::updateAxes()
{
    m_x->setVisible(!isEmpty());
    m_y->setVisible(!isEmpty());
    m_median->clear();
    if (isEmpty()) {
        return;
    }
    const auto first = double(m_points.first().batch);
    const auto last = double(m_points.last().batch);
    const double pad = std::max(0.5, (last - first) * 0.015);
    const int places = std::clamp(int(chart()->size().width() / 80), 2, 12);
    setTicks(*m_x, first - pad, last + pad, std::max(1.0, niceStep(last - first, places)));
    double highest = 0;
    for (const Point &point : std::as_const(m_points)) {
        highest = std::max(highest, inUnit(point.timeMs));
    }
    const double smallest = m_unit == Unit::Milliseconds ? 1 : 0.01;
    highest = std::max(highest * 1.06, smallest);
    const double step = niceStep(highest, std::clamp(int(chart()->size().height() / 60), 2, 6));
    setTicks(*m_y, 0, std::ceil(highest / step) * step, step);
    m_y->setTitleText(tr("Proving time (%1)").arg(unitName()));
    if (m_medianMs) {
        m_median->replace({{first - pad, inUnit(*m_medianMs)}, {last + pad, inUnit(*m_medianMs)}});
    }
}

/// The label of the median and the lines between the times of one batch, where the axes are now.
void ProvingTimeChart::placeMarks()
{
    const QRectF plot = chart()->plotArea();
    if (m_medianMs) {
        const qreal height = m_medianLabel->boundingRect().height();
        const qreal y
            = chart()->mapToPosition({m_x->max(), inUnit(*m_medianMs)}, m_median).y() - height / 2;
        m_medianLabel->setPos(plot.right() + 6,
                              std::clamp(y, 0.0, std::max(0.0, plot.bottom() - height)));
    }
    QPainterPath joins;
    for (const Point &point : std::as_const(m_shown)) {
        if (point.kind == Kind::Again) {
            const qint64 firstMs = m_rows.at(point.row).timeMs.value_or(0);
            joins.moveTo(chart()->mapToPosition({double(point.batch), inUnit(firstMs)}, m_median));
            joins.lineTo(
                chart()->mapToPosition({double(point.batch), inUnit(point.timeMs)}, m_median));
        }
    }
    m_joins->setPath(joins);
}

QString ProvingTimeChart::rowText(const BatchRow &row, qint64 timeMs) const
{
    QStringList lines{tr("Batch %1").arg(row.batch), valueText(timeMs)};
    if (timeMs != row.timeMs) {
        lines.last() += tr(" (proved again; first %1)").arg(valueText(row.timeMs.value_or(0)));
    }
    const auto known = [](const std::optional<quint64> &value) {
        return value ? models::report::groupedText(*value) : u"–"_s;
    };
    lines << tr("%1 gas, %2 transactions").arg(known(row.facts.gasUsed), known(row.facts.txCount));
    if (const QStringList words = flagWords(row.flags); !words.isEmpty()) {
        lines << words.join(u", ") + (row.counts() ? QString() : tr(" – not counted"));
    }
    return lines.join(u'\n');
}

QString ProvingTimeChart::tipAt(const QPointF &place) const
{
    constexpr double Near = 12;
    const QPointF inChart = chart()->mapFromScene(mapToScene(place.toPoint()));
    double best = Near * Near;
    const Point *nearest = nullptr;
    for (const Point &point : m_shown) {
        const QPointF away
            = chart()->mapToPosition({double(point.batch), inUnit(point.timeMs)}, m_median)
            - inChart;
        const double distance = QPointF::dotProduct(away, away);
        if (distance < best) {
            best = distance;
            nearest = &point;
        }
    }
    return nearest != nullptr ? rowText(m_rows.at(nearest->row), nearest->timeMs) : QString();
}

void ProvingTimeChart::mouseMoveEvent(QMouseEvent *event)
{
    const QString tip = tipAt(event->position());
    if (tip.isEmpty()) {
        QToolTip::hideText();
    } else {
        QToolTip::showText(event->globalPosition().toPoint() + QPoint(4, 4), tip, this);
    }
    QChartView::mouseMoveEvent(event);
}

void ProvingTimeChart::leaveEvent(QEvent *event)
{
    QToolTip::hideText();
    QChartView::leaveEvent(event);
}

void ProvingTimeChart::paintEvent(QPaintEvent *event)
{
    QChartView::paintEvent(event);
    if (isEmpty()) {
        QPainter painter(viewport());
        painter.setPen(m_theme.muted);
        painter.drawText(viewport()->rect().adjusted(16, 16, -16, -16),
                         Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
    }
}

void ProvingTimeChart::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    updateAxes();
    placeMarks();
}

void ProvingTimeChart::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        rebuild();
    }
}

void ProvingTimeChart::paintInto(QPainter &painter, const QSize &size)
{
    chart()->resize(size);
    rebuild();
    paintChart(painter, *chart(), QRectF(QPointF(0, 0), size));
    if (isEmpty()) {
        painter.setPen(m_theme.muted);
        painter.drawText(QRect(QPoint(0, 0), size), Qt::AlignCenter, m_emptyText);
    }
}

QByteArray ProvingTimeChart::toPng() const
{
    ProvingTimeChart copy;
    copy.m_print = true;
    copy.setEmptyText(m_emptyText);
    copy.setRows(m_rows);
    return pngImage(ImageSize, [&copy](QPainter &painter) { copy.paintInto(painter, ImageSize); });
}

QByteArray ProvingTimeChart::toSvg() const
{
    ProvingTimeChart copy;
    copy.m_print = true;
    copy.setEmptyText(m_emptyText);
    copy.setRows(m_rows);
    return svgImage(ImageSize, accessibleName(),
                    [&copy](QPainter &painter) { copy.paintInto(painter, ImageSize); });
}

QString ProvingTimeChart::saveImage(const QString &path) const
{
    const bool isSvg = path.endsWith(u".svg"_s, Qt::CaseInsensitive);
    return models::report::writeWholeFile(path, isSvg ? toSvg() : toPng(), true);
}

} // namespace proverdeck::ui
