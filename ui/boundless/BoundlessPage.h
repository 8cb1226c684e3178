// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>

class QTabWidget;

namespace proverdeck::ui {

class OrdersPage;
class RequestorListsPage;
class Services;
class SettingsDocument;
class SettingsForm;
class StakePage;

/// Everything about a Boundless prover, one tab each.
class BoundlessPage : public QWidget
{
    Q_OBJECT

public:
    explicit BoundlessPage(Services &services, QWidget *parent = nullptr);
    ~BoundlessPage() override;

    [[nodiscard]] StakePage *stakePage() const { return m_stake; }
    [[nodiscard]] OrdersPage *ordersPage() const { return m_orders; }
    [[nodiscard]] SettingsDocument &document() const { return *m_document; }

private:
    void showSetting(const QString &key);

    QTabWidget *m_tabs;
    StakePage *m_stake;
    OrdersPage *m_orders;
    std::unique_ptr<SettingsDocument> m_document; ///< the broker.toml that form and lists edit
    SettingsForm *m_settings;
    RequestorListsPage *m_requestors;
};

} // namespace proverdeck::ui
