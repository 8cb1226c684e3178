// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/BatchTable.h"
#include "models/ethrex/LogScanner.h"

namespace proverdeck::models::ethrex {

/// Finds the known traps in one log (upstream's wording, lambdaclass/ethrex, and what docker,
/// cargo, make and the shell print). Bytes may be cut anywhere. ProverLog uses it for
/// LogKind::Prover.
class LogFindings
{
public:
    LogFindings(LogKind kind, QString logName);
    void feed(QByteArrayView bytes);
    void finish();
    /// One line, already split; for readers that split themselves.
    void line(const LogLine &line);
    [[nodiscard]] const QList<Finding> &findings() const { return m_scanner.findings(); }

private:
    LineSplitter m_splitter;
    LogScanner m_scanner;
};

/// Findings that need the whole picture: no timing option, coloured log, repeats, empties, restart,
/// metrics missing, "exited with status 0 after a panic", nothing counted.
struct Picture
{
    QList<Proof> proofs;
    QList<BatchRow> rows;
    QList<Finding> logFindings; ///< all that LogFindings gave
    bool coloured = false; ///< the prover's log holds escape sequences
    bool metricsAsked = false; ///< a metrics body was asked for or given
    bool metricsReadable = false;
    int l2Restarts = 0;
    std::optional<int> proverExitCode; ///< if the prover has ended by itself
    QString logName = QStringLiteral("prover.log"); ///< of the proofs, for the evidence
};
/// Only the findings of the whole picture; those of the logs are not repeated.
[[nodiscard]] QList<Finding> judge(const Picture &picture);

} // namespace proverdeck::models::ethrex
