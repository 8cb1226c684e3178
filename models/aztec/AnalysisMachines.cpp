// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/AnalysisParts.h"

#include <algorithm>

namespace proverdeck::models::aztec::parts {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 PointBytes = 64;

MachineRow *machineOf(Analysis &analysis, const QString &name)
{
    for (MachineRow &row : analysis.machines) {
        if (row.name == name) {
            return &row;
        }
    }
    return nullptr;
}

void addRole(MachineRow &machine, const QString &role)
{
    if (!role.isEmpty() && !machine.roles.contains(role)) {
        machine.roles << role;
    }
}

QString roleOf(const QStringList &roles)
{
    const bool node = roles.contains(u"prover-node"_s);
    const bool broker = roles.contains(u"broker"_s);
    const bool agent = roles.contains(u"agent"_s);
    return node && broker && agent  ? u"complete-node"_s
        : node && broker            ? u"coordinator"_s
        : agent && !node && !broker ? u"worker"_s
        : roles.isEmpty()           ? u"unknown"_s
                                    : roles.join(u'+');
}

QString verdictOf(EventKind kind)
{
    switch (kind) {
    case EventKind::JobStart:
        return u"working"_s;
    case EventKind::BrokerUnreachable:
        return u"cannot-reach-broker"_s;
    case EventKind::WrongService:
        return u"wrong-service"_s;
    case EventKind::CrsDownload:
        return u"loading-crs"_s;
    default:
        return u"idle"_s;
    }
}

/// Idle and unreachable must never look alike: only what an agent wrote decides.
AgentRow agentOf(const Place &place, int index, Analysis &analysis)
{
    AgentRow agent;
    agent.machine = analysis.machineOf(index);
    agent.name = place.container;
    agent.place = index;
    const auto absoluteTime = [&](qint64 time) {
        return time == NoTime ? NoTime : time + analysis.placeBase.at(std::size_t(index));
    };
    for (const WorkNote &note : place.work) {
        WorkSpan span{verdictOf(note.kind), absoluteTime(note.from), absoluteTime(note.to),
                      note.count, note.first};
        if (note.kind == EventKind::Listening && &note != &place.work.last()) {
            continue; // what came after it says more
        }
        if (!agent.history.isEmpty() && agent.history.last().verdict == span.verdict) {
            agent.history.last().to = span.to;
            agent.history.last().count += span.count;
            continue;
        }
        agent.history << span;
    }
    if (agent.history.isEmpty()) {
        agent.verdict = place.startUps.isEmpty() ? u"unknown"_s : u"idle"_s;
        agent.why = place.startUps.isEmpty() ? u"no-sign-of-an-agent"_s : u"no-job-no-error"_s;
        return agent;
    }
    const int starts = int(place.startUps.size());
    agent.verdict = agent.history.last().verdict;
    agent.why = u"last-lines"_s;
    if (starts >= 3 && place.started == 0 && agent.verdict != u"wrong-service"
        && agent.verdict != u"cannot-reach-broker") {
        agent.verdict = u"restarting"_s;
        agent.why = u"starts-again-and-again"_s;
    } else if (agent.verdict == u"working") {
        const bool isBusy = std::any_of(
            analysis.attempts.begin(), analysis.attempts.end(), [&](const Attempt &attempt) {
                return attempt.place == index && attempt.how == Attempt::End::Open;
            });
        const qint64 quiet = analysis.logs.at(place.log).facts.last - place.work.last().to;
        if (!isBusy && quiet > 120'000) {
            agent.verdict = u"idle"_s;
            agent.why = u"no-job-for-two-minutes"_s;
        }
    } else if (agent.verdict == u"idle") {
        agent.why = u"no-job-no-error"_s;
    }
    return agent;
}

void readStartUps(const Place &place, int index, Analysis &analysis)
{
    for (const StartUp &start : place.startUps) {
        StartUpRow row;
        row.machine = analysis.machineOf(index);
        row.container = place.container;
        row.log = analysis.logs.at(place.log).name;
        row.port = start.port;
        row.spot = start.spot;
        qint64 firstCrs = NoTime;
        for (const CrsNote &crs : start.crs) {
            row.crs << CrsRow{crs.isDownload, crs.isGrumpkin, crs.points,
                              crs.points < 0 ? -1 : crs.points * PointBytes};
            if (crs.spot.time != NoTime && (firstCrs == NoTime || crs.spot.time < firstCrs)) {
                firstCrs = crs.spot.time;
            }
        }
        const auto between = [](qint64 from, qint64 to) {
            return from == NoTime || to == NoTime || to < from ? std::nullopt
                                                               : std::optional(to - from);
        };
        row.crsMs = between(firstCrs, start.backend);
        row.readyMs
            = start.from == start.listening ? std::nullopt : between(start.from, start.listening);
        row.firstJobMs = between(start.listening, start.firstJob);
        const qint64 base = analysis.placeBase.at(std::size_t(index));
        for (auto [to, from] : {std::pair(&row.from, start.from),
                                {&row.backend, start.backend},
                                {&row.listening, start.listening},
                                {&row.firstJob, start.firstJob}}) {
            *to = from == NoTime ? NoTime : from + base;
        }
        analysis.startUps << row;
    }
}

void readCircuits(const Gathering &gathering, Analysis &analysis)
{
    const auto doubles
        = [](const auto &values) { return std::vector<double>(values.begin(), values.end()); };
    const QString none = u"not-logged"_s;
    // The circuit and the artifact of a type are one row.
    std::map<std::pair<int, QString>, CircuitNotes> joined;
    for (const auto &[key, notes] : gathering.circuits()) {
        const QString circuit = QString::fromUtf8(key.second.data(), qsizetype(key.second.size()));
        const JobType *type = gathering.vocabulary().typeOfCircuit(circuit);
        CircuitNotes &to = joined[{key.first, type ? type->name : circuit}];
        const auto append = [](auto &mine, const auto &more) {
            mine.insert(mine.end(), more.begin(), more.end());
        };
        append(to.proofMs, notes.proofMs);
        append(to.witnessMs, notes.witnessMs);
        append(to.inputBytes, notes.inputBytes);
        append(to.outputBytes, notes.outputBytes);
    }
    for (const auto &[key, notes] : joined) {
        CircuitRow row;
        row.machine = analysis.machineOf(key.first);
        row.container = analysis.places.at(std::size_t(key.first)).container;
        const JobType *type = gathering.vocabulary().type(key.second);
        row.type = type ? type->name : QString();
        row.circuit = type && !type->circuits.isEmpty() ? type->circuits.first() : key.second;
        row.proofMs = spreadOf(doubles(notes.proofMs), none);
        row.witnessMs = spreadOf(doubles(notes.witnessMs), none);
        row.inputBytes = spreadOf(doubles(notes.inputBytes), none);
        row.outputBytes = spreadOf(doubles(notes.outputBytes), none);
        analysis.circuits << row;
    }
}

void readTxs(const Gathering &gathering, Analysis &analysis)
{
    for (const auto &[hash, note] : gathering.txs()) {
        TxRow row;
        row.hash = QString::fromUtf8(hash.data(), qsizetype(hash.size()));
        row.machine = note.place >= 0 ? analysis.machineOf(note.place)
            : note.spot.log >= 0      ? analysis.logs.at(note.spot.log).machine
                                      : QString();
        const qint64 base = note.place >= 0 ? analysis.placeBase.at(std::size_t(note.place))
            : note.spot.log >= 0            ? analysis.logs.at(note.spot.log).base
                                            : 0;
        const auto at = [base](qint64 time) { return time == NoTime ? NoTime : time + base; };
        row.received = at(note.received);
        row.proving = at(note.proving);
        row.proved = at(note.proved);
        row.proofMs = note.proofMs >= 0 ? std::optional(note.proofMs) : std::nullopt;
        row.failures = note.failures;
        row.starts = note.starts;
        analysis.txs << row;
    }
    std::sort(analysis.txs.begin(), analysis.txs.end(), [](const TxRow &a, const TxRow &b) {
        const qint64 first = a.received != NoTime ? a.received : a.proving;
        const qint64 second = b.received != NoTime ? b.received : b.proving;
        return std::tie(first, a.hash) < std::tie(second, b.hash);
    });
}

} // namespace

