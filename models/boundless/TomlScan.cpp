// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/TomlScan.h"

namespace proverdeck::models::boundless {
namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

bool isBareKeyByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
        || c == '-';
}

class Scanner
{
public:
    explicit Scanner(const QByteArray &bytes)
        : m_bytes(bytes)
    {
    }

    TomlScan run()
    {
        if (m_bytes.startsWith("\xef\xbb\xbf")) {
            m_at = 3;
        }
        while (m_at < m_bytes.size()) {
            readLine();
        }
        return m_scan;
    }

    /// The end of the value that begins at @p at.
    [[nodiscard]] qsizetype valueEnd(qsizetype at) const
    {
        const char c = peek(at);
        if (c == '"' || c == '\'') {
            return stringEnd(at);
        }
        if (c == '[' || c == '{') {
            return bracketEnd(at);
        }
        qsizetype end = at;
        while (end < m_bytes.size() && m_bytes.at(end) != '#' && m_bytes.at(end) != '\n'
               && m_bytes.at(end) != ',' && m_bytes.at(end) != ']' && m_bytes.at(end) != '}') {
            ++end;
        }
        while (end > at && (isBlank(m_bytes.at(end - 1)) || m_bytes.at(end - 1) == '\r')) {
            --end;
        }
        return end;
    }

    [[nodiscard]] qsizetype stringEnd(qsizetype at) const
    {
        const char quote = m_bytes.at(at);
        const QByteArray three(3, quote);
        const bool isLong = m_bytes.sliced(at).startsWith(three);
        const bool hasEscapes = quote == '"';
        qsizetype end = at + (isLong ? 3 : 1);
        for (; end < m_bytes.size(); ++end) {
            const char c = m_bytes.at(end);
            if (hasEscapes && c == '\\') {
                ++end;
            } else if (!isLong && (c == quote || c == '\n')) {
                return c == quote ? end + 1 : end;
            } else if (isLong && c == quote
                       && QByteArrayView(m_bytes).sliced(end).startsWith(three)) {
                end += 3;
                for (int more = 0; more < 2 && peek(end) == quote; ++more) {
                    ++end; // quotes before the closing ones belong to the text
                }
                return end;
            }
        }
        return m_bytes.size();
    }

    [[nodiscard]] qsizetype lineEndAfter(qsizetype at) const
    {
        const qsizetype end = m_bytes.indexOf('\n', at);
        return end < 0 ? m_bytes.size() : end + 1;
    }

private:
    [[nodiscard]] char peek(qsizetype at) const
    {
        return at < m_bytes.size() ? m_bytes.at(at) : '\n';
    }

    void skipBlanks(qsizetype &at) const
    {
        while (at < m_bytes.size() && isBlank(m_bytes.at(at))) {
            ++at;
        }
    }

    [[nodiscard]] qsizetype bracketEnd(qsizetype at) const
    {
        int depth = 0;
        for (qsizetype end = at; end < m_bytes.size(); ++end) {
            const char c = m_bytes.at(end);
            if (c == '"' || c == '\'') {
                end = stringEnd(end) - 1;
            } else if (c == '#') {
                end = lineEndAfter(end) - 1;
            } else if (c == '[' || c == '{') {
                ++depth;
            } else if ((c == ']' || c == '}') && --depth == 0) {
                return end + 1;
            }
        }
        return m_bytes.size();
    }

    /// "a.b", "\"a b\".c": the key without quotes; empty if there is none at @p at.
    [[nodiscard]] QString takeKey(qsizetype &at) const
    {
        QString key;
        for (qsizetype now = at;;) {
            QString part;
            if (peek(now) == '"' || peek(now) == '\'') {
                const qsizetype end = stringEnd(now);
                part = end - now >= 2 ? QString::fromUtf8(m_bytes.sliced(now + 1, end - now - 2))
                                      : QString();
                now = end;
            } else {
                const qsizetype start = now;
                while (isBareKeyByte(peek(now))) {
                    ++now;
                }
                part = QString::fromLatin1(m_bytes.sliced(start, now - start));
            }
            if (part.isEmpty()) {
                return {};
            }
            key += part;
            at = now;
            skipBlanks(now);
            if (peek(now) != '.') {
                return key;
            }
            key += QLatin1Char('.');
            ++now;
            skipBlanks(now);
        }
    }

    void readLine()
    {
        const qsizetype start = m_at;
        ++m_line;
        qsizetype at = start;
        skipBlanks(at);
        qsizetype end = lineEndAfter(at);
        if (peek(at) == '[') {
            readHeader(at, end);
        } else if (peek(at) == '#') {
            while (peek(at) == '#' || isBlank(peek(at))) {
                ++at;
            }
            readEntry(start, at, true, end);
        } else {
            readEntry(start, at, false, end);
        }
        m_line += m_bytes.sliced(start, end - start).count('\n') - 1;
        m_at = std::max(end, start + 1);
    }

