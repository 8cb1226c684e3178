// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/TracingLine.h"
#include "models/findings/Finding.h"
#include "models/logs/LineSplitter.h"

namespace proverdeck::models::ethrex {

/// Which program wrote a log: each has its own patterns.
enum class LogKind { Prover, L2, LoadTest, Command };

/// Compares the lines of one log with the table of known traps (LogPatterns.h). Lines that the
/// program itself calls INFO or less are never taken for trouble. Pure.
class LogScanner
{
public:
    LogScanner(LogKind kind, QString logName);
    void line(const LogLine &line, const TracingLine &tracing);
    void finish();
    [[nodiscard]] const QList<Finding> &findings() const { return m_findings; }

private:
    bool matchTable(const LogLine &line, const TracingLine &tracing);
    bool matchMissingProgram(const LogLine &line, std::string_view text);
    void matchMake(const LogLine &line, std::string_view text);
    void add(const char *code, const Evidence &evidence, const QString &what = {});
    void flushPanic();
    [[nodiscard]] Evidence evidenceOf(const LogLine &line) const;

    LogKind m_kind;
    QString m_name;
    QList<Finding> m_findings;
    Evidence m_panic; ///< a panic whose message comes on the next line; line 0 = none
};

} // namespace proverdeck::models::ethrex
