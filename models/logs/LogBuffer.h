// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace proverdeck::models {

struct LogPosition
{
    qsizetype line = 0; ///< of LogBuffer::line()
    qsizetype column = 0; ///< in the text that readLogText() makes of it
    bool operator==(const LogPosition &) const = default;
};

/// The end of a growing log, cut into lines for a pane that shows some of them. Pure.
///
/// A line longer than MaxLine bytes comes as several, so "line" here is one row of the pane; the
/// line of the log that it belongs to is lineNumber(). When the buffer is full its older half goes.
/// It takes at most as much memory as its limit says, and 4 bytes a line.
class LogBuffer
{
public:
    static constexpr qsizetype MaxLine = 4000;
    static constexpr qsizetype DefaultBytes = 16 * 1024 * 1024; ///< some 130 000 lines
    static constexpr qsizetype MaxLines = 500'000;

    explicit LogBuffer(qsizetype maxBytes = DefaultBytes);

    void append(QByteArrayView more);
    void clear();

    [[nodiscard]] qsizetype lineCount() const { return qsizetype(m_starts.size()); }
    /// The raw bytes without \n. The last line may still be growing.
    [[nodiscard]] QByteArray line(qsizetype i) const { return lineView(i).toByteArray(); }
    /// Valid until the buffer changes.
    [[nodiscard]] QByteArrayView lineView(qsizetype i) const;
    [[nodiscard]] bool isLastLineOpen() const { return m_open; }
    [[nodiscard]] qsizetype byteCount() const { return qsizetype(m_bytes.size()); }

    /// Lines that were here and are no more, counted as line() counts them.
    [[nodiscard]] qint64 droppedLines() const { return m_dropped; }
    /// If this continues the line before it.
    [[nodiscard]] bool isContinuation(qsizetype i) const;
    /// The 1-based number in the whole log.
    [[nodiscard]] qint64 lineNumber(qsizetype i) const;
    /// Where the log's line @p number begins; none if it is gone or has not come yet.
    [[nodiscard]] std::optional<qsizetype> indexOfLine(qint64 number) const;

    /// The first hit at or after @p from; backwards, the last one before it. Wraps around.
    [[nodiscard]] std::optional<LogPosition> find(const QString &needle, LogPosition from,
                                                  bool forward, bool caseSensitive) const;
    /// The columns of all hits in one line; hits do not overlap.
    [[nodiscard]] QList<qsizetype> hitsIn(qsizetype i, const QString &needle,
                                          bool caseSensitive) const;

private:
    void appendSome(QByteArrayView more);
    void makeRoom(qsizetype wanted);
    [[nodiscard]] QByteArrayView bytes() const { return {m_bytes.data(), byteCount()}; }
    [[nodiscard]] qsizetype cutBefore(qsizetype start, qsizetype limit) const;

    qsizetype m_maxBytes;
    std::string m_bytes; ///< a QByteArray would take the next power of two
    std::vector<quint32> m_starts; ///< offsets in m_bytes
    std::vector<qint64> m_cuts; ///< m_dropped + index of each line that continues another
    qint64 m_dropped = 0;
    qint64 m_droppedCuts = 0;
    bool m_open = false; ///< the last line has not seen its \n
};

} // namespace proverdeck::models
