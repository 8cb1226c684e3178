// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/AnalysisParts.h"
#include "models/logs/LogText.h"

#include <algorithm>

namespace proverdeck::models::aztec::parts {

using namespace Qt::StringLiterals;

namespace {

/// An epoch is proved within hours of its end; else its number is of another network.
constexpr qint64 FarFromEpochMs = 6 * 3'600'000;

EpochRow &rowFor(std::map<qint64, EpochRow> &rows, qint64 epoch)
{
    EpochRow &row = rows[epoch];
    row.epoch = epoch;
    return row;
}

/// The epoch that a line without a number is about: by its blocks, else the one that the same node
/// worked on last.
qint64 epochOf(const EpochNote &note, const std::map<qint64, EpochRow> &rows,
               const std::map<int, qint64> &current)
{
    if (note.epoch >= 0) {
        return note.epoch;
    }
    if (note.from >= 0) {
        for (const auto &[epoch, row] : rows) {
            if (row.from == note.from && row.to == note.to) {
                return epoch;
            }
        }
    }
    const auto at = current.find(note.place);
    return at == current.end() ? -1 : at->second;
}

void fail(EpochRow &row, const EpochNote &note, qint64 time, const QString &stage,
          const QString &code)
{
    if (row.failedStage.isEmpty()) {
        row.failedStage = stage;
        row.failedAt = time;
        row.cause = Cause{code, note.spot, plainLineFromUtf8(note.detail.split('\n').first(), 300)};
    } else {
        ++row.consequences;
    }
}

void apply(EpochRow &row, const EpochNote &note, qint64 time)
{
    switch (note.kind) {
    case EventKind::EpochStart:
        row.started = row.started == NoTime ? time : row.started;
        row.from = note.from;
        row.to = note.to;
        if (note.detail == "txs" && note.value >= 0) {
            row.txs = int(note.value);
        } else if (note.value >= 0) {
            row.blocks = int(note.value);
        }
        break;
    case EventKind::OrchestratorEpoch:
        row.blocks = note.value >= 0 ? std::optional(int(note.value)) : row.blocks;
        break;
    case EventKind::EpochProved:
        row.proved = time;
        row.provingMs = note.value >= 0 ? std::optional(note.value) : std::nullopt;
        break;
    case EventKind::SubmitStart:
        row.submitting = time;
        break;
    case EventKind::SubmitMined:
        row.mined = time;
        row.txHash = QString::fromUtf8(note.detail);
        row.gasUsed = note.value >= 0 ? std::optional(note.value) : std::nullopt;
        break;
    case EventKind::EpochSubmitted:
        row.submitted = time;
        break;
    case EventKind::EpochDeadline:
        fail(row, note, time, u"deadline"_s, u"deadline-missed"_s);
        break;
    case EventKind::SubmitFailed:
    case EventKind::SubmitReverted:
    case EventKind::EpochSubmitError:
        fail(row, note, time, u"submission"_s, u"submission-failed"_s);
        break;
    case EventKind::EpochError:
        fail(row, note, time, u"proving"_s, u"epoch-failed"_s);
        break;
    case EventKind::EpochReorg:
    case EventKind::EpochHalted:
        fail(row, note, time, u"reorg"_s, u"epoch-reorg"_s);
        break;
    case EventKind::EpochExit:
        if (note.detail == "failed" || note.detail == "timed-out") {
            fail(row, note, time, note.detail == "failed" ? u"proving"_s : u"deadline"_s,
                 u"epoch-failed"_s);
        }
        break;
    case EventKind::Echo:
        ++row.consequences;
        break;
    default:
        break;
    }
}

/// The first job that failed for good before the epoch did is why.
void findCause(const Gathering &gathering, EpochRow &row, const std::vector<quint32> &jobs,
               const Analysis &analysis)
{
    if (row.failedStage.isEmpty()) {
        row.consequences = 0;
        return;
    }
    const JobRow *first = nullptr;
    const JobRow *stuck = nullptr;
    for (const quint32 index : jobs) {
        const JobRow &job = analysis.jobs.at(index);
        row.consequences += job.echoes;
        const JobBook &book = gathering.book();
        for (const Sighting *s = book.firstOf(book.jobs().at(index)); s; s = book.after(*s)) {
            row.consequences += s->kind == EventKind::JobEcho;
        }
        if (job.state == JobState::Failed && !job.isCancelled && job.reason
            && (!first || job.offset < first->offset)) {
            first = &job;
        }
        if (job.timeouts >= 2 && job.state != JobState::Completed
            && (!stuck || job.timeouts > stuck->timeouts)) {
            stuck = &job;
        }
    }
    const JobRow *why = row.failedStage == u"proving" ? first
        : row.failedStage == u"deadline"              ? stuck
                                                      : nullptr;
    if (!why) {
        return;
    }
    // The earliest line that shows it: a kill, a time-out, else the end of the job.
    const auto index = std::size_t(why - analysis.jobs.data());
    const JobBook &book = gathering.book();
    const Sighting *line = nullptr;
    bool isKill = false;
    for (const Sighting *s = book.firstOf(book.jobs().at(index)); s; s = book.after(*s)) {
        const QByteArray text = s->text ? gathering.text(s->text) : QByteArray();
        if (why == stuck ? s->kind == EventKind::JobTimeout
                         : s->kind == EventKind::JobError && text.contains("SIGKILL")) {
            line = s;
            isKill = why != stuck;
            break;
        }
    }
    Cause cause;
    cause.code = why == stuck ? u"job-stuck"_s : isKill ? u"job-killed"_s : u"job-failed"_s;
    cause.spot = {why->log, why->line, why->offset, NoTime,
                  why->reason ? gathering.text(why->reason) : QByteArray()};
    if (line) {
        cause.spot = {analysis.places.at(line->place).log, line->line, line->offset, line->time,
                      line->text ? gathering.text(line->text) : QByteArray()};
    }
    const QString type = analysis.types.at(why->type);
    cause.text = why == stuck ? u"%1: timed out %2×, never completed"_s.arg(type).arg(why->timeouts)
                              : type + u": "_s + errorIn(gathering.text(why->reason));
    if (row.cause) {
        ++row.consequences; // the epoch's own error repeats it
    }
    row.cause = cause;
}

QString outcomeOf(const EpochRow &row, const Analysis &analysis)
{
    if (row.submitted != NoTime || row.mined != NoTime) {
        return u"submitted"_s;
    }
    if (row.failedStage == u"submission") {
        return u"submission-failed"_s;
    }
    if (row.failedStage == u"deadline") {
        return u"deadline-missed"_s;
    }
    if (row.failedStage == u"reorg") {
        return u"reorg"_s;
    }
    if (!row.failedStage.isEmpty()) {
        return u"proving-failed"_s;
    }
    if (row.proved != NoTime) {
        return u"proved"_s;
    }
    const bool isOver
        = row.deadline != NoTime && analysis.last != NoTime && analysis.last > row.deadline;
    return row.started != NoTime ? (isOver ? u"unknown"_s : u"in-progress"_s) : u"unknown"_s;
}

/// Backwards from the last job: each time the child that was done last before it could begin. The
/// logs do not say which result went into which job, so this is by type and time.
void findCriticalPath(const Gathering &gathering, EpochRow &row, const std::vector<quint32> &jobs,
                      Analysis &analysis)
{
    const JobRow *rows = analysis.jobs.data();
    std::optional<quint32> at;
    for (const quint32 index : jobs) {
        if (rows[index].state == JobState::Completed && rows[index].completed != NoTime
            && (!at || rows[index].completed > rows[*at].completed)) {
            at = index;
        }
    }
    std::map<quint16, std::vector<quint32>> byType;
    for (const quint32 index : jobs) {
        if (rows[index].completed != NoTime) {
            byType[rows[index].type].push_back(index);
        }
    }
    for (auto &[type, list] : byType) {
        sortIfNeeded(
            list, [rows](quint32 a, quint32 b) { return rows[a].completed < rows[b].completed; });
    }
    while (at && row.criticalPath.size() < 1000) {
        row.criticalPath.prepend(*at);
        const JobRow &job = rows[*at];
        analysis.jobs[*at].onCriticalPath = true;
        const qint64 begun = job.enqueued != NoTime ? job.enqueued : job.started;
        const JobType *type = gathering.vocabulary().type(analysis.types.at(job.type));
        at.reset();
        if (begun == NoTime || !type) {
            break;
        }
        for (const auto &[childType, list] : byType) {
            const JobType *child = gathering.vocabulary().type(analysis.types.at(childType));
            if (!child || !type->needs.contains(child->name)) {
                continue;
            }
            const auto after = std::upper_bound(
                list.begin(), list.end(), begun,
                [rows](qint64 time, quint32 index) { return time < rows[index].completed; });
            if (after != list.begin()) {
                const quint32 candidate = *std::prev(after);
                if (!at || rows[candidate].completed > rows[*at].completed) {
                    at = candidate;
                }
            }
        }
    }
}

void readChain(const Gathering &gathering, std::map<qint64, EpochRow> &rows, Analysis &analysis)
{
    for (const auto &[log, peers] : gathering.peers()) {
        analysis.peers = peers;
    }
    for (const EpochNote &note : gathering.epochs()) {
        const qint64 time = absolute(analysis, note.spot);
        if (note.kind != EventKind::Proven) {
            continue;
        }
        analysis.provenTip = std::max(analysis.provenTip, qint64(note.value));
        for (auto &[epoch, row] : rows) {
            if (row.to >= 0 && note.value >= double(row.to) && row.provenTip < 0) {
                row.provenTip = qint64(note.value);
                row.provenByOther = row.mined == NoTime && row.submitted == NoTime
                    && (row.started == NoTime || time == NoTime || time > row.started);
            }
        }
    }
}

} // namespace

void readEpochs(const Gathering &gathering, Analysis &analysis)
{
    std::map<qint64, EpochRow> rows;
    std::map<qint64, std::vector<quint32>> jobs;
    for (std::size_t i = 0; i < analysis.jobs.size(); ++i) {
        jobs[analysis.jobs.at(i).epoch].push_back(quint32(i));
    }
    for (const auto &[epoch, list] : jobs) {
        rowFor(rows, epoch);
    }
    std::map<qint64, std::vector<quint32>> attempts;
    for (std::size_t i = 0; i < analysis.attempts.size(); ++i) {
        attempts[analysis.jobs.at(analysis.attempts.at(i).job).epoch].push_back(quint32(i));
    }
    std::map<int, qint64> current;
    for (const EpochNote &note : gathering.epochs()) {
        if (note.kind < EventKind::EpochStart || note.kind > EventKind::FacadePoll) {
            continue;
        }
        const qint64 epoch = epochOf(note, rows, current);
        if (note.kind == EventKind::EpochStart || note.kind == EventKind::EpochProved) {
            current[note.place] = epoch;
        }
        if (epoch >= 0 && note.kind != EventKind::EpochTxsMissing) {
            apply(rowFor(rows, epoch), note, absolute(analysis, note.spot));
        }
    }
    readChain(gathering, rows, analysis);
    for (auto &[epoch, row] : rows) {
        const std::vector<quint32> &list = jobs[epoch];
        for (const quint32 index : list) {
            const JobRow &job = analysis.jobs.at(index);
            for (const qint64 time : {job.enqueued, job.started, job.completed}) {
                if (time != NoTime) {
                    row.firstJob = row.firstJob == NoTime ? time : std::min(row.firstJob, time);
                    row.lastJob = std::max(row.lastJob, time);
                }
            }
        }
        row.jobs = int(list.size());
        row.jobsDone = int(std::count_if(list.begin(), list.end(), [&](quint32 index) {
            return analysis.jobs.at(index).state == JobState::Completed;
        }));
        const qint64 seen = row.started != NoTime ? row.started : row.firstJob;
        const bool fits = analysis.network && analysis.hasDates && epoch >= 0
            && (seen == NoTime || std::abs(seen - analysis.network->endOf(epoch)) < FarFromEpochMs);
        if (fits) {
            row.end = analysis.network->endOf(epoch);
            row.deadline = analysis.network->deadlineOf(epoch);
            const qint64 done = row.mined != NoTime ? row.mined
                : row.submitted != NoTime           ? row.submitted
                                                    : row.proved;
            if (done != NoTime) {
                row.marginMs = row.deadline - done;
            }
        }
        findCause(gathering, row, list, analysis);
        readTypes(gathering, row, list, attempts[epoch], analysis);
        findCriticalPath(gathering, row, list, analysis);
        row.outcome = outcomeOf(row, analysis);
        if (!row.blocks && row.to >= row.from && row.from >= 0 && row.started != NoTime) {
            row.blocks = int(row.to - row.from + 1);
        }
        analysis.epochs << row;
    }
    if (!analysis.polls.isEmpty()) {
        // The node's own count is of the epoch that it works on: the last one of its jobs.
        for (EpochRow &row : analysis.epochs) {
            if (row.firstJob == NoTime) {
                continue;
            }
            for (const PollNote &poll : std::as_const(analysis.polls)) {
                if (poll.time != NoTime && poll.time + 60'000 >= row.firstJob
                    && poll.time <= row.lastJob + 60'000) {
                    row.outstanding = poll.outstanding;
                }
            }
        }
    }
}

} // namespace proverdeck::models::aztec::parts
