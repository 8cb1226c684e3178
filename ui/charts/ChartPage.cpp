// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartPage.h"

#include "ui/charts/ChartBar.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr QSize ChartSize{480, 230}; ///< of each chart in an image
constexpr int RefreshMs = 1000;
constexpr int Columns = 2;
constexpr int MostColumns = 3; ///< on a low page

} // namespace

ChartPage::ChartPage(ChartLink *link, const QString &emptyText, QWidget *parent)
    : QWidget(parent)
    , m_link(link ? *link : *new ChartLink(this))
    , m_empty(new QLabel(emptyText, this))
    , m_content(new QWidget(this))
    , m_head(new QVBoxLayout)
    , m_grid(new QGridLayout)
    , m_bar(new ChartBar(m_link, m_content))
{
    m_empty->setObjectName(u"chartsEmpty"_s);
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_grid->setSpacing(8);
    auto *content = new QVBoxLayout(m_content);
    content->setContentsMargins(0, 0, 0, 0);
    content->setSpacing(4);
    content->addWidget(m_bar);
    content->addLayout(m_head);
    content->addLayout(m_grid, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_content, 1);
    m_content->hide();
    m_refresh.setSingleShot(true);
    connect(&m_refresh, &QTimer::timeout, this, &ChartPage::refresh);
}

TimeChart *ChartPage::addChart(const QString &name, const QString &title, const QString &unit,
                               int decimals)
{
    auto *chart = new TimeChart(title, unit, decimals, m_link, m_content);
    chart->setObjectName(name);
    m_charts.append(chart);
    return chart;
}

/// The last one takes what is left of its row.
void ChartPage::arrange(int columns)
{
    if (columns == m_columns || m_charts.isEmpty()) {
        return;
    }
    m_columns = columns;
    for (TimeChart *chart : std::as_const(m_charts)) {
        m_grid->removeWidget(chart);
    }
    for (int i = 0; i < m_charts.size(); ++i) {
        const bool isLast = i + 1 == m_charts.size();
        m_grid->addWidget(m_charts.at(i), i / columns, i % columns, 1,
                          isLast ? columns - i % columns : 1);
    }
    for (int column = 0; column <= MostColumns; ++column) {
        m_grid->setColumnStretch(column, column < columns ? 1 : 0);
    }
}

/// Lower charts than these are hard to read: rather more of them in a row.
void ChartPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    static constexpr int LowChart = 150;
    static constexpr int Head = 60;
    const int rows = (int(m_charts.size()) + Columns - 1) / Columns;
    arrange(height() - Head < rows * LowChart && rows > 2 ? MostColumns : Columns);
}

void ChartPage::setEmptyText(const QString &text)
{
    m_empty->setText(text);
}

void ChartPage::setLiveVisible(bool visible)
{
    static_cast<ChartBar *>(m_bar)->setLiveVisible(visible);
}

void ChartPage::scheduleRefresh()
{
    if (!isVisible() || m_refresh.isActive()) {
        return;
    }
    const bool isFirst = m_content->isHidden();
    const qint64 waited
        = isFirst || !m_sinceRefresh.isValid() ? RefreshMs : m_sinceRefresh.elapsed();
    m_refresh.start(int(std::clamp<qint64>(RefreshMs - waited, 0, RefreshMs)));
}

void ChartPage::refresh()
{
    m_sinceRefresh.start();
    m_empty->setVisible(!hasData());
    m_content->setVisible(hasData());
    refreshHead();
    m_link.setExtent(this, extent());
    for (int i = 0; i < m_charts.size(); ++i) {
        fillChart(*m_charts.at(i), i);
    }
}

void ChartPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    arrange(m_columns > 0 ? m_columns : Columns);
    refresh();
}

void ChartPage::paintPrintHead(QPainter &, int) const { }

QSize ChartPage::imageSize() const
{
    const int rows = (int(m_charts.size()) + Columns - 1) / Columns;
    return {Columns * ChartSize.width(), rows * ChartSize.height() + printHeadHeight() + 16};
}

void ChartPage::paintInto(QPainter &painter) const
{
    if (!hasData()) {
        painter.setPen(printTheme().muted);
        painter.drawText(QRect(QPoint(0, 0), imageSize()), Qt::AlignCenter, m_empty->text());
        return;
    }
    painter.save();
    painter.translate(0, 8);
    paintPrintHead(painter, imageSize().width());
    painter.restore();
    // A page that was never shown has chosen no time yet: all of it.
    ChartLink whole;
    whole.setExtent(this, extent());
    whole.setMarkers(m_link.markers());
    const bool isShown = !m_link.view().isEmpty();
    for (int i = 0; i < m_charts.size(); ++i) {
        const auto copy = m_charts.at(i)->printCopy(isShown ? m_link : whole);
        fillChart(*copy, i);
        const QPoint corner(i % Columns * ChartSize.width(),
                            printHeadHeight() + 12 + i / Columns * ChartSize.height());
        const bool isAlone = i % Columns == 0 && i + 1 == m_charts.size();
        const QSize size(ChartSize.width() * (isAlone ? Columns : 1), ChartSize.height());
        copy->paintInto(painter, QRectF(corner, size));
    }
}

QByteArray ChartPage::toPng() const
{
    return pngImage(imageSize(), [this](QPainter &painter) { paintInto(painter); });
}

QByteArray ChartPage::toSvg() const
{
    return svgImage(imageSize(), accessibleName(),
                    [this](QPainter &painter) { paintInto(painter); });
}

} // namespace proverdeck::ui
