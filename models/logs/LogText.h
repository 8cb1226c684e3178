// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace proverdeck::models {

/// How a terminal would show a piece of text.
struct LogStyle
{
    static constexpr int TrueColour = 0x1000000; ///< with red, green and blue as 0xRRGGBB

    int colour = -1; ///< 0–7 normal, 8–15 bright, to 255 xterm's, or TrueColour | RGB; -1: default
    bool bold = false;
    bool dim = false;
    int background = -1; ///< as the colour
    bool italic = false;
    bool underline = false;
    bool inverse = false;
    bool operator==(const LogStyle &) const = default;
    [[nodiscard]] bool isPlain() const { return *this == LogStyle{}; }
};

struct LogSpan
{
    int start = 0; ///< in LogText::text
    int length = 0;
    LogStyle style;
    bool operator==(const LogSpan &) const = default;
};

enum class LogLevel { None, Warning, Error };

/// One line of a log as a person sees it: no escape sequences, nothing that changes the direction
/// or the order of other text, one visible symbol for each control character.
struct LogText
{
    QString text;
    QList<LogSpan> spans; ///< what is not in the default style, in order
    LogLevel level = LogLevel::None;
    bool operator==(const LogText &) const = default;
};

/// @p raw is one line without its \n. Of a progress line only what follows the last \r is shown.
[[nodiscard]] LogText readLogText(QByteArrayView raw);

/// The lines of @p raw, each with its \n, as bytes: no escape sequences, and of a progress line
/// only what follows the last \r. Is added to @p visible.
void appendVisible(QByteArrayView raw, QByteArray &visible);

/// What another machine said, as one line for a label, a note or a terminal: no escape sequences,
/// no control characters, nothing that changes the direction of other text; blanks at the ends are
/// gone, line ends are blanks; at most @p limit characters.
[[nodiscard]] QString plainLineFromUtf8(QByteArrayView utf8, qsizetype limit = 400);
[[nodiscard]] QString plainLine(const QString &text, qsizetype limit = 400);
/// The same for a text of several lines: line ends, tabs and blanks stay, and all of its length.
[[nodiscard]] QString plainText(const QString &text);
/// If readLogText() would show exactly these bytes: printable ASCII and tabs.
[[nodiscard]] bool isPlainLog(QByteArrayView raw);

/// From the words of a line: those of tracing ("<time> ERROR …"), cargo ("error: …") and panics.
[[nodiscard]] LogLevel levelOf(QStringView text);

} // namespace proverdeck::models
