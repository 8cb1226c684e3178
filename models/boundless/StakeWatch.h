// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/Alerts.h"
#include "models/boundless/BalanceSeries.h"
#include "models/boundless/CollateralMonitor.h"
#include "models/boundless/EventHistory.h"
#include "models/boundless/LockBook.h"
#include "models/boundless/MarketProbe.h"

#include <QObject>
#include <QTimer>

namespace proverdeck::models::boundless {

/// Which account in which market to watch, and how far back.
struct StakeTarget
{
    Network network;
    evm::Address market;
    evm::Address account;
    std::optional<quint64> fromBlock; ///< otherwise by historyDays
    double historyDays = 7; ///< by the network's pace of blocks; 0 = no history
    bool operator==(const StakeTarget &) const = default;
};

/// Everything that is known of one account's collateral, kept up to date: probe, values, events,
/// locks, series, alerts.
///
/// GUI thread. Begins with start() and goes on, through trouble, until stop() or the end of the
/// object.
class StakeWatch : public QObject
{
    Q_OBJECT

public:
    enum class Phase {
        Idle,
        Probing, ///< what is there? also between attempts
        Watching,
        Blocked, ///< wrong chain, no market, or a refused key: problem() says what a person must do
    };

    explicit StakeWatch(evm::RpcUrl url, evm::RpcLimits limits = {}, QObject *parent = nullptr);
    ~StakeWatch() override;

    /// How often the height is polled; before start().
    void setInterval(std::chrono::milliseconds interval);
    void start(const StakeTarget &target);
    void stop();
    void retry(); ///< forgets waits and refusals and asks again
    void loadOlder(double days); ///< reads so much further back
    void setThresholds(const Thresholds &thresholds);

    [[nodiscard]] Phase phase() const { return m_phase; }
    [[nodiscard]] const StakeTarget &target() const { return m_target; }
    [[nodiscard]] const std::optional<MarketFacts> &facts() const { return m_facts; }
    /// What is wrong now, of the probe or of the values; a sentence, or empty.
    [[nodiscard]] QString problem() const;
    [[nodiscard]] const std::optional<ProbeFault> &probeFault() const { return m_fault; }
    [[nodiscard]] const evm::RpcEndpoint &endpoint() const { return m_endpoint; }
    [[nodiscard]] const CollateralMonitor &monitor() const { return m_monitor; }
    [[nodiscard]] const EventHistory &history() const { return m_history; }

    [[nodiscard]] const QList<MarketEvent> &events() const { return m_events; }
    [[nodiscard]] const Verdicts &verdicts() const { return m_verdicts; }
    [[nodiscard]] const QList<LockEntry> &locks() const { return m_locks; }
    [[nodiscard]] const LockTotals &lockTotals() const { return m_totals; }
    [[nodiscard]] const BalanceSeries &collateralSeries() const { return m_collateral; }
    [[nodiscard]] const BalanceSeries &walletSeries() const { return m_wallet; }
    [[nodiscard]] const Alerts &alerts() const { return m_alerts; }
    /// True once the newest values, all events to them and the state of every lock are read.
    [[nodiscard]] bool isSettled() const;
    /// At the pace of the losses since the history begins; nothing if there are none.
    [[nodiscard]] std::optional<QDateTime> collateralRunsOut() const;
    [[nodiscard]] std::optional<QDateTime> coinRunsOut() const;

signals:
    void changed();
    void alerted(const proverdeck::models::boundless::AlertEvent &event);

private:
    void probe();
    void onProbed();
    void onSnapshot(const Snapshot &snapshot);
    void onMonitorChanged();
    void onHistoryChanged();
    void askVerdicts();
    void onVerdicts(const QStringList &ids, const QList<evm::RpcAnswer> &answers);
    void rebuild();
    [[nodiscard]] quint64 firstBlock(quint64 head) const;

    evm::RpcEndpoint m_endpoint;
    MarketProbe m_probe;
    CollateralMonitor m_monitor;
    EventHistory m_history;
    QTimer m_again;
    Phase m_phase = Phase::Idle;
    StakeTarget m_target;
    std::optional<MarketFacts> m_facts;
    std::optional<ProbeFault> m_fault;
    QString m_probeProblem;
    bool m_hasHistory = false;
    QList<Observation> m_seenCollateral, m_seenWallet, m_seenCoin;
    QList<MarketEvent> m_events;
    Verdicts m_verdicts;
    bool m_asksVerdicts = true; ///< false: the contract has no such calls
    bool m_isAskingVerdicts = false;
    quint64 m_verdictsAt = 0; ///< the block at which every open lock was asked for
    std::unique_ptr<QObject> m_round;
    QList<LockEntry> m_locks;
    LockTotals m_totals;
    BalanceSeries m_collateral, m_wallet;
    Alerts m_alerts;
};

} // namespace proverdeck::models::boundless

Q_DECLARE_METATYPE(proverdeck::models::boundless::AlertEvent)
