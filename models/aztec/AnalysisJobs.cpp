// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/AnalysisParts.h"

#include <queue>

#include <algorithm>
#include <tuple>

namespace proverdeck::models::aztec::parts {

using namespace Qt::StringLiterals;

namespace {

constexpr int FewestClockSamples = 3;
constexpr qint64 MostNegativeWait = -2000; ///< what unequal clocks may make of an instant start

/// The broker notes a completion milliseconds after the agent: over many jobs, the difference is
/// that of the two machines' clocks.
void compareClocks(const Gathering &gathering, Analysis &analysis)
{
    const JobBook &book = gathering.book();
    std::map<std::pair<QString, QString>, std::vector<double>> differences; // agent's, broker's
    std::map<QString, int> brokers;
    const std::vector<int> numbers = machineNumbers(analysis);
    const bool isAlone
        = std::ranges::adjacent_find(numbers, std::not_equal_to<>()) == numbers.end();
    for (const BookedJob &job : book.jobs()) {
        if (!job.has(EventKind::JobComplete)) {
            continue;
        }
        const Sighting *done = nullptr;
        const Sighting *complete = nullptr;
        for (const Sighting *s = book.firstOf(job); s; s = book.after(*s)) {
            done = s->kind == EventKind::JobDone ? s : done;
            complete = s->kind == EventKind::JobComplete ? s : complete;
        }
        if (!complete) {
            continue; // only counted: the job has too many lines
        }
        ++brokers[analysis.machineOf(complete->place)];
        if (isAlone) {
            break; // its clock is compared with no other
        }
        if (done && done->time != NoTime && complete->time != NoTime) {
            if (numbers.at(done->place) != numbers.at(complete->place)) {
                const QString agent = analysis.machineOf(done->place);
                const QString broker = analysis.machineOf(complete->place);
                const auto base = [&](const Sighting *s) {
                    return analysis.logs.at(analysis.places.at(s->place).log).base;
                };
                differences[{agent, broker}].push_back(
                    double(complete->time + base(complete) - done->time - base(done)));
            }
        }
    }
    QString reference;
    int most = 0;
    for (const auto &[machine, count] : brokers) {
        if (count > most) {
            most = count;
            reference = machine;
        }
    }
    for (const LogRow &log : std::as_const(analysis.logs)) {
        const bool isKnown
            = std::any_of(analysis.machines.begin(), analysis.machines.end(),
                          [&log](const MachineRow &row) { return row.name == log.machine; });
        if (isKnown) {
            continue;
        }
        MachineRow row;
        row.name = log.machine;
        if (log.machine == reference) {
            row.clockOffsetMs = 0;
        } else if (const auto at = differences.find({log.machine, reference});
                   at != differences.end() && at->second.size() >= FewestClockSamples) {
            row.clockSamples = int(at->second.size());
            row.clockOffsetMs = qint64(medianOf(at->second));
        }
        analysis.machines << row;
    }
    for (const Place &place : analysis.places) {
        const LogRow &log = analysis.logs.at(place.log);
        const auto machine
            = std::find_if(analysis.machines.begin(), analysis.machines.end(),
                           [&log](const MachineRow &row) { return row.name == log.machine; });
        analysis.placeBase.push_back(log.base + machine->clockOffsetMs.value_or(0));
    }
}

/// One job's life, told by its lines in the order of time.
class JobStory
{
public:
    JobStory(const Gathering &gathering, Analysis &analysis)
        : m_gathering(gathering)
        , m_analysis(analysis)
    {
    }

    /// One job after the other.
    JobRow tell(quint32 index);

private:
    struct Line
    {
        qint64 time;
        const Sighting *sighting;
    };

    [[nodiscard]] bool isCopy(std::size_t index) const;
    void take(const Line &line);
    void takeAgent(const Line &line);
    void begin(const Line &line);
    void end(const Line &line, Attempt::End how, bool samePlace);
    void fail(const Line &line);
    void settle();
    [[nodiscard]] Attempt *openAttempt(int place);

