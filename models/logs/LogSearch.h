// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LineSet.h"
#include "models/logs/LogMatcher.h"
#include "models/logs/LogStore.h"

#include <QObject>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace proverdeck::models {

/// All hits of a pattern in a log that goes on growing, found in a thread of its own.
///
/// Lives in the GUI thread, its functions never wait for the search: a new pattern takes effect
/// within some milliseconds.
class LogSearch : public QObject
{
    Q_OBJECT

public:
    enum class Kind { EachHit, EachLine };
    static constexpr qint64 MaxHits = 50'000'000; ///< 100 MB

    /// @p store must outlive the search.
    LogSearch(const LogStore &store, Kind kind, QObject *parent = nullptr);
    ~LogSearch() override;

    /// Begins anew. Gives what is wrong with the expression, for a person; then nothing is found.
    [[nodiscard]] QString setPattern(const LogPattern &pattern);
    [[nodiscard]] const LogPattern &pattern() const { return m_pattern; }
    /// The store has grown.
    void refresh();

    /// Hits so far. Those of the last line, while it grows, may go again.
    [[nodiscard]] qint64 count() const;
    /// The line of a hit, counted from 0.
    [[nodiscard]] qint64 lineOf(qint64 hit) const;
    /// The index of the first hit in this line or after it.
    [[nodiscard]] qint64 firstAt(qint64 line) const;
    /// Up to @p count lines of hits from @p first on.
    [[nodiscard]] std::vector<qint64> linesOf(qint64 first, qsizetype count) const;
    /// Before this line all hits are known.
    [[nodiscard]] qint64 searchedLines() const;
    /// If the whole log has been searched.
    [[nodiscard]] bool isComplete() const;
    [[nodiscard]] bool isFull() const { return count() >= MaxHits; }
    /// 0 to 1.
    [[nodiscard]] double progress() const;

signals:
    /// Some 20 times a second while it searches, and at the end.
    void changed();

private:
    struct Job;
    void work();
    [[nodiscard]] bool searchSome(Job &job);
    void searchOpenLine(Job &job, const LogExtent &extent);
    void take(Job &job, const std::vector<qint64> &hits, quint64 offset, qint64 line);
    void tellChanged();

    const LogStore &m_store;
    const Kind m_kind;
    LogPattern m_pattern;
    std::atomic<bool> m_cancel = false;
    std::atomic<bool> m_isTold = false;
    mutable std::mutex m_mutex; ///< for what follows
    std::condition_variable m_wake;
    std::unique_ptr<LogMatcher> m_next; ///< for the thread to take
    LineSet m_hits;
    qint64 m_openHits = 0; ///< of these, in the line that still grows
    quint64 m_offset = 0; ///< searched so far
    qint64 m_line = 0;
    quint32 m_epoch = 0;
    bool m_isNew = false; ///< the thread has to begin anew
    bool m_isGrown = false;
    bool m_hasPattern = false;
    bool m_isComplete = false;
    bool m_stop = false;
    std::thread m_thread;
};

} // namespace proverdeck::models
