// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/L2Log.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace proverdeck::models::ethrex {

using namespace Qt::StringLiterals;

namespace {

constexpr quint64 MaxBlocks = 1'000'000; ///< of one batch; a real one has some hundreds

constexpr qsizetype MaxBatches = 200'000; ///< more than an L2 seals in years

/// The number right after @p key; none if there is none or it does not fit.
std::optional<quint64> numberAfter(QByteArrayView text, QByteArrayView key)
{
    const qsizetype at = text.indexOf(key);
    if (at < 0) {
        return std::nullopt;
    }
    quint64 value = 0;
    const char *first = text.data() + at + key.size();
    const auto [end, problem] = std::from_chars(first, text.data() + text.size(), value);
    return problem == std::errc() && end != first ? std::optional(value) : std::nullopt;
}

qsizetype occurrences(QByteArrayView text, QByteArrayView word)
{
    qsizetype count = 0;
    for (qsizetype at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.size())) {
        ++count;
    }
    return count;
}

} // namespace

void L2Log::feed(QByteArrayView bytes)
{
    m_splitter.feed(bytes, [this](const LogLine &line) { onLine(line); });
}

void L2Log::finish()
{
    m_splitter.finish([this](const LogLine &line) { onLine(line); });
}

void L2Log::onLine(const LogLine &line)
{
    if (!line.text.contains(" INFO ")) {
        return;
    }
    if (const auto block = numberAfter(line.text, "Built payload for new block ")) {
        m_block = block;
        return;
    }
    if (const auto batch = numberAfter(line.text, "Commitment sent for batch ")) {
        m_committed = batch;
        return;
    }
    auto batch = numberAfter(line.text, "storing witness for batch ");
    if (!batch) {
        batch = numberAfter(line.text, "Sending commitment for batch ");
    }
    const auto first = numberAfter(line.text, " first_block=");
    const auto last = numberAfter(line.text, " last_block=");
    if (batch && first && last && *last >= *first && *last - *first < MaxBlocks
        && (m_batches.size() < MaxBatches || m_batches.contains(*batch))) {
        m_batches[*batch].blocks = *last - *first + 1;
    }
}

QString readerFor(QByteArrayView head)
{
    if (head.startsWith("# HELP") || head.startsWith("# TYPE")) {
        return u"metrics"_s;
    }
    struct Sign
    {
        const char *word;
        const char *reader;
    };
    static constexpr std::array<Sign, 9> signs{
        {{"Producing block", "ethrex-l2"},
         {"Starting Sequencer", "ethrex-l2"},
         {"Initiating blockchain", "ethrex-l2"},
         {"oad test starting", "ethrex-loadtest"},
         {"transactions have been sent for", "ethrex-loadtest"},
         {"Load test round", "ethrex-loadtest"},
         {"l2 prover", "ethrex-prover"},
         {"Received Response for batch", "ethrex-prover"},
         {"Proved ", "ethrex-prover"}}};
    QMap<QByteArray, qsizetype> votes;
    for (const Sign &sign : signs) {
        votes[sign.reader] += occurrences(head, sign.word);
    }
    QByteArray best = "ethrex-prover";
    for (auto it = votes.begin(); it != votes.end(); ++it) {
        best = *it > votes.value(best) ? it.key() : best;
    }
    return QString::fromLatin1(best);
}

} // namespace proverdeck::models::ethrex
