// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/TransferPlan.h"

#include <QJsonObject>

namespace proverdeck::models::boundless {

/// What became of one submission.
enum class TransferState {
    Sent, ///< on its way: no word yet
    Unknown, ///< nobody can say whether it went out; it is looked for on the chain
    Done, ///< seen on the chain
    NotSent,
};
[[nodiscard]] QString transferStateWord(TransferState state);

struct TransferRecord
{
    TransferKind kind = TransferKind::Deposit;
    quint64 chainId = 0;
    evm::Address market;
    evm::Address account;
    evm::U256 amount;
    quint64 blockBefore = 0; ///< only events after it count
    evm::U256 collateralBefore;
    QDateTime submitted; ///< UTC
    TransferState state = TransferState::Sent;
    QString transaction; ///< of Done
    QString text; ///< what the runner said
    bool operator==(const TransferRecord &) const = default;
};

/// Remembers submissions, so that none is made twice by mistake: while the outcome of one is not
/// known, the same transfer is held back. What the chain shows decides. Pure; the owner keeps it
/// between sessions.
class TransferBook
{
public:
    /// Empty, or why @p plan must not be submitted now.
    [[nodiscard]] QString whyHeldBack(const TransferPlan &plan) const;
    /// Notes a submission before it is made. @p now in UTC.
    void submitted(const TransferPlan &plan, const QDateTime &now);
    void ended(const TransferPlan &plan, const TransferOutcome &outcome);
    /// Looks for open submissions among what the chain shows. True if one was found.
    bool lookUp(const MarketFacts &facts, const QList<MarketEvent> &events);
    /// A person looked and knows that it was never sent.
    void release(const TransferPlan &plan);

    /// Nothing of this account in this market was ever submitted.
    [[nodiscard]] bool isFirst(const MarketFacts &facts, const evm::Address &account) const;
    /// The block from which on an open submission of this account has to be looked for. Chain 0:
    /// any.
    [[nodiscard]] std::optional<quint64> openSince(quint64 chainId, const evm::Address &market,
                                                   const evm::Address &account) const;

    [[nodiscard]] const QList<TransferRecord> &records() const { return m_records; }
    [[nodiscard]] QJsonArray toJson() const;
    /// What is not well-formed is left out; an open one of an earlier session is Unknown now.
    [[nodiscard]] static TransferBook fromJson(const QJsonArray &json);

private:
    [[nodiscard]] TransferRecord *openRecord(const TransferPlan &plan);

    QList<TransferRecord> m_records; ///< oldest first
};

} // namespace proverdeck::models::boundless