    const Gathering &m_gathering;
    Analysis &m_analysis;
    quint32 m_index = 0;
    JobRow m_row;
    std::vector<Line> m_lines;
    std::vector<Attempt> m_attempts;
    int m_weight = -1; ///< of the line that stands for the job
};

/// Which line a person wants to see first: why it failed, else its end, else its beginning.
int weightOf(EventKind kind)
{
    switch (kind) {
    case EventKind::JobFailed:
    case EventKind::JobTimeoutFailed:
        return 6;
    case EventKind::JobError:
    case EventKind::JobTimeout:
        return 5;
    case EventKind::JobDone:
        return 4;
    case EventKind::JobComplete:
        return 3;
    case EventKind::JobStart:
        return 2;
    default:
        return 1;
    }
}

JobRow JobStory::tell(quint32 index)
{
    m_index = index;
    m_row = {};
    m_lines.clear();
    m_attempts.clear();
    m_weight = -1;
    const JobBook &book = m_gathering.book();
    const BookedJob &job = book.jobs().at(m_index);
    m_row.type = job.type;
    m_row.epoch = job.epoch;
    for (const Sighting *s = book.firstOf(job); s; s = book.after(*s)) {
        m_lines.push_back(
            {s->time == NoTime ? NoTime : s->time + m_analysis.placeBase.at(s->place), s});
    }
    const auto isBefore = [](const Line &a, const Line &b) {
        return std::tuple(a.time, a.sighting->kind == EventKind::JobComplete)
            < std::tuple(b.time, b.sighting->kind == EventKind::JobComplete);
    };
    if (!std::is_sorted(m_lines.begin(), m_lines.end(), isBefore)) {
        std::stable_sort(m_lines.begin(), m_lines.end(), isBefore);
    }
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        const Line &line = m_lines[i];
        if (isCopy(i)) {
            continue;
        }
        const int weight = weightOf(line.sighting->kind);
        if (weight > m_weight) {
            m_weight = weight;
            m_row.log = m_analysis.places.at(line.sighting->place).log;
            m_row.line = line.sighting->line;
            m_row.offset = line.sighting->offset;
        }
        take(line);
    }
    if (job.lines >= JobBook::MostLines) {
        m_row.starts += book.uncounted(index, EventKind::JobStart);
        m_row.retries += book.uncounted(index, EventKind::JobRetry);
        m_row.timeouts += book.uncounted(index, EventKind::JobTimeout);
        m_row.doubled += book.uncounted(index, EventKind::JobDouble);
        m_row.echoes += book.uncounted(index, EventKind::FacadeStopped);
    }
    settle();
    return m_row;
}

/// The same event at the same millisecond in another log: a log that was saved twice.
bool JobStory::isCopy(std::size_t index) const
{
    const Line &line = m_lines[index];
    for (std::size_t i = index; i > 0 && m_lines[i - 1].time == line.time; --i) {
        const Sighting &other = *m_lines[i - 1].sighting;
        if (other.kind == line.sighting->kind && line.time != NoTime
            && m_gathering.logOf(other.place) != m_gathering.logOf(line.sighting->place)) {
            return true;
        }
    }
    return false;
}

void JobStory::take(const Line &line)
{
    const Sighting &s = *line.sighting;
    const bool isOver = m_row.state == JobState::Completed;
    if (s.kind >= EventKind::JobStart && s.kind <= EventKind::JobAbort) {
        m_row.sawAgent = true;
        takeAgent(line);
        return;
    }
    m_row.sawBroker = m_row.sawBroker || s.kind <= EventKind::JobLate;
    switch (s.kind) {
    case EventKind::JobNew:
    case EventKind::JobRestored:
    case EventKind::JobSent:
    case EventKind::JobCached:
    case EventKind::JobRevive:
        if (s.kind != EventKind::JobCached && m_row.enqueued == NoTime) {
            m_row.enqueued = line.time;
        }
        if (m_row.state == JobState::Unknown || s.kind == EventKind::JobRevive) {
            m_row.state = JobState::Queued;
            m_row.isCancelled = false;
        }
        break;
    case EventKind::JobComplete:
    case EventKind::JobResolved:
        if (s.attempts > 0) {
            m_row.attempts = s.attempts;
        }
        end(line, Attempt::End::Done, false);
        if (!isOver || m_row.completed == NoTime) {
            m_row.completed = line.time;
        }
        m_row.state = JobState::Completed;
        break;
    case EventKind::JobRetry:
        ++m_row.retries;
        m_row.state = isOver ? m_row.state : JobState::Queued;
        break;
    case EventKind::JobTimeout:
        ++m_row.timeouts;
        end(line, Attempt::End::TimedOut, false);
        m_row.state = isOver ? m_row.state : JobState::Queued;
        break;
    case EventKind::JobTimeoutFailed:
        ++m_row.timeouts;
        fail(line);
        break;
    case EventKind::JobFailed:
        fail(line);
        break;
    case EventKind::JobCancel:
        if (!isOver) {
            m_row.isCancelled = true;
            m_row.state = JobState::Failed;
        }
        break;
    case EventKind::JobDouble:
        ++m_row.doubled;
        m_row.state = m_row.state == JobState::Unknown ? JobState::InProgress : m_row.state;
        break;
    case EventKind::JobReadded:
        m_row.state = m_row.state == JobState::Unknown ? JobState::InProgress : m_row.state;
        break;
    case EventKind::FacadeStopped:
        ++m_row.echoes;
        break;
    default:
        break;
    }
}

void JobStory::takeAgent(const Line &line)
{
    const Sighting &s = *line.sighting;
    m_row.place = s.place;
    const bool isOver = m_row.state == JobState::Completed;
    switch (s.kind) {
    case EventKind::JobStart:
        begin(line);
        ++m_row.starts;
        m_row.state = isOver ? m_row.state : JobState::InProgress;
        break;
    case EventKind::JobController:
        if (!openAttempt(-1) && !isOver) { // its "Starting job" was not seen
            begin(line);
            ++m_row.starts;
            m_row.state = JobState::InProgress;
        }
        break;
    case EventKind::JobDone:
        end(line, Attempt::End::Done, true);
        if (!isOver) {
            m_row.completed = line.time;
            m_row.state = JobState::Completed;
        }
        break;
    case EventKind::JobError:
        end(line, Attempt::End::Failed, true);
        m_row.reason = s.text ? s.text : m_row.reason;
        m_row.state = isOver ? m_row.state : JobState::Queued;
        break;
    case EventKind::JobAbort:
    case EventKind::JobDropped:
        end(line, Attempt::End::Dropped, true);
        m_row.state = m_row.state == JobState::InProgress ? JobState::Queued : m_row.state;
        break;
    default:
        break;
    }
}

void JobStory::begin(const Line &line)
{
    const Sighting &s = *line.sighting;
    Attempt attempt;
    attempt.job = m_index;
    attempt.start = line.time;
    attempt.place = s.place;
    attempt.line = s.line;
    attempt.offset = s.offset;
    m_attempts.push_back(attempt);
    if (m_row.started == NoTime) {
        m_row.started = line.time;
    }
}

Attempt *JobStory::openAttempt(int place)
{
    for (auto at = m_attempts.rbegin(); at != m_attempts.rend(); ++at) {
        if (at->how == Attempt::End::Open && (place < 0 || at->place == place)) {
            return &*at;
        }
    }
    return nullptr;
}

void JobStory::end(const Line &line, Attempt::End how, bool samePlace)
{
    Attempt *attempt = openAttempt(samePlace ? int(line.sighting->place) : -1);
    if (attempt) {
        attempt->end = line.time;
        attempt->how = how;
        if (how == Attempt::End::Done && attempt->start != NoTime && line.time != NoTime) {
            m_row.workMs = std::max<qint64>(0, line.time - attempt->start);
        }
        return;
    }
    if (samePlace && how != Attempt::End::Dropped && line.time != NoTime) {
        // Begun before the log: busy since the log's beginning at least.
        const Place &place = m_analysis.places.at(line.sighting->place);
        const auto earlier
            = std::find_if(m_attempts.begin(), m_attempts.end(),
                           [&](const Attempt &one) { return one.place == line.sighting->place; });
        if (earlier == m_attempts.end() && place.first != NoTime) {
            Attempt unseen;
            unseen.job = m_index;
            unseen.start = place.first + m_analysis.placeBase.at(line.sighting->place);
            unseen.end = line.time;
            unseen.place = line.sighting->place;
            unseen.how = how;
            unseen.startSeen = false;
            unseen.line = line.sighting->line;
            unseen.offset = line.sighting->offset;
            m_attempts.push_back(unseen);
        }
    }
}

void JobStory::fail(const Line &line)
{
    const Sighting &s = *line.sighting;
    m_row.attempts = s.attempts ? s.attempts : m_row.attempts;
    if (m_row.state == JobState::Completed) {
        return;
    }
    m_row.state = JobState::Failed;
    m_row.reason = s.text ? s.text : m_row.reason;
    if (s.text && m_gathering.text(s.text).contains(" err=Aborted")) {
        m_row.isCancelled = true;
    }
    end(line, Attempt::End::Failed, false);
}

void JobStory::settle()
{
    if (m_row.state == JobState::Unknown && m_row.starts > 0) {
        m_row.state = JobState::InProgress;
    }
    if (m_row.enqueued != NoTime && m_row.started != NoTime) {
        const qint64 wait = m_row.started - m_row.enqueued;
        if (wait >= MostNegativeWait) {
            m_row.waitMs = std::max<qint64>(0, wait);
        }
    }
    for (Attempt &attempt : m_attempts) {
        if (attempt.how == Attempt::End::Open) {
            const Place &place = m_analysis.places.at(std::size_t(attempt.place));
            attempt.end = std::max(attempt.start,
                                   place.last == NoTime ? attempt.start
                                                        : m_analysis.logs.at(place.log).facts.last
                                           + m_analysis.placeBase.at(std::size_t(attempt.place)));
        }
        if (attempt.start != NoTime && attempt.end != NoTime) {
            attempt.end = std::max(attempt.start, attempt.end);
            m_analysis.attempts.push_back(attempt);
        }
    }
}

/// The lowest lane that is free, per place: what a person sees as the agents of a container.
void assignLanes(Analysis &analysis)
{
    sortIfNeeded(analysis.attempts, [](const Attempt &a, const Attempt &b) {
        return std::tuple(a.start, a.place, a.line, a.job)
            < std::tuple(b.start, b.place, b.line, b.job);
    });
    using Busy = std::pair<qint64, int>; // until when, lane
    struct Lanes
    {
        std::priority_queue<Busy, std::vector<Busy>, std::greater<>> busy;
        std::priority_queue<int, std::vector<int>, std::greater<>> free;
        int count = 0;
    };
    std::vector<Lanes> places(analysis.places.size());
    for (Attempt &attempt : analysis.attempts) {
        Lanes &lanes = places.at(std::size_t(attempt.place));
        while (!lanes.busy.empty() && lanes.busy.top().first <= attempt.start) {
            lanes.free.push(lanes.busy.top().second);
            lanes.busy.pop();
        }
        if (lanes.free.empty()) {
            attempt.lane = lanes.count++;
        } else {
            attempt.lane = lanes.free.top();
            lanes.free.pop();
        }
        lanes.busy.emplace(attempt.end, attempt.lane);
    }
}

} // namespace

std::vector<int> machineNumbers(const Analysis &analysis)
{
    QStringList names;
    for (const LogRow &log : analysis.logs) {
        names << log.machine;
    }
    names.sort();
    names.removeDuplicates();
    std::vector<int> numbers;
    for (const Place &place : analysis.places) {
        numbers.push_back(int(names.indexOf(analysis.logs.at(place.log).machine)));
    }
    return numbers;
}

void readJobs(const Gathering &gathering, Analysis &analysis)
{
    analysis.places = gathering.places();
    for (const std::string &type : gathering.book().types()) {
        analysis.types.push_back(QString::fromUtf8(type.data(), qsizetype(type.size())));
    }
    compareClocks(gathering, analysis);
    const std::size_t count = gathering.book().jobs().size();
    analysis.jobs.reserve(count);
    analysis.attempts.reserve(count);
    JobStory story(gathering, analysis);
    for (std::size_t i = 0; i < count; ++i) {
        analysis.jobs.push_back(story.tell(quint32(i)));
    }
    assignLanes(analysis);
}

} // namespace proverdeck::models::aztec::parts
