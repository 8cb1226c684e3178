// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/BatchTable.h"

namespace proverdeck::models::ethrex {

/// Which program wrote a log: each has its own patterns.
enum class LogKind { Prover, L2, LoadTest, Command };

/// Finds the known traps in one log (upstream's wording, lambdaclass/ethrex, and what docker, cargo,
/// make and the shell print). Bytes may be cut anywhere. ProverLog uses it for LogKind::Prover.
class LogFindings
{
public:
    LogFindings(LogKind kind, QString logName);
    void feed(QByteArrayView bytes);
    void finish();
    /// One line, already split; for readers that split themselves.
    void line(const LogLine &line);
    [[nodiscard]] const QList<Finding> &findings() const { return m_findings; }

private:
    LogKind m_kind;
    QString m_name;
    LineSplitter m_splitter;
    QList<Finding> m_findings;
};

/// Findings that need the whole picture: no timing option, coloured log, repeats, empties, restart,
/// metrics missing, "exited with status 0 after a panic", nothing counted.
struct Picture {
    QList<Proof> proofs;
    QList<BatchRow> rows;
    QList<Finding> logFindings; ///< all that LogFindings gave
    bool coloured = false; ///< the prover's log holds escape sequences
    bool metricsAsked = false; ///< a metrics body was asked for or given
    bool metricsReadable = false;
    int l2Restarts = 0;
    std::optional<int> proverExitCode; ///< if the prover has ended by itself
};
[[nodiscard]] QList<Finding> judge(const Picture &picture);

} // namespace proverdeck::models::ethrex
