// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/StakeSettings.h"

#include <QJsonDocument>
#include <QSettings>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using models::boundless::StakeConfig;
using models::evm::U256;

namespace {

std::optional<U256> amount(const QSettings &settings, const QString &key)
{
    return U256::fromDecimal(settings.value(key).toString());
}

void keep(QSettings &settings, const QString &key, const std::optional<U256> &value)
{
    if (value) {
        settings.setValue(key, value->toDecimal());
    } else {
        settings.remove(key);
    }
}

} // namespace

StakeConfig StakeSettings::load() const
{
    QSettings settings(u"proverdeck"_s, u"proverdeck"_s);
    settings.beginGroup(u"boundless/stake"_s);
    StakeConfig config;
    config.network = settings.value(u"network"_s, config.network).toString();
    config.market = settings.value(u"market"_s).toString();
    config.account = settings.value(u"account"_s).toString();
    config.historyDays = settings.value(u"history_days"_s, config.historyDays).toDouble();
    config.remembersEndpoint = settings.value(u"endpoint_in_keychain"_s, false).toBool();
    config.thresholds
        = {amount(settings, u"collateral_warning"_s), amount(settings, u"collateral_critical"_s),
           amount(settings, u"coin_warning"_s), amount(settings, u"coin_critical"_s)};
    config.transfers
        = QJsonDocument::fromJson(settings.value(u"transfers"_s).toString().toUtf8()).array();
    return config;
}

void StakeSettings::save(const StakeConfig &config)
{
    QSettings settings(u"proverdeck"_s, u"proverdeck"_s);
    settings.beginGroup(u"boundless/stake"_s);
    settings.setValue(u"network"_s, config.network);
    settings.setValue(u"market"_s, config.market);
    settings.setValue(u"account"_s, config.account);
    settings.setValue(u"history_days"_s, config.historyDays);
    settings.setValue(u"endpoint_in_keychain"_s, config.remembersEndpoint);
    keep(settings, u"collateral_warning"_s, config.thresholds.collateralWarning);
    keep(settings, u"collateral_critical"_s, config.thresholds.collateralCritical);
    keep(settings, u"coin_warning"_s, config.thresholds.coinWarning);
    keep(settings, u"coin_critical"_s, config.thresholds.coinCritical);
    settings.setValue(
        u"transfers"_s,
        QString::fromUtf8(QJsonDocument(config.transfers).toJson(QJsonDocument::Compact)));
}

} // namespace proverdeck::app
