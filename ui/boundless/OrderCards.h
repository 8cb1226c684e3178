// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/OrderBook.h"

#include <QMap>
#include <QWidget>

class QLabel;

namespace proverdeck::ui {

/// The sums of a broker's orders, a card each.
class OrderCards : public QWidget
{
    Q_OBJECT

public:
    explicit OrderCards(QWidget *parent = nullptr);

    void setSummary(const models::boundless::OrderSummary &sum, models::boundless::BrokerEra era);

private:
    void set(const QString &id, const QString &text);

    QMap<QString, QLabel *> m_values;
};

} // namespace proverdeck::ui
