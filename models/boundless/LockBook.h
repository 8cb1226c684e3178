// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/Market.h"

#include <QMap>

namespace proverdeck::models::boundless {

/// Where the collateral of a request that we locked is. Locked is not lost.
enum class LockState {
    Open, ///< locked; it comes back if the proof is there before the lock deadline
    Returned, ///< fulfilled in time
    SlashPending, ///< the lock deadline passed without a proof in time: lost, the slash is still to
                  ///< come
    Slashed,
    Unknown, ///< the lock deadline passed, and neither a log nor the contract says what happened
};
[[nodiscard]] QString lockStateWord(LockState state); ///< "open", … (JSON)

/// What the contract itself says about a request.
struct ChainVerdict
{
    std::optional<RequestLock> lock;
    std::optional<bool> isSlashed;
    bool operator==(const ChainVerdict &) const = default;
};
using Verdicts = QMap<QString, ChainVerdict>; ///< by request id, "0x…"

struct LockEntry
{
    QString requestId; ///< "0x…" without leading zeros
    evm::U256 collateral;
    quint64 block = 0;
    QString transaction;
    QDateTime lockDeadline; ///< UTC
    QDateTime deadline; ///< UTC; the slash can be sent from then on
    LockState state = LockState::Open;
    bool operator==(const LockEntry &) const = default;
};

struct LockTotals
{
    int open = 0;
    evm::U256 locked; ///< of the open ones
    int pending = 0;
    evm::U256 slashPending;
    int slashed = 0;
    evm::U256 lost; ///< of the slashed ones
    int unknown = 0;
    bool operator==(const LockTotals &) const = default;
};

/// Tells locked, returned, slash pending and slashed apart: pure. @p now is the chain's time, UTC.
/// The contract's own flags win over what the logs alone allow to conclude.
[[nodiscard]] QList<LockEntry> lockEntries(const QList<MarketEvent> &events,
                                           const Verdicts &verdicts, const QDateTime &now);
[[nodiscard]] LockTotals totalsOf(const QList<LockEntry> &entries);

/// What each event did to the credit in the market. Nothing where that cannot be known, as for a
/// fulfilment whose lock is older than what was read.
[[nodiscard]] QList<std::optional<evm::Difference>>
effectsOf(const QList<MarketEvent> &events, const Verdicts &verdicts, const evm::Address &account);

} // namespace proverdeck::models::boundless
