// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerPatterns.h"
#include "models/logs/LineSplitter.h"

#include <QHash>
#include <QSet>

#include <array>
#include <functional>

namespace proverdeck::models::boundless {

/// Reads the log of a Boundless broker of any release, raw, through docker compose (also of several
/// services), coloured, or JSON. Bytes may be cut anywhere. Pure: no clock, no I/O; the same bytes
/// give the same events. Give it redacted bytes: 2.x prints whole RPC addresses.
///
/// Formats: boundless-xyz/boundless crates/broker, tracing_subscriber::fmt.
class BrokerLog
{
public:
    using Sink = std::function<void(const BrokerEvent &)>;

    explicit BrokerLog(QString name = QStringLiteral("broker.log"),
                       std::shared_ptr<const BrokerPatterns> patterns = BrokerPatterns::builtIn());

    void feed(QByteArrayView bytes, const Sink &sink);
    void finish(const Sink &sink);

    [[nodiscard]] const QString &name() const { return m_name; }
    [[nodiscard]] qint64 lines() const { return m_lines; }
    /// Records of the broker: its lines with time and level.
    [[nodiscard]] qint64 records() const { return m_records; }
    [[nodiscard]] qint64 count(BrokerLevel level) const { return m_levels.at(std::size_t(level)); }
    [[nodiscard]] qint64 count(BrokerEventKind kind) const { return m_kinds.value(kind); }
    /// The newest generation whose words were seen.
    [[nodiscard]] BrokerEra era() const { return m_era; }
    [[nodiscard]] QString version() const { return m_version; } ///< "2.0.2" if the log says it
    [[nodiscard]] std::optional<qint64> firstMs() const { return m_firstMs; }
    [[nodiscard]] std::optional<qint64> lastMs() const { return m_lastMs; }

private:
    /// The record that lines without a time continue.
    struct Record
    {
        BrokerEvent event;
        bool isBroker = false;
        QSet<QString> codes; ///< each counts once per record
    };

    void onLine(const LogLine &line, const Sink &sink);
    void onRecord(const BrokerLine &line, const QString &message, BrokerEvent base,
                  const Sink &sink);
    void putOtherOrders(const QString &message, BrokerEvent event, const Sink &sink);
    void onContinuation(const QString &text, const LogLine &line, Record &record, const Sink &sink);
    void findEverywhere(const QString &text, Record &record, const Evidence &evidence,
                        const Sink &sink);
    void raiseEra(BrokerEra era);
    void put(const BrokerEvent &event, const Sink &sink);

    QString m_name;
    std::shared_ptr<const BrokerPatterns> m_patterns;
    QRegularExpression m_deadlines;
    QRegularExpression m_status;
    QRegularExpression m_code;
    LineSplitter m_splitter;
    QHash<QString, Record> m_current; ///< by service
    std::array<qint64, 6> m_levels{};
    QHash<BrokerEventKind, qint64> m_kinds;
    qint64 m_lines = 0;
    qint64 m_records = 0;
    BrokerEra m_era = BrokerEra::Unknown;
    QString m_version;
    std::optional<qint64> m_firstMs;
    std::optional<qint64> m_lastMs;
};

/// "a3f1…" and "0x00A3F1…" → "0xa3f1…": how requests are named everywhere here.
[[nodiscard]] QString requestId(const QString &text);

} // namespace proverdeck::models::boundless
