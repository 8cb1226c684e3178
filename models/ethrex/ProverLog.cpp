// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/ProverLog.h"

#include <algorithm>
#include <limits>

namespace proverdeck::models::ethrex {
namespace {

/// More than a prover can do in years; a log that only looks like one costs no more memory.
constexpr qsizetype MaxProofs = 200'000;

std::string_view asText(QByteArrayView bytes)
{
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

bool isProcessStart(std::string_view text)
{
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return text.starts_with("Running `") && text.find("ethrex l2 prover") != std::string_view::npos;
}

// The fields behind the message; the first of a name counts, as for upstream's script.
struct ProofFields
{
    std::optional<quint64> batch;
    std::optional<qint64> timeMs;
    bool hasTime = false;
    bool isMalformed = false;
};

void takeFields(std::string_view &text, ProofFields &fields)
{
    while (const auto field = takeField(text)) {
        const auto [name, value] = *field;
        if (name == "batch" || name == "id") {
            const std::optional<quint64> number = wholeNumber(value);
            fields.isMalformed = fields.isMalformed || !number;
            fields.batch = fields.batch ? fields.batch : number;
        } else if (name == "proving_time_ms" && !fields.hasTime) {
            const std::optional<quint64> number = wholeNumber(value);
            fields.hasTime = true;
            if (number && *number <= static_cast<quint64>(std::numeric_limits<qint64>::max())) {
                fields.timeMs = static_cast<qint64>(*number);
            }
        }
    }
}

// "in 47.12s ": upstream's rounded text. The exact figure is in the fields.
void dropDuration(std::string_view &text)
{
    std::string_view rest = text;
    if (takePrefix(rest, "in ") && !rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
        rest.remove_prefix(std::min(rest.find(' '), rest.size()));
        takePrefix(rest, " ");
        text = rest;
    }
}

} // namespace

ProverLog::ProverLog(QString logName)
    : m_name(std::move(logName))
    , m_scanner(LogKind::Prover, m_name)
{
}

QDateTime ProverLog::lastTimestamp() const
{
    return m_lastTimeMs ? QDateTime::fromMSecsSinceEpoch(*m_lastTimeMs, Qt::UTC) : QDateTime();
}

void ProverLog::feed(QByteArrayView bytes)
{
    m_splitter.feed(bytes, [this](const LogLine &line) { onLine(line); });
}

void ProverLog::finish()
{
    m_splitter.finish([this](const LogLine &line) { onLine(line); });
    m_scanner.finish();
}

void ProverLog::onLine(const LogLine &line)
{
    const TracingLine tracing = splitTracingLine(asText(line.text));
    m_scanner.line(line, tracing);
    if (tracing.timeMs) {
        m_lastTimeMs = tracing.timeMs;
    }
    m_coloured = m_coloured || (line.hadEscapes && tracing.isFramed());
    std::string_view message = tracing.message;
    if (isProcessStart(message) || message.starts_with("Prover started for")) {
        m_freshProcess = true;
        m_provingNow.reset();
        m_provingSince = {};
        return;
    }
    if (takePrefix(message, "Received ")) {
        m_contact = true;
        if (takePrefix(message, "Response for batch_number: ")
            || takePrefix(message, "payload #")) {
            onHandedOut(message, tracing);
        }
        return;
    }
    onProved(message, line, tracing);
}

void ProverLog::onHandedOut(std::string_view rest, const TracingLine &tracing)
{
    const std::optional<quint64> batch = takeNumber(rest);
    if (batch && (rest.empty() || rest.front() == ' ')) {
        m_provingNow = batch;
        m_provingSince = tracing.at();
    }
}

void ProverLog::onProved(std::string_view rest, const LogLine &line, const TracingLine &tracing)
{
    ProofFields fields;
    if (rest.find("Proved ") == std::string_view::npos) {
        return;
    }
    takeFields(rest, fields); // some early builds wrote them first
    if (!takePrefix(rest, "Proved batch ") && !takePrefix(rest, "Proved payload #")) {
        return;
    }
    const std::optional<quint64> batch = takeNumber(rest);
    if (!batch || (!rest.empty() && !takePrefix(rest, " "))) {
        return;
    }
    dropDuration(rest);
    const bool hasWords = !rest.empty();
    takeFields(rest, fields);
    const bool isSentence
        = hasWords && !fields.batch; // "Proved batch 3 is what it says in a quote"
    if (isSentence || fields.isMalformed || fields.batch.value_or(*batch) != *batch) {
        return;
    }
    if (m_proofs.size() >= MaxProofs) {
        return;
    }
    m_proofs << Proof{*batch,      fields.timeMs, tracing.at(),
                      line.number, line.offset,   m_freshProcess};
    m_seen.insert(*batch);
    m_freshProcess = false;
    if (m_provingNow == batch) {
        m_provingNow.reset();
        m_provingSince = {};
    }
}

} // namespace proverdeck::models::ethrex
