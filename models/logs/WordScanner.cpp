// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/WordScanner.h"

#include <algorithm>
#include <array>

namespace proverdeck::models {

namespace {

constexpr std::size_t Pairs = 65536;

std::size_t pairOf(uchar first, uchar second)
{
    return std::size_t(first) | std::size_t(second) << 8;
}

uchar lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? uchar(letter + 32) : uchar(letter);
}

/// Roughly how often a byte occurs in logs, in parts of a thousand.
int commonness(char letter)
{
    static constexpr std::array<int, 26> letters{60, 15, 30, 40, 90, 25, 20, 30, 60, 2,  8, 40, 25,
                                                 60, 60, 20, 2,  60, 60, 70, 30, 10, 15, 4, 15, 2};
    if (letter >= 'a' && letter <= 'z') {
        return letters.at(std::size_t(letter - 'a'));
    }
    return letter == ' ' ? 120 : letter >= '0' && letter <= '9' ? 40 : 20;
}

qsizetype rarestPart(const QByteArray &word)
{
    qsizetype best = 0;
    int least = 1 << 30;
    for (qsizetype at = 0; at + WordScanner::ShortestWord <= word.size(); ++at) {
        const int score
            = commonness(word.at(at)) * commonness(word.at(at + 1)) * commonness(word.at(at + 2));
        if (score < least) {
            least = score;
            best = at;
        }
    }
    return best;
}

/// A letter in both cases, anything else twice as it is.
std::array<uchar, 2> casesOf(char letter)
{
    const bool isLetter = letter >= 'a' && letter <= 'z';
    return {uchar(letter), isLetter ? uchar(letter - 32) : uchar(letter)};
}

bool isAt(const char *text, const QByteArray &word)
{
    return std::equal(word.begin(), word.end(), text,
                      [](char wanted, char there) { return uchar(wanted) == lower(there); });
}

} // namespace

WordScanner::WordScanner(QList<QByteArray> words)
    : m_words(std::move(words))
    , m_skip(Pairs, 2)
    , m_first(Pairs, -1)
{
    for (int number = 0; number < m_words.size(); ++number) {
        const QByteArray &word = m_words.at(number);
        Q_ASSERT(word.size() >= ShortestWord);
        const qsizetype anchor = rarestPart(word);
        m_anchors << anchor;
        m_next << m_first[pairOf(uchar(word.at(anchor + 1)), uchar(word.at(anchor + 2)))];
        for (const uchar second : casesOf(word.at(anchor + 1))) {
            for (const uchar first : casesOf(word.at(anchor))) {
                quint8 &skip = m_skip[pairOf(first, second)];
                skip = std::min<quint8>(skip, 1);
            }
            for (const uchar third : casesOf(word.at(anchor + 2))) {
                m_skip[pairOf(second, third)] = 0;
                m_first[pairOf(second, third)] = qint16(number);
            }
        }
    }
}

template<class OnWord>
void WordScanner::scan(const char *text, qsizetype from, qsizetype to, OnWord onWord) const
{
    if (m_words.isEmpty()) {
        return;
    }
    const quint8 *skips = m_skip.data();
    const auto *bytes = reinterpret_cast<const uchar *>(text);
    const uchar *at = bytes + from + 1; // the second of three bytes
    const uchar *const last = bytes + to - 1;
    while (at < last) {
        const std::size_t pair = std::size_t(at[0]) | std::size_t(at[1]) << 8;
        const quint8 skip = skips[pair];
        if (skip != 0) {
            at += skip;
            continue;
        }
        for (int number = m_first[pair]; number >= 0; number = m_next.at(number)) {
            const QByteArray &word = m_words.at(number);
            const qsizetype start = at - 1 - bytes - m_anchors.at(number);
            if (start >= from && start + word.size() <= to && isAt(text + start, word)
                && onWord(number, at - bytes)) {
                return;
            }
        }
        ++at;
    }
}

qsizetype WordScanner::find(const char *text, qsizetype from, qsizetype to) const
{
    qsizetype found = -1;
    scan(text, from, to, [&found](int /*number*/, qsizetype at) {
        found = at;
        return true;
    });
    return found;
}

void WordScanner::collect(const char *text, qsizetype from, qsizetype to,
                          std::vector<int> &numbers) const
{
    scan(text, from, to, [&numbers](int number, qsizetype /*at*/) {
        numbers.push_back(number);
        return false;
    });
}

} // namespace proverdeck::models
