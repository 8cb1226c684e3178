// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ethrex/BatchTable.h"

#include <QHash>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace proverdeck::models::ethrex {

using namespace Qt::StringLiterals;

namespace {

constexpr double PartialShare = 0.75; // of the median gas
constexpr double OutlierFactor = 1.5; // against comparable batches
constexpr double NearlyAsMuch = 0.9;
constexpr double AboutAsMuch = 0.1; // to either side
constexpr qsizetype MinForPartial = 3;
constexpr qsizetype MinCandidates = 5; // the row and four others
constexpr int MinComparable = 3;

struct FlagWord
{
    BatchFlag flag;
    QLatin1StringView word;
};
constexpr std::array FlagWords{
    FlagWord{BatchFlag::Empty, "empty"_L1},
    FlagWord{BatchFlag::WarmUp, "warm-up"_L1},
    FlagWord{BatchFlag::Repeat, "repeat"_L1},
    FlagWord{BatchFlag::Outlier, "outlier"_L1},
    FlagWord{BatchFlag::MetricsMissing, "metrics-missing"_L1},
    FlagWord{BatchFlag::L2Restarted, "l2-restarted"_L1},
    FlagWord{BatchFlag::Partial, "partial"_L1},
};

/// A multiset of ranks that tells the k-th smallest (a Fenwick tree).
class RankSet
{
public:
    explicit RankSet(qsizetype size)
        : m_tree(static_cast<std::size_t>(size) + 1, 0)
    {
    }

    void change(std::size_t rank, int by)
    {
        m_count += by;
        for (std::size_t i = rank + 1; i < m_tree.size(); i += i & (~i + 1)) {
            m_tree[i] += by;
        }
    }
    [[nodiscard]] int count() const { return m_count; }
    /// @p k counts from 1.
    [[nodiscard]] std::size_t kth(int k) const
    {
        std::size_t position = 0;
        for (std::size_t step = std::bit_floor(m_tree.size()); step > 0; step /= 2) {
            if (position + step < m_tree.size() && m_tree[position + step] < k) {
                position += step;
                k -= m_tree[position];
            }
        }
        return position;
    }

private:
    std::vector<int> m_tree;
    int m_count = 0;
};

/// One row in the search for outliers.
struct Candidate
{
    BatchRow *row;
    double gas;
    double time;
    std::size_t rank; ///< of its time
};

class OutlierSearch
{
public:
    explicit OutlierSearch(std::vector<Candidate> candidates)
        : m_candidates(std::move(candidates))
    {
        std::ranges::sort(m_candidates, {}, &Candidate::time);
        for (std::size_t i = 0; i < m_candidates.size(); ++i) {
            m_candidates[i].rank = i;
            m_times.push_back(m_candidates[i].time);
        }
        std::ranges::sort(m_candidates, {}, &Candidate::gas);
    }

    void run()
    {
        findSlow();
        findFast();
    }

private:
    // The median of the set's times without the candidate's own; none if too few are left.
    [[nodiscard]] std::optional<double> medianWithout(RankSet &set, const Candidate &self) const
    {
        set.change(self.rank, -1);
        std::optional<double> median;
        if (set.count() >= MinComparable) {
            const double low = m_times[set.kth((set.count() + 1) / 2)];
            median = (low + m_times[set.kth(set.count() / 2 + 1)]) / 2;
        }
        set.change(self.rank, 1);
        return median;
    }

    // Slower than batches with as much gas or more.
    void findSlow()
    {
        RankSet set(qsizetype(m_candidates.size()));
        std::size_t begin = m_candidates.size();
        for (std::size_t i = m_candidates.size(); i-- > 0;) {
            const Candidate &self = m_candidates[i];
            while (begin > 0 && m_candidates[begin - 1].gas >= NearlyAsMuch * self.gas) {
                set.change(m_candidates[--begin].rank, 1);
            }
            const std::optional<double> median = medianWithout(set, self);
            if (median && self.time > OutlierFactor * *median) {
                self.row->flags |= BatchFlag::Outlier;
            }
        }
    }

    // Faster than batches with about the same gas.
    void findFast()
    {
        RankSet set(qsizetype(m_candidates.size()));
        std::size_t begin = 0;
        std::size_t end = 0;
        for (const Candidate &self : m_candidates) {
            while (end < m_candidates.size()
                   && m_candidates[end].gas <= (1 + AboutAsMuch) * self.gas) {
                set.change(m_candidates[end++].rank, 1);
            }
            while (m_candidates[begin].gas < (1 - AboutAsMuch) * self.gas) {
                set.change(m_candidates[begin++].rank, -1);
            }
            const std::optional<double> median = medianWithout(set, self);
            if (median && self.time < *median / OutlierFactor) {
                self.row->flags |= BatchFlag::Outlier;
            }
        }
    }

