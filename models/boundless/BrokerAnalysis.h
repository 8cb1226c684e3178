// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerLog.h"
#include "models/boundless/OrderBook.h"
#include "models/logs/Redactor.h"

#include <QMap>

#include <map>

namespace proverdeck::models::boundless {

/// What the broker said last about a change of its broker.toml.
struct SettingsWord
{
    int count = 0; ///< how often it has said something so far
    bool isTaken = false;
    std::optional<qint64> timeMs; ///< since the epoch, UTC
    QString problem; ///< why it was refused
    bool operator==(const SettingsWord &) const = default;
};

/// What is known of the logs that were read, all together.
struct LogFacts
{
    qint64 lines = 0;
    qint64 records = 0; ///< lines of the broker with time and level
    qint64 errors = 0;
    qint64 warnings = 0;
    qint64 softFailed = 0; ///< locks that failed
    qint64 skipLines = 0;
    qint64 completedLines = 0;
    qint64 lockedLines = 0; ///< "Locked request: 0x…"
    int rpcErrors = 0;
    BrokerEra era = BrokerEra::Unknown;
    QString version;
    std::optional<qint64> firstMs;
    std::optional<qint64> lastMs;
    std::optional<qint64> peakKhz; ///< that the broker worked with last
    std::optional<qint64> maxProofs;
    SettingsWord settings;
    std::optional<qint64> stoppedMs; ///< the broker's last word was that it stops
    bool operator==(const LogFacts &) const = default;
};

/// Logs, database and chain facts in; orders, sums and findings out.
///
/// Secrets are masked before anything is read. Pure but for the redaction rules, which are loaded
/// once; not bound to a thread.
class BrokerAnalysis
{
public:
    BrokerAnalysis();

    /// Several logs at once, each by its name; bytes may be cut anywhere.
    void feedLog(const QString &name, QByteArrayView bytes);
    void finishLog(const QString &name);
    void join(const DbSnapshot &snapshot);
    void join(const QList<OrderChainFacts> &facts) { m_book.join(facts); }
    void setAccount(const QString &address) { m_book.setAccount(address); }

    [[nodiscard]] const OrderBook &book() const { return m_book; }
    [[nodiscard]] LogFacts facts() const;
    /// The time of the last line: the moment at which a finished log is judged.
    [[nodiscard]] qint64 lastMs() const { return m_book.lastMs().value_or(0); }
    /// Worst first.
    [[nodiscard]] QList<Finding> findings(qint64 nowMs) const;
    [[nodiscard]] const BrokerPatterns &patterns() const { return *m_patterns; }

private:
    struct Log
    {
        BrokerLog reader;
        Redactor redactor;
    };

    void take(const BrokerEvent &event, BrokerEra era);

    std::shared_ptr<const BrokerPatterns> m_patterns;
    OrderBook m_book;
    std::map<QString, Log> m_logs;
    QList<Finding> m_findings; ///< of single events
    LogFacts m_facts;
    bool m_hasDb = false;
};

} // namespace proverdeck::models::boundless
