// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogText.h"

#include <QStringDecoder>
#include <QStringList>

#include <algorithm>

namespace proverdeck::models {

namespace {

constexpr char Escape = '\x1b';

/// What is shown for a character that would not be seen, or that would move other text about.
QChar shownAs(QChar character)
{
    const char16_t code = character.unicode();
    if (code < 0x20 && code != u'\t') {
        return QChar(char16_t(0x2400 + code));
    }
    switch (code) {
    case 0x7f:
        return QChar(u'\u2421');
    case 0x2028:
    case 0x2029:
        return QChar(u'\u2424');
    case 0x061c: // Arabic letter mark
    case 0x200e: // marks of direction
    case 0x200f:
    case 0xfeff: // a byte order mark, or nothing that is seen
    case 0xfffc: // stands for an object in a text layout
        return QChar(QChar::ReplacementCharacter);
    default:
        break;
    }
    const bool movesText = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x206f);
    const bool isC1 = code >= 0x80 && code <= 0x9f;
    return movesText || isC1 ? QChar(QChar::ReplacementCharacter) : character;
}

/// The colour that the parameters after a 38 or 48 name; @p i becomes the last one of them.
int extendedColour(const QList<int> &numbers, qsizetype &i)
{
    const int mode = numbers.value(i + 1);
    const qsizetype first = i + 2;
    i += mode == 5 ? 2 : mode == 2 ? 4 : 1;
    if (i >= numbers.size()) {
        return -1;
    }
    if (mode == 5) {
        return numbers.at(first) < 256 ? numbers.at(first) : -1;
    }
    if (mode != 2) {
        return -1;
    }
    const auto part = [&](qsizetype at) { return std::min(numbers.at(first + at), 255); };
    return LogStyle::TrueColour | part(0) << 16 | part(1) << 8 | part(2);
}

void applyColour(const QList<int> &numbers, qsizetype &i, LogStyle &style)
{
    const int number = numbers.at(i);
    if (number >= 30 && number <= 37) {
        style.colour = number - 30;
    } else if (number >= 40 && number <= 47) {
        style.background = number - 40;
    } else if (number >= 90 && number <= 97) {
        style.colour = number - 90 + 8;
    } else if (number >= 100 && number <= 107) {
        style.background = number - 100 + 8;
    } else if (number == 38) {
        style.colour = extendedColour(numbers, i);
    } else if (number == 48) {
        style.background = extendedColour(numbers, i);
    } else if (number == 39) {
        style.colour = -1;
    } else if (number == 49) {
        style.background = -1;
    }
}

/// The colours of "ESC [ … m" as ECMA-48 and xterm have them.
void applySgr(QByteArrayView parameters, LogStyle &style)
{
    QList<int> numbers{0};
    for (const char byte : parameters) {
        if (byte >= '0' && byte <= '9') {
            numbers.last() = std::min(numbers.last() * 10 + (byte - '0'), 9999);
        } else {
            numbers.append(0);
        }
    }
    for (qsizetype i = 0; i < numbers.size(); ++i) {
        switch (numbers.at(i)) {
        case 0:
            style = {};
            break;
        case 1:
            style.bold = true;
            break;
        case 2:
            style.dim = true;
            break;
        case 3:
        case 23:
            style.italic = numbers.at(i) == 3;
            break;
        case 4:
        case 24:
            style.underline = numbers.at(i) == 4;
            break;
        case 7:
        case 27:
            style.inverse = numbers.at(i) == 7;
            break;
        case 22:
            style.bold = false;
            style.dim = false;
            break;
        default:
            applyColour(numbers, i, style);
        }
    }
}

bool isBetween(char byte, int low, int high)
{
    const auto code = static_cast<unsigned char>(byte);
    return code >= low && code <= high;
}

/// Where the sequence ends whose ESC is at @p start; the colours of an SGR go into @p style.
qsizetype skipEscape(QByteArrayView raw, qsizetype start, LogStyle &style)
{
    qsizetype i = start + 1;
    if (i >= raw.size()) {
        return i;
    }
    const char kind = raw.at(i);
    if (kind == '[') {
        const qsizetype parameters = ++i;
        while (i < raw.size() && isBetween(raw.at(i), 0x20, 0x3f)) {
            ++i;
        }
        if (i < raw.size() && isBetween(raw.at(i), 0x40, 0x7e)) {
            if (raw.at(i) == 'm') {
                applySgr(raw.sliced(parameters, i - parameters), style);
            }
            ++i;
        }
        return i;
    }
    if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') {
        for (++i; i < raw.size(); ++i) {
            if (raw.at(i) == '\a') {
                return i + 1;
            }
            if (raw.at(i) == Escape) {
                return i + 1 < raw.size() && raw.at(i + 1) == '\\' ? i + 2 : i;
            }
        }
        return i;
    }
    while (i < raw.size() && isBetween(raw.at(i), 0x20, 0x2f)) {
        ++i;
    }
    return i < raw.size() && isBetween(raw.at(i), 0x30, 0x7e) ? i + 1 : i;
}

