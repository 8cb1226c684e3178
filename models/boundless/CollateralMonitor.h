// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/Market.h"
#include "models/evm/RpcEndpoint.h"

#include <QObject>
#include <QTimer>

namespace proverdeck::models::boundless {

/// What the chain said about one account at one block: all of it at the same block, or nothing.
struct Snapshot
{
    quint64 block = 0;
    QString blockHash;
    QDateTime blockTime; ///< UTC
    QDateTime readAt; ///< UTC, when the endpoint last confirmed it
    evm::U256 collateral; ///< credit in the market; what is locked is not in it
    evm::U256 wallet; ///< tokens of the account outside the market
    evm::U256 coin; ///< what fees are paid with, in wei
    evm::U256 allowance; ///< what the market may take from the wallet
    bool operator==(const Snapshot &) const = default;
};

/// Keeps an eye on one account's collateral.
///
/// GUI thread. Polls the height and reads everything at one block, in one batch, when it moved. A
/// value that could not be read anew stays, with its age; nothing unknown is ever 0. The chain id
/// and the last known block are checked with every reading.
class CollateralMonitor : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Stopped,
        Reading, ///< no value yet
        Live,
        Stale, ///< the values are old: see problem()
        ChainChanged, ///< the endpoint serves another chain now: the values are not its
        ContractGone, ///< the account's market does not answer any more: the values are not true
    };

    /// @p endpoint must outlive the monitor.
    explicit CollateralMonitor(evm::RpcEndpoint &endpoint, QObject *parent = nullptr);
    ~CollateralMonitor() override;

    void setInterval(std::chrono::milliseconds interval) { m_poll.setInterval(interval); }
    void start(const MarketFacts &facts, const evm::Address &account);
    void stop();
    void refresh(); ///< now, not at the next interval

    [[nodiscard]] State state() const { return m_state; }
    /// The last good values; none before the first, and none of another chain.
    [[nodiscard]] const std::optional<Snapshot> &snapshot() const { return m_snapshot; }
    [[nodiscard]] const QString &problem() const { return m_problem; } ///< a sentence; or empty
    [[nodiscard]] const QString &notice() const { return m_notice; } ///< of the last reorganisation
    [[nodiscard]] const MarketFacts &facts() const { return m_facts; }
    [[nodiscard]] const evm::Address &account() const { return m_account; }

signals:
    void changed(); ///< state, age, problem
    void snapshotTaken(const proverdeck::models::boundless::Snapshot &snapshot);
    /// Blocks from @p block on may be others than before.
    void reorganised(quint64 block);

private:
    void poll();
    void onHead(const QList<evm::RpcAnswer> &answers);
    void checkKnownBlock(quint64 head);
    void readAt(quint64 head);
    void onReading(quint64 head, const QList<evm::RpcAnswer> &answers);
    void failed(const QString &text);
    void setState(State state, const QString &problem = {});

    evm::RpcEndpoint &m_endpoint;
    MarketFacts m_facts;
    evm::Address m_account;
    State m_state = State::Stopped;
    std::optional<Snapshot> m_snapshot;
    QString m_problem;
    QString m_notice;
    QTimer m_poll;
    std::unique_ptr<QObject> m_round;
    bool m_isBusy = false;
    int m_failures = 0; ///< readings in a row
};

} // namespace proverdeck::models::boundless

Q_DECLARE_METATYPE(proverdeck::models::boundless::Snapshot)
