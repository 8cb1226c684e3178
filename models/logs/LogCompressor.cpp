// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogCompressor.h"

#include "models/logs/PosixFile.h"
#include "models/logs/ZstdFile.h"

#include <QFileInfo>

#include <sys/resource.h>

#include <algorithm>
#include <utility>

namespace proverdeck::models {

namespace {

bool isWaiting(const LogPart &part)
{
    return !part.isCompressed && part.length() > 0;
}

} // namespace

LogCompressor::LogCompressor(QString log, quint64 kept)
    : m_log(std::move(log))
    , m_kept(kept)
{
}

LogCompressor::~LogCompressor()
{
    stop();
}

QList<LogPart> LogCompressor::parts() const
{
    const std::lock_guard lock(m_mutex);
    return {m_parts.begin(), m_parts.end()};
}

void LogCompressor::setParts(const QList<LogPart> &parts)
{
    const std::lock_guard lock(m_mutex);
    m_parts.assign(parts.begin(), parts.end());
}

void LogCompressor::add(const LogPart &part)
{
    const std::lock_guard lock(m_mutex);
    if (!m_parts.empty() && m_parts.back().length() == 0) {
        removeFile(m_parts.back().path); // it marked where the log begins; this one does now
        m_parts.pop_back();
    }
    m_parts.push_back(part);
}

void LogCompressor::start()
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_isWorking || std::none_of(m_parts.begin(), m_parts.end(), isWaiting)) {
            return;
        }
        m_isWorking = true;
    }
    if (m_thread.joinable()) {
        m_thread.join();
    }
    m_stop = false;
    m_thread = std::thread([this] { work(); });
}

void LogCompressor::stop()
{
    m_stop = true;
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void LogCompressor::setPinned(bool isPinned)
{
    const std::lock_guard lock(m_mutex);
    m_isPinned = isPinned;
}

bool LogCompressor::withPart(quint64 offset, const std::function<void(const LogPart &)> &use) const
{
    const std::lock_guard lock(m_mutex);
    const auto part = std::find_if(m_parts.begin(), m_parts.end(), [&](const LogPart &one) {
        return one.begin <= offset && offset < one.end;
    });
    if (part == m_parts.end()) {
        return false;
    }
    use(*part);
    return true;
}

void LogCompressor::work()
{
    // Of this thread alone, on Linux: the window comes first.
    (void)::setpriority(PRIO_PROCESS, 0, 10);
    while (const std::optional<LogPart> part = next()) {
        if (!compress(*part)) {
            const std::lock_guard lock(m_mutex);
            m_isWorking = false;
            return;
        }
        dropOldest();
    }
}

/// Nothing: the work has ended.
std::optional<LogPart> LogCompressor::next()
{
    const std::lock_guard lock(m_mutex);
    const auto part = std::find_if(m_parts.begin(), m_parts.end(), isWaiting);
    if (m_stop || part == m_parts.end()) {
        m_isWorking = false;
        return std::nullopt;
    }
    return *part;
}

bool LogCompressor::compress(const LogPart &part)
{
    const QString name = partPath(m_log, part.begin, part.end, true);
    if (!compressFile(part.path, unfinishedPath(name), part.length(), m_stop)
        || !renameFile(unfinishedPath(name), name)) {
        removeFile(unfinishedPath(name));
        return false;
    }
    const bool isSafe = syncFolderOf(name);
    const std::lock_guard lock(m_mutex);
    const auto own = std::find(m_parts.begin(), m_parts.end(), part);
    *own = {part.begin, part.end, true, name, quint64(QFileInfo(name).size())};
    return isSafe && removeFile(part.path);
}

void LogCompressor::dropOldest()
{
    const std::lock_guard lock(m_mutex);
    quint64 bytes = 0;
    for (const LogPart &part : m_parts) {
        bytes += part.isCompressed ? part.onDisk : 0;
    }
    // The last one stays, whatever its size: its name says where the growing part begins.
    while (!m_isPinned && bytes > m_kept && m_parts.size() > 1 && m_parts.front().isCompressed) {
        bytes -= m_parts.front().onDisk;
        removeFile(m_parts.front().path);
        m_parts.erase(m_parts.begin());
    }
}

} // namespace proverdeck::models
