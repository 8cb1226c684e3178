// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/Analysis.h"

#include "models/aztec/AnalysisParts.h"
#include "models/logs/LogText.h"

#include <QDateTime>
#include <QTime>

#include <algorithm>
#include <cmath>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

constexpr int FewestToCompare = 8;
constexpr double Significant = 1.96; ///< of the rank sum test, two-sided 5 %

/// Rank sum test (Mann–Whitney) with normal approximation: how many standard deviations the second
/// set lies above the first.
double rankScore(const std::vector<double> &a, const std::vector<double> &b)
{
    std::vector<std::pair<double, int>> all;
    for (const double value : a) {
        all.emplace_back(value, 0);
    }
    for (const double value : b) {
        all.emplace_back(value, 1);
    }
    std::sort(all.begin(), all.end());
    double sum = 0;
    double ties = 0;
    for (std::size_t i = 0; i < all.size();) {
        std::size_t j = i;
        while (j < all.size() && all.at(j).first == all.at(i).first) {
            ++j;
        }
        const double rank = double(i + j + 1) / 2;
        for (std::size_t k = i; k < j; ++k) {
            sum += all.at(k).second ? rank : 0;
        }
        const auto same = double(j - i);
        ties += same * same * same - same;
        i = j;
    }
    const auto n = double(a.size());
    const auto m = double(b.size());
    const double u = sum - m * (m + 1) / 2;
    const double total = n + m;
    const double variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)));
    return variance > 0 ? (u - n * m / 2) / std::sqrt(variance) : 0;
}

using Works = std::map<QString, std::vector<double>>;

QList<Comparison> compare(Works a, Works b, const QString &nameA, const QString &nameB)
{
    QList<Comparison> list;
    for (auto &[type, values] : a) {
        b[type]; // a row for each type of either side
    }
    for (auto &[type, second] : b) {
        const std::vector<double> &first = a[type];
        Comparison row{type, nameA, nameB, int(first.size()), int(second.size()), {}, {}, {}};
        row.medianA = spreadOf(first).median;
        row.medianB = spreadOf(second).median;
        if (row.nA < FewestToCompare || row.nB < FewestToCompare) {
            row.verdict = u"too-few"_s;
        } else {
            const double score = rankScore(first, second);
            row.verdict = score > Significant ? u"b-slower"_s
                : score < -Significant        ? u"b-faster"_s
                                              : u"no-clear-difference"_s;
        }
        list << row;
    }
    return list;
}

template<class Wanted> Works worksOf(const Analysis &analysis, Wanted wanted)
{
    Works works;
    for (const JobRow &job : analysis.jobs) {
        if (wanted(job)) {
            std::vector<double> &values = works[analysis.types.at(job.type)];
            if (job.workMs >= 0) {
                values.push_back(double(job.workMs));
            }
        }
    }
    return works;
}

} // namespace

QString jobStateWord(JobState state)
{
    switch (state) {
    case JobState::Queued:
        return u"queued"_s;
    case JobState::InProgress:
        return u"in-progress"_s;
    case JobState::Completed:
        return u"completed"_s;
    case JobState::Failed:
        return u"failed"_s;
    case JobState::Unknown:
        break;
    }
    return u"unknown"_s;
}

QString jobId(const Gathering &gathering, quint32 job)
{
    const std::string_view id = gathering.book().idOf(gathering.book().jobs().at(job));
    return QString::fromUtf8(id.data(), qsizetype(id.size()));
}

QString Analysis::machineOf(int place) const
{
    return place < 0 ? QString() : logs.at(places.at(std::size_t(place)).log).machine;
}

QString Analysis::agentOf(int place) const
{
    if (place < 0) {
        return {};
    }
    const QString container = places.at(std::size_t(place)).container;
    return container.isEmpty() ? machineOf(place) : machineOf(place) + u" / "_s + container;
}

QString Analysis::timeText(qint64 time) const
{
    if (time == NoTime) {
        return {};
    }
    if (!hasDates) {
        constexpr qint64 Day = 86'400'000;
        const qint64 ofDay = ((time % Day) + Day) % Day;
        return QTime::fromMSecsSinceStartOfDay(int(ofDay)).toString(u"HH:mm:ss.zzz"_s);
    }
    return QDateTime::fromMSecsSinceEpoch(time, Qt::UTC).toString(Qt::ISODateWithMs);
}

Evidence parts::evidenceOf(const Gathering &gathering, const Spot &spot)
{
    Evidence evidence;
    if (spot.log >= 0) {
        evidence.log = gathering.logs().at(std::size_t(spot.log)).name;
        evidence.line = spot.line;
        evidence.offset = spot.offset;
        evidence.text = plainLineFromUtf8(spot.text, KeptText);
    }
    return evidence;
}

Analysis analyse(const Gathering &gathering, const AnalysisOptions &options)
{
    Analysis analysis;
    parts::dateLogs(gathering, options, analysis);
    analysis.places = gathering.places();
    parts::readJobs(gathering, analysis);
    if (options.now) {
        for (Attempt &attempt : analysis.attempts) {
            if (attempt.how == Attempt::End::Open) {
                attempt.end = std::max(attempt.end, *options.now);
            }
        }
    }
    parts::readMachines(gathering, options, analysis);
    for (const PollNote &poll : gathering.polls()) {
        PollNote moved = poll;
        moved.time = poll.time == NoTime ? NoTime : poll.time + analysis.logs.at(poll.log).base;
        analysis.polls << moved;
    }
    analysis.blocks = gathering.blocks();
    for (const MachineRow &machine : std::as_const(analysis.machines)) {
        if (machine.first != NoTime) {
            analysis.first = analysis.first == NoTime ? machine.first
                                                      : std::min(analysis.first, machine.first);
            analysis.last = std::max(analysis.last, machine.last);
        }
    }
    if (options.now && analysis.last != NoTime) {
        analysis.last = std::max(analysis.last, *options.now);
    }
    parts::readEpochs(gathering, analysis);
    parts::readTroubles(gathering, options, analysis);
    return analysis;
}

QList<Comparison> compareEpochs(const Analysis &analysis, qint64 a, qint64 b)
{
    return compare(worksOf(analysis, [a](const JobRow &job) { return job.epoch == a; }),
                   worksOf(analysis, [b](const JobRow &job) { return job.epoch == b; }),
                   QString::number(a), QString::number(b));
}

QList<Comparison> compareMachines(const Analysis &analysis, const QString &a, const QString &b)
{
    const auto on = [&analysis](const QString &machine) {
        return [&analysis, machine](const JobRow &job) {
            return job.place >= 0 && analysis.machineOf(job.place) == machine;
        };
    };
    return compare(worksOf(analysis, on(a)), worksOf(analysis, on(b)), a, b);
}

} // namespace proverdeck::models::aztec
