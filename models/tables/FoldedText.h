// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QChar>
#include <QStringView>

namespace proverdeck::models::tables {

/// The characters of a text one after the other, without the difference of upper and lower case. A
/// lone surrogate is the replacement character.
class FoldedText
{
public:
    explicit FoldedText(QStringView text)
        : m_text(text)
    {
    }

    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] char32_t next()
    {
        const char16_t unit = m_text[m_at++].unicode();
        if (unit < 0x80) {
            return unit >= u'A' && unit <= u'Z' ? char32_t(unit + 32) : char32_t(unit);
        }
        if (!QChar::isSurrogate(unit)) {
            return QChar::toCaseFolded(char32_t(unit));
        }
        if (QChar::isHighSurrogate(unit) && m_at < m_text.size() && m_text[m_at].isLowSurrogate()) {
            return QChar::toCaseFolded(QChar::surrogateToUcs4(unit, m_text[m_at++].unicode()));
        }
        return QChar::ReplacementCharacter;
    }

private:
    QStringView m_text;
    qsizetype m_at = 0;
};

/// Negative, 0 or positive, by code points.
[[nodiscard]] inline int compareFolded(QStringView a, QStringView b)
{
    FoldedText first(a);
    FoldedText second(b);
    while (!first.atEnd() && !second.atEnd()) {
        const char32_t x = first.next();
        const char32_t y = second.next();
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return int(second.atEnd()) - int(first.atEnd());
}

} // namespace proverdeck::models::tables
