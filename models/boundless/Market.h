// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/Networks.h"
#include "models/evm/Abi.h"
#include "models/evm/Rpc.h"

#include <QDateTime>
#include <QJsonObject>

namespace proverdeck::models::boundless {

/// What one market is, as its contract and its token answered.
struct MarketFacts
{
    quint64 chainId = 0;
    evm::Address market;
    Generation generation = Generation::Collateral;
    evm::Address token;
    QString symbol;
    int decimals = 0;
    bool operator==(const MarketFacts &) const = default;
};

enum class EventKind {
    Deposit,
    Withdrawal,
    Locked, ///< a request by us: its collateral leaves the balance
    Fulfilled, ///< by us: in time, its collateral comes back
    Slashed, ///< of a request that we had locked, or with us as the recipient
    TokensIn, ///< to our wallet
    TokensOut, ///< from our wallet
};
[[nodiscard]] QString eventWord(EventKind kind); ///< "deposit", … (JSON)

/// One log of the market or its token.
struct MarketEvent
{
    EventKind kind = EventKind::Deposit;
    quint64 block = 0;
    QString blockHash;
    quint64 logIndex = 0;
    QString transaction; ///< "0x…"
    QDateTime time; ///< UTC, of the block; invalid = not known yet
    evm::Address account; ///< depositor, prover, recipient of a slash; the other side of a transfer
    evm::U256 amount; ///< of a lock: its collateral; of a slash: what the recipient got
    evm::U256 burned; ///< of a slash
    std::optional<evm::U256> requestId;
    quint64 lockDeadline = 0; ///< of a lock: unix seconds
    quint64 deadline = 0; ///< of a lock: unix seconds; from then on anybody can have it slashed
    bool operator==(const MarketEvent &) const = default;

    [[nodiscard]] bool isBefore(const MarketEvent &other) const
    {
        return block != other.block ? block < other.block : logIndex < other.logIndex;
    }
    [[nodiscard]] bool isSameLog(const MarketEvent &other) const
    {
        return blockHash == other.blockHash && logIndex == other.logIndex;
    }
};

/// The event in one object of eth_getLogs; nullopt if it is none of ours or not well-formed.
/// @p account tells incoming from outgoing tokens.
[[nodiscard]] std::optional<MarketEvent> readLog(const QJsonObject &log, const MarketFacts &facts,
                                                 const evm::Address &account);

/// The log filters of one stretch of blocks: at most 5 calls of eth_getLogs.
[[nodiscard]] QList<evm::RpcCall> logCalls(const MarketFacts &facts, const evm::Address &account,
                                           quint64 from, quint64 to);

/// A height or log index; nullopt for what no chain can have reached.
[[nodiscard]] std::optional<quint64> blockNumberOf(const QJsonValue &value);
/// The time of a block, unix seconds as a quantity; invalid for what is no time of this calendar.
[[nodiscard]] QDateTime blockTimeOf(const QJsonValue &value);

// Calls of the contracts. "block" is a quantity or "latest".
[[nodiscard]] evm::RpcCall ethCall(const evm::Address &to, const QString &data,
                                   const QString &block = QStringLiteral("latest"));
[[nodiscard]] QString balanceData(Generation generation, const evm::Address &account);
[[nodiscard]] QString tokenData(Generation generation);
[[nodiscard]] QString depositData(Generation generation, const evm::U256 &amount);
[[nodiscard]] QString withdrawData(Generation generation, const evm::U256 &amount);

/// requestLocks(id) as the contract keeps it.
struct RequestLock
{
    enum Flag : quint8 { PaidWhileLocked = 1, PaidAfterLock = 2, Slashed = 4 };
    evm::Address prover; ///< after a late fulfilment the fulfiller, no longer the locker
    quint64 lockDeadline = 0; ///< unix seconds
    quint64 deadline = 0; ///< unix seconds
    quint8 flags = 0;
    evm::U256 collateral; ///< 0 once it was paid back
    bool operator==(const RequestLock &) const = default;
};
[[nodiscard]] std::optional<RequestLock> readRequestLock(const QByteArray &result);

} // namespace proverdeck::models::boundless
