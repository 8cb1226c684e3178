// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/TimeChart.h"

#include "ui/charts/ChartOverlay.h"
#include "ui/charts/ChartTable.h"

#include <QChart>
#include <QEvent>
#include <QGraphicsScene>
#include <QLegend>
#include <QLocale>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr QSize ImageSize{960, 360};

} // namespace

TimeChart::TimeChart(QString title, QString unit, int decimals, ChartLink &link, QWidget *parent)
    : QChartView(parent)
    , m_title(std::move(title))
    , m_unit(std::move(unit))
    , m_decimals(decimals)
    , m_link(link)
    , m_value(new QValueAxis(this))
    , m_item(new SeriesItem(chart()))
    , m_overlay(new ChartOverlay(*this, true, chart()))
    , m_below(new ChartOverlay(*this, false, chart()))
{
    setAccessibleName(m_title);
    setFrameShape(QFrame::NoFrame);
    setMinimumSize(220, 130);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    chart()->legend()->hide();
    chart()->addAxis(m_value, Qt::AlignLeft);
    connect(&m_link, &ChartLink::viewChanged, this, &TimeChart::onViewChanged);
    connect(&m_link, &ChartLink::cursorChanged, this, &TimeChart::onCursorChanged);
    connect(&m_link, &ChartLink::markersChanged, this, [this] { m_overlay->update(); });
    connect(chart(), &QChart::plotAreaChanged, this, &TimeChart::layOut);
    restyle();
    onViewChanged();
}

TimeChart::~TimeChart() = default;

void TimeChart::setSeries(const QList<ChartSeries> &series)
{
    m_item->setSeries(series);
    updateValueAxis();
    m_overlay->update();
    describe();
    updateTable();
}

void TimeChart::setThresholds(const QList<ChartThreshold> &thresholds)
{
    if (thresholds != m_thresholds) {
        m_thresholds = thresholds;
        m_overlay->update();
    }
}

void TimeChart::setTop(std::optional<double> top)
{
    m_top = top;
    updateValueAxis();
}

void TimeChart::setLegendVisible(bool visible)
{
    m_legendVisible = visible;
    m_overlay->update();
}

QString TimeChart::valueText(std::optional<double> value) const
{
    const QString number = value ? QLocale().toString(*value, 'f', m_decimals) : u"–"_s;
    return m_unit.isEmpty() ? number : number + u' ' + m_unit;
}

std::optional<double> TimeChart::valueNow(const ChartSeries &series) const
{
    if (m_print || !m_link.cursor()) {
        const auto last = series.view.last(series.column);
        return last ? std::optional(double(*last) * series.scale) : std::nullopt;
    }
    // Nothing is nearer than what a pixel shows, nor farther than what a pause is.
    const double perPixel
        = double(m_link.view().span()) / std::max(1.0, chart()->plotArea().width());
    const auto near
        = series.view.nearest(*m_link.cursor(), series.view.gapAfter(3000) / 2 + qint64(perPixel));
    if (!near) {
        return std::nullopt;
    }
    const float value = series.view.valueAt(series.column, *near);
    return std::isnan(value) ? std::nullopt : std::optional(double(value) * series.scale);
}

qreal TimeChart::xOf(qint64 at) const
{
    const QRectF area = chart()->plotArea();
    const TimeRange view = m_link.view();
    return area.left()
        + double(at - view.from) / double(std::max<qint64>(1, view.span())) * area.width();
}

qint64 TimeChart::timeAt(qreal x) const
{
    const QRectF area = chart()->plotArea();
    const TimeRange view = m_link.view();
    return view.from
        + std::llround((x - area.left()) / std::max(1.0, area.width()) * double(view.span()));
}

std::pair<double, double> TimeChart::valueRange() const
{
    return {m_value->min(), m_value->max()};
}

qreal TimeChart::yOf(double value) const
{
    const QRectF area = chart()->plotArea();
    return area.bottom()
        - (value - m_value->min()) / (m_value->max() - m_value->min()) * area.height();
}

