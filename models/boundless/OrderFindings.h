// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/OrderBook.h"

namespace proverdeck::models::boundless {

struct LogFacts;

/// What a single line says that is worth telling: error codes, balances, settings.
[[nodiscard]] std::optional<Finding> findingOf(const BrokerEvent &event,
                                               const BrokerPatterns &patterns, BrokerEra era);
/// What only all orders together tell: lost locks, collateral at risk, reasons of skips.
[[nodiscard]] QList<Finding> orderFindings(const OrderBook &book, const LogFacts &facts,
                                           const QList<OrderRow> &rows,
                                           const BrokerPatterns &patterns);
[[nodiscard]] Finding noRecordsFinding(qint64 lines);
/// Why an order stands where it stands, in a few words for a table; empty if there is nothing to
/// say.
[[nodiscard]] QString shortReason(const OrderRow &row, const BrokerPatterns &patterns);
/// "5 USDC", or the base units where the token is not known; "–" without digits.
[[nodiscard]] QString collateralText(const QString &raw, BrokerEra era);

} // namespace proverdeck::models::boundless
