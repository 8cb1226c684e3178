// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/AlertsDialog.h"

#include "ui/common/Theme.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::Thresholds;
using models::evm::U256;

namespace {

constexpr int CoinDecimals = 18;

std::optional<U256> amountOf(const QLineEdit *edit, int decimals)
{
    const auto value = U256::fromUnits(edit->text(), decimals);
    return value ? std::optional(*value) : std::nullopt;
}

} // namespace

AlertsDialog::AlertsDialog(const Thresholds &thresholds, const QString &symbol, int decimals,
                           const QString &coin, QWidget *parent)
    : QDialog(parent)
    , m_decimals(decimals)
    , m_problem(makeText({}, this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
{
    setWindowTitle(tr("Alerts"));
    setObjectName(u"alertsDialog"_s);
    setMinimumWidth(460);
    auto *form = new QFormLayout(this);
    form->setContentsMargins(18, 16, 18, 14);
    form->setSpacing(10);
    form->addRow(makeHint(tr("Each crossing is told once. Empty: no alert."), this));
    const auto field = [&](const QString &title, const QString &name,
                           const std::optional<U256> &value, int digits) {
        auto *edit = new QLineEdit(value ? value->toUnits(digits) : QString(), this);
        edit->setObjectName(name);
        edit->setAccessibleName(title);
        form->addRow(title, edit);
        connect(edit, &QLineEdit::textChanged, this, &AlertsDialog::check);
        return edit;
    };
    m_collateralWarning = field(tr("Collateral low, %1").arg(symbol), u"collateralWarning"_s,
                                thresholds.collateralWarning, decimals);
    m_collateralCritical = field(tr("Collateral critical, %1").arg(symbol), u"collateralCritical"_s,
                                 thresholds.collateralCritical, decimals);
    m_coinWarning = field(tr("For fees low, %1").arg(coin), u"coinWarning"_s,
                          thresholds.coinWarning, CoinDecimals);
    m_coinCritical = field(tr("For fees critical, %1").arg(coin), u"coinCritical"_s,
                           thresholds.coinCritical, CoinDecimals);
    m_problem->setObjectName(u"alertsProblem"_s);
    form->addRow(m_problem);
    form->addRow(m_buttons);
    makePrimary(m_buttons->button(QDialogButtonBox::Ok));
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    check();
}

Thresholds AlertsDialog::thresholds() const
{
    return {amountOf(m_collateralWarning, m_decimals), amountOf(m_collateralCritical, m_decimals),
            amountOf(m_coinWarning, CoinDecimals), amountOf(m_coinCritical, CoinDecimals)};
}

void AlertsDialog::check()
{
    QString problem;
    for (const auto &[edit, decimals] :
         {std::pair{m_collateralWarning, m_decimals}, std::pair{m_collateralCritical, m_decimals},
          std::pair{m_coinWarning, CoinDecimals}, std::pair{m_coinCritical, CoinDecimals}}) {
        const auto value = U256::fromUnits(edit->text(), decimals);
        if (!value && !edit->text().trimmed().isEmpty() && problem.isEmpty()) {
            problem = value.error();
        }
    }
    const Thresholds now = thresholds();
    if (problem.isEmpty()
        && ((now.collateralWarning && now.collateralCritical
             && *now.collateralCritical > *now.collateralWarning)
            || (now.coinWarning && now.coinCritical && *now.coinCritical > *now.coinWarning))) {
        problem = tr("A critical amount is above the low one: write the smaller one as critical.");
    }
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(problem.isEmpty());
}

} // namespace proverdeck::ui
