// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/Alerts.h"

#include <QDialog>

class QDialogButtonBox;
class QLabel;
class QLineEdit;

namespace proverdeck::ui {

/// Below which amounts the page warns.
class AlertsDialog : public QDialog
{
    Q_OBJECT

public:
    AlertsDialog(const models::boundless::Thresholds &thresholds, const QString &symbol,
                 int decimals, const QString &coin, QWidget *parent = nullptr);

    [[nodiscard]] models::boundless::Thresholds thresholds() const;

private:
    void check();

    int m_decimals;
    QLineEdit *m_collateralWarning;
    QLineEdit *m_collateralCritical;
    QLineEdit *m_coinWarning;
    QLineEdit *m_coinCritical;
    QLabel *m_problem;
    QDialogButtonBox *m_buttons;
};

} // namespace proverdeck::ui
