// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/Gathering.h"

#include <algorithm>

namespace proverdeck::models::aztec {

namespace {

constexpr std::size_t MostTexts = 50'000;
constexpr std::size_t MostPlaces = 5000;

QByteArray bytesOf(std::string_view text, qsizetype most = KeptText)
{
    return {text.data(), std::min(qsizetype(text.size()), most)};
}

/// Lines that are kept with their text: what went wrong, and what is rare.
bool isExceptional(EventKind kind)
{
    switch (kind) {
    case EventKind::JobNew:
    case EventKind::JobComplete:
    case EventKind::JobStart:
    case EventKind::JobController:
    case EventKind::JobDone:
    case EventKind::JobResolved:
    case EventKind::JobSent:
    case EventKind::JobCached:
        return false;
    default:
        return true;
    }
}

bool isAgentKind(EventKind kind)
{
    return kind >= EventKind::JobStart && kind <= EventKind::JobAbort;
}

quint8 attemptsOf(EventKind kind, std::string_view message)
{
    qint64 number = -1;
    switch (kind) {
    case EventKind::JobComplete:
    case EventKind::JobFailed:
        number = numberAfter(message, " totalAttempts=");
        break;
    case EventKind::JobRetry:
        number = numberAfter(message, " retry=");
        break;
    case EventKind::JobTimeout:
        number = numberAfter(message, "(retry ");
        break;
    case EventKind::JobTimeoutFailed:
        number = numberAfter(message, " timed out after ");
        break;
    default:
        break;
    }
    return quint8(std::clamp<qint64>(number, 0, 255));
}

} // namespace

/// Hands what one reader finds to the gathering.
class Gathering::Tap : public LogSink
{
public:
    Tap(Gathering &gathering, int log)
        : m_gathering(gathering)
        , m_log(log)
    {
    }
    void take(const Event &event) override { m_gathering.take(m_log, event); }

private:
    Gathering &m_gathering;
    int m_log;
};

Gathering::Gathering(std::shared_ptr<const Vocabulary> vocabulary)
    : m_vocabulary(std::move(vocabulary))
    , m_texts(1)
{
}

Gathering::~Gathering() = default;

int Gathering::addLog(const QString &name, const QString &machine, const QString &path,
                      qint64 modified)
{
    const auto index = int(m_logs.size());
    GatheredLog log{name,    path, machine, modified, std::make_unique<Tap>(*this, index),
                    nullptr, {}};
    log.reader = std::make_unique<LogReader>(m_vocabulary, *log.sink);
    m_logs.push_back(std::move(log));
    return index;
}

void Gathering::feed(int log, QByteArrayView bytes)
{
    m_logs.at(std::size_t(log)).reader->feed(bytes);
    m_book.settle();
}

void Gathering::finish(int log)
{
    m_logs.at(std::size_t(log)).reader->finish();
    m_book.settle();
}

void Gathering::addDocker(const DockerFile &file)
{
    mergeDocker(m_docker, file);
}

void Gathering::setContainers(const QString &machine, const QList<DockerContainer> &containers)
{
    m_docker.containers.removeIf(
        [&machine](const DockerContainer &one) { return one.machine == machine; });
    m_docker.containers << containers;
}

qint64 Gathering::bytes() const
{
    qint64 sum = 0;
    for (const GatheredLog &log : m_logs) {
        sum += log.reader->position();
    }
    return sum;
}

std::vector<Place> Gathering::places() const
{
    std::vector<Place> places = m_places;
    for (const GatheredLog &log : m_logs) {
        for (std::size_t container = 0; container < log.places.size(); ++container) {
            if (log.places[container] < 0) {
                continue;
            }
            const ContainerFacts &facts = log.reader->containerFacts(container);
            Place &place = places[std::size_t(log.places[container])];
            place.first = facts.first;
            place.last = facts.last;
            place.roles = facts.roles;
        }
    }
    return places;
}

int Gathering::placeFor(int log, const Event &event)
{
    GatheredLog &gathered = m_logs[std::size_t(log)];
    const auto container = std::size_t(event.container);
    if (container < gathered.places.size() && gathered.places[container] >= 0) {
        return gathered.places[container];
    }
    if (container >= gathered.places.size()) {
        gathered.places.resize(container + 1, -1);
    }
    if (m_places.size() >= MostPlaces) {
        gathered.places[container] = 0;
        return 0;
    }
    const std::string &name = gathered.reader->containers().at(container);
    Place place;
    place.log = log;
    place.container = QString::fromUtf8(name.data(), qsizetype(name.size()));
    gathered.places[container] = int(m_places.size());
    m_places.push_back(std::move(place));
    return gathered.places[container];
}

Spot Gathering::spotOf(int log, const Event &event) const
{
    return {log, event.line, event.offset, event.time, bytesOf(event.raw)};
}

void Gathering::take(int log, const Event &event)
{
    const int index = placeFor(log, event);
    Place &place = m_places[std::size_t(index)];
    const EventKind kind = event.kind;
    if (isJobKind(kind)) {
        takeJob(place, index, event);
    } else if (kind >= EventKind::Proof && kind <= EventKind::OperationError) {
        takeBackend(index, event);
    } else if (kind >= EventKind::BackendReady && kind <= EventKind::ContainerExit) {
        takeStart(place, event);
    } else if (kind >= EventKind::EpochStart && kind <= EventKind::FacadePoll) {
        takeEpoch(index, event);
    } else if (kind >= EventKind::Block && kind <= EventKind::Notice) {
        takeChain(index, event);
    } else if (event.level >= Level::Warn) {
        takeOther(log, event);
    }
}

void Gathering::takeJob(Place &place, int placeIndex, const Event &event)
{
    Sighting sighting;
    sighting.time = event.time;
    sighting.offset = event.offset;
    sighting.line = quint32(event.line);
    sighting.place = quint16(placeIndex);
    sighting.kind = event.kind;
    sighting.attempts = attemptsOf(event.kind, event.rest);
    if (isExceptional(event.kind) && m_texts.size() < MostTexts) {
        sighting.text = quint32(m_texts.size());
        m_texts.push_back(bytesOf(event.raw, KeptText + 200));
    }
    m_book.add(event, sighting);
    if (isAgentKind(event.kind)) {
        if (event.kind == EventKind::JobStart) {
            ++place.started;
            if (!place.startUps.isEmpty() && place.startUps.last().firstJob == NoTime) {
                place.startUps.last().firstJob = event.time;
            }
        }
        noteWork(place, EventKind::JobStart, event);
    }
}

void Gathering::noteWork(Place &place, EventKind kind, const Event &event)
{
    if (!place.work.isEmpty() && (place.work.last().kind == kind || place.work.size() >= 5000)) {
        WorkNote &note = place.work.last();
        ++note.count;
        note.to = std::max(note.to, event.time);
        return;
    }
    place.work << WorkNote{kind, event.time, event.time, 1, spotOf(place.log, event)};
}

/// The few circuits of a machine come again and again: the last ones are found without a search.
CircuitNotes &Gathering::circuitFor(int place, std::string_view name)
{
    for (const RecentCircuit &recent : m_recent) {
        if (recent.place == place && recent.name == name) {
            return *recent.notes;
        }
    }
    CircuitNotes &notes = m_circuits[{place, std::string(name)}];
    if (m_recent.size() >= 16) {
        m_recent.clear();
    }
    m_recent.push_back({place, std::string(name), &notes});
    return notes;
}

void Gathering::takeBackend(int placeIndex, const Event &event)
{
    Place &place = m_places[std::size_t(placeIndex)];
    constexpr std::string_view Generated = "Generated proof for ";
    constexpr std::string_view Proving = "Proving avm-circuit for TX ";
    constexpr std::string_view Failed = "Failed to generate AVM proof for TX ";
    double number = 0;
    if (event.kind == EventKind::Witness) {
        const std::string_view circuit = textOf(event.data, "circuitName");
        if (circuit.empty()) {
            return;
        }
        CircuitNotes &notes = circuitFor(placeIndex, circuit);
        if (numberOf(event.data, "duration", number)) {
            notes.witnessMs.push_back(float(number));
        }
        if (numberOf(event.data, "inputSize", number)) {
            notes.inputBytes.push_back(qint64(number));
        }
        if (numberOf(event.data, "outputSize", number)) {
            notes.outputBytes.push_back(qint64(number));
        }
    } else if (event.kind == EventKind::Proof) {
        noteWork(place, EventKind::JobStart, event);
        std::string_view name = event.message.substr(Generated.size());
        name = name.substr(0, name.find(' '));
        const std::size_t bracket = name.find('(');
        std::string_view tx;
        if (bracket != std::string_view::npos && name.back() == ')') {
            tx = name.substr(bracket + 1, name.size() - bracket - 2);
            name = name.substr(0, bracket);
        }
        double ms = double(numberAfter(event.message, " in "));
        if (numberOf(event.data, "duration", number)) {
            ms = number;
        }
        if (ms < 0 || name.empty()) {
            return;
        }
        CircuitNotes &notes = circuitFor(placeIndex, name);
        notes.proofMs.push_back(float(ms));
        if (numberOf(event.data, "proofSize", number)) {
            notes.proofBytes.push_back(qint64(number));
        }
        if (tx.starts_with("0x")) {
            TxNote &note = m_txs[std::string(tx.substr(0, 66))];
            note.place = placeIndex;
            note.proved = event.time;
            note.proofMs = ms;
        }
    } else if (event.kind == EventKind::AvmStart) {
        std::string_view tx = event.message.substr(Proving.size());
        tx = tx.substr(0, std::min<std::size_t>(tx.find_first_of(". "), 66));
        TxNote &note = m_txs[std::string(tx)];
        note.place = placeIndex;
        note.proving = event.time;
        ++note.starts;
        note.spot = {place.log, event.line, event.offset, event.time, {}};
        noteWork(place, EventKind::JobStart, event);
    } else if (event.kind == EventKind::ProofError && event.message.starts_with(Failed)) {
        std::string_view tx = event.message.substr(Failed.size());
        tx = tx.substr(0, std::min<std::size_t>(tx.find_first_of(": "), 66));
        TxNote &note = m_txs[std::string(tx)];
        note.place = placeIndex;
        ++note.failures;
    }
}

StartUp &Gathering::startUpFor(Place &place, const Event &event)
{
    const bool begins = event.kind == EventKind::CrsDownload || event.kind == EventKind::CrsCached
        || event.kind == EventKind::BackendReady;
    const bool isOver = place.startUps.isEmpty() || place.startUps.last().listening != NoTime;
    if (place.startUps.isEmpty() || (begins && isOver)) {
        if (place.startUps.size() < 1000) {
            place.startUps << StartUp{
                {}, NoTime, NoTime, NoTime, NoTime, -1, spotOf(place.log, event)};
        }
    }
    StartUp &start = place.startUps.last();
    if (event.time != NoTime && (start.from == NoTime || event.time < start.from)) {
        start.from = event.time;
    }
    return start;
}

void Gathering::takeStart(Place &place, const Event &event)
{
    switch (event.kind) {
    case EventKind::CrsDownload:
    case EventKind::CrsCached: {
        StartUp &start = startUpFor(place, event);
        start.crs << CrsNote{event.kind == EventKind::CrsDownload,
                             event.message.find("Grumpkin") != std::string_view::npos,
                             numberAfter(event.message, " of size "), spotOf(place.log, event)};
        if (event.kind == EventKind::CrsDownload) {
            noteWork(place, EventKind::CrsDownload, event);
        }
        break;
    }
    case EventKind::BackendReady: {
        StartUp &start = startUpFor(place, event);
        start.backend = start.backend == NoTime ? event.time : start.backend;
        break;
    }
    case EventKind::Listening: {
        const bool isOver = !place.startUps.isEmpty() && place.startUps.last().listening != NoTime;
        StartUp &start = startUpFor(place, event);
        if (!isOver) {
            start.listening = event.time;
            start.port = numberAfter(event.message, "port ");
        } else if (place.startUps.size() < 1000) {
            const qint64 port = numberAfter(event.message, "port ");
            place.startUps << StartUp{
                {}, event.time, NoTime, event.time, NoTime, port, spotOf(place.log, event)};
        }
        noteWork(place, EventKind::Listening, event);
        break;
    }
    case EventKind::WrongService:
        noteWork(place, EventKind::WrongService, event);
        break;
    case EventKind::BrokerUnreachable:
    case EventKind::BrokerRetry:
        noteWork(place, EventKind::BrokerUnreachable, event);
        break;
    case EventKind::ContainerExit:
        m_epochs << EpochNote{event.kind,
                              0,
                              -1,
                              -1,
                              -1,
                              double(numberAfter(event.message, "code ")),
                              bytesOf(event.message.substr(0, event.message.find(' '))),
                              spotOf(place.log, event)};
        break;
    case EventKind::AgentError:
        takeOther(place.log, event);
        break;
    default:
        break;
    }
}

} // namespace proverdeck::models::aztec