/// Without line ends, and from the last carriage return on.
QByteArrayView visiblePart(QByteArrayView raw)
{
    while (!raw.isEmpty() && raw.back() == '\r') {
        raw.chop(1);
    }
    const qsizetype cr = raw.lastIndexOf('\r');
    return cr < 0 ? raw : raw.sliced(cr + 1);
}

/// Not QString::fromUtf8(): that drops a byte order mark at the beginning.
QString decoded(QByteArrayView utf8)
{
    QStringDecoder decoder(QStringDecoder::Utf8,
                           QStringDecoder::Flag::Stateless
                               | QStringDecoder::Flag::ConvertInitialBom);
    return decoder(utf8);
}

bool startsWithWord(QStringView text, QStringView word)
{
    return text.startsWith(word)
        && (text.size() == word.size() || !text.at(word.size()).isLetterOrNumber());
}

} // namespace

LogText readLogText(QByteArrayView raw)
{
    raw = visiblePart(raw);
    LogText result;
    if (isPlainLog(raw)) { // nearly every line
        result.text = QString::fromLatin1(raw);
        result.level = levelOf(result.text);
        return result;
    }
    LogStyle style;
    qsizetype i = 0;
    while (i < raw.size()) {
        if (raw.at(i) == Escape) {
            i = skipEscape(raw, i, style);
            continue;
        }
        qsizetype end = raw.indexOf(Escape, i);
        end = end < 0 ? raw.size() : end;
        QString piece = decoded(raw.sliced(i, end - i));
        std::transform(piece.begin(), piece.end(), piece.begin(), shownAs);
        if (!style.isPlain() && !piece.isEmpty()) {
            result.spans.append({int(result.text.size()), int(piece.size()), style});
        }
        result.text += piece;
        i = end;
    }
    result.level = levelOf(result.text);
    return result;
}

void appendVisible(QByteArrayView raw, QByteArray &visible)
{
    LogStyle ignored;
    while (!raw.isEmpty()) {
        const qsizetype lineEnd = raw.indexOf('\n');
        const QByteArrayView line = visiblePart(lineEnd < 0 ? raw : raw.first(lineEnd));
        for (qsizetype i = 0; i < line.size();) {
            const qsizetype escape = line.indexOf(Escape, i);
            const qsizetype end = escape < 0 ? line.size() : escape;
            visible.append(line.data() + i, end - i);
            i = escape < 0 ? end : skipEscape(line, escape, ignored);
        }
        if (lineEnd < 0) {
            break;
        }
        visible += '\n';
        raw = raw.sliced(lineEnd + 1);
    }
}

QString plainLineFromUtf8(QByteArrayView utf8, qsizetype limit)
{
    // Four bytes a character at most, and room for sequences that go away.
    QByteArray bytes = utf8.first(std::min(utf8.size(), 8 * limit + 4096)).toByteArray();
    for (char &byte : bytes) {
        byte = byte == '\n' || byte == '\r' || byte == '\t' ? ' ' : byte;
    }
    QString text = readLogText(bytes).text.trimmed().left(limit);
    if (!text.isEmpty() && text.back().isHighSurrogate()) {
        text.chop(1);
    }
    return text.trimmed();
}

QString plainLine(const QString &text, qsizetype limit)
{
    return plainLineFromUtf8(text.toUtf8(), limit);
}

QString plainText(const QString &text)
{
    QByteArray bytes = text.toUtf8();
    bytes.replace("\r\n", "\n").replace('\r', ' ');
    QStringList lines;
    const QList<QByteArray> raw = bytes.split('\n');
    for (const QByteArray &line : raw) {
        lines << readLogText(line).text;
    }
    return lines.join(u'\n');
}

bool isPlainLog(QByteArrayView raw)
{
    return std::all_of(raw.begin(), raw.end(),
                       [](char byte) { return isBetween(byte, 0x20, 0x7e) || byte == '\t'; });
}

LogLevel levelOf(QStringView text)
{
    text = text.trimmed();
    if (startsWithWord(text, u"error")
        || (text.startsWith(u"thread '") && text.contains(u"' panicked at"))) {
        return LogLevel::Error;
    }
    if (startsWithWord(text, u"warning")) {
        return LogLevel::Warning;
    }
    // "<time> LEVEL …", "[<time> LEVEL …" or "LEVEL …"
    for (int word = 0; word < 2 && !text.isEmpty(); ++word) {
        if (startsWithWord(text, u"ERROR")) {
            return LogLevel::Error;
        }
        if (startsWithWord(text, u"WARN") || startsWithWord(text, u"WARNING")) {
            return LogLevel::Warning;
        }
        const bool isTime = text.front().isDigit() || text.front() == u'[';
        const qsizetype space = text.indexOf(u' ');
        if (!isTime || space < 0) {
            return LogLevel::None;
        }
        text = text.sliced(space).trimmed();
    }
    return LogLevel::None;
}

} // namespace proverdeck::models
