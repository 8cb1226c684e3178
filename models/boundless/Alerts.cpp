// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/Alerts.h"

namespace proverdeck::models::boundless {

using evm::U256;

namespace {

U256 aTenthAbove(const U256 &threshold)
{
    return threshold.plus(threshold.dividedBy(10)).value_or(U256::max());
}

/// The level that @p value deserves, given the one that holds.
AlertLevel levelOf(const U256 &value, const std::optional<U256> &warning,
                   const std::optional<U256> &critical, AlertLevel now)
{
    const auto isBelow = [&](const std::optional<U256> &threshold, bool isIn) {
        return threshold && value < (isIn ? aTenthAbove(*threshold) : *threshold);
    };
    if (isBelow(critical, now == AlertLevel::Critical)) {
        return AlertLevel::Critical;
    }
    return isBelow(warning, now != AlertLevel::None) ? AlertLevel::Warning : AlertLevel::None;
}

} // namespace

void Alerts::setThresholds(const Thresholds &thresholds)
{
    if (thresholds != m_thresholds) {
        m_thresholds = thresholds;
        m_collateral = AlertLevel::None;
        m_coin = AlertLevel::None;
    }
}

QList<AlertEvent> Alerts::update(const std::optional<U256> &collateral,
                                 const std::optional<U256> &coin)
{
    QList<AlertEvent> events;
    const auto judge = [&](AlertSubject subject, const std::optional<U256> &value,
                           const std::optional<U256> &warning, const std::optional<U256> &critical,
                           AlertLevel &level) {
        const AlertLevel next = value ? levelOf(*value, warning, critical, level) : level;
        if (next != level) {
            level = next;
            events << AlertEvent{subject, next, *value};
        }
    };
    judge(AlertSubject::Collateral, collateral, m_thresholds.collateralWarning,
          m_thresholds.collateralCritical, m_collateral);
    judge(AlertSubject::Coin, coin, m_thresholds.coinWarning, m_thresholds.coinCritical, m_coin);
    return events;
}

std::optional<QDateTime> runsOut(const QDateTime &fromTime, const U256 &fromValue,
                                 const QDateTime &toTime, const U256 &toValue)
{
    constexpr qint64 ShortestSeconds = 3600;
    constexpr double LongestSeconds = 365.0 * 86'400;
    const auto spent = fromValue.minus(toValue);
    const qint64 seconds = fromTime.secsTo(toTime);
    if (!fromTime.isValid() || !toTime.isValid() || seconds < ShortestSeconds || !spent
        || spent->isZero()) {
        return std::nullopt;
    }
    const double left = toValue.approximate(0) / spent->approximate(0) * double(seconds);
    return left <= LongestSeconds ? std::optional(toTime.addSecs(qint64(left))) : std::nullopt;
}

} // namespace proverdeck::models::boundless