    std::vector<Candidate> m_candidates;
    std::vector<double> m_times; ///< by rank
};

bool isOrdinary(const BatchRow &row)
{
    return !row.flags.testFlag(BatchFlag::Empty) && !row.flags.testFlag(BatchFlag::WarmUp);
}

void flagPartial(QList<BatchRow> &rows)
{
    std::vector<double> gas;
    for (const BatchRow &row : std::as_const(rows)) {
        if (isOrdinary(row) && row.facts.gasUsed) {
            gas.push_back(static_cast<double>(*row.facts.gasUsed));
        }
    }
    if (qsizetype(gas.size()) < MinForPartial) {
        return;
    }
    std::ranges::sort(gas);
    const double median = (gas[(gas.size() - 1) / 2] + gas[gas.size() / 2]) / 2;
    for (BatchRow &row : rows) {
        if (isOrdinary(row) && row.facts.gasUsed
            && static_cast<double>(*row.facts.gasUsed) < PartialShare * median) {
            row.flags |= BatchFlag::Partial;
        }
    }
}

void flagOutliers(QList<BatchRow> &rows)
{
    std::vector<Candidate> candidates;
    for (BatchRow &row : rows) {
        if (isOrdinary(row) && row.facts.gasUsed && row.timeMs) {
            candidates.push_back({&row, static_cast<double>(*row.facts.gasUsed),
                                  static_cast<double>(*row.timeMs), 0});
        }
    }
    if (qsizetype(candidates.size()) >= MinCandidates) {
        OutlierSearch(std::move(candidates)).run();
    }
}

template<class T> void addTo(std::optional<T> &sum, T value)
{
    T result{};
    const bool isTooMuch = __builtin_add_overflow(sum.value_or(0), value, &result);
    sum = isTooMuch ? std::numeric_limits<T>::max() : result;
}

void summariseEnergy(const QList<BatchRow> &rows, Summary &summary)
{
    double joules = 0;
    double uncertainty = 0;
    double joulesWithGas = 0;
    double gas = 0;
    for (const BatchRow &row : rows) {
        if (!row.energy) {
            continue;
        }
        ++summary.energyBatches;
        joules += row.energy->joules;
        uncertainty += row.energy->uncertainty;
        if (row.facts.gasUsed) {
            joulesWithGas += row.energy->joules;
            gas += static_cast<double>(*row.facts.gasUsed);
        }
    }
    if (summary.energyBatches > 0) {
        summary.totalEnergyJ = joules;
        summary.energyUncertaintyJ = uncertainty;
        summary.avgEnergyJ = joules / summary.energyBatches;
    }
    if (gas > 0) {
        summary.joulesPerMgas = joulesWithGas / (gas / 1e6);
    }
}

Summary summarise(const QList<BatchRow> &rows)
{
    Summary summary;
    summary.batches = int(rows.size());
    summariseEnergy(rows, summary);
    QList<qint64> times;
    std::optional<qint64> totalMs;
    double gasWithTime = 0;
    double gasTime = 0;
    double txsWithTime = 0;
    double txsTime = 0;
    for (const BatchRow &row : rows) {
        if (row.timeMs) {
            times << *row.timeMs;
            addTo(totalMs, *row.timeMs);
        }
        if (row.facts.gasUsed) {
            addTo(summary.totalGas, *row.facts.gasUsed);
        }
        if (row.facts.txCount) {
            addTo(summary.totalTxs, *row.facts.txCount);
        }
        if (row.timeMs && row.facts.gasUsed) {
            gasWithTime += static_cast<double>(*row.facts.gasUsed);
            gasTime += static_cast<double>(*row.timeMs);
        }
        if (row.timeMs && row.facts.txCount) {
            txsWithTime += static_cast<double>(*row.facts.txCount);
            txsTime += static_cast<double>(*row.timeMs);
        }
    }
    if (gasTime > 0) {
        summary.mgasPerSecond = gasWithTime / 1e6 / (gasTime / 1e3);
    }
    if (txsTime > 0) {
        summary.txPerSecond = txsWithTime / (txsTime / 1e3);
    }
    if (times.isEmpty()) {
        return summary;
    }
    std::ranges::sort(times);
    const qsizetype count = times.size();
    summary.avgMs = *totalMs / count;
    summary.medianMs = std::midpoint(times.at((count - 1) / 2), times.at(count / 2));
    summary.minMs = times.first();
    summary.maxMs = times.last();
    summary.p95Ms = times.at((count * 95 + 99) / 100 - 1);
    if (count > 1) {
        const double mean = static_cast<double>(*totalMs) / static_cast<double>(count);
        const double squares
            = std::accumulate(times.begin(), times.end(), 0.0, [mean](double sum, qint64 time) {
                  const double distance = static_cast<double>(time) - mean;
                  return sum + distance * distance;
              });
        summary.stddevMs = std::llround(std::sqrt(squares / static_cast<double>(count - 1)));
    }
    return summary;
}

} // namespace

