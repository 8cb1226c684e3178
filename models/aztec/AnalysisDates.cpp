// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/AnalysisParts.h"

#include <algorithm>
#include <cmath>

namespace proverdeck::models::aztec::parts {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 DayMs = 86'400'000;
constexpr qint64 SlackMs = 600'000; ///< clocks differ, and jobs end a little after the deadline

struct EpochTime
{
    qint64 epoch = 0;
    qint64 time = 0;
};

/// When each epoch was first worked on, by log.
std::vector<std::vector<EpochTime>> epochTimes(const Gathering &gathering)
{
    std::vector<std::map<qint64, qint64>> first(gathering.logs().size());
    int lastLog = -1; // nearly always the same as in the line before
    qint64 lastEpoch = -1;
    qint64 *earliest = nullptr;
    const auto note = [&](int log, qint64 epoch, qint64 time) {
        if (epoch < 0 || time == NoTime) {
            return;
        }
        if (log != lastLog || epoch != lastEpoch) {
            earliest = &first.at(std::size_t(log)).try_emplace(epoch, time).first->second;
            lastLog = log;
            lastEpoch = epoch;
        }
        *earliest = std::min(*earliest, time);
    };
    const JobBook &book = gathering.book();
    for (const BookedJob &job : book.jobs()) {
        for (const Sighting *s = book.firstOf(job); s; s = book.after(*s)) {
            if (s->kind == EventKind::JobNew || s->kind == EventKind::JobStart
                || s->kind == EventKind::JobComplete || s->kind == EventKind::JobDone
                || s->kind == EventKind::JobResolved || s->kind == EventKind::JobSent) {
                note(gathering.logOf(s->place), job.epoch, s->time);
            }
        }
    }
    for (const EpochNote &one : gathering.epochs()) {
        if (one.kind == EventKind::EpochStart) {
            note(one.spot.log, one.epoch, one.spot.time);
        }
    }
    std::vector<std::vector<EpochTime>> times(first.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        for (const auto &[epoch, time] : first.at(i)) {
            times.at(i).push_back({epoch, time});
        }
    }
    return times;
}

/// The day on which all of a log's epochs lie between their end and their deadline; none if there
/// is no such day.
std::optional<qint64> dayBy(const Network &network, const std::vector<EpochTime> &times)
{
    std::optional<qint64> day;
    for (const EpochTime &one : times) {
        const qint64 from = network.endOf(one.epoch) - SlackMs / 10;
        const qint64 to = network.deadlineOf(one.epoch) + SlackMs;
        const qint64 here = qint64(std::ceil(double(from - one.time) / double(DayMs)));
        if (one.time + here * DayMs > to || (day && *day != here)) {
            return std::nullopt;
        }
        day = here;
    }
    return day;
}

/// From two blocks of the archiver: slots and their time stamps.
std::optional<Network> networkByBlocks(const Gathering &gathering)
{
    const BlockNote *first = nullptr;
    for (const auto &[number, block] : gathering.blocks()) {
        if (block.slot < 0 || block.timestamp <= 0) {
            continue;
        }
        if (first && block.slot > first->slot && block.timestamp > first->timestamp) {
            Network network;
            network.slotSeconds = (block.timestamp - first->timestamp) / (block.slot - first->slot);
            if (network.slotSeconds < 1) {
                return std::nullopt;
            }
            network.genesis = block.timestamp - block.slot * network.slotSeconds;
            for (const Network &known : gathering.vocabulary().networks()) {
                if (known.genesis == network.genesis) {
                    return known;
                }
            }
            network.name = u"unnamed"_s;
            return network;
        }
        first = first ? first : &block;
    }
    return std::nullopt;
}

void findNetwork(const Gathering &gathering, const AnalysisOptions &options,
                 const std::vector<std::vector<EpochTime>> &times, Analysis &analysis)
{
    if (options.network) {
        analysis.network = options.network;
        analysis.networkFrom = u"user"_s;
        return;
    }
    if (const auto byBlocks = networkByBlocks(gathering)) {
        analysis.network = byBlocks;
        analysis.networkFrom = u"blocks"_s;
        return;
    }
    // The one that fits most logs: some may be of another network.
    int best = 0;
    for (const Network &network : gathering.vocabulary().networks()) {
        int fits = 0;
        for (std::size_t i = 0; i < times.size(); ++i) {
            const auto day = times.at(i).empty() ? std::nullopt : dayBy(network, times.at(i));
            const auto own = gathering.logs().at(i).reader->facts().firstDay;
            fits += day && (!own || *own == *day);
        }
        if (fits > best) {
            best = fits;
            analysis.network = network;
            analysis.networkFrom = u"epochs"_s;
        }
    }
}

/// By how many days the log's times must be moved so that jobs that it shares with dated logs are
/// seen at about the same time.
std::optional<qint64> dayByJobs(const Gathering &gathering, const Analysis &analysis, int log)
{
    std::vector<double> days;
    const JobBook &book = gathering.book();
    for (const BookedJob &job : book.jobs()) {
        qint64 mine = NoTime;
        qint64 theirs = NoTime;
        for (const Sighting *s = book.firstOf(job); s; s = book.after(*s)) {
            const int where = gathering.logOf(s->place);
            if (s->time == NoTime) {
                continue;
            }
            if (where == log) {
                mine = s->time;
            } else if (!analysis.logs.at(where).dateFrom.isEmpty()) {
                theirs = s->time + analysis.logs.at(where).base;
            }
        }
        if (mine != NoTime && theirs != NoTime) {
            days.push_back(std::round(double(theirs - mine) / double(DayMs)));
            if (days.size() > 10'000) {
                break;
            }
        }
    }
    if (days.empty()) {
        return std::nullopt;
    }
    return qint64(medianOf(std::move(days)));
}

void settle(LogRow &log, qint64 day, const QString &from)
{
    log.base = day * DayMs;
    log.dateFrom = from;
}

} // namespace

