// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Docker.h"
#include "models/aztec/JobBook.h"
#include "models/aztec/LogReader.h"

#include <QByteArray>
#include <QHash>
#include <QMap>
#include <QString>

#include <map>
#include <memory>
#include <unordered_map>

namespace proverdeck::models::aztec {

/// Where something stands: a line of one of the logs.
struct Spot
{
    int log = -1;
    qint64 line = 0;
    qint64 offset = 0;
    qint64 time = NoTime; ///< in the log's own time
    QByteArray text; ///< the line, at most KeptText bytes; may be empty
};
constexpr int KeptText = 500;

/// One line about an epoch, its submission or the orchestrator.
struct EpochNote
{
    EventKind kind = EventKind::None;
    int place = 0;
    qint64 epoch = -1; ///< -1: the line does not say
    qint64 from = -1; ///< blocks or checkpoints
    qint64 to = -1;
    double value = -1; ///< duration in ms, blocks or transactions, by kind
    QByteArray detail; ///< transaction, state or reason
    Spot spot;
};

/// What an agent was doing, as far as its lines tell; runs of the same are one.
struct WorkNote
{
    EventKind kind = EventKind::None; ///< JobStart stands for any sign of work
    qint64 from = NoTime;
    qint64 to = NoTime;
    qint64 count = 0;
    Spot first;
};

struct CrsNote
{
    bool isDownload = false;
    bool isGrumpkin = false;
    qint64 points = -1;
    Spot spot;
};

/// One start of a program: from its first CRS line or back end line to its listening.
struct StartUp
{
    QList<CrsNote> crs;
    qint64 from = NoTime;
    qint64 backend = NoTime; ///< "Using native BB"
    qint64 listening = NoTime;
    qint64 firstJob = NoTime;
    qint64 port = -1;
    Spot spot;
};

/// One container's part of one log.
struct Place
{
    int log = 0;
    QString container; ///< "" if the log does not name it
    quint8 roles = 0; ///< bits of Role
    qint64 first = NoTime;
    qint64 last = NoTime;
    qint64 started = 0; ///< "Starting job" lines
    QList<WorkNote> work;
    QList<StartUp> startUps;
    [[nodiscard]] bool is(Role role) const { return roles & (1U << unsigned(role)); }
};

/// What the back end said of one circuit in one container.
struct CircuitNotes
{
    std::vector<float> proofMs;
    std::vector<float> witnessMs;
    std::vector<qint64> inputBytes;
    std::vector<qint64> outputBytes;
    std::vector<qint64> proofBytes;
};

struct BlockNote
{
    qint64 slot = -1;
    qint64 timestamp = -1; ///< seconds since 1970
    qint64 txs = -1;
    qint64 wantedTxs = -1; ///< of the proposal
    qint64 foundTxs = -1;
    qint64 fromMempool = -1;
    qint64 fromP2p = -1;
    qint64 missingTxs = -1;
    double worldStateMs = -1;
    qint64 orchestratedTxs = -1; ///< "Adding N transactions"
    Spot spot;
};

struct TxNote
{
    int place = -1;
    qint64 received = NoTime;
    qint64 proving = NoTime; ///< start of its AVM proof
    qint64 proved = NoTime;
    double proofMs = -1;
    int failures = 0;
    int starts = 0;
    Spot spot;
};

struct NoticeNote
{
    qint64 count = 0;
    qint64 first = NoTime;
    qint64 last = NoTime;
    QList<Spot> spots; ///< the first few
};

/// A warning or error that the vocabulary does not know, by module and words.
struct OtherNote
{
    Level level = Level::None;
    QByteArray module;
    QByteArray message; ///< of the first one
    qint64 count = 0;
    Spot spot;
};

struct PollNote
{
    qint64 time = NoTime;
    qint64 outstanding = 0;
    qint64 ready = 0;
    int log = 0;
};

struct GatheredLog
{
    QString name; ///< as shown: the file's name
    QString path; ///< where its lines can be read again; may be empty
    QString machine;
    qint64 modified = NoTime; ///< of the file, ms since 1970
    std::unique_ptr<LogSink> sink;
    std::unique_ptr<LogReader> reader;
    std::vector<int> places; ///< by container of the reader
};

/// Everything that some logs and docker outputs of a fleet say, in one memory that grows with jobs,
/// blocks and transactions, not with bytes. Logs may be fed in any order, in pieces, and one after
/// the other or in turn; what analyse() makes of it is the same.
///
/// Not bound to a thread, used by one at a time. No clock, no I/O.
class Gathering
{
public:
    explicit Gathering(std::shared_ptr<const Vocabulary> vocabulary = Vocabulary::builtIn());
    ~Gathering();
    Gathering(const Gathering &) = delete;
    Gathering &operator=(const Gathering &) = delete;

