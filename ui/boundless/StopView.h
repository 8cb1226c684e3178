// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/ops/SafeStop.h"

#include <QFrame>

class QLabel;
class QPushButton;
class QTableView;

namespace proverdeck::ui {

class HoldingOrderModel;

/// A safe stop as it goes on: the verdict in a word and a sentence, the orders that hold it up with
/// their time left, and the way back.
class StopView : public QFrame
{
    Q_OBJECT

public:
    explicit StopView(QWidget *parent = nullptr);

    /// Shows @p stop from now on; null: nothing.
    void setStop(models::boundless::SafeStop *stop);
    /// The server's clock.
    void setNow(std::optional<qint64> nowMs);

signals:
    /// A stop that has ended was looked at.
    void dismissed();

protected:
    void changeEvent(QEvent *event) override;

private:
    void refresh();
    void refreshSign();
    void onCancel();
    void showOutcome();

    models::boundless::SafeStop *m_stop = nullptr;
    HoldingOrderModel *m_orders;
    QLabel *m_sign;
    QLabel *m_title;
    QLabel *m_reason;
    QLabel *m_connection;
    QTableView *m_table;
    QPushButton *m_cancel;
};

} // namespace proverdeck::ui