double medianOf(std::vector<double> values)
{
    const std::size_t middle = values.size() / 2;
    std::nth_element(values.begin(), values.begin() + qsizetype(middle), values.end());
    if (values.size() % 2) {
        return values.at(middle);
    }
    const double upper = values.at(middle);
    return (upper + *std::max_element(values.begin(), values.begin() + qsizetype(middle))) / 2;
}

void dateLogs(const Gathering &gathering, const AnalysisOptions &options, Analysis &analysis)
{
    for (const GatheredLog &log : gathering.logs()) {
        LogRow row{log.name, log.machine, log.path, log.reader->facts(), 0, {}};
        if (row.facts.firstDay) {
            settle(row, *row.facts.firstDay, u"log"_s);
        } else if (options.firstDay) {
            settle(row, *options.firstDay, u"user"_s);
        }
        analysis.logs << row;
    }
    const auto times = epochTimes(gathering);
    findNetwork(gathering, options, times, analysis);
    for (int i = 0; i < analysis.logs.size(); ++i) {
        if (analysis.logs.at(i).dateFrom.isEmpty() && analysis.network
            && !times.at(std::size_t(i)).empty()) {
            if (const auto day = dayBy(*analysis.network, times.at(std::size_t(i)))) {
                settle(analysis.logs[i], *day, u"epoch"_s);
            }
        }
    }
    for (const auto &[number, block] : gathering.blocks()) { // seen within a minute of their slot
        if (block.timestamp > 0 && block.spot.log >= 0 && block.spot.time != NoTime
            && analysis.logs.at(block.spot.log).dateFrom.isEmpty()) {
            const double days = double(block.timestamp * 1000 - block.spot.time) / double(DayMs);
            settle(analysis.logs[block.spot.log], qint64(std::round(days)), u"blocks"_s);
        }
    }
    // What shares jobs with a dated log is dated by it; then the next is dated by its file, and
    // what shares jobs with that one follows.
    for (bool isChanged = true; isChanged;) {
        isChanged = false;
        for (int i = 0; i < analysis.logs.size(); ++i) {
            if (analysis.logs.at(i).dateFrom.isEmpty()) {
                if (const auto day = dayByJobs(gathering, analysis, i)) {
                    settle(analysis.logs[i], *day, u"other-log"_s);
                    isChanged = true;
                }
            }
        }
        for (int i = 0; i < analysis.logs.size() && !isChanged; ++i) {
            const qint64 modified = gathering.logs().at(std::size_t(i)).modified;
            LogRow &log = analysis.logs[i];
            if (log.dateFrom.isEmpty() && modified != NoTime && log.facts.last != NoTime) {
                const double days = double(modified + SlackMs - log.facts.last) / double(DayMs);
                settle(log, qint64(std::floor(days)), u"file-time"_s);
                isChanged = true;
            }
        }
    }
    analysis.hasDates = std::any_of(analysis.logs.begin(), analysis.logs.end(),
                                    [](const LogRow &log) { return !log.dateFrom.isEmpty(); });
}

} // namespace proverdeck::models::aztec::parts
