// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogParts.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace proverdeck::models {

/// Knows the closed parts of a log and compresses the plain ones in a thread of its own, oldest
/// first. A plain part stays until the compressed one is complete, on the disk, and has its name.
/// What fails, for lack of room say, is tried again at the next start().
///
/// Its functions are called by one thread at a time.
class LogCompressor
{
public:
    /// @p kept: bytes of compressed parts after which the oldest are deleted; the last one stays.
    LogCompressor(QString log, quint64 kept);
    ~LogCompressor();
    LogCompressor(const LogCompressor &) = delete;
    LogCompressor &operator=(const LogCompressor &) = delete;

    [[nodiscard]] QList<LogPart> parts() const;
    void setParts(const QList<LogPart> &parts);
    /// A part that was just closed, which follows the last one.
    void add(const LogPart &part);
    void start();
    /// Waits for the thread, which notices within milliseconds.
    void stop();
    /// While true, nothing is deleted.
    void setPinned(bool isPinned);
    /// Calls @p use with the part that holds the byte, which stays in its place meanwhile. False if
    /// there is none.
    bool withPart(quint64 offset, const std::function<void(const LogPart &)> &use) const;

private:
    void work();
    [[nodiscard]] std::optional<LogPart> next();
    [[nodiscard]] bool compress(const LogPart &part);
    void dropOldest();

    const QString m_log;
    const quint64 m_kept;
    std::thread m_thread;
    std::atomic<bool> m_stop = false;
    mutable std::mutex m_mutex; ///< for what follows
    std::vector<LogPart> m_parts; // a QList would share its memory with the copies in other threads
    bool m_isWorking = false;
    bool m_isPinned = false;
};

} // namespace proverdeck::models
