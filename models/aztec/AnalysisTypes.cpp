// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/AnalysisParts.h"

#include <algorithm>
#include <cmath>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

Spread spreadOf(std::vector<double> values, const QString &whyNone)
{
    Spread spread;
    spread.n = int(values.size());
    if (values.empty()) {
        spread.why = whyNone;
        return spread;
    }
    const auto [min, max] = std::minmax_element(values.begin(), values.end());
    spread.min = *min;
    spread.max = *max;
    spread.median = parts::medianOf(values);
    const auto rank = std::size_t(std::ceil(0.95 * double(values.size())));
    const auto p95 = values.begin() + qsizetype(std::max<std::size_t>(rank, 1) - 1);
    std::nth_element(values.begin(), p95, values.end());
    spread.p95 = *p95;
    return spread;
}

namespace parts {

namespace {

struct Samples
{
    std::vector<double> wait, work, completions;
    std::vector<qint64> starts, ends; ///< of attempts
    bool sawBroker = false;
    bool sawAgent = false;
};

void count(const JobRow &job, TypeStats &stats)
{
    stats.completed += job.state == JobState::Completed;
    stats.failed += job.state == JobState::Failed;
    stats.cancelled += job.state == JobState::Failed && job.isCancelled;
    stats.inProgress += job.state == JobState::InProgress;
    stats.queued += job.state == JobState::Queued;
    stats.retried += job.retries;
    stats.timedOut += job.timeouts;
    stats.jobsTimedOut += job.timeouts > 0;
    stats.startUnseen += job.state == JobState::Completed && job.started == NoTime && job.sawAgent;
    if (job.attempts > 0) {
        stats.mostAttempts = std::max(stats.mostAttempts.value_or(0), job.attempts);
        stats.attempts = stats.attempts.value_or(0) + job.attempts;
    }
}

std::optional<int> peakOf(std::vector<qint64> starts, std::vector<qint64> ends)
{
    if (starts.empty()) {
        return std::nullopt;
    }
    sortIfNeeded(starts);
    sortIfNeeded(ends);
    qsizetype peak = 0;
    auto end = ends.begin();
    for (auto start = starts.begin(); start != starts.end(); ++start) {
        // An end before a start at the same instant: the one made room for the other.
        end = std::find_if(end, ends.end(), [start](qint64 time) { return time > *start; });
        peak = std::max<qsizetype>(peak, (start - starts.begin()) + 1 - (end - ends.begin()));
    }
    return int(peak);
}

void finish(TypeStats &stats, const Samples &samples, bool anyBroker, bool anyAgent)
{
    const QString noBroker = u"no-broker-log"_s;
    const QString noAgent = u"no-agent-log"_s;
    if (!anyBroker) {
        stats.enqueued.reset();
    }
    if (!anyAgent) {
        stats.started.reset();
    }
    const QString whyWait = !anyBroker ? noBroker : !anyAgent ? noAgent : u"no-job-seen-whole"_s;
    stats.wait = spreadOf(samples.wait, whyWait);
    stats.work = spreadOf(samples.work, !anyAgent ? noAgent : u"no-job-seen-whole"_s);
    std::vector<double> times = samples.completions;
    sortIfNeeded(times);
    std::vector<double> gaps;
    gaps.reserve(times.size());
    for (std::size_t i = 1; i < times.size(); ++i) {
        gaps.push_back(times.at(i) - times.at(i - 1));
    }
    stats.cadence = spreadOf(gaps, u"fewer-than-two-completions"_s);
    if (times.size() >= 2 && times.back() > times.front()) {
        stats.perSecond = double(times.size() - 1) * 1000 / (times.back() - times.front());
    } else {
        stats.whyNoRate = u"fewer-than-two-completions"_s;
    }
    stats.peakParallel = peakOf(samples.starts, samples.ends);
    if (!stats.peakParallel && anyAgent) {
        stats.peakParallel = 0;
    } else if (!stats.peakParallel) {
        stats.whyNoPeak = noAgent;
    }
}

/// Expected numbers of jobs follow from the sizes of all blocks of the epoch, and from nothing
/// less: upper levels are enqueued only when their children are done.
void expect(const Gathering &gathering, EpochRow &epoch)
{
    int blocks = 0;
    qint64 txs = 0;
    qint64 merges = 0;
    int single = 0;
    int empty = 0;
    if (epoch.from >= 0 && epoch.to >= epoch.from && epoch.to - epoch.from < 10'000) {
        for (qint64 number = epoch.from; number <= epoch.to; ++number) {
            const auto at = gathering.blocks().find(number);
            if (at == gathering.blocks().end()) {
                continue;
            }
            const qint64 size
                = at->second.orchestratedTxs >= 0 ? at->second.orchestratedTxs : at->second.txs;
            if (size < 0) {
                continue;
            }
            ++blocks;
            txs += size;
            merges += std::max<qint64>(size - 2, 0);
            single += size == 1;
            empty += size == 0;
        }
    }
    const bool isWhole = epoch.from >= 0 && blocks == int(epoch.to - epoch.from + 1);
    if (isWhole) {
        epoch.txs = int(txs);
    }
    QMap<QString, int> expected;
    if (isWhole) {
        expected = {{u"TUBE_PROOF"_s, int(txs)},
                    {u"MERGE_ROLLUP"_s, int(merges)},
                    {u"BASE_PARITY"_s, blocks * 4},
                    {u"ROOT_PARITY"_s, blocks},
                    {u"SINGLE_TX_BLOCK_ROOT_ROLLUP"_s, single},
                    {u"EMPTY_BLOCK_ROOT_ROLLUP"_s, empty},
                    {u"BLOCK_ROOT_ROLLUP"_s, blocks - single - empty},
                    {u"BLOCK_MERGE_ROLLUP"_s, std::max(blocks - 2, 0)},
                    {u"ROOT_ROLLUP"_s, 1}};
    }
    for (TypeStats &stats : epoch.types) {
        const JobType *known = gathering.vocabulary().type(stats.type);
        if (expected.contains(stats.type)) {
            stats.expected = expected.value(stats.type);
        } else if (isWhole && known && known->name.contains(u"_BASE_ROLLUP")) {
            stats.whyNoExpected = u"private-and-public-together"_s;
        } else {
            stats.whyNoExpected = isWhole ? u"no-rule"_s : u"block-sizes-not-logged"_s;
        }
    }
}

} // namespace

void readTypes(const Gathering &gathering, EpochRow &epoch, const std::vector<quint32> &jobs,
               const std::vector<quint32> &attempts, Analysis &analysis)
{
    std::map<quint16, TypeStats> byType;
    std::map<quint16, Samples> samples;
    bool anyBroker = false;
    bool anyAgent = false;
    for (const quint32 index : jobs) {
        const JobRow &job = analysis.jobs.at(index);
        TypeStats &stats = byType[job.type];
        Samples &sample = samples[job.type];
        stats.enqueued = stats.enqueued.value_or(0) + (job.enqueued != NoTime);
        stats.started = stats.started.value_or(0) + (job.starts > 0);
        count(job, stats);
        anyBroker = anyBroker || job.sawBroker;
        anyAgent = anyAgent || job.sawAgent;
        if (job.waitMs >= 0) {
            sample.wait.push_back(double(job.waitMs));
        }
        if (job.workMs >= 0) {
            sample.work.push_back(double(job.workMs));
        }
        if (job.completed != NoTime && job.state == JobState::Completed) {
            sample.completions.push_back(double(job.completed));
        }
    }
    for (const quint32 index : attempts) {
        const Attempt &attempt = analysis.attempts.at(index);
        Samples &sample = samples[analysis.jobs.at(attempt.job).type];
        sample.starts.push_back(attempt.start);
        sample.ends.push_back(std::max(attempt.end, attempt.start + 1));
    }
    for (auto &[type, stats] : byType) {
        stats.type = analysis.types.at(type);
        const JobType *known = gathering.vocabulary().type(stats.type);
        stats.level = known ? known->level : 99;
        finish(stats, samples[type], anyBroker, anyAgent);
        epoch.types << stats;
    }
    std::stable_sort(epoch.types.begin(), epoch.types.end(),
                     [](const TypeStats &a, const TypeStats &b) { return a.level < b.level; });
    expect(gathering, epoch);
}

} // namespace parts
} // namespace proverdeck::models::aztec
