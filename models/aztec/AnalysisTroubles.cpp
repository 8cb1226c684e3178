// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/AnalysisParts.h"
#include "models/aztec/FindingTexts.h"
#include "models/aztec/Texts.h"
#include "models/logs/LogText.h"

#include <algorithm>
#include <array>
#include <deque>
#include <functional>

namespace proverdeck::models::aztec::parts {

using namespace Qt::StringLiterals;

namespace {

constexpr int MostEvidence = 50;
constexpr int MostOfACode = 200; ///< one finding per job, but not for thousands of them
constexpr qint64 CloseMs = 120'000;
constexpr double SlowRatio = 1.3;
constexpr int FewestForTrend = 9;

class Troubles
{
public:
    Troubles(const Gathering &gathering, const AnalysisOptions &options, Analysis &analysis)
        : m_gathering(gathering)
        , m_options(options)
        , m_analysis(analysis)
        , m_machines(machineNumbers(analysis))
    {
    }

    void find()
    {
        ofJobs();
        ofTrends();
        ofEpochs();
        ofConnections();
        ofNetwork();
        ofContainers();
        ofStartUps();
        ofClocks();
        ofOthers();
        std::stable_sort(m_list.begin(), m_list.end(), [](const Trouble &a, const Trouble &b) {
            return a.severity > b.severity;
        });
        m_analysis.troubles = QList<Trouble>(m_list.begin(), m_list.end());
    }

private:
    Trouble *add(const QString &code, QMap<QString, QString> values, const Spot &spot,
                 int count = 1);
    void see(Trouble *trouble, const Spot &spot);
    void ofJobs();
    void findStuck();
    void ofJob(quint32 index);
    void ofBrokerLines(quint32 index);
    void ofTrends();
    void ofEpochs();
    void ofConnections();
    void ofNetwork();
    void ofContainers();
    void ofStartUps();
    void ofClocks();
    void ofOthers();
    [[nodiscard]] Spot spotOf(const Sighting &sighting) const;
    [[nodiscard]] QString shortId(quint32 job) const;
    [[nodiscard]] QString errorOf(const Sighting &sighting) const;
    void eachLine(quint32 job, const std::function<void(const Sighting &)> &use) const;
    Trouble *ofJob(quint32 index, const QString &code, const Spot &spot,
                   QMap<QString, QString> values);

