// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Events.h"
#include "models/aztec/LineFrame.h"
#include "models/aztec/Vocabulary.h"

#include <QByteArrayView>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace proverdeck::models::aztec {

/// Takes what a LogReader finds, in the order of the log.
class LogSink
{
public:
    LogSink() = default;
    LogSink(const LogSink &) = delete;
    LogSink &operator=(const LogSink &) = delete;
    virtual ~LogSink() = default;
    /// Gets what means something, and the first record of each role in a container. The texts of
    /// @p event are valid during the call only.
    virtual void take(const Event &event) = 0;
};

/// What a log is, as far as its lines tell.
struct LogFacts
{
    qint64 bytes = 0;
    qint64 lines = 0;
    qint64 records = 0; ///< lines with a time and a level
    qint64 continuations = 0; ///< further lines of a record: stacks, causes
    qint64 untimed = 0; ///< known lines without a time: CRS messages, what compose says
    qint64 stray = 0; ///< lines that are none of these, such as the end of one that was cut
    std::array<qint64, LevelCount> levels{};
    quint8 framing = 0; ///< Framing flags
    qint64 first = NoTime; ///< earliest and latest, in the log's own time (see Event::time)
    qint64 last = NoTime;
    /// The day since 1970 that the log's times count from; none if the log does not say.
    std::optional<qint64> firstDay;
    bool operator==(const LogFacts &) const = default;
};

/// What all records of one container tell.
struct ContainerFacts
{
    qint64 first = NoTime;
    qint64 last = NoTime;
    quint8 roles = 0; ///< bits of Role
};

/// Reads one log of an Aztec prover, of any framing and of any programs, whole or as it grows.
///
/// The result does not depend on how the stream was cut. A line of more than MaxLine bytes is read
/// as if it ended there. Not bound to a thread, used by one at a time. No clock, no I/O.
class LogReader
{
public:
    static constexpr std::size_t MaxLine = 1 << 20;

    /// @p sink must outlive the reader.
    LogReader(std::shared_ptr<const Vocabulary> vocabulary, LogSink &sink);

    void feed(QByteArrayView bytes);
    /// The end of the log: a last line without a line end is read, too. Then feed() may go on as
    /// with a file that was cut and continued.
    void finish();

    [[nodiscard]] const LogFacts &facts() const { return m_facts; }
    /// Compose services or container names, in order of appearance; "" is a log without them.
    [[nodiscard]] const std::vector<std::string> &containers() const { return m_names; }
    /// By the same index.
    [[nodiscard]] const ContainerFacts &containerFacts(std::size_t container) const
    {
        return m_containers.at(container).facts;
    }
    /// How many bytes were taken: where a follower goes on.
    [[nodiscard]] qint64 position() const { return m_facts.bytes; }

private:
    struct Clock
    {
        int last = -1; ///< ms of the day of its last record
        qint64 day = 0; ///< since the log's first day
    };
    struct Container
    {
        Clock clock;
        bool sawRecord = false;
        ContainerFacts facts;
    };
    /// What stands between the clock and the message: "INFO: prover-client:proving-broker ".
    struct Header
    {
        std::string bytes;
        Level level = Level::None;
        std::size_t module = 0; ///< where the module's name begins
        const ModuleRules *rules = nullptr;
    };
    /// How the lines of a service begin: most lines are recognised by comparing this, and what
    /// follows their clock by comparing a header that was seen before.
    struct Wrapper
    {
        std::string bytes;
        int container = 0;
        quint64 head = 0; ///< its first eight bytes, as they lie in memory
        quint64 mask = 0; ///< which of them count
        bool hasStamp = false; ///< of docker, behind it
        std::vector<Header> headers;
    };
    struct Record
    {
        Level level = Level::None;
        int container = 0;
        qint64 time = NoTime;
        const ModuleRules *rules = nullptr;
        std::string_view module;
        std::string_view message;
        std::string_view fields;
    };

    void readLine(std::string_view line, qint64 offset);
    [[nodiscard]] bool readQuickly(std::string_view line);
    [[nodiscard]] const Header *headerOf(Wrapper &wrapper, std::string_view text);
    void readRecord(const Record &record);
    [[nodiscard]] const ModuleRules *rulesOf(std::string_view module);
    void readPlain(const LineFrame &frame);
    void rememberWrapper(std::string_view line, const LineFrame &frame, int container);
    [[nodiscard]] int containerOf(std::string_view name);
    [[nodiscard]] qint64 timeOf(qint64 stamp, int clockMs, Clock &clock);
    [[nodiscard]] qint64 unusualTimeOf(qint64 stamp, int clockMs, Clock &clock);
    [[nodiscard]] static qint64 dayOf(int clock, const Clock &before);

    std::shared_ptr<const Vocabulary> m_vocabulary;
    LogSink &m_sink;
    LineFramer m_framer;
    LogFacts m_facts;
    std::vector<std::string> m_names;
    std::vector<Container> m_containers; ///< like m_names
    std::vector<Wrapper> m_wrappers;
    Event m_event;
    std::string_view m_line; ///< what is being read, …
    qint64 m_offset = 0; ///< … and where it begins
    int m_container = -1; ///< of the last line
    Clock m_latest; ///< of the last timed line, whatever its container
    std::string m_held; ///< the beginning of a line, at most MaxLine bytes
    qint64 m_heldFrom = 0; ///< its offset
    bool m_holds = false;
    struct KnownModule
    {
        std::string name;
        const ModuleRules *rules = nullptr;
    };
    std::vector<KnownModule> m_modules; ///< the ones looked up so far, to a limit
};

} // namespace proverdeck::models::aztec
