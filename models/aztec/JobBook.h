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
    quint64 idAt = 0; ///< where its id begins in the book's text
    qint64 epoch = -1;
    quint32 first = 0; ///< index + 1 of its first sighting
    quint32 last = 0;
    quint16 idSize = 0;
    quint16 type = 0; ///< index into types()
    quint32 lines = 0; ///< kept
};

/// Every job that some log names and where it was seen. Grows with jobs, not with lines: of a job
/// that is named again and again, the first lines are kept and the others counted by kind.
class JobBook
{
public:
    JobBook();

    /// Adds a line about a job; its place in jobs().
    quint32 add(const Event &event, const Sighting &sighting);
    [[nodiscard]] const std::vector<BookedJob> &jobs() const { return m_jobs; }
    [[nodiscard]] std::string_view idOf(const BookedJob &job) const
    {
        return std::string_view(m_ids).substr(job.idAt, job.idSize);
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

    static constexpr quint32 MostLines = 400; ///< of one job

private:
    [[nodiscard]] const Sighting *at(quint32 index) const
    {
        return index ? &m_chunks[(index - 1) >> ChunkBits][(index - 1) & ChunkMask] : nullptr;
    }
    [[nodiscard]] quint32 jobFor(const Event &event);
    [[nodiscard]] quint16 typeFor(std::string_view name);
    void grow();

    std::vector<BookedJob> m_jobs;
    static constexpr quint32 ChunkBits = 14;
    static constexpr quint32 ChunkMask = (1U << ChunkBits) - 1;
    std::vector<std::unique_ptr<Sighting[]>> m_chunks; ///< never moved while they grow
    quint32 m_count = 0;
    std::unordered_map<quint32, std::array<int, std::size_t(EventKind::LastJobKind) + 1>> m_extra;
    std::string m_ids;
    std::vector<std::string> m_types;
    struct Slot ///< small: most of the time goes into waiting for one
    {
        quint32 hash = 0;
        quint32 job = 0; ///< index + 1; 0: free
    };
    std::vector<Slot> m_slots; ///< open addressing; the size is a power of two
    quint16 m_lastType = 0;
};

} // namespace proverdeck::models::aztec
