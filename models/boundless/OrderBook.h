// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerDb.h"
#include "models/boundless/BrokerPatterns.h"

#include <QHash>
#include <QSet>

namespace proverdeck::models::boundless {

struct SkipCount
{
    SkipReason reason;
    int orders = 0;
    QString wanted; ///< the smallest value of the setting with which one of them would pass
    bool operator==(const SkipCount &other) const
    {
        return reason.key == other.reason.key && orders == other.orders && wanted == other.wanted;
    }
};

/// What the orders come to. Counts are of distinct orders that ever got so far.
struct OrderSummary
{
    int seen = 0;
    int skipped = 0;
    int notPriced = 0;
    int locked = 0; ///< by us, by the broker's word
    int proved = 0;
    int fulfilled = 0; ///< by us
    int failed = 0;
    int expired = 0;
    int overtaken = 0;
    int slashPending = 0;
    int slashed = 0; ///< says the chain
    int lostLocks = 0;
    int open = 0; ///< locked by us and neither delivered nor over
    QList<SkipCount> skips; ///< most frequent first
    std::optional<double> fulfilmentRate; ///< delivered in time, of the locked ones that are over
    QString atRiskRaw = QStringLiteral("0"); ///< collateral of the open ones, base units
    int atRiskUnknown = 0; ///< open ones whose collateral is not known
    QString lostRaw = QStringLiteral("0"); ///< of those whose lock deadline has passed
    int lostUnknown = 0;
    std::optional<double> kHz; ///< all cycles of proved orders through all their seconds
    quint64 openCycles = 0; ///< of the open ones that are not proved yet, as far as known
    std::optional<qint64> medianTimeToLockMs;
    std::optional<qint64> medianTimeToProveMs;
    bool operator==(const OrderSummary &) const = default;
};

/// All requests that a broker's log, its database and the chain tell of, by request id.
///
/// Events may come from several logs and twice: an order counts once. The time is always given from
/// outside. Not bound to a thread.
class OrderBook
{
public:
    explicit OrderBook(std::shared_ptr<const BrokerPatterns> patterns = BrokerPatterns::builtIn());

    void apply(const BrokerEvent &event);
    void join(const DbSnapshot &snapshot);
    void join(const QList<OrderChainFacts> &facts);
    /// Our account, if it is known; else it is guessed from locks that the broker calls its own.
    void setAccount(const QString &address);
    /// Decides how amounts are read. Newer ones win.
    void setEra(BrokerEra era);

    [[nodiscard]] BrokerEra era() const { return m_era; }
    /// In small letters; empty if nobody knows.
    [[nodiscard]] QStringList accounts() const;
    [[nodiscard]] int size() const { return int(m_orders.size()); }
    [[nodiscard]] int leftOut() const { return m_leftOut; } ///< orders beyond what is kept
    [[nodiscard]] const QList<Order> &orders() const
    {
        return m_orders;
    } ///< as they were first seen
    /// The time of the newest event.
    [[nodiscard]] std::optional<qint64> lastMs() const { return m_lastMs; }

    /// How all stand at @p nowMs.
    [[nodiscard]] QList<OrderRow> rows(qint64 nowMs) const;
    [[nodiscard]] OrderSummary summary(qint64 nowMs) const;
    [[nodiscard]] static OrderSummary summaryOf(const QList<OrderRow> &rows,
                                                const BrokerPatterns &patterns);

private:
    static constexpr qsizetype MostOrders = 200'000;

    [[nodiscard]] Order *orderFor(const QString &id, std::optional<quint64> chain);
    void change(Order &order, const BrokerEvent &event);
    void changeLock(Order &order, const BrokerEvent &event);
    void changeProof(Order &order, const BrokerEvent &event);
    [[nodiscard]] QString batchKey(const BrokerEvent &event) const;
    void failBatch(const BrokerEvent &event);
    void joinOrder(const DbOrder &row);
    [[nodiscard]] OrderRow rowOf(const Order &order, const QStringList &accounts,
                                 qint64 nowMs) const;

    std::shared_ptr<const BrokerPatterns> m_patterns;
    QList<Order> m_orders;
    QHash<QString, qsizetype> m_index; ///< by id, or by id and chain for the second chain of an id
    QHash<QString, QSet<qsizetype>> m_batches; ///< which orders are submitted together
    QString m_batch; ///< the one whose orders come now
    QString m_account;
    QSet<QString> m_ownAddresses; ///< from balance lines
    BrokerEra m_era = BrokerEra::Unknown;
    std::optional<quint64> m_chain; ///< of the broker that says it once, at its start
    std::optional<qint64> m_lastMs;
    int m_leftOut = 0;
};

} // namespace proverdeck::models::boundless