void TimeChart::layOut()
{
    const QRectF whole(QPointF(0, 0), chart()->size());
    m_item->setArea(chart()->plotArea());
    m_overlay->setRect(whole);
    m_below->setRect(whole);
}

void TimeChart::onViewChanged()
{
    updateValueAxis();
    m_below->update();
    m_overlay->update();
    updateTable();
}

void TimeChart::onCursorChanged()
{
    m_overlay->update();
}

/// From 0 (or below, if values are) to a round number above what is shown.
void TimeChart::updateValueAxis()
{
    const TimeRange view = m_link.view();
    double low = 0;
    double high = m_top.value_or(0);
    for (const ChartSeries &series : m_item->series()) {
        const models::series::Extent all = series.view.extent(
            series.column, series.view.lowerBound(view.from), series.view.lowerBound(view.to + 1));
        if (!all.isEmpty()) {
            low = std::min(low, double(all.low) * series.scale);
            high = std::max(high, double(all.high) * series.scale);
        }
    }
    const int ticks = std::clamp(int(chart()->plotArea().height() / 45), 2, 6);
    if (m_boxed) {
        std::tie(low, high) = *m_boxed;
        setTicks(*m_value, low, high, niceStep(high - low, ticks));
    } else {
        high = high > low ? high : low + 1;
        const double step = niceStep(high - low, ticks);
        if (!m_top || high > *m_top) {
            high = std::ceil(high / step) * step;
        }
        setTicks(*m_value, std::floor(low / step) * step, high, step);
    }
    m_item->setRange(view, m_value->min(), m_value->max());
}

void TimeChart::restyle()
{
    m_theme = m_print ? printTheme() : chartThemeFor(palette());
    applyChartTheme(*chart(), m_theme);
    setBackgroundBrush(m_theme.background);
    const QFontMetrics metrics(font());
    // Room for the head above, and for the times below, which this chart writes itself.
    chart()->setMargins({4, metrics.height() + 6, 10, metrics.height()});
    m_value->setLabelsFont(font());
    m_item->setTheme(m_theme);
    m_overlay->update();
    m_below->update();
}

/// In words, for those who do not see it.
void TimeChart::describe()
{
    QStringList parts;
    for (const ChartSeries &series : m_item->series()) {
        const auto last = series.view.last(series.column);
        const QString value
            = valueText(last ? std::optional(double(*last) * series.scale) : std::nullopt);
        parts << (series.name.isEmpty() ? value : series.name + u' ' + value);
    }
    setAccessibleDescription(parts.join(u", "_s));
}

void TimeChart::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    layOut();
    updateValueAxis();
}

void TimeChart::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        restyle();
    }
}

void TimeChart::usePrintTheme()
{
    m_print = true;
    m_item->setVector(true);
    restyle();
}

void TimeChart::paintInto(QPainter &painter, const QRectF &target)
{
    chart()->resize(target.size());
    layOut();
    updateValueAxis();
    paintChart(painter, *chart(), target);
}

std::unique_ptr<TimeChart> TimeChart::printCopy(ChartLink &link) const
{
    auto copy = std::make_unique<TimeChart>(m_title, m_unit, m_decimals, link);
    copy->usePrintTheme();
    copy->m_top = m_top;
    copy->m_boxed = m_boxed;
    copy->m_thresholds = m_thresholds;
    copy->m_legendVisible = m_legendVisible;
    copy->m_item->setHovered(m_item->hovered());
    copy->setSeries(series());
    return copy;
}

QByteArray TimeChart::toPng() const
{
    const auto copy = printCopy(m_link);
    return pngImage(ImageSize, [&copy](QPainter &painter) {
        copy->paintInto(painter, QRectF(QPointF(0, 0), ImageSize));
    });
}

QByteArray TimeChart::toSvg() const
{
    const auto copy = printCopy(m_link);
    return svgImage(ImageSize, m_title, [&copy](QPainter &painter) {
        copy->paintInto(painter, QRectF(QPointF(0, 0), ImageSize));
    });
}

QByteArray TimeChart::toCsv() const
{
    return chartCsv(chartRows(series(), m_unit, m_link.view()));
}

} // namespace proverdeck::ui
