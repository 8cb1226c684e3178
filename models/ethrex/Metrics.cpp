// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/Metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

namespace proverdeck::models::ethrex {
namespace {

/// More than an L2 seals in years; an endless body of made-up batches costs no more memory.
constexpr qsizetype MaxBatches = 200'000;

struct Label
{
    std::string_view name;
    std::string value;
};

struct Sample
{
    std::string_view name;
    QList<Label> labels;
    double value = 0;
    std::optional<quint64> whole; ///< the value, if it is a count: exact also above 2^53
};

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

void dropBlanks(std::string_view &text)
{
    text.remove_prefix(
        static_cast<std::size_t>(std::ranges::find_if_not(text, isBlank) - text.begin()));
}

std::string_view takeName(std::string_view &text)
{
    const auto isName = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || c == '_' || c == ':';
    };
    const auto size
        = static_cast<std::size_t>(std::ranges::find_if_not(text, isName) - text.begin());
    const std::string_view name = text.substr(0, size);
    text.remove_prefix(size);
    return !name.empty() && name.front() >= '0' && name.front() <= '9' ? std::string_view() : name;
}

// The text between quotes, behind the opening one; \\, \" and \n are the format's only escapes.
std::optional<std::string> takeQuoted(std::string_view &text)
{
    std::string value;
    while (!text.empty()) {
        char c = text.front();
        text.remove_prefix(1);
        if (c == '"') {
            return value;
        }
        if (c == '\\' && !text.empty()) {
            c = text.front() == 'n' ? '\n' : text.front();
            text.remove_prefix(1);
        }
        value += c;
    }
    return std::nullopt;
}

bool takeLabels(std::string_view &text, QList<Label> &labels)
{
    if (text.empty() || text.front() != '{') {
        return true;
    }
    text.remove_prefix(1);
    for (;;) {
        dropBlanks(text);
        if (text.starts_with('}')) {
            text.remove_prefix(1);
            return true;
        }
        const std::string_view name = takeName(text);
        dropBlanks(text);
        if (name.empty() || !text.starts_with('=')) {
            return false;
        }
        text.remove_prefix(1);
        dropBlanks(text);
        if (!text.starts_with('"')) {
            return false;
        }
        text.remove_prefix(1);
        std::optional<std::string> value = takeQuoted(text);
        if (!value) {
            return false;
        }
        labels << Label{name, *std::move(value)};
        dropBlanks(text);
        if (text.starts_with(',')) {
            text.remove_prefix(1);
        } else if (!text.starts_with('}')) {
            return false;
        }
    }
}

template<class T> std::optional<T> toNumber(std::string_view text)
{
    T value{};
    const char *const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end ? std::optional<T>(value) : std::nullopt;
}

std::optional<quint64> toWhole(std::string_view text, double value)
{
    if (const auto exact = toNumber<quint64>(text)) {
        return exact;
    }
    constexpr double Limit = 18446744073709551616.0; // 2^64
    const bool isCount
        = std::isfinite(value) && value >= 0 && value < Limit && std::floor(value) == value;
    return isCount ? std::optional(static_cast<quint64>(value)) : std::nullopt;
}

std::optional<Sample> parseSample(std::string_view line)
{
    Sample sample;
    sample.name = takeName(line);
    dropBlanks(line);
    if (sample.name.empty() || !takeLabels(line, sample.labels)) {
        return std::nullopt;
    }
    dropBlanks(line);
    const auto size = static_cast<std::size_t>(std::ranges::find_if(line, isBlank) - line.begin());
    std::string_view text = line.substr(0, size);
    line.remove_prefix(size);
    dropBlanks(line);
    const std::string_view after = line.substr(0, line.find_last_not_of(" \t") + 1);
    if (!after.empty() && !after.starts_with('#') && !toNumber<double>(after)) {
        return std::nullopt; // neither a timestamp nor an exemplar: a sentence
    }
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const std::optional<double> value = toNumber<double>(text);
    if (!value) {
        return std::nullopt;
    }
    sample.value = *value;
    sample.whole = toWhole(text, *value);
    return sample;
}

std::string_view labelOf(const Sample &sample, std::string_view name)
{
    const auto label = std::ranges::find(sample.labels, name, &Label::name);
    return label != sample.labels.end() ? std::string_view(label->value) : std::string_view();
}

void takeBatchSample(const Sample &sample, MetricsSnapshot &snapshot)
{
    const std::optional<quint64> batch = toNumber<quint64>(labelOf(sample, "batch_number"));
    if (!batch || !sample.whole) {
        return;
    }
    if (sample.name == "batch_gas_used") {
        snapshot.batches[*batch].gasUsed = sample.whole;
    } else if (sample.name == "batch_tx_count") {
        snapshot.batches[*batch].txCount = sample.whole;
    } else if (sample.name == "batch_size" && *sample.whole < std::numeric_limits<quint64>::max()) {
        snapshot.batches[*batch].blocks = *sample.whole + 1; // the metric is last minus first
    }
}

void takeSample(const Sample &sample, MetricsSnapshot &snapshot)
{
    if (sample.name.starts_with("batch_")) {
        takeBatchSample(sample, snapshot);
    } else if (sample.name == "process_start_time_seconds" && std::isfinite(sample.value)
               && std::abs(sample.value) < 9e18) {
        snapshot.processStartSecs = static_cast<qint64>(sample.value);
    } else if (sample.name == "l2_blocks_tracker") {
        const std::string_view type = labelOf(sample, "block_type");
        if (type == "lastCommittedBatch") {
            snapshot.committedBatch = sample.whole;
        } else if (type == "lastVerifiedBatch") {
            snapshot.verifiedBatch = sample.whole;
        }
    } else if (sample.name == "block_number") {
        snapshot.blockNumber = sample.whole;
    } else if (sample.name == "mempool_tx_count" && labelOf(sample, "type") == "regular") {
        snapshot.mempool = sample.whole;
    } else if (sample.name == "transactions_total") {
        snapshot.transactions = sample.whole;
    } else if (sample.name == "gas_used") {
        snapshot.blockGasUsed = sample.whole;
    }
}

} // namespace

