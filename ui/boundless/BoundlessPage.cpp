// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/BoundlessPage.h"

#include "ui/Services.h"
#include "ui/boundless/OrdersPage.h"
#include "ui/boundless/RequestorListsPage.h"
#include "ui/boundless/SettingsDocument.h"
#include "ui/boundless/SettingsForm.h"
#include "ui/boundless/StakePage.h"

#include <QTabWidget>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

BoundlessPage::BoundlessPage(Services &services, QWidget *parent)
    : QWidget(parent)
    , m_tabs(new QTabWidget(this))
    , m_stake(new StakePage(services.stakeStore(), services.secrets(), this))
    , m_orders(new OrdersPage(this))
    , m_document(std::make_unique<SettingsDocument>())
    , m_settings(new SettingsForm(*m_document, this))
    , m_requestors(new RequestorListsPage(*m_document, this))
{
    setObjectName(u"boundlessPage"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_tabs->setObjectName(u"boundlessTabs"_s);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_stake, tr("Stake"));
    m_tabs->addTab(m_orders, tr("Orders"));
    m_tabs->addTab(m_settings, tr("Settings"));
    m_tabs->addTab(m_requestors, tr("Requestors"));
    column->addWidget(m_tabs);
    connect(m_orders, &OrdersPage::settingWanted, this, &BoundlessPage::showSetting);
}

BoundlessPage::~BoundlessPage()
{
    // The pages look at the document to their last moment.
    delete m_settings;
    delete m_requestors;
}

void BoundlessPage::showSetting(const QString &key)
{
    m_tabs->setCurrentWidget(m_settings);
    m_settings->showKey(key);
}

} // namespace proverdeck::ui
