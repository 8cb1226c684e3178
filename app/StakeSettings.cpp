// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/StakeSettings.h"

#include "models/store/RunStore.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QLockFile>
#include <QSaveFile>
#include <QSettings>

#include <chrono>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using models::boundless::StakeConfig;
using models::boundless::TransferBook;
using models::evm::U256;

namespace {

constexpr std::chrono::milliseconds LockPatience{2000};

QString tr(const char *text)
{
    return QCoreApplication::translate("StakeSettings", text);
}

/// What cannot be read is no empty book: the same transfer could be made twice.
tl::expected<TransferBook, QString> readBook(const QString &path)
{
    QFile file(path);
    if (!file.exists()) {
        return TransferBook();
    }
    if (!file.open(QIODevice::ReadOnly)) {
        return tl::unexpected(
            tr("The notes of transfers cannot be read: %1: %2.").arg(path, file.errorString()));
    }
    const QJsonValue list = QJsonDocument::fromJson(file.readAll()).object().value(u"transfers"_s);
    TransferBook book = TransferBook::fromJson(list.toArray());
    if (!list.isArray() || book.records().size() != list.toArray().size()) {
        return tl::unexpected(tr("The notes of transfers are damaged: %1. Look on the chain what "
                                 "became of the last ones, then move the file away.")
                                  .arg(path));
    }
    return book;
}

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
}

QString StakeSettings::transfersPath()
{
    return QFileInfo(models::store::RunStore::defaultPath()).path()
        + u"/boundless-transfers.json"_s;
}

TransferBook StakeSettings::transfers() const
{
    return readBook(transfersPath()).value_or(TransferBook());
}

QString StakeSettings::changeTransfers(const Change &change)
{
    const QString path = transfersPath();
    QDir().mkpath(QFileInfo(path).path());
    QLockFile lock(path + u".lock"_s);
    if (!lock.tryLock(int(LockPatience.count()))) {
        return tr("Another program has the notes of transfers (%1) open; try again.").arg(path);
    }
    auto book = readBook(path);
    if (!book) {
        return book.error();
    }
    change(*book);
    QSaveFile file(path);
    const QByteArray text = QJsonDocument(QJsonObject{{u"transfers"_s, book->toJson()}}).toJson();
    if (!file.open(QIODevice::WriteOnly)
        || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || file.write(text) != text.size() || !file.commit()) {
        return tr("The notes of transfers cannot be written: %1: %2.")
            .arg(path, file.errorString());
    }
    return {};
}

} // namespace proverdeck::app
