// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/TransferPlan.h"
#include "models/boundless/ops/Checkout.h"

namespace proverdeck::models::boundless {

/// Scripts for the login shell of a prover's server that ask or command its `boundless` program.
///
/// Each of them proves first, in the very shell that then runs the program, with what it runs: that
/// the one RPC endpoint which the program will use serves the plan's chain, and that nothing in the
/// environment names another chain, market or token; before it sends also whose key it is. Whatever
/// does not agree ends with a line "proverdeck: not sent: …". Pure.
struct TransferScript
{
    const Checkout &checkout;
    const TransferPlan &plan;
    QString environmentFile; ///< below the checkout; empty: none is sourced
    QByteArray key; ///< handed over; such a script must travel over standard input only
    QString rpcUrl; ///< handed over, wins over the server's; the same holds

    /// Asks the program for its account and deposit. Changes nothing.
    [[nodiscard]] QByteArray balance() const;
    /// Deposits or withdraws.
    [[nodiscard]] QByteArray transfer() const;

private:
    [[nodiscard]] QByteArray environment() const;
    [[nodiscard]] QByteArray handedOver() const;
    [[nodiscard]] QByteArray endpoint() const;
    [[nodiscard]] QByteArray agreement() const;
    [[nodiscard]] QByteArray chainProof() const;
    [[nodiscard]] QByteArray program() const;
    [[nodiscard]] QByteArray accountProof() const;
    [[nodiscard]] QByteArray proven() const;
};

/// The program of the checkout has this market built in, for the plan's chain.
[[nodiscard]] bool isBuiltInMarket(const MarketFacts &facts);

} // namespace proverdeck::models::boundless
