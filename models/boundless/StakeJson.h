// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/StakeWatch.h"
#include "models/boundless/TransferPlan.h"

#include <QJsonObject>

namespace proverdeck::models::boundless {

// What the command line prints. Keys are stable: added, never renamed. Amounts are texts, in units
// ("amount") and in base units ("base_units"); what is not known is null.

[[nodiscard]] QJsonObject amountJson(const evm::U256 &value, int decimals);
[[nodiscard]] QJsonObject balanceJson(const StakeWatch &watch);
[[nodiscard]] QJsonObject historyJson(const StakeWatch &watch); ///< balanceJson() and the events
[[nodiscard]] QJsonObject planJson(const TransferPlan &plan);

} // namespace proverdeck::models::boundless
