// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/LogScanner.h"

#include "models/ethrex/LogPatterns.h"
#include "models/logs/LogText.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace proverdeck::models::ethrex {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxEvidence = 500;
constexpr qsizetype MaxName = 100; ///< of a program or target that a line names

std::string_view asText(QByteArrayView bytes)
{
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

unsigned bitOf(LogKind kind)
{
    switch (kind) {
    case LogKind::Prover:
        return InProver;
    case LogKind::L2:
        return InL2;
    case LogKind::LoadTest:
        return InLoadTest;
    case LogKind::Command:
        break;
    }
    return InCommand;
}

// The bulk of a load test's log: one line per account and round.
bool isLoadTestRoutine(std::string_view text)
{
    return text.starts_with("Waiting for transactions to be included")
        || text.starts_with("All transactions sent from")
        || (!text.empty() && text.front() >= '0' && text.front() <= '9'
            && contains(text, " transactions have been sent for "));
}

bool matches(const TrapPattern &pattern, std::string_view message)
{
    const bool hasNeedle
        = pattern.atStart ? message.starts_with(pattern.needle) : contains(message, pattern.needle);
    return hasNeedle && contains(message, pattern.also)
        && (pattern.unless.empty() || !contains(message, pattern.unless));
}

QString portIn(const Evidence &evidence)
{
    if (evidence.text.contains("Proof Coordinator"_L1)) {
        return QCoreApplication::translate("LogFindings", "Port %1").arg(u"3900"_s);
    }
    static const QRegularExpression port(
        u"(?:\\d+\\.\\d+\\.\\d+\\.\\d+|\\]|localhost):(\\d{2,5})\\b"_s);
    const QRegularExpressionMatch match = port.match(evidence.text);
    if (match.hasMatch()) {
        return QCoreApplication::translate("LogFindings", "Port %1").arg(match.captured(1));
    }
    return QCoreApplication::translate("LogFindings", "A port that this step needs");
}

QString whatOf(std::string_view code, const Evidence &evidence)
{
    if (code == "port-in-use") {
        return portIn(evidence);
    }
    if (code == "make-target-missing") {
        return evidence.text.section(u'\'', 1, 1);
    }
    return {};
}

bool isPanicCode(std::string_view code)
{
    return code == "gpu-out-of-memory" || code == "sp1-gpu-server-crashed";
}

} // namespace

LogScanner::LogScanner(LogKind kind, QString logName)
    : m_kind(kind)
    , m_name(std::move(logName))
{
}

Evidence LogScanner::evidenceOf(const LogLine &line) const
{
    // Four bytes a character at most: what is cut off here cannot be shown anyway.
    const QByteArrayView head = line.text.first(std::min(line.text.size(), 4 * MaxEvidence));
    return {m_name, line.number, static_cast<qint64>(line.offset),
            plainLineFromUtf8(head, MaxEvidence)};
}

void LogScanner::add(const char *code, const Evidence &evidence, const QString &what)
{
    Finding finding = trapFinding(code, plainLine(what, MaxName));
    finding.evidence = evidence;
    mergeFinding(m_findings, finding);
    if (finding.severity == Severity::Error && finding.code != "make-failed"_L1) {
        m_findings.removeIf([](const Finding &other) { return other.code == "make-failed"_L1; });
    }
}

void LogScanner::flushPanic()
{
    if (m_panic.line > 0) {
        const Evidence panic = std::exchange(m_panic, {});
        add(m_kind == LogKind::Prover ? "prover-panicked" : "process-panicked", panic);
    }
}

void LogScanner::finish()
{
    flushPanic();
}

void LogScanner::line(const LogLine &line, const TracingLine &tracing)
{
    if (tracing.level == TracingLevel::Info || tracing.level == TracingLevel::Debug
        || tracing.level == TracingLevel::Trace) {
        flushPanic();
        if (m_kind == LogKind::Prover && tracing.message.starts_with("Proved payload #")) {
            add("payload-log", evidenceOf(line));
        }
        return;
    }
    const std::string_view text = asText(line.text);
    if (text.empty() || (m_kind == LogKind::LoadTest && isLoadTestRoutine(text))) {
        return;
    }
    const bool isMatched = matchTable(line, tracing);
    if (contains(tracing.message, "panicked at ") && contains(tracing.message, "thread '")) {
        flushPanic();
        if (!isMatched) {
            m_panic = evidenceOf(line);
        }
        return;
    }
    flushPanic(); // this line did not explain it
    if (tracing.isFramed() || isMatched) {
        return;
    }
    if (m_kind == LogKind::LoadTest && text.starts_with("Round ") && contains(text, " failed:")) {
        add("loadtest-round-failed", evidenceOf(line));
        return;
    }
    if (!matchMissingProgram(line, trimmed(text))) {
        matchMake(line, text);
    }
}

