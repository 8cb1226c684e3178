// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/LogRange.h"
#include "models/boundless/Market.h"
#include "models/evm/RpcEndpoint.h"

#include <QMap>
#include <QObject>
#include <QSet>

namespace proverdeck::models::boundless {

/// The events of one account in one market, read from the logs: newest blocks first, then back to a
/// given block, and forward with the chain.
///
/// GUI thread. The last blocks are read again with each step forward and replace what was known of
/// them, so that a reorganisation leaves nothing behind. Stops at trouble and goes on at the next
/// follow().
class EventHistory : public QObject
{
    Q_OBJECT

public:
    static constexpr quint64 Overlap = 12; ///< blocks that are read again

    /// @p endpoint must outlive the history.
    explicit EventHistory(evm::RpcEndpoint &endpoint, QObject *parent = nullptr);
    ~EventHistory() override;

    /// Reads the blocks @p from to @p head, both included.
    void start(const MarketFacts &facts, const evm::Address &account, quint64 head, quint64 from);
    void follow(quint64 head); ///< reads on to @p head; goes on after trouble
    void extendTo(quint64 from); ///< reads further back
    /// Drops what is known from @p block on, and of what is older all that the chain does not
    /// confirm.
    void rewind(quint64 block);
    void stop();

    /// Ours, oldest first, without duplicates; slashes joined with our locks by request id.
    [[nodiscard]] QList<MarketEvent> events() const;
    [[nodiscard]] bool isComplete() const; ///< everything from from() to head() is read
    [[nodiscard]] quint64 from() const { return m_from; }
    [[nodiscard]] quint64 head() const { return m_head; }
    /// What is read without a hole: [low, high]; low > high means nothing.
    [[nodiscard]] quint64 low() const { return m_low; }
    [[nodiscard]] quint64 high() const { return m_high; }
    [[nodiscard]] const QString &problem() const { return m_problem; }
    /// Blocks that hold more events than the endpoint gives; nothing is known of them.
    [[nodiscard]] const QList<quint64> &unreadable() const { return m_unreadable; }
    [[nodiscard]] quint64 rangeWidth() const { return m_range.width(); }

signals:
    void changed(); ///< events, progress or problem

private:
    void readOn();
    void readChunk(quint64 from, quint64 to);
    [[nodiscard]] QList<MarketEvent> eventsIn(const QList<evm::RpcAnswer> &answers, quint64 from,
                                              quint64 to) const;
    void onLogs(quint64 from, quint64 to, const QList<evm::RpcAnswer> &answers);
    void take(quint64 from, quint64 to, const QList<MarketEvent> &found);
    void verifyOldest();
    bool askTimes();
    void onTimes(const QList<quint64> &blocks, const QList<evm::RpcAnswer> &answers);
    void dropFrom(quint64 block);
    void failed(const QString &text);

    evm::RpcEndpoint &m_endpoint;
    MarketFacts m_facts;
    evm::Address m_account;
    std::unique_ptr<QObject> m_round;
    QList<MarketEvent> m_events; ///< sorted; slashes of others, too: their lock may be older
    QMap<quint64, QDateTime> m_times;
    LogRange m_range;
    quint64 m_from = 0;
    quint64 m_head = 0;
    quint64 m_low = 1;
    quint64 m_high = 0;
    bool m_isBusy = false;
    bool m_mustVerify = false; ///< after a reorganisation: are the kept events still in the chain?
    QString m_problem;
    QList<quint64> m_unreadable;
};

} // namespace proverdeck::models::boundless
