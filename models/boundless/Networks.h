// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/evm/Address.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <tl/expected.hpp>

#include <optional>

namespace proverdeck::models::boundless {

/// Which names the market's calls and events have: "stake" up to 0.14, "collateral" from 1.0.
enum class Generation { Stake, Collateral };
[[nodiscard]] QString generationWord(Generation generation); ///< "stake", "collateral"

/// A market that is known to be at an address.
struct Deployment
{
    QString id; ///< "base-1.0"
    QString title;
    Generation generation = Generation::Collateral; ///< a hint; the contract is asked
    evm::Address market;
    evm::Address token;
    quint64 fromBlock = 0; ///< nothing is older; 0 = not known
    bool operator==(const Deployment &) const = default;
};

struct Network
{
    QString id; ///< "base"; "custom" for what a person names
    QString title;
    std::optional<quint64> chainId; ///< none: whatever the endpoint says
    QString coin; ///< what fees are paid in
    bool isMainnet = true; ///< its money is real
    double blockSeconds = 2; ///< about one block per so many seconds
    QList<Deployment> deployments; ///< newest first
    bool operator==(const Network &) const = default;

    [[nodiscard]] const Deployment *deployment(const QString &name) const; ///< by id or address
};

/// Reads a networks file (TOML). The error says line, key and what was expected.
[[nodiscard]] tl::expected<QList<Network>, QString> readNetworks(const QByteArray &toml);
/// The person's own file if there is one, otherwise the built-in one; "Custom" comes last.
[[nodiscard]] tl::expected<QList<Network>, QString> loadNetworks();
[[nodiscard]] Network customNetwork();

} // namespace proverdeck::models::boundless
