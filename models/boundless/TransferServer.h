// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/TransferPlan.h"

#include <QByteArray>
#include <QStringList>

#include <memory>

namespace proverdeck::models::boundless {

/// With which key a server's program shall act.
struct TransferKey
{
    QString environmentFile; ///< of the server, with the key in it; empty: whichever there is
    QByteArray secret; ///< handed over for one command; empty: the server's own is used
    QString rpcUrl; ///< used with a handed-over key where the server names no endpoint; a secret
};

/// Under which name the keychain of this computer holds the private key of an account.
[[nodiscard]] QString proverKeyName(const evm::Address &account);

/// A prover's server whose `boundless` program can carry transfers out. GUI thread.
class TransferServer
{
public:
    TransferServer() = default;
    TransferServer(const TransferServer &) = delete;
    TransferServer &operator=(const TransferServer &) = delete;
    virtual ~TransferServer() = default;

    /// "the boundless program on prover1"
    [[nodiscard]] virtual QString name() const = 0;
    /// Environment files of the server that hold a key.
    [[nodiscard]] virtual QStringList keyFiles() const = 0;
    /// For one transfer; it does not need this object any more.
    [[nodiscard]] virtual std::unique_ptr<TransferRunner> runner(const TransferKey &key) = 0;
};

} // namespace proverdeck::models::boundless