std::optional<MetricsSnapshot> parseMetrics(QByteArrayView body)
{
    std::string_view rest(body.data(), static_cast<std::size_t>(body.size()));
    MetricsSnapshot snapshot;
    bool hasSample = false;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        dropBlanks(line);
        if (line.empty() || line.front() == '#') {
            continue;
        }
        if (const std::optional<Sample> sample = parseSample(line)) {
            hasSample = true;
            takeSample(*sample, snapshot);
        }
    }
    return hasSample ? std::optional(snapshot) : std::nullopt;
}

bool MetricsHistory::isRestart(const MetricsSnapshot &snapshot) const
{
    if (m_snapshots == 0) {
        return false;
    }
    if (m_processStart && snapshot.processStartSecs
        && m_processStart != snapshot.processStartSecs) {
        return true;
    }
    // A process never forgets a batch that it sealed.
    return std::ranges::any_of(m_latest.batches.keys(), [&snapshot](quint64 batch) {
        return !snapshot.batches.contains(batch);
    });
}

void MetricsHistory::add(const MetricsSnapshot &snapshot)
{
    if (isRestart(snapshot)) {
        ++m_restarts;
        quint64 last = m_beforeRestart.value_or(0);
        if (!m_latest.batches.isEmpty()) {
            last = std::max(last, m_latest.batches.lastKey());
        }
        m_beforeRestart = std::max(last, m_latest.committedBatch.value_or(0));
    }
    if (!snapshot.batches.isEmpty() && snapshot.batches.firstKey() > 1) {
        m_beforeRestart = std::max(m_beforeRestart.value_or(0), snapshot.batches.firstKey() - 1);
    }
    for (auto it = snapshot.batches.cbegin(); it != snapshot.batches.cend(); ++it) {
        if (m_batches.size() >= MaxBatches && !m_batches.contains(it.key())) {
            continue;
        }
        BatchFacts &facts = m_batches[it.key()];
        facts.gasUsed = it->gasUsed ? it->gasUsed : facts.gasUsed;
        facts.txCount = it->txCount ? it->txCount : facts.txCount;
        facts.blocks = it->blocks ? it->blocks : facts.blocks;
    }
    if (snapshot.processStartSecs) {
        m_processStart = snapshot.processStartSecs;
    }
    m_latest = snapshot;
    ++m_snapshots;
}

void MetricsHistory::fill(quint64 batch, const BatchFacts &facts)
{
    BatchFacts &known = m_batches[batch];
    known.gasUsed = known.gasUsed ? known.gasUsed : facts.gasUsed;
    known.txCount = known.txCount ? known.txCount : facts.txCount;
    known.blocks = known.blocks ? known.blocks : facts.blocks;
}

BatchFacts MetricsHistory::facts(quint64 batch) const
{
    return m_batches.value(batch);
}

} // namespace proverdeck::models::ethrex
