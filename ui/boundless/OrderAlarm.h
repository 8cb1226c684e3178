// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/OrderBook.h"

#include <QFrame>

class QLabel;

namespace proverdeck::ui {

/// Orders whose collateral is in danger or lost, those that can still be saved first. Hidden while
/// there are none.
class OrderAlarm : public QFrame
{
    Q_OBJECT

public:
    explicit OrderAlarm(QWidget *parent = nullptr);

    void setRows(const QList<models::boundless::OrderRow> &rows, models::boundless::BrokerEra era);

signals:
    void showWanted(); ///< those orders, in the table

protected:
    void changeEvent(QEvent *event) override;

private:
    void colour();

    QLabel *m_text = nullptr;
};

} // namespace proverdeck::ui
