// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/evm/U256.h"

#include <QDateTime>
#include <QList>

#include <optional>

namespace proverdeck::models::boundless {

/// Below which amounts a person wants to know. Nothing: no alert for it.
struct Thresholds
{
    std::optional<evm::U256> collateralWarning, collateralCritical; ///< base units of the token
    std::optional<evm::U256> coinWarning, coinCritical; ///< wei
    bool operator==(const Thresholds &) const = default;
};

enum class AlertLevel { None, Warning, Critical };
enum class AlertSubject { Collateral, Coin };

struct AlertEvent
{
    AlertSubject subject = AlertSubject::Collateral;
    AlertLevel level = AlertLevel::None; ///< None: all is well again
    evm::U256 value;
    bool operator==(const AlertEvent &) const = default;
};

/// Tells each crossing of a threshold once: a level is left only when the value is a tenth above
/// its threshold again. A value that is not known changes nothing. Pure.
class Alerts
{
public:
    void setThresholds(const Thresholds &thresholds);
    [[nodiscard]] const Thresholds &thresholds() const { return m_thresholds; }

    [[nodiscard]] QList<AlertEvent> update(const std::optional<evm::U256> &collateral,
                                           const std::optional<evm::U256> &coin);
    [[nodiscard]] AlertLevel level(AlertSubject subject) const
    {
        return subject == AlertSubject::Collateral ? m_collateral : m_coin;
    }

private:
    Thresholds m_thresholds;
    AlertLevel m_collateral = AlertLevel::None;
    AlertLevel m_coin = AlertLevel::None;
};

/// When a balance that went from one point to another reaches zero at that pace. Nothing if it does
/// not fall, or if the time between is too short (under an hour) to tell.
[[nodiscard]] std::optional<QDateTime> runsOut(const QDateTime &fromTime,
                                               const evm::U256 &fromValue, const QDateTime &toTime,
                                               const evm::U256 &toValue);

} // namespace proverdeck::models::boundless
