// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/JobBook.h"

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

} // namespace

JobBook::JobBook()
    : m_slots(1024)
{
}

quint32 JobBook::add(const Event &event, const Sighting &sighting)
{
    const quint32 index = jobFor(event);
    BookedJob &job = m_jobs[index];
    if (job.lines >= MostLines) {
        ++m_extra[index].at(std::size_t(sighting.kind));
        return index;
    }
    ++job.lines;
    if ((m_count & ChunkMask) == 0) {
        m_chunks.push_back(std::make_unique<Sighting[]>(std::size_t(ChunkMask) + 1));
    }
    m_chunks.back()[m_count & ChunkMask] = sighting;
    const quint32 added = ++m_count;
    if (job.last) {
        m_chunks[(job.last - 1) >> ChunkBits][(job.last - 1) & ChunkMask].next = added;
    } else {
        job.first = added;
    }
    job.last = added;
    return index;
}

int JobBook::uncounted(std::size_t job, EventKind kind) const
{
    const auto at = m_extra.find(quint32(job));
    return at == m_extra.end() ? 0 : at->second.at(std::size_t(kind));
}

quint32 JobBook::jobFor(const Event &event)
{
    const quint32 hash = hashOf(event.id);
    const std::size_t mask = m_slots.size() - 1;
    std::size_t i = std::size_t(hash) & mask;
    for (; m_slots[i].job; i = (i + 1) & mask) {
        if (m_slots[i].hash == hash) {
            BookedJob &job = m_jobs[m_slots[i].job - 1];
            if (idOf(job) == event.id) {
                // "type=" beside the id says more than the id; some lines have only the id.
                const bool isFromId = event.type.data() >= event.id.data()
                    && event.type.data() < event.id.data() + event.id.size();
                if (!isFromId && event.type != m_types[job.type]) {
                    job.type = typeFor(event.type);
                }
                return m_slots[i].job - 1;
            }
        }
    }
    BookedJob job;
    job.idAt = m_ids.size();
    job.idSize = quint16(event.id.size());
    job.epoch = event.epoch;
    job.type = typeFor(event.type);
    m_ids.append(event.id);
    m_jobs.push_back(job);
    m_slots[i] = {hash, quint32(m_jobs.size())};
    const auto index = quint32(m_jobs.size() - 1);
    if (m_jobs.size() * 2 > m_slots.size()) {
        grow();
    }
    return index;
}

quint16 JobBook::typeFor(std::string_view name)
{
    if (m_lastType < m_types.size() && m_types[m_lastType] == name) {
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
