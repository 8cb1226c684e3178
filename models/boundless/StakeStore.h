// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/Alerts.h"

#include <QJsonArray>
#include <QString>

namespace proverdeck::models::boundless {

/// What the stake page remembers between sessions. Holds no secret.
struct StakeConfig
{
    QString network = QStringLiteral("base");
    QString market; ///< address; empty: the newest one of the network
    QString account; ///< address; empty: not set up yet
    double historyDays = 7;
    bool remembersEndpoint = false; ///< its address is in the keychain
    Thresholds thresholds;
    QJsonArray transfers; ///< of TransferBook
    bool operator==(const StakeConfig &) const = default;
};

/// Where it is kept. Implemented in app/; GUI thread.
class StakeStore
{
public:
    StakeStore() = default;
    StakeStore(const StakeStore &) = delete;
    StakeStore &operator=(const StakeStore &) = delete;
    virtual ~StakeStore() = default;

    [[nodiscard]] virtual StakeConfig load() const = 0;
    virtual void save(const StakeConfig &config) = 0;
};

} // namespace proverdeck::models::boundless
