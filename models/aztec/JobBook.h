// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Events.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace proverdeck::models::aztec {

/// One line about one job.
struct Sighting
{
    qint64 time = NoTime; ///< in the time of its log
    qint64 offset = 0;
    quint32 line = 0;
    quint32 next = 0; ///< index + 1 of the job's next sighting; 0: none
    quint32 text = 0; ///< index into the texts that are kept; 0: none
    quint16 place = 0; ///< which container of which log
    EventKind kind = EventKind::None;
    quint8 attempts = 0; ///< totalAttempts= or retry=; 0: not said
};

/// A proving job, the same over all logs: its identity is its id.
struct BookedJob
{
    static_assert(unsigned(EventKind::LastJobKind) < 32);

    quint64 idAt = 0; ///< where its id begins in the book's text
    qint64 epoch = -1;
    quint32 first = 0; ///< index + 1 of its first sighting
    quint32 last = 0;
    quint16 idSize = 0;
    quint16 type = 0; ///< index into types()
    quint32 lines = 0; ///< kept
    quint32 kinds = 0; ///< bits of EventKind: of its lines

    [[nodiscard]] bool has(EventKind kind) const { return kinds & (1U << unsigned(kind)); }
};

/// Every job that some log names and where it was seen. Grows with jobs, not with lines: of a job
/// that is named again and again, the first lines are kept and the others counted by kind.
class JobBook
{
public:
    JobBook();

    /// Adds a line about a job. What was added is seen after settle().
    void add(const Event &event, const Sighting &sighting);
    void settle();
    [[nodiscard]] const std::vector<BookedJob> &jobs() const { return m_jobs; }
    [[nodiscard]] std::string_view idOf(const BookedJob &job) const
    {
        return {m_ids[job.idAt >> IdBits].get() + (job.idAt & IdMask), job.idSize};
    }
    /// Type names as the logs have them, in order of appearance.
    [[nodiscard]] const std::vector<std::string> &types() const { return m_types; }
    [[nodiscard]] const Sighting *firstOf(const BookedJob &job) const { return at(job.first); }
    [[nodiscard]] const Sighting *after(const Sighting &sighting) const
    {
        return at(sighting.next);
    }
    [[nodiscard]] std::size_t sightings() const { return m_count; }
    /// How many lines of a kind were not kept.
    [[nodiscard]] int uncounted(std::size_t job, EventKind kind) const;

    static constexpr quint32 MostLines = 400; ///< of one job, …
    static constexpr quint32 MostEnds = 20; ///< … and after them so many that tell how it ended

private:
    [[nodiscard]] const Sighting *at(quint32 index) const
    {
        return index ? &m_chunks[(index - 1) >> ChunkBits][(index - 1) & ChunkMask] : nullptr;
    }
    struct Waiting;
    void enter(const Waiting &line);
    [[nodiscard]] quint32 jobFor(const Waiting &line);
    [[nodiscard]] quint64 keepId(std::string_view id);
    [[nodiscard]] quint16 typeFor(std::string_view name);
    void grow();

    std::vector<BookedJob> m_jobs;
    static constexpr quint32 ChunkBits = 14;
    static constexpr quint32 ChunkMask = (1U << ChunkBits) - 1;
    std::vector<std::vector<Sighting>> m_chunks; ///< never moved while they grow
    quint32 m_count = 0;
    std::unordered_map<quint32, std::array<int, std::size_t(EventKind::LastJobKind) + 1>> m_extra;
    static constexpr quint64 IdBits = 20;
    static constexpr quint64 IdMask = (1U << IdBits) - 1;
    std::vector<std::unique_ptr<char[]>> m_ids; ///< never moved; no id lies in two of them
    quint64 m_idsEnd = 0; ///< where the next one goes, if it fits
    std::vector<std::string> m_types;
    struct Slot
    {
        quint32 hash = 0;
        quint32 job = 0; ///< index + 1; 0: free
    };
    std::vector<Slot> m_slots; ///< open addressing; the size is a power of two
    quint16 m_lastType = 0;
    /// A line whose slot was asked for from memory: by the time that some more lines were read, it
    /// is there. Waiting for it took more time than all else here.
    struct Waiting
    {
        static constexpr std::size_t LongestId = 256;
        std::array<char, LongestId> id;
        quint32 hash = 0;
        quint16 idSize = 0;
        std::string type;
        bool isTypeSaid = false; ///< beside the id, not only in it
        qint64 epoch = -1;
        Sighting sighting;
    };
    static constexpr std::size_t MostWaiting = 8;
    std::array<Waiting, MostWaiting> m_waiting;
    std::size_t m_firstWaiting = 0; ///< both count on; the place is their rest by MostWaiting
    std::size_t m_endWaiting = 0;
};

} // namespace proverdeck::models::aztec
