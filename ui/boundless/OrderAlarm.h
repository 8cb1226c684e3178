// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/OrderBook.h"

#include <QFrame>
#include <QSet>

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
    /// An order is in danger that was not when it was last looked: once for each.
    void rang(const QString &text);
    void showWanted(); ///< those orders, in the table

protected:
    void changeEvent(QEvent *event) override;

private:
    void colour();

    QSet<QString> m_rung;
    QLabel *m_text = nullptr;
};

} // namespace proverdeck::ui
