// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

#include <vector>

namespace proverdeck::models {

/// Finds any of many words in a text in one pass, whatever their case: the cheap test before an
/// expression is tried. Looks at two bytes at a time and skips two where none of the words can be.
class WordScanner
{
public:
    static constexpr qsizetype ShortestWord = 3;

    WordScanner() = default;
    /// Words in small letters, each at least ShortestWord bytes long.
    explicit WordScanner(QList<QByteArray> words);

    /// A byte of the first word between @p from and @p to; -1 if there is none.
    [[nodiscard]] qsizetype find(const char *text, qsizetype from, qsizetype to) const;
    /// Appends the number of each word between @p from and @p to, as often as it is there.
    void collect(const char *text, qsizetype from, qsizetype to, std::vector<int> &numbers) const;
    [[nodiscard]] const QList<QByteArray> &words() const { return m_words; }

private:
    /// Calls @p onWord(number, place) for each word; stops when it returns true.
    template<class OnWord>
    void scan(const char *text, qsizetype from, qsizetype to, OnWord onWord) const;

    QList<QByteArray> m_words;
    QList<qsizetype> m_anchors; ///< of each word: where its rarest three bytes begin
    QList<int> m_next; ///< of each word: another one with the same second and third anchor byte
    std::vector<quint8> m_skip; ///< for two bytes: how far to go on; 0: look closer
    std::vector<qint16> m_first; ///< for two bytes: the first word to compare, or -1
};

} // namespace proverdeck::models
