// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/Alerts.h"
#include "models/boundless/CollateralMonitor.h"
#include "models/boundless/LockBook.h"
#include "models/findings/Finding.h"

#include <functional>

namespace proverdeck::models::boundless {

enum class TransferKind { Deposit, Withdrawal };
[[nodiscard]] QString transferWord(TransferKind kind); ///< "deposit", "withdrawal"

/// One transaction for the person's own wallet. Nothing in it is secret.
struct WalletCall
{
    QString title;
    evm::Address to;
    QString data; ///< "0x…"
    bool operator==(const WalletCall &) const = default;
};

/// What a deposit or withdrawal would do, to be confirmed by a person. Moves nothing itself.
struct TransferPlan
{
    TransferKind kind = TransferKind::Deposit;
    QString networkTitle;
    QString coin; ///< what fees are paid in
    bool isMainnet = true;
    MarketFacts facts;
    evm::Address account;
    evm::U256 amount; ///< base units
    Snapshot before;
    std::optional<evm::U256> collateralAfter; ///< nothing if it cannot be done
    std::optional<evm::U256> walletAfter;
    /// With a wallet a deposit takes an approval first where the market may not take enough yet.
    QList<WalletCall> walletCalls;
    QList<Finding> remarks; ///< an error among them: it cannot be done
    bool operator==(const TransferPlan &) const = default;

    [[nodiscard]] bool isPossible() const;
    /// The amount as it must be handed on: digits and a point, exact.
    [[nodiscard]] QString amountText() const { return amount.toUnits(facts.decimals); }
    /// On a main network the person types the amount again.
    [[nodiscard]] bool isConfirmedBy(const QString &typed) const;
};

struct TransferContext
{
    Network network;
    MarketFacts facts;
    evm::Address account;
    std::optional<Snapshot> snapshot;
    LockTotals locks;
    Thresholds thresholds;
    bool isFresh = false; ///< the values are live, not stale
    bool areLocksKnown = true; ///< the events were read
    bool isFirst = false; ///< this program has moved nothing of this account in this market yet
};

/// The error is a sentence about the amount or about what is not known.
[[nodiscard]] tl::expected<TransferPlan, QString>
planTransfer(TransferKind kind, const QString &amount, const TransferContext &context);

/// How a submission ended, as far as the one who made it can tell. The chain is the truth.
struct TransferOutcome
{
    enum class Kind {
        Reported, ///< it says that it was done
        NotSent, ///< certain that nothing was sent
        Unknown, ///< the connection was lost, it ended badly, or said nothing clear
    };
    Kind kind = Kind::Unknown;
    QString text; ///< for a person; no secret
    bool operator==(const TransferOutcome &) const = default;
};

/// Who carries a plan out, as the boundless program on a server over SSH does. It is called at most
/// once for a plan and never repeats anything by itself.
class TransferRunner
{
public:
    using Ended = std::function<void(const TransferOutcome &outcome)>;

    TransferRunner() = default;
    TransferRunner(const TransferRunner &) = delete;
    TransferRunner &operator=(const TransferRunner &) = delete;
    virtual ~TransferRunner() = default;

    /// "the boundless program on prover1"
    [[nodiscard]] virtual QString name() const = 0;
    /// Ends with exactly one call of @p ended, later, by the event loop.
    virtual void run(const TransferPlan &plan, Ended ended) = 0;
};

} // namespace proverdeck::models::boundless