    void readHeader(qsizetype at, qsizetype end)
    {
        while (peek(at) == '[') {
            ++at;
        }
        skipBlanks(at);
        const QString name = takeKey(at);
        if (!name.isEmpty()) {
            m_section = name;
            m_scan.sections << name;
            m_scan.headerEnds << end;
        }
    }

    void readEntry(qsizetype start, qsizetype at, bool isCommentedOut, qsizetype &end)
    {
        const QString key = takeKey(at);
        skipBlanks(at);
        if (key.isEmpty() || peek(at) != '=') {
            return;
        }
        ++at;
        skipBlanks(at);
        const qsizetype lineEnd = end;
        qsizetype valueStop = valueEnd(at);
        if (isCommentedOut && valueStop > lineEnd) {
            // A list of many lines, all of them comments: its first line stands for it.
            valueStop = lineEnd;
        }
        if (valueStop == at || (isCommentedOut && key.contains(QLatin1Char(' ')))) {
            return;
        }
        end = isCommentedOut ? lineEnd : lineEndAfter(valueStop);
        m_scan.entries << SettingEntry{m_section, key,   m_bytes.sliced(at, valueStop - at),
                                       m_line,    start, at,
                                       valueStop, end,   isCommentedOut};
    }

    const QByteArray &m_bytes;
    TomlScan m_scan;
    QString m_section;
    qsizetype m_at = 0;
    qint64 m_line = 0;
};

/// An entry of a list, with what belongs to it: its indentation, its comma, and its comment.
struct Item
{
    qsizetype start = 0; ///< of what is removed with it
    qsizetype textStart = 0;
    qsizetype textEnd = 0;
    qsizetype end = 0; ///< behind its comma, and if it has a line of its own behind that line
    bool hasComma = false;
};

QList<Item> itemsOf(const QByteArray &array)
{
    const Scanner scanner(array);
    QList<Item> items;
    for (qsizetype at = 1; at < array.size() - 1;) {
        const char c = array.at(at);
        if (c == '#') {
            at = scanner.lineEndAfter(at);
        } else if (c == '"' || c == '\'') {
            Item item;
            item.textStart = at;
            item.textEnd = item.end = scanner.stringEnd(at);
            item.start = at;
            while (item.start > 1 && isBlank(array.at(item.start - 1))) {
                --item.start;
            }
            const bool startsLine = array.at(item.start - 1) == '\n';
            qsizetype next = item.textEnd;
            while (next < array.size() && isBlank(array.at(next))) {
                ++next;
            }
            if (next < array.size() && array.at(next) == ',') {
                item.hasComma = true;
                item.end = next + 1;
            }
            qsizetype rest = item.end;
            while (rest < array.size() && (isBlank(array.at(rest)) || array.at(rest) == '\r')) {
                ++rest;
            }
            if (startsLine && rest < array.size()
                && (array.at(rest) == '\n' || array.at(rest) == '#')) {
                item.end = scanner.lineEndAfter(rest);
            }
            items << item;
            at = std::max(item.end, at + 1);
        } else {
            ++at;
        }
    }
    return items;
}

} // namespace

TomlScan scanToml(const QByteArray &bytes)
{
    return Scanner(bytes).run();
}

QByteArray withItems(const QByteArray &array, const QStringList &old, const QStringList &wanted,
                     const QByteArray &lineEnd)
{
    const QList<Item> items = itemsOf(array);
    if (items.size() != old.size() || items.isEmpty()) {
        QByteArrayList quoted;
        for (const QString &text : wanted) {
            quoted << tomlQuoted(text);
        }
        return '[' + quoted.join(", ") + ']';
    }
    QByteArray changed = array;
    QStringList missing = wanted;
    QList<Item> kept;
    QList<Item> gone;
    for (qsizetype i = 0; i < items.size(); ++i) {
        if (missing.removeOne(old.at(i))) {
            kept << items.at(i);
        } else {
            gone << items.at(i);
        }
    }
    // New ones first, behind the last that stays: the offsets before it do not change.
    const Item &anchor = kept.isEmpty() ? items.last() : kept.last();
    const bool ownLines = array.at(anchor.start - 1) == '\n';
    QByteArray added;
    for (const QString &text : std::as_const(missing)) {
        added += ownLines ? array.sliced(anchor.start, anchor.textStart - anchor.start)
                + tomlQuoted(text) + ',' + lineEnd
                          : QByteArray(" " + tomlQuoted(text) + ',');
    }
    if (!added.isEmpty() && !ownLines && !anchor.hasComma) {
        added.chop(1);
    }
    changed.insert(anchor.end, added);
    const bool wantsComma = !added.isEmpty() && !anchor.hasComma && !kept.isEmpty();
    if (wantsComma) {
        changed.insert(anchor.textEnd, ',');
    }
    for (qsizetype i = gone.size() - 1; i >= 0; --i) {
        const Item &item = gone.at(i);
        const bool isBeforeAnchor = item.end <= anchor.start || kept.isEmpty();
        const qsizetype shift = isBeforeAnchor ? 0 : added.size() + (wantsComma ? 1 : 0);
        changed.remove(item.start + shift, item.end - item.start);
    }
    return changed;
}

} // namespace proverdeck::models::boundless