    const Gathering &m_gathering;
    const AnalysisOptions &m_options;
    Analysis &m_analysis;
    using TypeOnMachine = std::pair<quint16, int>; ///< the type, and the machine's number
    std::vector<int> m_machines; ///< by place
    QHash<QString, int> m_counts;
    std::deque<Trouble> m_list; ///< what points into it stays valid while it grows
    Trouble m_overflow;
};

Trouble *Troubles::add(const QString &code, QMap<QString, QString> values, const Spot &spot,
                       int count)
{
    if (++m_counts[code] > MostOfACode) {
        m_overflow = {};
        return &m_overflow;
    }
    Trouble trouble;
    trouble.code = code;
    trouble.count = count;
    trouble.values = std::move(values);
    const TroubleText text = textOf(trouble);
    trouble.severity = text.severity;
    trouble.group = text.group;
    if (spot.log >= 0) {
        trouble.machine = m_analysis.logs.at(spot.log).machine;
        trouble.evidence << evidenceOf(m_gathering, spot);
    }
    m_list.push_back(std::move(trouble));
    return &m_list.back();
}

void Troubles::see(Trouble *trouble, const Spot &spot)
{
    if (trouble->evidence.size() < MostEvidence) {
        trouble->evidence << evidenceOf(m_gathering, spot);
    }
}

Spot Troubles::spotOf(const Sighting &sighting) const
{
    return {m_gathering.logOf(sighting.place), sighting.line, sighting.offset, sighting.time,
            sighting.text ? m_gathering.text(sighting.text) : QByteArray()};
}

QString Troubles::shortId(quint32 job) const
{
    const QString id = jobId(m_gathering, job);
    return id.left(id.lastIndexOf(u':') + 9) + u'…';
}

QString Troubles::errorOf(const Sighting &sighting) const
{
    return sighting.text ? errorIn(m_gathering.text(sighting.text)) : QString();
}

void Troubles::eachLine(quint32 job, const std::function<void(const Sighting &)> &use) const
{
    const JobBook &book = m_gathering.book();
    for (const Sighting *s = book.firstOf(book.jobs().at(job)); s; s = book.after(*s)) {
        use(*s);
    }
}

Trouble *Troubles::ofJob(quint32 index, const QString &code, const Spot &spot,
                         QMap<QString, QString> values)
{
    values.insert(u"job"_s, shortId(index));
    if (!values.contains(u"machine"_s)) {
        const QString agent = m_analysis.agentOf(m_analysis.jobs.at(index).place);
        values.insert(u"machine"_s, agent.isEmpty() ? u"–"_s : agent);
    }
    Trouble *trouble = add(code, values, spot);
    trouble->job = jobId(m_gathering, index);
    if (m_analysis.jobs.at(index).epoch >= 0) {
        trouble->epoch = m_analysis.jobs.at(index).epoch;
    }
    return trouble;
}

void Troubles::ofJobs()
{
    for (std::size_t i = 0; i < m_analysis.jobs.size(); ++i) {
        const JobRow &job = m_analysis.jobs.at(i);
        if (job.retries || job.timeouts || job.state == JobState::Failed || job.reason) {
            ofJob(quint32(i));
        }
        if (job.sawBroker) {
            ofBrokerLines(quint32(i));
        }
    }
    findStuck();
}

/// Old against the median of its own type on its own machine, at the end of the log.
void Troubles::findStuck()
{
    const auto isOpen = [this](const Attempt &attempt) {
        return attempt.how == Attempt::End::Open
            && m_analysis.jobs.at(attempt.job).state == JobState::InProgress;
    };
    if (std::ranges::none_of(m_analysis.attempts, isOpen)) {
        return;
    }
    std::map<TypeOnMachine, std::vector<double>> works;
    for (const JobRow &job : m_analysis.jobs) {
        if (job.workMs >= 0 && job.place >= 0) {
            works[{job.type, m_machines.at(std::size_t(job.place))}].push_back(double(job.workMs));
        }
    }
    std::map<TypeOnMachine, double> medians;
    for (const auto &[key, values] : works) {
        if (values.size() >= 3) {
            medians[key] = medianOf(values);
        }
    }
    for (const Attempt &attempt : m_analysis.attempts) {
        if (!isOpen(attempt)) {
            continue;
        }
        JobRow &job = m_analysis.jobs.at(attempt.job);
        const auto at = medians.find({job.type, m_machines.at(std::size_t(attempt.place))});
        if (at == medians.end()) {
            continue;
        }
        const double median = at->second;
        const double age = double(attempt.end - attempt.start);
        if (age > m_options.stuckFactor * median && !job.isStuck) {
            job.isStuck = true;
            ofJob(attempt.job, u"job-slow"_s,
                  {m_analysis.places.at(std::size_t(attempt.place)).log,
                   attempt.line,
                   attempt.offset,
                   NoTime,
                   {}},
                  {{u"age"_s, durationText(age)}, {u"median"_s, durationText(median)}});
        }
    }
}

void Troubles::ofJob(quint32 index)
{
    JobRow &job = m_analysis.jobs.at(index);
    QList<Spot> kills;
    QList<Spot> crashes;
    QList<Spot> timeouts;
    QList<Spot> failures;
    QString signal;
    QString reason;
    eachLine(index, [&](const Sighting &s) {
        const QString error = errorOf(s);
        if (s.kind == EventKind::JobError) {
            if (error.contains(u"SIGKILL")) {
                kills << spotOf(s);
            } else if (error.contains(u"Signal SIG")) {
                crashes << spotOf(s);
                signal = error.mid(error.indexOf(u"SIG")).section(u'.', 0, 0);
            }
        } else if (s.kind == EventKind::JobTimeout || s.kind == EventKind::JobTimeoutFailed) {
            timeouts << spotOf(s);
        }
        if (s.kind == EventKind::JobFailed || s.kind == EventKind::JobTimeoutFailed) {
            failures << spotOf(s);
        }
        reason = error.isEmpty() || error == u"Aborted" ? reason : error;
    });
    const auto seeAll = [this](Trouble *trouble, const QList<Spot> &spots) {
        trouble->count = int(spots.size());
        for (qsizetype i = 1; i < spots.size(); ++i) {
            see(trouble, spots.at(i));
        }
    };
    if (!kills.isEmpty()) {
        seeAll(ofJob(index, u"job-killed"_s, kills.first(),
                     {{u"times"_s, QString::number(kills.size())}}),
               kills);
    }
    if (!crashes.isEmpty()) {
        seeAll(ofJob(index, u"native-crash"_s, crashes.first(),
                     {{u"signal"_s, signal}, {u"times"_s, QString::number(crashes.size())}}),
               crashes);
    }
    job.isStuck = job.isStuck || (job.timeouts >= 2 && job.state != JobState::Completed);
    if (!timeouts.isEmpty()) {
        seeAll(ofJob(index, job.isStuck ? u"job-stuck"_s : u"job-timed-out"_s, timeouts.first(),
                     {{u"timeouts"_s, QString::number(job.timeouts)},
                      {u"starts"_s, job.starts ? QString::number(job.starts) : u"–"_s}}),
               timeouts);
    }
    if (job.state == JobState::Failed && !job.isCancelled && !failures.isEmpty()) {
        Trouble *trouble
            = ofJob(index, u"job-failed"_s, failures.first(),
                    {{u"attempts"_s, job.attempts ? QString::number(job.attempts) : u"–"_s},
                     {u"reason"_s, reason.isEmpty() ? u"timed out"_s : reason}});
        trouble->consequenceOf = !kills.isEmpty() ? u"job-killed"_s
            : job.isStuck                         ? u"job-stuck"_s
                                                  : QString();
    } else if (job.state == JobState::Completed && job.retries > 0) {
        Spot spot;
        eachLine(index, [&](const Sighting &s) {
            if (s.kind == EventKind::JobRetry && spot.log < 0) {
                spot = spotOf(s);
            }
        });
        ofJob(index, u"job-retried"_s, spot,
              {{u"attempts"_s, QString::number(std::max(job.attempts, job.retries + 1))},
               {u"reason"_s, reason}});
    }
}

void Troubles::ofBrokerLines(quint32 index)
{
    const BookedJob &job = m_gathering.book().jobs().at(index);
    const bool isUsual = std::ranges::none_of(
        std::array{EventKind::JobDouble, EventKind::JobReadded, EventKind::JobUnknown,
                   EventKind::JobLate, EventKind::JobStale},
        [&job](EventKind kind) { return job.has(kind); });
    if (isUsual) {
        return;
    }
    eachLine(index, [&](const Sighting &s) {
        const QString code = s.kind == EventKind::JobDouble ? u"double-assignment"_s
            : s.kind == EventKind::JobReadded               ? u"broker-forgot-agent"_s
            : s.kind == EventKind::JobUnknown               ? u"unknown-job"_s
            : s.kind == EventKind::JobLate                  ? u"late-report"_s
            : s.kind == EventKind::JobStale                 ? u"stale-job"_s
                                                            : QString();
        if (!code.isEmpty()) {
            ofJob(index, code, spotOf(s), {});
        }
    });
}

void Troubles::ofTrends()
{
    std::map<TypeOnMachine, std::vector<const JobRow *>> groups;
    for (const JobRow &job : m_analysis.jobs) {
        if (job.workMs >= 0 && job.place >= 0) {
            groups[{job.type, m_machines.at(std::size_t(job.place))}].push_back(&job);
        }
    }
    for (auto &[key, jobs] : groups) {
        if (jobs.size() < FewestForTrend) {
            continue;
        }
        sortIfNeeded(jobs,
                     [](const JobRow *a, const JobRow *b) { return a->completed < b->completed; });
        const std::size_t third = jobs.size() / 3;
        std::vector<double> first;
        std::vector<double> last;
        for (std::size_t i = 0; i < third; ++i) {
            first.push_back(double(jobs.at(i)->workMs));
            last.push_back(double(jobs.at(jobs.size() - 1 - i)->workMs));
        }
        const double before = medianOf(first);
        const double after = medianOf(last);
        if (before > 0 && after > before * SlowRatio) {
            const JobRow *slowest = jobs.back();
            const QString machine = m_analysis.machineOf(slowest->place);
            Trouble *trouble = add(u"slow-trend"_s,
                                   {{u"type"_s, m_analysis.types.at(key.first)},
                                    {u"machine"_s, machine},
                                    {u"first"_s, durationText(before)},
                                    {u"last"_s, durationText(after)},
                                    {u"n"_s, QString::number(jobs.size())}},
                                   {slowest->log, slowest->line, slowest->offset, NoTime, {}});
            trouble->machine = machine;
        }
    }
}

void Troubles::ofEpochs()
{
    std::vector<quint32> echoing;
    for (std::size_t i = 0; i < m_analysis.jobs.size(); ++i) {
        if (m_analysis.jobs.at(i).echoes) {
            echoing.push_back(quint32(i));
        }
    }
    for (const EpochRow &row : std::as_const(m_analysis.epochs)) {
        const QString number = QString::number(row.epoch);
        const auto mark = [&row](Trouble *trouble) { trouble->epoch = row.epoch; };
        const QString cause = row.cause ? row.cause->code : QString();
        if (!row.failedStage.isEmpty()) {
            const QString code = row.failedStage == u"deadline" ? u"deadline-missed"_s
                : row.failedStage == u"submission"              ? u"submission-failed"_s
                : row.failedStage == u"reorg"                   ? u"epoch-reorg"_s
                                                                : u"epoch-failed"_s;
            Trouble *trouble = nullptr;
            for (const EpochNote &note : m_gathering.epochs()) {
                const bool isSubmission = note.kind >= EventKind::SubmitReverted
                    && note.kind <= EventKind::SubmitFailed;
                const bool isThis = note.epoch == row.epoch
                    || (note.epoch < 0 && isSubmission && code == u"submission-failed"
                        && absolute(m_analysis, note.spot) >= row.started
                        && absolute(m_analysis, note.spot) <= row.failedAt + 60'000);
                const bool isError = note.kind == EventKind::EpochDeadline
                    || note.kind == EventKind::EpochError || note.kind == EventKind::EpochExit
                    || note.kind == EventKind::EpochSubmitError
                    || note.kind == EventKind::EpochHalted || note.kind == EventKind::EpochReorg
                    || isSubmission;
                if (!isThis || !isError) {
                    continue;
                }
                if (trouble) {
                    see(trouble, note.spot);
                    continue;
                }
                const QString reason = row.cause ? row.cause->text : QString();
                trouble = add(
                    code,
                    {{u"epoch"_s, number},
                     {u"reason"_s,
                      reason.isEmpty() && cause == u"job-stuck" ? u"One job never came to an end."_s
                                                                : reason}},
                    note.spot);
            }
            if (trouble) {
                mark(trouble);
                trouble->consequenceOf = cause == code ? QString() : cause;
            }
        }
        Trouble *stopped = nullptr;
        for (const quint32 index : echoing) {
            if (m_analysis.jobs.at(index).epoch != row.epoch) {
                continue;
            }
            eachLine(index, [&](const Sighting &s) {
                if (s.kind != EventKind::FacadeStopped) {
                    return;
                }
                if (!stopped) {
                    stopped = add(u"broker-facade-stopped"_s, {{u"epoch"_s, number}}, spotOf(s));
                    mark(stopped);
                    stopped->consequenceOf = cause.isEmpty() ? u"epoch-failed"_s : cause;
                } else {
                    ++stopped->count;
                    see(stopped, spotOf(s));
                }
            });
        }
        if (row.marginMs && *row.marginMs < CloseMs && row.failedStage.isEmpty()
            && *row.marginMs >= 0) {
            mark(add(u"deadline-close"_s,
                     {{u"epoch"_s, number}, {u"margin"_s, durationText(double(*row.marginMs))}},
                     {}));
        }
        if (row.provenByOther) {
            for (const EpochNote &note : m_gathering.epochs()) {
                if (note.kind == EventKind::Proven && qint64(note.value) == row.provenTip) {
                    mark(add(u"proved-by-other"_s,
                             {{u"epoch"_s, number}, {u"tip"_s, QString::number(row.provenTip)}},
                             note.spot));
                    break;
                }
            }
        }
    }
    for (const EpochNote &note : m_gathering.epochs()) {
        if (note.kind == EventKind::Unwound) {
            add(u"chain-unwound"_s, {{u"blocks"_s, QString::number(qint64(note.value))}},
                note.spot);
        } else if (note.kind == EventKind::EpochTxsMissing) {
            add(u"epoch-txs-missing"_s, {{u"reason"_s, plainLineFromUtf8(note.detail, 160)}},
                note.spot);
        } else if (note.kind == EventKind::ContainerExit) {
            const int code = int(note.value);
            add(u"container-exited"_s,
                {{u"container"_s, plainLineFromUtf8(note.detail, 100)},
                 {u"machine"_s, m_analysis.logs.at(note.spot.log).machine},
                 {u"code"_s, QString::number(code)},
                 {u"meaning"_s, code == 137 ? u" (SIGKILL)"_s : QString()}},
                note.spot);
        }
    }
}

void Troubles::ofConnections()
{
    for (std::size_t i = 0; i < m_analysis.places.size(); ++i) {
        const Place &place = m_analysis.places.at(i);
        Trouble *unreachable = nullptr;
        Trouble *wrong = nullptr;
        for (const WorkNote &note : place.work) {
            const bool isWrong = note.kind == EventKind::WrongService;
            if (!isWrong && note.kind != EventKind::BrokerUnreachable) {
                continue;
            }
            Trouble *&trouble = isWrong ? wrong : unreachable;
            if (trouble) {
                trouble->count += int(note.count);
                see(trouble, note.first);
                continue;
            }
            const QString line = plainLineFromUtf8(note.first.text, KeptText);
            const qsizetype from = line.indexOf(u"http");
            const QString reason = line.section(u"Error: "_s, -1);
            const QString url
                = from < 0 ? u"–"_s : line.mid(from).section(u' ', 0, 0).section(u": "_s, 0, 0);
            trouble = add(isWrong ? u"wrong-service"_s : u"cannot-reach-broker"_s,
                          {{u"machine"_s, m_analysis.agentOf(int(i))},
                           {u"url"_s, url.endsWith(u':') ? url.chopped(1) : url},
                           {u"reason"_s, reason}},
                          note.first, int(note.count));
        }
    }
}

void Troubles::ofNetwork()
{
    for (const auto &[key, note] : m_gathering.notices()) {
        const QString code = m_gathering.vocabulary().notices().value(key.first);
        Trouble *trouble = add(code, {}, note.spots.value(0), int(note.count));
        for (qsizetype i = 1; i < note.spots.size(); ++i) {
            see(trouble, note.spots.at(i));
        }
    }
    for (const auto &[number, block] : m_gathering.blocks()) {
        if (block.missingTxs > 0) {
            add(u"txs-missing"_s,
                {{u"block"_s, QString::number(number)},
                 {u"found"_s, QString::number(block.foundTxs)},
                 {u"wanted"_s, QString::number(block.wantedTxs)}},
                block.spot);
        }
    }
}

void Troubles::ofContainers()
{
    for (const DockerContainer &one : std::as_const(m_analysis.containers)) {
        QMap<QString, QString> values{{u"container"_s, one.name}, {u"machine"_s, one.machine}};
        const auto say = [&](const QString &code) { add(code, values, {})->machine = one.machine; };
        if (one.oomKilled.value_or(false)) {
            say(u"container-oom"_s);
        } else if (one.state == u"exited" && one.exitCode.value_or(0) != 0) {
            values.insert(u"code"_s, QString::number(*one.exitCode));
            values.insert(u"meaning"_s, *one.exitCode == 137 ? u" (SIGKILL)"_s : QString());
            say(u"container-exited"_s);
        }
        if (one.state == u"restarting") {
            values.insert(u"times"_s, one.restarts ? u" (%1)"_s.arg(*one.restarts) : QString());
            say(u"container-restarting"_s);
        }
        if (one.health == u"unhealthy") {
            say(u"container-unhealthy"_s);
        }
        if (one.memoryPercent.value_or(0) >= 90) {
            values.insert(u"percent"_s, QString::number(*one.memoryPercent, 'f', 1) + u" %"_s);
            values.insert(u"limit"_s,
                          one.memoryLimitBytes ? bytesText(*one.memoryLimitBytes) : u"–"_s);
            say(u"memory-near-limit"_s);
        }
        if (one.role == u"agent" && one.brokerUrl.endsWith(u":8080")
            && !one.brokerUrl.contains(u"//broker")
            && !one.brokerUrl.contains(u"//prover-broker")) {
            values.insert(u"url"_s, one.brokerUrl);
            say(u"broker-port-not-published"_s);
        }
    }
}

void Troubles::ofStartUps()
{
    std::map<std::pair<QString, QString>, int> starts;
    for (const StartUpRow &row : std::as_const(m_analysis.startUps)) {
        const int times = ++starts[{row.machine, row.container}];
        const QString name
            = row.container.isEmpty() ? row.machine : row.machine + u" / "_s + row.container;
        qint64 bytes = 0;
        for (const CrsRow &crs : row.crs) {
            bytes += crs.isDownload ? std::max<qint64>(crs.bytes, 0) : 0;
        }
        if (bytes > 0) {
            add(u"crs-downloaded"_s,
                {{u"machine"_s, name},
                 {u"size"_s, bytesText(double(bytes))},
                 {u"time"_s, row.crsMs ? durationText(double(*row.crsMs)) : u"–"_s}},
                row.spot);
        }
        if (times == 2) {
            const auto all = std::count_if(m_analysis.startUps.begin(), m_analysis.startUps.end(),
                                           [&row](const StartUpRow &other) {
                                               return other.machine == row.machine
                                                   && other.container == row.container;
                                           });
            add(u"worker-restarted"_s, {{u"machine"_s, name}, {u"times"_s, QString::number(all)}},
                row.spot, int(all));
        }
    }
}

void Troubles::ofClocks()
{
    for (const MachineRow &machine : std::as_const(m_analysis.machines)) {
        if (machine.clockOffsetMs && std::abs(*machine.clockOffsetMs) > 1000) {
            add(u"clocks-differ"_s,
                {{u"machine"_s, machine.name},
                 {u"offset"_s, durationText(std::abs(double(*machine.clockOffsetMs)))},
                 {u"n"_s, QString::number(machine.clockSamples)}},
                {})
                ->machine
                = machine.name;
        }
    }
    for (const LogRow &log : std::as_const(m_analysis.logs)) {
        if (log.dateFrom == u"file-time") {
            add(u"date-guessed"_s, {{u"log"_s, log.name}}, {})->machine = log.machine;
        }
    }
}

void Troubles::ofOthers()
{
    for (const OtherNote &note : m_gathering.others()) {
        Trouble *trouble = add(u"other-errors"_s,
                               {{u"module"_s, plainLineFromUtf8(note.module, 80)},
                                {u"message"_s, plainLineFromUtf8(note.message, 160)}},
                               note.spot, int(note.count));
        trouble->severity = note.level >= Level::Error ? Severity::Warning : Severity::Info;
    }
    for (const LogRow &log : std::as_const(m_analysis.logs)) {
        const LogFacts &facts = log.facts;
        const bool isEmpty = facts.lines == 0;
        // One that is watched may have nothing to say yet.
        if (facts.records + facts.untimed == 0 && !(isEmpty && log.path.isEmpty())) {
            add(isEmpty ? u"log-empty"_s : u"no-aztec-lines"_s,
                {{u"log"_s, log.name}, {u"lines"_s, QString::number(facts.lines)}}, {})
                ->machine
                = log.machine;
        }
    }
}

} // namespace

QString errorIn(const QByteArray &line)
{
    const qsizetype at = line.indexOf(" err=");
    if (at < 0) {
        return {};
    }
    QByteArray error = line.mid(at + 5);
    for (const char *end : {" {\"", " retry=", "\",\"", "\"}"}) {
        const qsizetype cut = error.indexOf(end);
        if (cut >= 0) {
            error.truncate(cut);
        }
    }
    return plainLineFromUtf8(error, 200);
}

void readTroubles(const Gathering &gathering, const AnalysisOptions &options, Analysis &analysis)
{
    Troubles(gathering, options, analysis).find();
}

} // namespace proverdeck::models::aztec::parts
