// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QtGlobal>

#include <limits>
#include <string_view>

namespace proverdeck::models::aztec {

/// What a record says. The words for them in resources/aztec/messages.toml are in Vocabulary.cpp,
/// in the same order.
enum class EventKind : quint8 {
    None, ///< a record that means nothing here
    // of one job, in the broker's log
    JobNew,
    JobComplete,
    JobRetry,
    JobFailed,
    JobTimeout,
    JobTimeoutFailed,
    JobCancel,
    JobRevive,
    JobRestored,
    JobCached,
    JobStale,
    JobDouble, ///< two agents work on it
    JobReadded, ///< the broker had forgotten that an agent works on it
    JobUnknown,
    JobLate,
    // of one job, in an agent's log
    JobStart,
    JobController,
    JobDone,
    JobError,
    JobDropped,
    JobAbort,
    // of one job, in the prover node's log
    JobResolved,
    JobSent,
    JobEcho, ///< repeats what the broker said
    FacadeStopped, ///< said of each open job after an epoch ended for another reason
    LastJobKind = FacadeStopped,
    // back end
    Proof,
    Witness,
    ProofVerified,
    AvmStart,
    ProofError,
    OperationError,
    BackendReady,
    // connections and start-up
    WrongService,
    BrokerUnreachable,
    AgentError,
    BrokerRetry,
    FetchFailed,
    BrokerStarted,
    NodeStarted,
    Listening,
    CrsDownload,
    CrsCached,
    ContainerExit,
    // an epoch
    EpochStart,
    EpochProved,
    EpochSubmitted,
    EpochDeadline,
    EpochSubmitError,
    EpochError,
    EpochHalted,
    EpochReorg,
    EpochExit,
    EpochRerun,
    EpochTxsMissing,
    SubmitStart,
    SubmitMined,
    SubmitReverted,
    SubmitFailed,
    OrchestratorEpoch,
    OrchestratorBlock,
    BlockTxs,
    TxReceived,
    Echo,
    FacadePoll,
    // chain and peers
    Block,
    Proven,
    Unwound,
    WorldState,
    TxsRetrieved,
    Peers,
    Notice,
    Count_
};

[[nodiscard]] constexpr bool isJobKind(EventKind kind)
{
    return kind >= EventKind::JobNew && kind <= EventKind::LastJobKind;
}

enum class Level : quint8 { None, Trace, Debug, Verbose, Info, Warn, Error, Fatal };
constexpr int LevelCount = 8;

/// Which program wrote it, by the modules that it names.
enum class Role : quint8 { None, Broker, Agent, ProverNode };

constexpr qint64 NoTime = std::numeric_limits<qint64>::min();

/// One record of a log. The texts are valid only while the event is being handed over.
struct Event
{
    EventKind kind = EventKind::None;
    Level level = Level::None;
    Role role = Role::None;
    /// Milliseconds since the beginning of the log's first day; NoTime if the line has none.
    qint64 time = NoTime;
    qint64 offset = 0; ///< of the line's first byte
    qint64 line = 0; ///< 1-based
    int container = 0; ///< as given by LogSink::container()
    int finding = -1; ///< of a Notice: its place in Vocabulary::notices()
    std::string_view module;
    std::string_view message; ///< without its data
    std::string_view data; ///< JSON object, or empty
    std::string_view raw; ///< the line as it came
    // Of a job. An id that the end of the file cut is not given.
    std::string_view id;
    std::string_view type; ///< as written beside the id, else that in the id
    qint64 epoch = -1; ///< from the id; -1: none (before 2025)
    std::string_view rest; ///< of the message, after the id
};

/// How lines were framed; what a log was made of. Flags.
enum Framing : quint8 {
    FramedRaw = 1, ///< pino-pretty, as the program writes it
    FramedJson = 2,
    FramedColour = 4,
    FramedCompose = 8, ///< "service-N | " before each line
    FramedStamp = 16, ///< docker logs -t
    FramedCrLf = 32
};

} // namespace proverdeck::models::aztec
