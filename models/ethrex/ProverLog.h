// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/findings/Finding.h"
#include "models/logs/LineSplitter.h"

#include <QDateTime>
#include <QSet>

#include <optional>

namespace proverdeck::models::ethrex {

/// One "Proved batch N" or "Proved payload #N" line.
struct Proof {
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
    [[nodiscard]] const QList<Finding> &findings() const { return m_findings; }
    [[nodiscard]] int distinctBatches() const { return int(m_seen.size()); }
    /// The batch that was handed out last and is not proved yet, with the time of that line.
    [[nodiscard]] std::optional<quint64> provingNow() const { return m_provingNow; }
    [[nodiscard]] QDateTime provingSince() const { return m_provingSince; }
    [[nodiscard]] QDateTime lastTimestamp() const { return m_lastTimestamp; }
    [[nodiscard]] bool hasContact() const { return m_contact; } ///< any "Received …" line

private:
    void onLine(const LogLine &line);

    QString m_name;
    LineSplitter m_splitter;
    QList<Proof> m_proofs;
    QList<Finding> m_findings;
    QSet<quint64> m_seen;
    std::optional<quint64> m_provingNow;
    QDateTime m_provingSince;
    QDateTime m_lastTimestamp;
    bool m_contact = false;
    bool m_freshProcess = true;
};

} // namespace proverdeck::models::ethrex
