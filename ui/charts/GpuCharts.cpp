// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/GpuCharts.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::series::GpuQuantities;
using models::series::GpuQuantity;
using models::series::GpuSample;
using models::series::GpuSeries;

namespace {

constexpr int LineHeight = 22;
constexpr size_t FewGpus = 4; ///< more are told of in two columns, without their names
constexpr double GiBPerMiB = 1.0 / 1024;

/// A short piece of the line of a GPU, for the text that explains it.
QPixmap linePixmap(const QPen &pen, qreal scale)
{
    const QSize size(30, 12);
    QPixmap pixmap(size * scale);
    pixmap.setDevicePixelRatio(scale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    QPen thick(pen);
    thick.setWidthF(2.2);
    painter.setPen(thick);
    painter.drawLine(QPointF(1, 6), QPointF(29, 6));
    return pixmap;
}

QString nameOf(const GpuSeries::Gpu &gpu)
{
    return GpuCharts::tr("GPU %1  %2").arg(QString::number(gpu.index), gpu.latest.name).trimmed();
}

QString number(const std::optional<double> &value, int digits)
{
    return value ? QString::number(*value, 'f', digits) : u"–"_s;
}

std::optional<double> inGiB(const std::optional<double> &mib)
{
    return mib ? std::optional(*mib * GiBPerMiB) : std::nullopt;
}

struct Look
{
    const char *name;
    QString title;
    QString unit;
    int decimals;
};

Look lookOf(GpuQuantity quantity)
{
    switch (quantity) {
    case GpuQuantity::Load:
        return {"gpuLoadChart", GpuCharts::tr("Load"), u"%"_s, 0};
    case GpuQuantity::Memory:
        return {"gpuMemoryChart", GpuCharts::tr("Memory"), u"GiB"_s, 1};
    case GpuQuantity::Power:
        return {"gpuPowerChart", GpuCharts::tr("Power"), u"W"_s, 0};
    case GpuQuantity::Temperature:
        return {"gpuTemperatureChart", GpuCharts::tr("Temperature"), u"°C"_s, 0};
    case GpuQuantity::Clock:
        break;
    }
    return {"gpuClockChart", GpuCharts::tr("SM clock"), u"MHz"_s, 0};
}

/// What the card can do at most, if it says so.
std::optional<double> limitOf(const GpuSample &sample, GpuQuantity quantity)
{
    switch (quantity) {
    case GpuQuantity::Load:
    case GpuQuantity::Temperature:
        return 100;
    case GpuQuantity::Memory:
        return inGiB(sample.memoryTotalMiB);
    case GpuQuantity::Power:
        return sample.powerLimitW;
    case GpuQuantity::Clock:
        break;
    }
    return std::nullopt;
}

} // namespace

GpuCharts::GpuCharts(QWidget *parent)
    : GpuCharts(nullptr, parent)
{
}

GpuCharts::GpuCharts(ChartLink &link, QWidget *parent)
    : GpuCharts(&link, parent)
{
}

GpuCharts::GpuCharts(ChartLink *link, QWidget *parent)
    : ChartPage(link, tr("No GPU samples"), parent)
    , m_legendLayout(new QGridLayout)
{
    setObjectName(u"gpuCharts"_s);
    setAccessibleName(tr("GPU load, memory, power, temperature and clock"));
    for (std::size_t i = 0; i < GpuQuantities; ++i) {
        const Look look = lookOf(GpuQuantity(i));
        addChart(QString::fromLatin1(look.name), look.title, look.unit, look.decimals)
            ->setLegendVisible(false);
    }
    m_legendLayout->setContentsMargins(6, 0, 6, 0);
    m_legendLayout->setHorizontalSpacing(10);
    m_legendLayout->setVerticalSpacing(2);
    m_legendLayout->setColumnStretch(2, 1);
    m_legendLayout->setColumnStretch(5, 1);
    headLayout()->addLayout(m_legendLayout);
    connect(&this->link(), &ChartLink::cursorChanged, this, [this] {
        if (isVisible()) {
            refreshHead();
        }
    });
}

QString GpuCharts::valuesAtCursor(int gpu) const
{
    QStringList values;
    for (const TimeChart *chart : charts()) {
        if (gpu < chart->series().size()) {
            values << chart->valueText(chart->valueNow(chart->series().at(gpu)));
        }
    }
    return values.join(u"  ·  "_s);
}

void GpuCharts::addSamples(const QList<GpuSample> &samples)
{
    m_series.add(samples);
    scheduleRefresh();
}

void GpuCharts::setPast(models::series::GpuSeries past)
{
    past.addLater(m_series);
    m_series = std::move(past);
    refresh();
}

void GpuCharts::clear()
{
    m_series.clear();
    refresh();
}

TimeRange GpuCharts::extent() const
{
    return {m_series.firstTime(), m_series.lastTime()};
}

void GpuCharts::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        refreshHead();
    }
}

