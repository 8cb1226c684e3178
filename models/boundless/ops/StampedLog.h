// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace proverdeck::models::boundless {

/// Joins what `docker compose logs --timestamps` prints in several readings to one stream in which
/// no line is missing and none is twice.
///
/// Each physical line begins with the daemon's time, which orders them. A reading after a lost
/// connection begins with --since the last time seen, and that moment's lines come again: as many
/// of them as are here already are dropped. An incomplete last line is forgotten and comes again,
/// too. Pure: no clock, no I/O.
class StampedLog
{
public:
    /// Goes on where an earlier program stopped.
    StampedLog() = default;
    StampedLog(QByteArray since, int seen)
        : m_last(std::move(since))
        , m_seen(seen)
    {
        interrupt();
    }

    /// Complete lines without the daemon's time, each with its line end.
    [[nodiscard]] QByteArray feed(QByteArrayView bytes);
    /// The reading has ended; another one may follow.
    void interrupt();

    /// For --since; empty: from the beginning.
    [[nodiscard]] const QByteArray &since() const { return m_last; }
    /// How many lines of that moment are known.
    [[nodiscard]] int seen() const { return m_seen; }

private:
    void takeLine(QByteArrayView line, QByteArray &out);

    QByteArray m_tail;
    QByteArray m_last; ///< the newest time, as the daemon wrote it
    int m_seen = 0; ///< lines that bear it
    int m_skip = 0; ///< of this reading: how many of them come again
    bool m_isResumed = false;
};

} // namespace proverdeck::models::boundless