bool BatchRow::counts() const
{
    constexpr BatchFlags Disqualifying = BatchFlags(BatchFlag::Empty) | BatchFlag::WarmUp
        | BatchFlag::Outlier | BatchFlag::MetricsMissing | BatchFlag::L2Restarted;
    return timeMs.has_value() && !(flags & Disqualifying);
}

std::optional<double> BatchRow::mgasPerSecond() const
{
    if (!facts.gasUsed || timeMs.value_or(0) <= 0) {
        return std::nullopt;
    }
    return static_cast<double>(*facts.gasUsed) / 1e6 / (static_cast<double>(*timeMs) / 1e3);
}

std::optional<double> BatchRow::txPerSecond() const
{
    if (!facts.txCount || timeMs.value_or(0) <= 0) {
        return std::nullopt;
    }
    return static_cast<double>(*facts.txCount) / (static_cast<double>(*timeMs) / 1e3);
}

std::optional<double> BatchRow::totalEnergyJ() const
{
    std::optional<double> total;
    for (const std::optional<double> &one : allEnergiesJ) {
        if (!one) {
            return std::nullopt;
        }
        total = total.value_or(0) + *one;
    }
    return total;
}

QList<BatchRow> buildTable(const QList<Proof> &proofs, const MetricsHistory &metrics,
                           const QList<std::optional<series::Energy>> &energies)
{
    QList<BatchRow> rows;
    QHash<quint64, qsizetype> index;
    for (qsizetype i = 0; i < proofs.size(); ++i) {
        const Proof &proof = proofs.at(i);
        const std::optional<series::Energy> energy = energies.value(i);
        const auto known = index.constFind(proof.batch);
        if (known == index.constEnd()) {
            index.insert(proof.batch, rows.size());
            BatchRow row;
            row.batch = proof.batch;
            row.provedAt = proof.at;
            row.line = proof.line;
            row.facts = metrics.facts(proof.batch);
            row.flags.setFlag(BatchFlag::WarmUp, proof.firstOfProcess);
            row.energy = energy;
            rows << row;
        } else {
            rows[*known].flags |= BatchFlag::Repeat;
        }
        BatchRow &row = rows[index.value(proof.batch)];
        if (proof.timeMs) {
            row.timeMs = row.timeMs ? row.timeMs : proof.timeMs;
            row.allTimesMs << *proof.timeMs;
            row.allEnergiesJ << (energy ? std::optional(energy->joules) : std::nullopt);
        }
    }
    for (BatchRow &row : rows) {
        row.flags.setFlag(BatchFlag::Empty, row.facts.txCount == 0U);
        if (!row.facts.gasUsed || !row.facts.txCount) {
            row.flags |= BatchFlag::MetricsMissing;
            row.flags.setFlag(BatchFlag::L2Restarted,
                              row.batch <= metrics.lastBatchBeforeRestart().value_or(0));
        }
    }
    flagPartial(rows);
    flagOutliers(rows);
    return rows;
}

QStringList flagWords(BatchFlags flags)
{
    QStringList words;
    for (const FlagWord &known : FlagWords) {
        if (flags.testFlag(known.flag)) {
            words << known.word;
        }
    }
    return words;
}

BatchFlags flagsFromWords(const QStringList &words)
{
    BatchFlags flags;
    for (const FlagWord &known : FlagWords) {
        flags.setFlag(known.flag, words.contains(known.word));
    }
    return flags;
}

Summary summariseAll(const QList<BatchRow> &rows)
{
    return summarise(rows);
}

Summary summariseCounted(const QList<BatchRow> &rows)
{
    QList<BatchRow> counted;
    std::ranges::copy_if(rows, std::back_inserter(counted), &BatchRow::counts);
    return summarise(counted);
}

} // namespace proverdeck::models::ethrex