void GpuCharts::fillChart(TimeChart &chart, int index) const
{
    const auto quantity = GpuQuantity(index);
    QList<ChartSeries> all;
    double top = 0;
    std::optional<double> lowestPowerLimit;
    for (const GpuSeries::Gpu &gpu : m_series.gpus()) {
        all << ChartSeries{tr("GPU %1").arg(gpu.index), gpu.store->view(), std::size_t(quantity),
                           quantity == GpuQuantity::Memory ? GiBPerMiB : 1, int(all.size())};
        const auto limit = limitOf(gpu.latest, quantity);
        top = std::max(top, limit.value_or(0));
        if (quantity == GpuQuantity::Power && limit) {
            lowestPowerLimit = std::min(*limit, lowestPowerLimit.value_or(*limit));
        }
    }
    chart.setTop(top > 0 ? std::optional(top) : std::nullopt);
    if (lowestPowerLimit) {
        chart.setThresholds({{*lowestPowerLimit,
                              tr("limit %1 W").arg(QString::number(*lowestPowerLimit, 'f', 0))}});
    }
    chart.setSeries(all);
}

void GpuCharts::refreshHead()
{
    const auto &gpus = m_series.gpus();
    if (m_legends.size() <= qsizetype(FewGpus) && gpus.size() > FewGpus) {
        for (const Legend &legend : std::as_const(m_legends)) { // to be placed in two columns
            delete legend.line;
            delete legend.name;
            delete legend.values;
        }
        m_legends.clear();
    }
    const int columns = gpus.size() > FewGpus ? 2 : 1;
    while (m_legends.size() < qsizetype(gpus.size())) {
        const int row = int(m_legends.size());
        const Legend legend{new QLabel(content()), new QLabel(content()), new QLabel(content())};
        legend.name->setTextFormat(Qt::PlainText);
        legend.values->setTextFormat(Qt::PlainText);
        legend.values->setTextInteractionFlags(Qt::TextSelectableByMouse);
        legend.values->setObjectName(u"gpuValues%1"_s.arg(row));
        QFont bold = legend.name->font();
        bold.setBold(true);
        legend.name->setFont(bold);
        const int column = 3 * (row % columns);
        m_legendLayout->addWidget(legend.line, row / columns, column);
        m_legendLayout->addWidget(legend.name, row / columns, column + 1);
        m_legendLayout->addWidget(legend.values, row / columns, column + 2);
        m_legends.append(legend);
    }
    const ChartTheme theme = chartThemeFor(palette());
    for (int i = 0; i < m_legends.size(); ++i) {
        const Legend &legend = m_legends.at(i);
        const bool isUsed = size_t(i) < gpus.size();
        legend.line->setVisible(isUsed);
        legend.name->setVisible(isUsed);
        legend.values->setVisible(isUsed);
        if (isUsed) {
            const GpuSeries::Gpu &gpu = gpus[size_t(i)];
            legend.line->setPixmap(linePixmap(chartPen(i, theme), devicePixelRatioF()));
            legend.name->setText(gpus.size() > FewGpus ? tr("GPU %1").arg(gpu.index) : nameOf(gpu));
            legend.name->setToolTip(gpu.latest.name);
            legend.values->setText(this->link().cursor() ? valuesAtCursor(i)
                                                         : gpuValuesText(gpu.latest));
        }
    }
}

int GpuCharts::printHeadHeight() const
{
    return LineHeight * int(m_series.gpus().size());
}

void GpuCharts::paintPrintHead(QPainter &painter, int width) const
{
    const ChartTheme theme = printTheme();
    const auto &gpus = m_series.gpus();
    int y = 0;
    for (size_t i = 0; i < gpus.size(); ++i, y += LineHeight) {
        QPen pen = chartPen(int(i), theme);
        pen.setWidthF(2.2);
        painter.setPen(pen);
        painter.drawLine(QPointF(12, y + LineHeight / 2.0), QPointF(42, y + LineHeight / 2.0));
        painter.setPen(theme.text);
        painter.drawText(QRect(52, y, width - 60, LineHeight), Qt::AlignLeft | Qt::AlignVCenter,
                         nameOf(gpus[i]) + u":  "_s + gpuValuesText(gpus[i].latest));
    }
}

QString gpuValuesText(const GpuSample &sample)
{
    if (!sample.trouble.isEmpty()) {
        return sample.trouble;
    }
    return GpuCharts::tr("%1 %  ·  %2 of %3 GiB  ·  %4 W  ·  %5 °C  ·  %6 MHz")
        .arg(number(sample.utilisation, 0), number(inGiB(sample.memoryUsedMiB), 1),
             number(inGiB(sample.memoryTotalMiB), 1), number(sample.powerW, 0),
             number(sample.temperatureC, 0), number(sample.smClockMHz, 0));
}

} // namespace proverdeck::ui
