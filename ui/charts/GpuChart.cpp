// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/GpuChart.h"

#include <QDateTimeAxis>
#include <QEvent>
#include <QGraphicsSimpleTextItem>
#include <QLegend>
#include <QLineSeries>
#include <QValueAxis>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

QString titleOf(GpuMeasure measure)
{
    switch (measure) {
    case GpuMeasure::Load:
        return GpuChart::tr("Load (%)");
    case GpuMeasure::Memory:
        return GpuChart::tr("Memory (GiB)");
    case GpuMeasure::Power:
        return GpuChart::tr("Power (W)");
    case GpuMeasure::Temperature:
        break;
    }
    return GpuChart::tr("Temperature (°C)");
}

QString objectNameOf(GpuMeasure measure)
{
    switch (measure) {
    case GpuMeasure::Load:
        return u"gpuLoadChart"_s;
    case GpuMeasure::Memory:
        return u"gpuMemoryChart"_s;
    case GpuMeasure::Power:
        return u"gpuPowerChart"_s;
    case GpuMeasure::Temperature:
        break;
    }
    return u"gpuTemperatureChart"_s;
}

constexpr qint64 Second = 1000;
constexpr qint64 Minute = 60 * Second;
constexpr qint64 Hour = 60 * Minute;
constexpr qint64 Day = 24 * Hour;

} // namespace

GpuChart::GpuChart(GpuMeasure measure, QWidget *parent)
    : QChartView(parent)
    , m_measure(measure)
    , m_time(new QDateTimeAxis(this))
    , m_value(new QValueAxis(this))
    , m_title(new QGraphicsSimpleTextItem(chart()))
{
    setObjectName(objectNameOf(measure));
    setAccessibleName(titleOf(measure));
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setMinimumSize(200, 130);
    m_title->setText(titleOf(measure));
    m_title->setPos(8, 5);
    chart()->legend()->hide();
    chart()->addAxis(m_time, Qt::AlignBottom);
    chart()->addAxis(m_value, Qt::AlignLeft);
    restyle();
}

void GpuChart::setHistory(const GpuHistory &history)
{
    const auto &gpus = history.gpus();
    while (m_lines.size() > qsizetype(gpus.size())) {
        delete m_lines.takeLast();
    }
    while (m_lines.size() < qsizetype(gpus.size())) {
        auto *line = new QLineSeries(this);
        chart()->addSeries(line);
        line->attachAxis(m_time);
        line->attachAxis(m_value);
        m_lines.append(line);
        restyle();
    }
    for (size_t i = 0; i < gpus.size(); ++i) {
        QLineSeries *line = m_lines.at(qsizetype(i));
        line->setName(tr("GPU %1").arg(gpus[i].index));
        line->replace(history.points(gpus[i], m_measure, MaxPoints));
    }
    const double top = history.top(m_measure);
    setTicks(*m_value, 0, top, niceStep(top, 4));
    setTimeRange(history.firstTime(), history.lastTime());
}

/// From one round time of day to another, with a few labels that do not run into each other.
void GpuChart::setTimeRange(qint64 from, qint64 to)
{
    constexpr std::array Steps{5 * Second,  15 * Second, 30 * Second, Minute,
                               2 * Minute,  5 * Minute,  10 * Minute, 20 * Minute,
                               30 * Minute, Hour,        2 * Hour,    3 * Hour,
                               6 * Hour,    12 * Hour,   Day,         2 * Day};
    const qint64 span = std::max(to - from, 10 * Second);
    const auto found
        = std::find_if(Steps.begin(), Steps.end(), [span](qint64 step) { return span / step < 4; });
    const qint64 step = found == Steps.end() ? Steps.back() : *found;
    const qint64 offset = QDateTime::fromMSecsSinceEpoch(from).offsetFromUtc() * Second;
    const qint64 first = (from + offset) / step * step - offset;
    const qint64 steps = std::max<qint64>(1, (to - first + step - 1) / step);
    m_time->setFormat(step < Minute          ? u"HH:mm:ss"_s
                          : step < 12 * Hour ? u"HH:mm"_s
                                             : u"d MMM HH:mm"_s);
    m_time->setRange(QDateTime::fromMSecsSinceEpoch(first),
                     QDateTime::fromMSecsSinceEpoch(first + steps * step));
    m_time->setTickCount(int(steps) + 1);
}

void GpuChart::restyle()
{
    const ChartTheme theme = m_print ? printTheme() : chartThemeFor(palette());
    applyChartTheme(*chart(), theme);
    for (int i = 0; i < m_lines.size(); ++i) {
        m_lines.at(i)->setPen(chartPen(i, theme));
    }
    setBackgroundBrush(theme.background);
    // QChart would centre its own title.
    QFont bold = chart()->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setBrush(theme.text);
    QMargins margins = chart()->margins();
    margins.setTop(int(m_title->boundingRect().height()) + 8);
    chart()->setMargins(margins);
}

void GpuChart::usePrintTheme()
{
    m_print = true;
    restyle();
}

void GpuChart::paintInto(QPainter &painter, const QRectF &target)
{
    paintChart(painter, *chart(), target);
}

void GpuChart::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        restyle();
    }
}

} // namespace proverdeck::ui
