// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerEvent.h"

#include <QStringList>

#include <tl/expected.hpp>

namespace proverdeck::models::boundless {

/// How the `boundless` program of a server is spoken to. It need not be of the checkout's release:
/// `cargo install boundless-cli` still gives 0.14.1.
enum class CliDialect {
    None, ///< there is no such program in the login shell's PATH
    Unknown,
    Stake, ///< up to 0.14: account deposit-stake
    Collateral, ///< 1.0: account deposit-collateral
    Prover, ///< from 1.1 on: prover deposit-collateral
};

/// What a Boundless checkout on a server is, as far as can be told without starting anything.
struct Checkout
{
    QString dir; ///< as the person wrote it, "~/boundless"
    QString path; ///< the same on the server, "/home/anna/boundless"
    QString describe; ///< git describe: "v0.13.1" or "v0.13.1-4-g1a2b3c4"; empty: no git
    QString version; ///< of Cargo.toml's workspace; empty: not found
    BrokerEra era = BrokerEra::Unknown;
    QString composeFile; ///< "prover-compose.yml", "compose.yml"; empty: neither
    QString recipe; ///< of just: "prover" or "broker"
    bool hasBrokerToml = false;
    bool hasJust = false;
    bool hasDocker = false; ///< and its daemon answers
    QString dockerProblem; ///< why not
    CliDialect cli = CliDialect::None;
    QString cliVersion; ///< "boundless-cli 0.14.1"
    /// Files with a private key in them that can be sourced before a command; names only.
    QStringList keyFiles;
    QStringList overrideFiles; ///< "chain-overrides/broker.8453.toml" (2.0 and newer)
    QStringList rpcFiles; ///< the same for the address of an RPC endpoint
    bool operator==(const Checkout &) const = default;

    /// "docker compose" with the file of this release, for a shell in the checkout.
    [[nodiscard]] QString compose() const;
    /// Name of the broker's settings file for people.
    [[nodiscard]] QString versionText() const;
};

/// A script that looks at @p dir and changes nothing; for a login shell. It prints no value of an
/// environment file.
[[nodiscard]] QByteArray checkoutScript(const QString &dir);
/// Reads what the script printed. The error is a sentence: there is no checkout.
[[nodiscard]] tl::expected<Checkout, QString> parseCheckout(const QString &dir,
                                                            QByteArrayView output);

/// "cd DIR || exit 66" with the path quoted for the shell.
[[nodiscard]] QByteArray enterScript(const QString &dir);

} // namespace proverdeck::models::boundless
