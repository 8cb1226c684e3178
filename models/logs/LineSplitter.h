// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <functional>

namespace proverdeck::models {

/// One complete line of a log.
struct LogLine
{
    QByteArrayView text; ///< without line end and without escape sequences; valid during the call
    qint64 number = 0; ///< 1-based
    quint64 offset = 0; ///< of the raw line's first byte
    bool hadEscapes = false; ///< escape sequences were removed from it
};

/// Cuts a byte stream into lines, wherever its reads were cut. Pure: no clock, no I/O.
///
/// Lines end at \n; a \r before it is dropped. CSI and OSC sequences are removed, also when split
/// across reads; a line end ends an unfinished one. A line longer than @c MaxLine bytes (its escape
/// sequences not counted) is delivered once, cut to that length.
class LineSplitter
{
public:
    static constexpr qsizetype MaxLine = 64 * 1024;
    using Sink = std::function<void(const LogLine &)>;

    void feed(QByteArrayView bytes, const Sink &sink);
    /// The log is complete: an unfinished last line counts.
    void finish(const Sink &sink);

private:
    [[nodiscard]] bool isEscapeDone(char byte);
    void append(const char *begin, const char *end);
    void emitLine(QByteArrayView text, const Sink &sink);

    enum class State { Text, Escape, Csi, String, StringEscape };
    State m_state = State::Text;
    QByteArray m_line; ///< already stripped
    quint64 m_offset = 0; ///< of the next byte to come
    quint64 m_lineStart = 0;
    qint64 m_number = 0;
    bool m_pending = false; ///< the current line has at least one byte
    bool m_hadEscapes = false;
};

} // namespace proverdeck::models
