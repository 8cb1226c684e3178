// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/JobBook.h"

#include "models/aztec/Bytes.h"

#include <algorithm>
#include <cstring>

namespace proverdeck::models::aztec {

namespace {

/// Ids end in a SHA-256 in hexadecimal, so some of its digits are as good as a hash of it all.
quint32 hashOf(std::string_view id)
{
    quint64 a = 0;
    quint64 b = 0;
    const char *end = id.data() + id.size();
    std::memcpy(&a, end - 16, 8); // NOLINT(bugprone-not-null-terminated-result)
    std::memcpy(&b, end - 8, 8); // NOLINT(bugprone-not-null-terminated-result)
    quint64 mixed = (a ^ (b * 0x9e3779b97f4a7c15U)) + id.size();
    mixed = (mixed ^ (mixed >> 32U)) * 0xd6e8feb86659fd93U;
    return quint32(mixed ^ (mixed >> 32U));
}

bool isEnd(EventKind kind)
{
    return kind == EventKind::JobComplete || kind == EventKind::JobFailed
        || kind == EventKind::JobTimeoutFailed || kind == EventKind::JobDone
        || kind == EventKind::JobCancel;
}

} // namespace

JobBook::JobBook()
    : m_slots(1024)
{
}

void JobBook::add(const Event &event, const Sighting &sighting)
{
    if (m_endWaiting - m_firstWaiting == MostWaiting) {
        enter(m_waiting[m_firstWaiting++ % MostWaiting]);
    }
    Waiting &line = m_waiting[m_endWaiting++ % MostWaiting];
    line.idSize = quint16(std::min(event.id.size(), Waiting::LongestId));
    std::memcpy(line.id.data(), event.id.data(), line.idSize);
    line.hash = hashOf(event.id);
    __builtin_prefetch(&m_slots[line.hash & (m_slots.size() - 1)]);
    line.type.assign(event.type); // (its memory stays)
    // "type=" beside the id says more than the id; some lines have only the id.
    line.isTypeSaid = event.type.data() < event.id.data()
        || event.type.data() >= event.id.data() + event.id.size();
    line.epoch = event.epoch;
    line.sighting = sighting;
}

void JobBook::settle()
{
    while (m_firstWaiting != m_endWaiting) {
        enter(m_waiting[m_firstWaiting++ % MostWaiting]);
    }
}

void JobBook::enter(const Waiting &line)
{
    const quint32 index = jobFor(line);
    BookedJob &job = m_jobs[index];
    job.kinds |= 1U << unsigned(line.sighting.kind);
    // How it ended is kept, too, however often it was tried.
    const bool isKept
        = job.lines < MostLines || (isEnd(line.sighting.kind) && job.lines < MostLines + MostEnds);
    if (!isKept) {
        ++m_extra[index].at(std::size_t(line.sighting.kind));
        return;
    }
    ++job.lines;
    if ((m_count & ChunkMask) == 0) {
        m_chunks.emplace_back().reserve(std::size_t(ChunkMask) + 1);
    }
    m_chunks.back().push_back(line.sighting);
    const quint32 added = ++m_count;
    if (job.last) {
        m_chunks[(job.last - 1) >> ChunkBits][(job.last - 1) & ChunkMask].next = added;
    } else {
        job.first = added;
    }
    job.last = added;
}

int JobBook::uncounted(std::size_t job, EventKind kind) const
{
    const auto at = m_extra.find(quint32(job));
    return at == m_extra.end() ? 0 : at->second.at(std::size_t(kind));
}

quint32 JobBook::jobFor(const Waiting &line)
{
    const std::string_view id(line.id.data(), line.idSize);
    const std::size_t mask = m_slots.size() - 1;
    std::size_t i = std::size_t(line.hash) & mask;
    for (; m_slots[i].job; i = (i + 1) & mask) {
        if (m_slots[i].hash == line.hash) {
            BookedJob &job = m_jobs[m_slots[i].job - 1];
            if (sameText(idOf(job), id)) {
                job.type = line.isTypeSaid ? typeFor(line.type) : job.type;
                return m_slots[i].job - 1;
            }
        }
    }
    BookedJob job;
    job.idAt = keepId(id);
    job.idSize = line.idSize;
    job.epoch = line.epoch;
    job.type = typeFor(line.type);
    m_jobs.push_back(job);
    m_slots[i] = {line.hash, quint32(m_jobs.size())};
    const auto index = quint32(m_jobs.size() - 1);
    if (m_jobs.size() * 2 > m_slots.size()) {
        grow();
    }
    return index;
}

/// Ids have at most some 200 bytes, so little is lost at the end of each part.
quint64 JobBook::keepId(std::string_view id)
{
    if (m_ids.empty() || (m_idsEnd & IdMask) + id.size() > IdMask || (m_idsEnd & IdMask) == 0) {
        m_idsEnd = quint64(m_ids.size()) << IdBits;
        m_ids.push_back(std::make_unique_for_overwrite<char[]>(std::size_t(1) << IdBits));
    }
    std::memcpy(m_ids.back().get() + (m_idsEnd & IdMask), id.data(), id.size());
    const quint64 at = m_idsEnd;
    m_idsEnd += id.size();
    return at;
}

quint16 JobBook::typeFor(std::string_view name)
{
    if (m_lastType < m_types.size() && sameText(m_types[m_lastType], name)) {
        return m_lastType;
    }
    const auto found = std::find(m_types.begin(), m_types.end(), name);
    m_lastType = quint16(found - m_types.begin());
    if (found == m_types.end()) {
        if (m_types.size() >= 2000) { // no version has so many; a log that makes names up
            m_lastType = 0;
            return 0;
        }
        m_types.emplace_back(name);
    }
    return m_lastType;
}

void JobBook::grow()
{
    std::vector<Slot> old(m_slots.size() * 2);
    old.swap(m_slots);
    const std::size_t mask = m_slots.size() - 1;
    for (const Slot &slot : old) {
        if (slot.job) {
            std::size_t i = std::size_t(slot.hash) & mask;
            while (m_slots[i].job) {
                i = (i + 1) & mask;
            }
            m_slots[i] = slot;
        }
    }
}

} // namespace proverdeck::models::aztec
