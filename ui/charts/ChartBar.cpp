// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartBar.h"

#include "ui/charts/ChartLink.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QToolButton>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

ChartBar::ChartBar(ChartLink &link, QWidget *parent)
    : QWidget(parent)
    , m_link(link)
    , m_back(button(u"◀"_s, u"chartBack"_s, tr("Back to the view before (Alt+Left)")))
    , m_forward(button(u"▶"_s, u"chartForward"_s, tr("To the view after (Alt+Right)")))
    , m_all(button(tr("All"), u"chartAll"_s, tr("Show everything (Home, or a double click)")))
    , m_live(button(tr("Live"), u"chartLive"_s,
                    tr("Follow the newest samples (End); zooming or panning stops it")))
    , m_span(new QComboBox(this))
{
    setObjectName(u"chartBar"_s);
    m_live->setCheckable(true);
    m_span->setObjectName(u"chartSpan"_s);
    m_span->setAccessibleName(tr("How much of the newest to show"));
    m_span->setToolTip(m_span->accessibleName());
    const QList<std::pair<QString, qint64>> spans{
        {tr("since the start"), 0},        {tr("last 5 minutes"), 300'000},
        {tr("last hour"), 3'600'000},      {tr("last 6 hours"), 21'600'000},
        {tr("last 24 hours"), 86'400'000}, {tr("last 7 days"), 604'800'000}};
    for (const auto &[text, span] : spans) {
        m_span->addItem(text, span);
    }
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(6, 2, 6, 2);
    row->setSpacing(4);
    row->addWidget(m_back);
    row->addWidget(m_forward);
    row->addWidget(m_all);
    row->addStretch();
    row->addWidget(m_span);
    row->addWidget(m_live);
    connect(m_back, &QToolButton::clicked, &link, &ChartLink::back);
    connect(m_forward, &QToolButton::clicked, &link, &ChartLink::forward);
    connect(m_all, &QToolButton::clicked, &link, &ChartLink::showAll);
    connect(m_live, &QToolButton::clicked, this, [this](bool live) { m_link.setLive(live); });
    connect(m_span, &QComboBox::activated, this, &ChartBar::onSpanChosen);
    connect(&link, &ChartLink::historyChanged, this, &ChartBar::update);
    connect(&link, &ChartLink::liveChanged, this, &ChartBar::update);
    update();
}

QToolButton *ChartBar::button(const QString &text, const QString &name, const QString &tip)
{
    auto *made = new QToolButton(this);
    made->setText(text);
    made->setObjectName(name);
    made->setToolTip(tip);
    made->setAccessibleName(tip);
    made->setToolButtonStyle(Qt::ToolButtonTextOnly);
    return made;
}

void ChartBar::setLiveVisible(bool visible)
{
    m_live->setVisible(visible);
    m_span->setVisible(visible);
}

void ChartBar::update()
{
    m_back->setEnabled(m_link.canGoBack());
    m_forward->setEnabled(m_link.canGoForward());
    m_live->setChecked(m_link.isLive());
    m_span->setCurrentIndex(std::max(0, m_span->findData(m_link.liveSpan())));
}

void ChartBar::onSpanChosen(int index)
{
    m_link.setLiveSpan(m_span->itemData(index).toLongLong());
}

} // namespace proverdeck::ui
