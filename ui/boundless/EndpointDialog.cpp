// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/EndpointDialog.h"

#include "ui/common/Theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::Deployment;
using models::boundless::Network;
using models::boundless::StakeConfig;
using models::evm::Address;
using models::evm::RpcUrl;

EndpointDialog::EndpointDialog(QList<Network> networks, const StakeConfig &config, bool hasEndpoint,
                               bool hasKeychain, QWidget *parent)
    : QDialog(parent)
    , m_networks(std::move(networks))
    , m_config(config)
    , m_hasEndpoint(hasEndpoint)
    , m_network(new QComboBox(this))
    , m_market(new QComboBox(this))
    , m_address(new QLineEdit(this))
    , m_account(new QLineEdit(config.account, this))
    , m_url(new QLineEdit(this))
    , m_host(makeHint({}, this))
    , m_remember(new QCheckBox(tr("Remember the endpoint in the keychain"), this))
    , m_problem(makeText({}, this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
{
    setWindowTitle(tr("Watch a prover's collateral"));
    setObjectName(u"endpointDialog"_s);
    setMinimumWidth(580);
    auto *form = new QFormLayout(this);
    form->setContentsMargins(18, 16, 18, 14);
    form->setSpacing(10);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto name = [](QWidget *widget, const QString &object, const QString &accessible) {
        widget->setObjectName(object);
        widget->setAccessibleName(accessible);
    };
    name(m_network, u"stakeNetwork"_s, tr("Network"));
    name(m_market, u"stakeMarket"_s, tr("Market"));
    name(m_address, u"stakeMarketAddress"_s, tr("Address of the market"));
    name(m_account, u"stakeAccount"_s, tr("Account"));
    name(m_url, u"stakeUrl"_s, tr("RPC endpoint"));
    name(m_remember, u"stakeRemember"_s, m_remember->text());
    m_problem->setObjectName(u"stakeProblem"_s);
    for (const Network &network : std::as_const(m_networks)) {
        m_network->addItem(network.title, network.id);
    }
    m_network->setCurrentIndex(std::max(0, m_network->findData(config.network)));
    m_address->setPlaceholderText(u"0x…"_s);
    m_account->setPlaceholderText(tr("0x… – the address that the prover signs with"));
    m_url->setEchoMode(QLineEdit::Password);
    m_url->setPlaceholderText(hasEndpoint ? tr("unchanged") : tr("https://… from your provider"));
    m_remember->setChecked(config.remembersEndpoint && hasKeychain);
    m_remember->setEnabled(hasKeychain);
    if (!hasKeychain) {
        m_remember->setToolTip(
            tr("There is no keychain here; the endpoint is asked for each time."));
    }
    form->addRow(tr("Network"), m_network);
    form->addRow(tr("Market"), m_market);
    form->addRow(QString(), m_address);
    form->addRow(tr("Account"), m_account);
    form->addRow(tr("RPC endpoint"), m_url);
    form->addRow(QString(), m_host);
    form->addRow(QString(), m_remember);
    form->addRow(QString(), m_problem);
    form->addRow(m_buttons);
    QPushButton *ok = m_buttons->button(QDialogButtonBox::Ok);
    ok->setText(tr("Watch"));
    makePrimary(ok);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_network, &QComboBox::currentIndexChanged, this, &EndpointDialog::onNetworkChanged);
    connect(m_market, &QComboBox::currentIndexChanged, this, &EndpointDialog::check);
    for (QLineEdit *edit : {m_address, m_account, m_url}) {
        connect(edit, &QLineEdit::textChanged, this, &EndpointDialog::check);
    }
    onNetworkChanged();
}

const Network &EndpointDialog::network() const
{
    return m_networks.at(std::max(0, m_network->currentIndex()));
}

void EndpointDialog::onNetworkChanged()
{
    m_market->clear();
    for (const Deployment &deployment : network().deployments) {
        m_market->addItem(deployment.title, deployment.market.toString());
    }
    m_market->addItem(tr("Another address"), QString());
    if (network().id == m_config.network && !m_config.market.isEmpty()) {
        const int known = m_market->findData(m_config.market);
        m_market->setCurrentIndex(known >= 0 ? known : m_market->count() - 1);
        m_address->setText(known >= 0 ? QString() : m_config.market);
    }
    check();
}

QString EndpointDialog::marketText() const
{
    const QString known = m_market->currentData().toString();
    return known.isEmpty() ? m_address->text() : known;
}

void EndpointDialog::check()
{
    m_address->setVisible(m_market->currentData().toString().isEmpty());
    const auto market = Address::fromText(marketText());
    const auto account = Address::fromText(m_account->text());
    const auto url = RpcUrl::fromText(m_url->text());
    const bool isUrlTyped = !m_url->text().isEmpty();
    QString problem;
    // Nothing is wrong with a field that was not touched yet.
    if (!market && !marketText().isEmpty()) {
        problem = market.error();
    } else if (!account && !m_account->text().isEmpty()) {
        problem = account.error();
    } else if (isUrlTyped && !url) {
        problem = url.error();
    }
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    if (url) {
        m_host->setText(
            url->isReadableOnTheWay()
                ? tr("%1 – not encrypted: anybody on the way can read the key and change the "
                     "answers")
                      .arg(url->masked())
                : tr("Host: %1").arg(url->masked()));
    } else {
        m_host->setText(
            tr("The address holds your key: it is never shown, logged or written to a file."));
    }
    m_buttons->button(QDialogButtonBox::Ok)
        ->setEnabled(market && account && (isUrlTyped ? url.has_value() : m_hasEndpoint));
}

StakeConfig EndpointDialog::config() const
{
    StakeConfig config = m_config;
    config.network = network().id;
    config.market = Address::fromText(marketText()).value_or(Address()).toString();
    config.account = Address::fromText(m_account->text()).value_or(Address()).toString();
    config.remembersEndpoint = m_remember->isChecked();
    return config;
}

RpcUrl EndpointDialog::endpoint() const
{
    return RpcUrl::fromText(m_url->text()).value_or(RpcUrl());
}

} // namespace proverdeck::ui
