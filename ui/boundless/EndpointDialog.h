// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/Networks.h"
#include "models/boundless/StakeStore.h"
#include "models/evm/RpcUrl.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;

namespace proverdeck::ui {

/// Which network, market and account to watch, and through which endpoint. The endpoint's address
/// is never shown: it holds a key.
class EndpointDialog : public QDialog
{
    Q_OBJECT

public:
    EndpointDialog(QList<models::boundless::Network> networks,
                   const models::boundless::StakeConfig &config, bool hasEndpoint, bool hasKeychain,
                   QWidget *parent = nullptr);

    /// The rest of the configuration is as it was given.
    [[nodiscard]] models::boundless::StakeConfig config() const;
    /// Empty if the one of before stays.
    [[nodiscard]] models::evm::RpcUrl endpoint() const;

private:
    void onNetworkChanged();
    void check();
    [[nodiscard]] const models::boundless::Network &network() const;
    [[nodiscard]] QString marketText() const;

    QList<models::boundless::Network> m_networks;
    models::boundless::StakeConfig m_config;
    bool m_hasEndpoint;
    QComboBox *m_network;
    QComboBox *m_market;
    QLineEdit *m_address;
    QLineEdit *m_account;
    QLineEdit *m_url;
    QLabel *m_host;
    QCheckBox *m_remember;
    QLabel *m_problem;
    QDialogButtonBox *m_buttons;
};

} // namespace proverdeck::ui
