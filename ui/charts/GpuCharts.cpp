// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/GpuCharts.h"

#include "ui/charts/GpuChart.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <chrono>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr QSize ChartSize{480, 230}; ///< of each chart in an image
constexpr int LineHeight = 22;
constexpr int RefreshMs = 1000;

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

QString nameOf(const GpuHistory::Gpu &gpu)
{
    return GpuCharts::tr("GPU %1  %2").arg(QString::number(gpu.index), gpu.latest.name).trimmed();
}

} // namespace

GpuCharts::GpuCharts(QWidget *parent)
    : QWidget(parent)
    , m_empty(new QLabel(tr("No GPU samples"), this))
    , m_content(new QWidget(this))
    , m_legendLayout(new QGridLayout)
{
    setObjectName(u"gpuCharts"_s);
    setAccessibleName(tr("GPU load, memory, power and temperature"));
    m_empty->setObjectName(u"gpuEmpty"_s);
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setForegroundRole(QPalette::PlaceholderText);

    auto *grid = new QGridLayout;
    grid->setSpacing(8);
    for (int i = 0; i < GpuMeasures; ++i) {
        auto *view = new GpuChart(GpuMeasure(i), m_content);
        grid->addWidget(view, i / 2, i % 2);
        m_charts.append(view);
    }
    m_legendLayout->setContentsMargins(6, 4, 6, 0);
    m_legendLayout->setHorizontalSpacing(10);
    m_legendLayout->setVerticalSpacing(2);
    m_legendLayout->setColumnStretch(2, 1);
    auto *content = new QVBoxLayout(m_content);
    content->setContentsMargins(0, 0, 0, 0);
    content->addLayout(m_legendLayout);
    content->addLayout(grid, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_content, 1);
    m_content->hide();

    m_refresh.setSingleShot(true);
    connect(&m_refresh, &QTimer::timeout, this, &GpuCharts::refresh);
}

void GpuCharts::addSamples(const QList<models::series::GpuSample> &samples)
{
    for (const models::series::GpuSample &sample : samples) {
        m_history.add(sample);
    }
    if (!isVisible() || m_refresh.isActive()) {
        return;
    }
    const bool isFirst = m_content->isHidden();
    const qint64 waited
        = isFirst || !m_sinceRefresh.isValid() ? RefreshMs : m_sinceRefresh.elapsed();
    m_refresh.start(int(std::clamp<qint64>(RefreshMs - waited, 0, RefreshMs)));
}

void GpuCharts::clear()
{
    m_history.clear();
    refresh();
}

void GpuCharts::setEmptyText(const QString &text)
{
    m_empty->setText(text);
}

void GpuCharts::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

void GpuCharts::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        refreshLegends();
    }
}

void GpuCharts::refresh()
{
    m_sinceRefresh.start();
    m_empty->setVisible(m_history.isEmpty());
    m_content->setVisible(!m_history.isEmpty());
    refreshLegends();
    if (m_history.isEmpty()) {
        return;
    }
    for (GpuChart *view : std::as_const(m_charts)) {
        view->setHistory(m_history);
    }
}

void GpuCharts::refreshLegends()
{
    const auto &gpus = m_history.gpus();
    while (m_legends.size() < qsizetype(gpus.size())) {
        const int row = int(m_legends.size());
        const Legend legend{new QLabel(m_content), new QLabel(m_content), new QLabel(m_content)};
        legend.name->setTextFormat(Qt::PlainText);
        legend.values->setTextFormat(Qt::PlainText);
        legend.values->setTextInteractionFlags(Qt::TextSelectableByMouse);
        legend.values->setObjectName(u"gpuValues%1"_s.arg(row));
        QFont bold = legend.name->font();
        bold.setBold(true);
        legend.name->setFont(bold);
        m_legendLayout->addWidget(legend.line, row, 0);
        m_legendLayout->addWidget(legend.name, row, 1);
        m_legendLayout->addWidget(legend.values, row, 2);
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
            const GpuHistory::Gpu &gpu = gpus[size_t(i)];
            legend.line->setPixmap(linePixmap(chartPen(i, theme), devicePixelRatioF()));
            legend.name->setText(nameOf(gpu));
            legend.values->setText(gpuValuesText(gpu.latest));
        }
    }
}

void GpuCharts::paintInto(QPainter &painter) const
{
    const ChartTheme theme = printTheme();
    const auto &gpus = m_history.gpus();
    int y = 8;
    for (size_t i = 0; i < gpus.size(); ++i) {
        QPen pen = chartPen(int(i), theme);
        pen.setWidthF(2.2);
        painter.setPen(pen);
        painter.drawLine(QPointF(12, y + LineHeight / 2.0), QPointF(42, y + LineHeight / 2.0));
        painter.setPen(theme.text);
        painter.drawText(QRect(52, y, 2 * ChartSize.width() - 60, LineHeight),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         nameOf(gpus[i]) + u":  "_s + gpuValuesText(gpus[i].latest));
        y += LineHeight;
    }
    if (gpus.empty()) {
        painter.setPen(theme.muted);
        painter.drawText(QRect(0, 0, 2 * ChartSize.width(), 2 * ChartSize.height()),
                         Qt::AlignCenter, m_empty->text());
        return;
    }
    for (int i = 0; i < GpuMeasures; ++i) {
        GpuChart copy{GpuMeasure(i)};
        copy.usePrintTheme();
        copy.setHistory(m_history);
        const QPoint corner(i % 2 * ChartSize.width(), y + 4 + i / 2 * ChartSize.height());
        copy.paintInto(painter, QRectF(corner, ChartSize));
    }
}

QByteArray GpuCharts::toPng() const
{
    const QSize size(2 * ChartSize.width(),
                     2 * ChartSize.height() + LineHeight * int(m_history.gpus().size()) + 16);
    return pngImage(size, [this](QPainter &painter) { paintInto(painter); });
}

QByteArray GpuCharts::toSvg() const
{
    const QSize size(2 * ChartSize.width(),
                     2 * ChartSize.height() + LineHeight * int(m_history.gpus().size()) + 16);
    return svgImage(size, accessibleName(), [this](QPainter &painter) { paintInto(painter); });
}

} // namespace proverdeck::ui
