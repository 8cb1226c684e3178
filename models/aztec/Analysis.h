// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Gathering.h"
#include "models/findings/Finding.h"

#include <QHash>
#include <QMap>

#include <optional>
#include <vector>

namespace proverdeck::models::aztec {

/// What a person may know better than the logs.
struct AnalysisOptions
{
    std::optional<Network> network; ///< else recognised by the times of the epochs
    std::optional<qint64> firstDay; ///< days since 1970 of the first line of logs without dates
    QHash<QString, int> cores; ///< by machine; "" stands for all others
    double stuckFactor = 3; ///< times the median of its own type on the same machine
    /// While logs are watched as they grow: the servers' clock, ms since 1970. Open jobs grow older
    /// even if nobody writes a line.
    std::optional<qint64> now;
};

/// A distribution; without values it says why.
struct Spread
{
    int n = 0;
    std::optional<double> min, median, p95, max;
    QString why; ///< stable word: why there is no number; empty if there is one
};
[[nodiscard]] Spread spreadOf(std::vector<double> values, const QString &whyNone = {});

enum class JobState : quint8 { Unknown, Queued, InProgress, Completed, Failed };
[[nodiscard]] QString jobStateWord(JobState state);

/// One try at one job by one agent.
struct Attempt
{
    enum class End : quint8 { Open, Done, Failed, TimedOut, Dropped };
    quint32 job = 0;
    qint64 start = NoTime;
    qint64 end = NoTime; ///< of an open one: the end of its log
    int place = 0;
    End how = End::Open;
    bool startSeen = true; ///< false: it began before the log, and start is the log's beginning
    qint64 line = 0;
    qint64 offset = 0;
    int lane = 0; ///< within its place: attempts at the same time have different ones
};

/// A job over all logs. Times are in ms since 1970 on the clock of the reference machine, or since
/// the first day's midnight if no date is known.
struct JobRow
{
    quint16 type = 0;
    JobState state = JobState::Unknown;
    bool isCancelled = false;
    bool isStuck = false;
    bool onCriticalPath = false;
    qint64 epoch = -1;
    qint64 enqueued = NoTime;
    qint64 started = NoTime; ///< of its first attempt
    qint64 completed = NoTime;
    qint64 workMs = -1; ///< of the attempt that completed it; -1 unknown
    qint64 waitMs = -1;
    int attempts = 0; ///< as the broker counts; 0: not said
    int starts = 0;
    int retries = 0;
    int timeouts = 0;
    int doubled = 0;
    int echoes = 0; ///< "Broker facade stopped"
    int place = -1; ///< of the agent that worked last
    bool sawBroker = false;
    bool sawAgent = false;
    quint32 reason = 0; ///< text of the line that says why it failed
    int log = -1; ///< its most telling line
    qint64 line = 0;
    qint64 offset = 0;
};

struct TypeStats
{
    QString type;
    int level = 0;
    std::optional<int> enqueued, started; ///< none: the log that would say is not here
    int completed = 0;
    int failed = 0;
    int cancelled = 0; ///< of the failed
    int retried = 0; ///< events
    int timedOut = 0; ///< events; they are no attempts
    int jobsTimedOut = 0;
    int inProgress = 0;
    int queued = 0;
    int startUnseen = 0; ///< completed, begun before the log
    std::optional<int> mostAttempts;
    std::optional<int> attempts; ///< sum over the jobs that say
    Spread wait, work, cadence; ///< ms
    std::optional<double> perSecond;
    QString whyNoRate;
    std::optional<int> peakParallel;
    QString whyNoPeak;
    std::optional<int> expected;
    QString whyNoExpected;
};

struct Cause
{
    QString code; ///< of the finding
    Spot spot;
    QString text; ///< what the log says
};

struct EpochRow
{
    qint64 epoch = -1;
    QList<TypeStats> types;
    QString outcome; ///< see outcomeWords()
    QString failedStage; ///< proving, deadline, submission, transactions; empty: none
    qint64 from = -1, to = -1; ///< blocks or checkpoints
    std::optional<int> blocks, txs;
    qint64 started = NoTime, proved = NoTime, submitting = NoTime, mined = NoTime;
    qint64 submitted = NoTime, failedAt = NoTime;
    qint64 firstJob = NoTime, lastJob = NoTime;
    std::optional<double> provingMs; ///< as the node says
    qint64 end = NoTime, deadline = NoTime;
    std::optional<qint64> marginMs; ///< deadline − mined, or − proved
    QString txHash;
    std::optional<double> gasUsed;
    std::optional<Cause> cause;
    int consequences = 0; ///< lines that only repeat the cause
    bool provenByOther = false;
    qint64 provenTip = -1; ///< of the chain, when it first covered the epoch
    int jobs = 0;
    int jobsDone = 0;
    std::optional<qint64> outstanding; ///< the node's own count at its last poll
    QList<quint32> criticalPath; ///< jobs, first to last; by type and time
};

struct WorkSpan
{
    QString verdict; ///< see AgentRow::verdict
    qint64 from = NoTime, to = NoTime;
    qint64 count = 0;
    Spot spot;
};

/// The verdict on one agent: working, idle, cannot-reach-broker, wrong-service, loading-crs,
/// restarting, unknown.
struct AgentRow
{
    QString machine, name;
    QString verdict;
    QString why; ///< stable word
    QList<WorkSpan> history;
    int place = -1;
};

struct CrsRow
{
    bool isDownload = false;
    bool isGrumpkin = false;
    qint64 points = -1;
    qint64 bytes = -1;
};

struct StartUpRow
{
    QString machine, container, log;
    QList<CrsRow> crs;
    qint64 from = NoTime, backend = NoTime, listening = NoTime, firstJob = NoTime;
    std::optional<qint64> crsMs; ///< first CRS line to the back end; none without its time
    std::optional<qint64> readyMs; ///< first line with a time to listening
    std::optional<qint64> firstJobMs; ///< listening to the first job
    qint64 port = -1;
    Spot spot;
};

struct MachineRow
{
    QString name;
    QStringList roles; ///< prover-node, broker, agent
    QString role; ///< complete-node, worker, broker, prover-node, …; unknown
    qint64 first = NoTime, last = NoTime; ///< of its own clock
    std::optional<qint64> clockOffsetMs; ///< to add to its times; of the reference machine 0
    int clockSamples = 0;
    int jobsStarted = 0;
    int jobsCompleted = 0;
    std::optional<int> cores;
    QStringList logs;
};

struct CircuitRow
{
    QString machine, container, circuit, type;
    Spread proofMs, witnessMs, inputBytes, outputBytes;
};

struct TxRow
{
    QString hash;
    QString machine;
    qint64 received = NoTime, proving = NoTime, proved = NoTime;
    std::optional<double> proofMs;
    int failures = 0;
    int starts = 0;
};

struct LogRow
{
    QString name, machine, path;
    LogFacts facts;
    qint64 base = 0; ///< to add to its times
    QString dateFrom; ///< log, user, epoch, blocks, other-log, file-time; empty: no date
};

/// A finding of this room: what models::Finding says, in two languages, with every line.
struct Trouble
{
    QString code;
    Severity severity = Severity::Info;
    QString group; ///< proving, broker, network, submission, connection, machine, start-up
    QMap<QString, QString> values; ///< for the placeholders of its text
    QList<Evidence> evidence; ///< first ones first; at most 50
    int count = 1;
    std::optional<qint64> epoch;
    QString machine, job;
    QString consequenceOf; ///< code of the cause; empty: not a mere consequence
    bool operator==(const Trouble &) const = default;
};

/// Two sets of work times of one type.
struct Comparison
{
    QString type, a, b;
    int nA = 0, nB = 0;
    std::optional<double> medianA, medianB;
    QString verdict; ///< too-few, no-clear-difference, b-slower, b-faster
};

struct Analysis
{
    std::vector<JobRow> jobs; ///< in the order of the book
    std::vector<Attempt> attempts;
    QList<EpochRow> epochs;
    QList<MachineRow> machines;
    QList<AgentRow> agents;
    QList<StartUpRow> startUps;
    QList<CircuitRow> circuits;
    QList<TxRow> txs;
    QList<LogRow> logs;
    QList<Trouble> troubles;
    QList<PollNote> polls; ///< in absolute time
    QList<DockerContainer> containers;
    std::vector<QString> types; ///< by JobRow::type
    std::vector<qint64> placeBase; ///< to add to times of a place for the reference clock
    std::vector<Place> places;
    std::map<qint64, BlockNote> blocks;
    std::optional<Network> network;
    QString networkFrom; ///< user, epochs, blocks; empty: not known
    bool hasDates = false;
    qint64 first = NoTime, last = NoTime;
    qint64 provenTip = -1;
    int peers = -1;

    [[nodiscard]] QString machineOf(int place) const;
    [[nodiscard]] QString agentOf(int place) const; ///< "machine / container"
    /// "2025-07-08T10:03:26.403Z", or "10:03:26.403" if the date is not known; empty for NoTime.
    [[nodiscard]] QString timeText(qint64 time) const;
};

/// What the logs of a fleet mean. Pure; may be called while logs still grow.
[[nodiscard]] Analysis analyse(const Gathering &gathering, const AnalysisOptions &options = {});
/// The id of a job, "epoch:TYPE:hash".
[[nodiscard]] QString jobId(const Gathering &gathering, quint32 job);
/// Compares the work times of two epochs, or of two machines, type by type.
[[nodiscard]] QList<Comparison> compareEpochs(const Analysis &analysis, qint64 a, qint64 b);
[[nodiscard]] QList<Comparison> compareMachines(const Analysis &analysis, const QString &a,
                                                const QString &b);

} // namespace proverdeck::models::aztec
