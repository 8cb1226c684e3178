// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogBuffer.h"

#include <QObject>
#include <QTimer>

#include <deque>

namespace proverdeck::ui {

/// Counts the hits of a search in a log that goes on growing, a few milliseconds at a time.
class HitCounter : public QObject
{
    Q_OBJECT

public:
    static constexpr qsizetype MaxHits = 100'000;

    /// @p buffer must outlive the counter.
    explicit HitCounter(const models::LogBuffer &buffer, QObject *parent = nullptr);

    void setSearch(const QString &needle, bool caseSensitive);
    /// The buffer has changed.
    void refresh();

    [[nodiscard]] qsizetype count() const { return qsizetype(m_hits.size()); }
    /// The 1-based place of a hit among all; 0 if it is not known (yet).
    [[nodiscard]] qsizetype placeOf(const models::LogPosition &hit) const;
    /// If the whole buffer was looked at.
    [[nodiscard]] bool isComplete() const { return m_complete; }
    [[nodiscard]] bool isFull() const { return count() >= MaxHits; }

signals:
    void changed();

private:
    struct Hit
    {
        qint64 row;
        qsizetype column;
        auto operator<=>(const Hit &) const = default;
    };

    void scan();
    void scanRow(qsizetype i);

    const models::LogBuffer &m_buffer;
    QString m_needle;
    bool m_caseSensitive = false;
    std::deque<Hit> m_hits;
    qint64 m_next = 0; ///< the first row that is not counted for good
    bool m_complete = true;
    QTimer m_timer;
};

} // namespace proverdeck::ui
