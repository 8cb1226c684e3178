// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/TransferBook.h"

#include <QString>

#include <functional>

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

    // The transfers are shared by all programs of this user, so that none is made twice.

    /// The newest. Empty if they cannot be read.
    [[nodiscard]] virtual TransferBook transfers() const = 0;
    using Change = std::function<void(TransferBook &book)>;
    /// Lets @p change work on the newest, while no other program can, and keeps what it leaves:
    /// safe on the disk when this returns. Otherwise a sentence, and nothing was changed.
    [[nodiscard]] virtual QString changeTransfers(const Change &change) = 0;
};

} // namespace proverdeck::models::boundless
