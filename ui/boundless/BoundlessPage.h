// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QTabWidget;

namespace proverdeck::ui {

class Services;
class StakePage;

/// Everything about a Boundless prover, one tab each.
class BoundlessPage : public QWidget
{
    Q_OBJECT

public:
    explicit BoundlessPage(Services &services, QWidget *parent = nullptr);

    [[nodiscard]] StakePage *stakePage() const { return m_stake; }

private:
    QTabWidget *m_tabs;
    StakePage *m_stake;
};

} // namespace proverdeck::ui
