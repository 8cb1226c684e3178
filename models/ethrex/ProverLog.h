// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/LogScanner.h"

#include <QDateTime>
#include <QSet>

#include <optional>
#include <string_view>

namespace proverdeck::models::ethrex {

/// One "Proved batch N" or "Proved payload #N" line.
struct Proof
{
    quint64 batch = 0;
    std::optional<qint64> timeMs; ///< none: the prover ran without its timing option
    QDateTime at; ///< UTC, milliseconds; invalid if the line has no timestamp
    qint64 line = 0;
    quint64 offset = 0;
    bool firstOfProcess = false; ///< the first proof since the prover process started
    bool operator==(const Proof &) const = default;
};

/// Reads an ethrex prover's log, both generations ("batch" until 2026-03, "payload" after; formats:
/// lambdaclass/ethrex crates/l2/prover/src/prover.rs and crates/prover/src/prover.rs), coloured or
/// not. Bytes may be cut anywhere. Pure: no clock, no I/O; the same bytes give the same events.
class ProverLog
{
public:
    explicit ProverLog(QString logName = QStringLiteral("prover.log"));

    void feed(QByteArrayView bytes);
    void finish();

    [[nodiscard]] const QList<Proof> &proofs() const { return m_proofs; }
    [[nodiscard]] const QList<Finding> &findings() const { return m_scanner.findings(); }
    [[nodiscard]] int distinctBatches() const { return int(m_seen.size()); }
    /// The batch that was handed out last and is not proved yet, with the time of that line.
    [[nodiscard]] std::optional<quint64> provingNow() const { return m_provingNow; }
    [[nodiscard]] QDateTime provingSince() const { return m_provingSince; }
    [[nodiscard]] QDateTime lastTimestamp() const;
    [[nodiscard]] bool hasContact() const { return m_contact; } ///< any "Received …" line
    /// A line of the prover itself came with escape sequences: upstream's script cannot read it.
    [[nodiscard]] bool isColoured() const { return m_coloured; }
    [[nodiscard]] const QString &name() const { return m_name; }

private:
    void onLine(const LogLine &line);
    void onProved(std::string_view rest, const LogLine &line, const TracingLine &tracing);
    void onHandedOut(std::string_view rest, const TracingLine &tracing);

    QString m_name;
    LineSplitter m_splitter;
    LogScanner m_scanner;
    QList<Proof> m_proofs;
    QSet<quint64> m_seen;
    std::optional<quint64> m_provingNow;
    QDateTime m_provingSince;
    std::optional<qint64> m_lastTimeMs;
    bool m_contact = false;
    bool m_coloured = false;
    bool m_freshProcess = true;
};

} // namespace proverdeck::models::ethrex
