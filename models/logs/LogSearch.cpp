// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogSearch.h"

#include <QElapsedTimer>

#include <algorithm>

namespace proverdeck::models {

namespace {

constexpr qsizetype Chunk = 512 * 1024;
/// A line is searched up to this; a longer one in pieces of it.
constexpr qsizetype MaxLine = 64 * 1024 * 1024;
constexpr qint64 TellMs = 50;

} // namespace

struct LogSearch::Job
{
    std::unique_ptr<LogMatcher> matcher;
    QByteArray chunk = QByteArray(Chunk, Qt::Uninitialized);
    quint64 offset = 0;
    qint64 line = 0;
    quint32 epoch = 0;
    QElapsedTimer told;
};

LogSearch::LogSearch(const LogStore &store, Kind kind, QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_kind(kind)
{
}

LogSearch::~LogSearch()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_cancel = true;
        m_stop = true;
    }
    m_wake.notify_all();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

QString LogSearch::setPattern(const LogPattern &pattern)
{
    m_pattern = pattern;
    QString problem;
    std::unique_ptr<LogMatcher> matcher;
    if (!pattern.isEmpty()) {
        auto made = LogMatcher::make(pattern);
        if (made) {
            matcher = std::make_unique<LogMatcher>(std::move(*made));
        } else {
            problem = made.error();
        }
    }
    {
        const std::scoped_lock lock(m_mutex);
        m_cancel = true;
        m_hasPattern = matcher != nullptr;
        m_isComplete = false;
        m_next = std::move(matcher);
        m_isNew = true;
        m_hits.clear();
        m_openHits = 0;
        m_offset = 0;
        m_line = 0;
    }
    if (!pattern.isEmpty() && !m_thread.joinable()) {
        m_thread = std::thread([this] { work(); });
    }
    m_wake.notify_all();
    emit changed();
    return problem;
}

void LogSearch::refresh()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_isGrown = true;
        m_isComplete = false;
        if (m_pattern.isEmpty()) {
            return;
        }
    }
    m_wake.notify_all();
}

void LogSearch::work()
{
    Job job;
    job.told.start();
    while (true) {
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this, &job] {
                return m_stop || m_isNew || (m_isGrown && job.matcher != nullptr);
            });
            if (m_stop) {
                return;
            }
            if (m_isNew) {
                job.matcher = std::move(m_next);
                job.epoch = ~quint32(0);
                m_isNew = false;
                m_cancel = false;
            }
            m_isGrown = false;
        }
        while (job.matcher && !m_cancel && searchSome(job)) { }
        if (!m_cancel) {
            tellChanged();
        }
    }
}

/// One chunk. False when there is no more for now.
bool LogSearch::searchSome(Job &job)
{
    const LogExtent extent = m_store.extent();
    if (extent.epoch != job.epoch || job.offset < extent.begin) {
        const std::scoped_lock lock(m_mutex);
        if (extent.epoch != job.epoch) {
            m_hits.clear();
            m_openHits = 0;
            job.epoch = extent.epoch;
        }
        job.offset = extent.begin;
        job.line = extent.firstLine;
    }
    const quint64 left = extent.end - job.offset;
    qsizetype wanted = Chunk;
    qsizetype whole = 0;
    while (true) {
        job.chunk.resize(wanted);
        job.chunk.resize(m_store.readInto(job.offset, job.chunk.data(),
                                          qsizetype(std::min(quint64(wanted), left))));
        whole = job.chunk.lastIndexOf('\n') + 1;
        if (whole > 0 || job.chunk.size() < wanted || wanted >= MaxLine || m_cancel) {
            break;
        }
        wanted *= 4;
    }
    if (whole == 0 && job.chunk.size() >= MaxLine) {
        whole = job.chunk.size();
    }
    if (whole == 0 || m_cancel) {
        searchOpenLine(job, extent);
        return false;
    }
    std::vector<qint64> hits;
    const QByteArrayView lines = QByteArrayView(job.chunk).first(whole);
    if (!job.matcher->scan(
            lines, m_kind == Kind::EachLine, [&](qint64 line) { hits.push_back(job.line + line); },
            m_cancel)) {
        return false;
    }
    job.offset += quint64(whole);
    job.line = m_store.lineAt(job.offset); // the index has counted them
    take(job, hits, job.offset, job.line);
    const bool isFull = count() >= MaxHits;
    if (job.told.elapsed() >= TellMs) {
        tellChanged();
        job.told.restart();
    }
    if (job.chunk.capacity() > 4 * Chunk) {
        job.chunk = QByteArray(Chunk, Qt::Uninitialized);
    }
    return !isFull;
}

void LogSearch::take(Job &job, const std::vector<qint64> &hits, quint64 offset, qint64 line)
{
    const std::scoped_lock lock(m_mutex);
    if (m_isNew) {
        return;
    }
    for (; m_openHits > 0; --m_openHits) {
        m_hits.removeLast();
    }
    for (const qint64 hit : hits) {
        m_hits.append(hit);
    }
    m_offset = offset;
    m_line = line;
    m_epoch = job.epoch;
    m_isComplete = false;
}

/// What is in job.chunk after the last line end.
void LogSearch::searchOpenLine(Job &job, const LogExtent &extent)
{
    std::vector<qint64> hits;
    if (!m_cancel && extent.isOpen && !job.chunk.isEmpty()) {
        job.matcher->scan(
            job.chunk, m_kind == Kind::EachLine,
            [&](qint64 line) { hits.push_back(job.line + line); }, m_cancel);
    }
    if (m_cancel) {
        return;
    }
    take(job, hits, job.offset, job.line);
    const std::scoped_lock lock(m_mutex);
    m_openHits = m_isNew ? 0 : qint64(hits.size());
    m_isComplete = !m_isNew;
}

void LogSearch::tellChanged()
{
    if (!m_isTold.exchange(true)) {
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_isTold = false;
                emit changed();
            },
            Qt::QueuedConnection);
    }
}

qint64 LogSearch::count() const
{
    const std::scoped_lock lock(m_mutex);
    return m_hits.size();
}

qint64 LogSearch::lineOf(qint64 hit) const
{
    const std::scoped_lock lock(m_mutex);
    return hit >= 0 && hit < m_hits.size() ? m_hits.at(hit) : -1;
}

qint64 LogSearch::firstAt(qint64 line) const
{
    const std::scoped_lock lock(m_mutex);
    return m_hits.lowerBound(std::max<qint64>(0, line));
}

std::vector<qint64> LogSearch::linesOf(qint64 first, qsizetype count) const
{
    const std::scoped_lock lock(m_mutex);
    std::vector<qint64> lines;
    for (qint64 i = std::max<qint64>(0, first); i < m_hits.size() && i < first + count; ++i) {
        lines.push_back(m_hits.at(i));
    }
    return lines;
}

qint64 LogSearch::searchedLines() const
{
    const std::scoped_lock lock(m_mutex);
    return m_line;
}

bool LogSearch::isComplete() const
{
    const LogExtent extent = m_store.extent();
    const std::scoped_lock lock(m_mutex);
    return !m_hasPattern || m_hits.size() >= MaxHits
        || (m_isComplete && m_epoch == extent.epoch && m_line >= extent.closedLines());
}

double LogSearch::progress() const
{
    const LogExtent extent = m_store.extent();
    const std::scoped_lock lock(m_mutex);
    const auto size = double(extent.end - extent.begin);
    return size <= 0 || m_offset < extent.begin ? 0 : double(m_offset - extent.begin) / size;
}

} // namespace proverdeck::models
