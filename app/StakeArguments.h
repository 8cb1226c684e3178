// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/StakeWatch.h"
#include "models/boundless/TransferServer.h"

#include <QProcessEnvironment>
#include <QStringList>

#include <functional>

class QCommandLineParser;

namespace proverdeck::app {

/// What "proverdeck stake …" was asked for.
struct StakeRequest
{
    enum class Action { Help, Balance, History, Deposit, Withdraw };
    Action action = Action::Help;
    QString help;
    QString amount; ///< deposit, withdraw
    models::boundless::StakeTarget target;
    models::evm::RpcUrl endpoint;
    std::chrono::seconds timeout{60};
    bool isJson = false;
    QStringList warnings; ///< for standard error

    // deposit, withdraw: with a server it is carried out there, without one only shown.
    QString host;
    QString dir = QStringLiteral("~/boundless");
    QString sshConfig;
    QStringList trusted;
    models::boundless::TransferKey key;
    bool keyFromKeychain = false;
    bool isConfirmed = false; ///< --yes
    bool wasNeverSent = false; ///< a person looked for the same one of before
};

/// Where the address of the endpoint comes from. It holds a key, so not from the command line, if
/// possible.
struct StakeInput
{
    QProcessEnvironment environment;
    std::function<tl::expected<QString, QString>()> ask; ///< from the terminal or standard input
};

/// A line of standard input, and not a byte more.
[[nodiscard]] QString lineOfStandardInput();

/// Network, market and account of the options --network, --market and --account, or of the
/// environment's PROVER_ADDRESS. The error is a sentence.
[[nodiscard]] tl::expected<void, QString> readStakeTarget(const QCommandLineParser &parser,
                                                          const StakeInput &input,
                                                          models::boundless::StakeTarget &target);
/// Reads the arguments after "stake". The error is a sentence; exit with 2.
[[nodiscard]] tl::expected<StakeRequest, QString> parseStake(const QStringList &arguments,
                                                             const StakeInput &input);
/// The environment, and a question on the terminal that does not show what is typed.
[[nodiscard]] StakeInput stakeInput();

} // namespace proverdeck::app