    /// A log of @p machine; what feed() and finish() want. @p modified in ms since 1970 helps to
    /// date a log without dates.
    int addLog(const QString &name, const QString &machine, const QString &path = {},
               qint64 modified = NoTime);
    void feed(int log, QByteArrayView bytes);
    void finish(int log);
    void addDocker(const DockerFile &file);
    /// What docker says of a machine now, in place of what it said before.
    void setContainers(const QString &machine, const QList<DockerContainer> &containers);

    [[nodiscard]] const Vocabulary &vocabulary() const { return *m_vocabulary; }
    [[nodiscard]] const std::vector<GatheredLog> &logs() const { return m_logs; }
    [[nodiscard]] std::vector<Place> places() const;
    [[nodiscard]] int logOf(quint16 place) const { return m_places.at(place).log; }
    [[nodiscard]] const JobBook &book() const { return m_book; }
    [[nodiscard]] const QByteArray &text(quint32 index) const { return m_texts.at(index); }
    [[nodiscard]] const QList<EpochNote> &epochs() const { return m_epochs; }
    [[nodiscard]] const std::map<qint64, BlockNote> &blocks() const { return m_blocks; }
    [[nodiscard]] const std::unordered_map<std::string, TxNote> &txs() const { return m_txs; }
    [[nodiscard]] const std::map<std::pair<int, std::string>, CircuitNotes> &circuits() const
    {
        return m_circuits;
    }
    [[nodiscard]] const std::map<std::pair<int, int>, NoticeNote> &notices() const
    {
        return m_notices; ///< by notice and log
    }
    [[nodiscard]] const QMap<QByteArray, OtherNote> &others() const { return m_others; }
    [[nodiscard]] const std::vector<PollNote> &polls() const { return m_polls; }
    [[nodiscard]] const std::map<int, int> &peers() const { return m_peers; } ///< last, by log
    [[nodiscard]] const DockerFile &docker() const { return m_docker; }
    [[nodiscard]] qint64 bytes() const;

private:
    class Tap;
    void take(int log, const Event &event);
    void takeJob(Place &place, int placeIndex, const Event &event);
    [[nodiscard]] CircuitNotes &circuitFor(int place, std::string_view name);
    void takeBackend(int placeIndex, const Event &event);
    void takeStart(Place &place, const Event &event);
    void takeEpoch(int placeIndex, const Event &event);
    void takeChain(int placeIndex, const Event &event);
    void takeOther(int log, const Event &event);
    void noteWork(Place &place, EventKind kind, const Event &event);
    [[nodiscard]] StartUp &startUpFor(Place &place, const Event &event);
    [[nodiscard]] int placeFor(int log, const Event &event);
    [[nodiscard]] Spot spotOf(int log, const Event &event) const;

    std::shared_ptr<const Vocabulary> m_vocabulary;
    std::vector<GatheredLog> m_logs;
    std::vector<Place> m_places;
    JobBook m_book;
    std::vector<QByteArray> m_texts;
    QList<EpochNote> m_epochs;
    std::map<qint64, BlockNote> m_blocks;
    std::unordered_map<std::string, TxNote> m_txs;
    std::map<std::pair<int, std::string>, CircuitNotes> m_circuits;
    std::map<std::pair<int, int>, NoticeNote> m_notices;
    QMap<QByteArray, OtherNote> m_others;
    std::vector<PollNote> m_polls;
    std::map<int, int> m_peers;
    DockerFile m_docker;
    struct RecentCircuit
    {
        int place = 0;
        std::string name;
        CircuitNotes *notes = nullptr;
    };
    std::vector<RecentCircuit> m_recent;
};

} // namespace proverdeck::models::aztec