bool LogScanner::matchTable(const LogLine &line, const TracingLine &tracing)
{
    const std::string_view message
        = tracing.isFramed() ? tracing.message : trimmed(tracing.message);
    const unsigned kind = bitOf(m_kind);
    for (const TrapPattern &pattern : trapPatterns()) {
        const bool isHere = (pattern.logs & kind) != 0
            && (pattern.place == PatternPlace::Anywhere
                || (pattern.place == PatternPlace::Framed) == tracing.isFramed());
        if (!isHere || !matches(pattern, message)) {
            continue;
        }
        if (isPanicCode(pattern.code)) {
            m_panic = {}; // this is what the panic was about
        }
        const Evidence evidence = evidenceOf(line);
        add(pattern.code, evidence, whatOf(pattern.code, evidence));
        if (m_kind == LogKind::LoadTest && message.starts_with("Round ")
            && contains(message, " failed:")) {
            add("loadtest-round-failed", evidence);
        }
        return true;
    }
    return false;
}

bool LogScanner::matchMissingProgram(const LogLine &line, std::string_view text)
{
    const bool isCandidate = text.ends_with("not found") || contains(text, "Is `")
        || (text.starts_with("make") && contains(text, ": No such file or directory"));
    if (!isCandidate) {
        return false;
    }
    static const std::array shapes{
        QRegularExpression(
            u"^(?:-|\\S*/)?(?:ba|da|z|k)?sh: (?:line )?(?:\\d+: )?([\\w.+/-]+): (?:command )?not found$"_s),
        QRegularExpression(
            u"^(?:make(?:\\[\\d+\\])?|env|nohup|sudo): (?:\\d+: )?([\\w.+/-]+): (?:No such file or directory|command not found|not found)$"_s),
        QRegularExpression(u"^([\\w.+-]+): command not found$"_s),
        QRegularExpression(u"Is `([\\w.+-]+)` (?:not )?installed"_s),
    };
    const QString full = toQString(text.substr(0, 2000));
    for (const QRegularExpression &shape : shapes) {
        const QRegularExpressionMatch match = shape.match(full);
        if (!match.hasMatch()) {
            continue;
        }
        const QString program = match.captured(1);
        const char *code = "command-not-found";
        if (program == "docker"_L1 || program == "docker-compose"_L1) {
            code = "docker-missing";
        } else if (program == "solc"_L1) {
            code = "solc-missing";
        } else if (program == "rzup"_L1 || program == "sp1up"_L1
                   || program.startsWith("cargo-"_L1)) {
            code = "toolchain-missing";
        }
        add(code, evidenceOf(line), program);
        return true;
    }
    return false;
}

void LogScanner::matchMake(const LogLine &line, std::string_view text)
{
    if (!text.starts_with("make") || !contains(text, "*** [")) {
        return;
    }
    static const QRegularExpression shape(
        u"^make(?:\\[\\d+\\])?: \\*\\*\\* \\[(?:[^\\]]*: )?([^\\]]*)\\] (Killed|Error (\\d+))(?: \\(core dumped\\))?$"_s);
    const QRegularExpressionMatch match = shape.match(toQString(trimmed(text).substr(0, 2000)));
    if (!match.hasMatch()) {
        return; // "(ignored)", or stopped by a signal: somebody wanted that
    }
    const int status = match.captured(3).toInt();
    if (match.captured(2) == "Killed"_L1 || status == 137) {
        add("host-out-of-memory", evidenceOf(line));
        return;
    }
    const bool isStopped = status == 129 || status == 130 || status == 143;
    const bool isExplained = std::ranges::any_of(m_findings, [](const Finding &finding) {
        return finding.severity == Severity::Error && finding.code != "make-failed"_L1;
    });
    if (!isStopped && !isExplained) {
        add("make-failed", evidenceOf(line), match.captured(1));
    }
}

} // namespace proverdeck::models::ethrex