void readMachines(const Gathering &gathering, const AnalysisOptions &options, Analysis &analysis)
{
    for (const LogRow &log : std::as_const(analysis.logs)) {
        MachineRow &machine = *machineOf(analysis, log.machine);
        machine.logs << log.name;
        if (log.facts.first != NoTime) {
            const qint64 first = log.facts.first + log.base;
            machine.first = machine.first == NoTime ? first : std::min(machine.first, first);
            machine.last = std::max(machine.last, log.facts.last + log.base);
        }
    }
    for (std::size_t i = 0; i < analysis.places.size(); ++i) {
        const Place &place = analysis.places.at(i);
        MachineRow &machine = *machineOf(analysis, analysis.machineOf(int(i)));
        addRole(machine, place.is(Role::ProverNode) ? u"prover-node"_s : QString());
        addRole(machine, place.is(Role::Broker) ? u"broker"_s : QString());
        addRole(machine, place.is(Role::Agent) ? u"agent"_s : QString());
        if (place.is(Role::Agent) && !(place.work.isEmpty() && place.startUps.isEmpty())) {
            analysis.agents << agentOf(place, int(i), analysis);
        }
        readStartUps(place, int(i), analysis);
    }
    for (const JobRow &job : analysis.jobs) {
        if (job.place >= 0) {
            MachineRow &machine = *machineOf(analysis, analysis.machineOf(job.place));
            machine.jobsStarted += job.starts > 0;
            machine.jobsCompleted += job.state == JobState::Completed;
        }
    }
    analysis.containers = gathering.docker().containers;
    for (const DockerContainer &container : std::as_const(analysis.containers)) {
        MachineRow *machine = machineOf(analysis, container.machine);
        if (!machine) {
            MachineRow row;
            row.name = container.machine;
            analysis.machines << row;
            machine = &analysis.machines.last();
        }
        addRole(*machine, container.role);
        if (container.role == u"agent" && container.state == u"restarting") {
            AgentRow agent;
            agent.machine = container.machine;
            agent.name = container.name;
            agent.verdict = u"restarting"_s;
            agent.why = u"docker-says-so"_s;
            analysis.agents << agent;
        }
    }
    for (MachineRow &machine : analysis.machines) {
        machine.roles.sort();
        machine.role = roleOf(machine.roles);
        if (options.cores.contains(machine.name)) {
            machine.cores = options.cores.value(machine.name);
        } else if (options.cores.contains(QString())) {
            machine.cores = options.cores.value(QString());
        }
    }
    readCircuits(gathering, analysis);
    readTxs(gathering, analysis);
}

} // namespace proverdeck::models::aztec::parts
