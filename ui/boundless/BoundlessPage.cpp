// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/BoundlessPage.h"

#include "ui/Services.h"
#include "ui/boundless/StakePage.h"

#include <QTabWidget>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

BoundlessPage::BoundlessPage(Services &services, QWidget *parent)
    : QWidget(parent)
    , m_tabs(new QTabWidget(this))
    , m_stake(new StakePage(services.stakeStore(), services.secrets(), this))
{
    setObjectName(u"boundlessPage"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_tabs->setObjectName(u"boundlessTabs"_s);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_stake, tr("Stake"));
    column->addWidget(m_tabs);
}

} // namespace proverdeck::ui
