// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/SettingsSchema.h"

namespace proverdeck::models::boundless {

/// What peak_prove_khz should be after a benchmark: three quarters, so that a slow day is no lost
/// collateral.
[[nodiscard]] constexpr qint64 peakProveKhzFor(double measuredKhz)
{
    return qint64(measuredKhz * 0.75);
}

/// What a broker.toml is checked against. What is not known is left out.
struct SettingsContext
{
    QString name = QStringLiteral("broker.toml"); ///< of the file, in findings
    BrokerEra era = BrokerEra::Unknown; ///< Unknown: what the file looks like, else 0.13
    bool isOverride = false; ///< chain-overrides/broker.<chain>.toml
    std::optional<int> execAgents; ///< of the compose file
    std::optional<double> benchmarkKhz; ///< of the last benchmark
    QString balance; ///< collateral in the market, decimal; empty: unknown
};

/// Something to say about one key; section and key are empty for the file as a whole.
struct SettingFlag
{
    Finding finding;
    QString section;
    QString key;
    bool operator==(const SettingFlag &) const = default;
};

/// Flags what the broker would refuse, what it would ignore in silence, and what is dangerous. In
/// the order of the file, those of the file as a whole last.
[[nodiscard]] QList<SettingFlag> checkSettings(const SettingsFile &file,
                                               const SettingsContext &context);
/// The generation that a check works with.
[[nodiscard]] BrokerEra checkedEra(const SettingsFile &file, const SettingsContext &context);

} // namespace proverdeck::models::boundless
