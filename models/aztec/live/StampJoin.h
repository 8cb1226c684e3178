// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>

#include <chrono>
#include <map>
#include <optional>
#include <vector>

namespace proverdeck::models::aztec {

/// Joins what `docker logs --timestamps` prints in several readings to one stream in which no line
/// is missing and none is twice.
///
/// Each line begins with the daemon's time. The lines of the last few seconds are remembered by
/// time and content; the next reading begins that much earlier (--since), and what is known comes
/// again is dropped, each line as often as it is known. So lines of the same nanosecond, equal
/// lines, and lines that the daemon wrote a little out of order (it stamps two streams) are all
/// right. Pure: no clock, no I/O.
class StampJoin
{
public:
    /// @p container stands before each line as compose writes it ("NAME | "); empty: the lines have
    /// such a prefix already.
    explicit StampJoin(QByteArray container);

    /// Complete new lines, each "NAME | TIME text".
    [[nodiscard]] QByteArray feed(QByteArrayView bytes);
    /// The reading has ended; another one, with since(), may follow.
    void interrupt();

    /// For --since; empty: from where the first reading began.
    [[nodiscard]] QByteArray since() const;
    [[nodiscard]] qint64 lines() const { return m_lines; } ///< given out
    [[nodiscard]] qint64 known() const { return m_known; } ///< dropped, as they were here already
    /// Readings at whose beginning nothing of what was known came again: the server has thrown it
    /// away (a container made anew, a rotated log), and lines may be missing.
    [[nodiscard]] int gaps() const { return m_gaps; }
    /// Lines without a time: what docker itself says, such as why it cannot. Clears them.
    [[nodiscard]] QByteArrayList takeSaid();

private:
    struct Mark
    {
        quint64 a = 0;
        quint64 b = 0;
        bool operator==(const Mark &) const = default;
    };
    using Window = std::map<qint64, std::vector<Mark>>; ///< by time in ns
    void takeLine(QByteArrayView line, QByteArray &out);
    [[nodiscard]] bool isKnown(qint64 time, const Mark &mark);

    QByteArray m_prefix;
    qint64 m_marginNs = 0;
    QByteArray m_tail;
    QByteArrayList m_said;
    Window m_window; ///< lines given out, not older than the margin
    Window m_expected; ///< of the window, what has not come again in this reading
    qint64 m_seam = 0; ///< the newest time before this reading
    bool m_isJoining = false;
    bool m_hasMatched = false;
    qint64 m_lines = 0;
    qint64 m_known = 0;
    int m_gaps = 0;
};

/// "2026-02-12T15:03:12.418233017Z", with any number of decimals or an offset, at the beginning of
/// @p line: nanoseconds since 1970; @p length gets its length.
[[nodiscard]] std::optional<qint64> daemonTime(QByteArrayView line, qsizetype &length);
[[nodiscard]] QByteArray daemonTimeText(qint64 ns);

} // namespace proverdeck::models::aztec
