// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/WordScanner.h"

#include "support/Test.h"

#include <random>

namespace proverdeck::models {
namespace {

/// The slow and simple way.
std::vector<bool> wordsIn(const QByteArray &text, const QList<QByteArray> &words)
{
    std::vector<bool> seen;
    for (const QByteArray &word : words) {
        seen.push_back(text.toLower().contains(word));
    }
    return seen;
}

std::vector<bool> collected(const WordScanner &scanner, const QByteArray &text)
{
    std::vector<int> numbers;
    scanner.collect(text.constData(), 0, text.size(), numbers);
    std::vector<bool> seen(std::size_t(scanner.words().size()));
    for (const int number : numbers) {
        seen[std::size_t(number)] = true;
    }
    return seen;
}

TEST(WordScannerTest, FindsWordsInAnyCase)
{
    const WordScanner scanner({"private", "://", "key="});
    const QByteArray text = "a PRIVATE b http://x Key=1";
    EXPECT_EQ(collected(scanner, text), (std::vector<bool>{true, true, true}));
    const qsizetype first = scanner.find(text.constData(), 0, text.size());
    EXPECT_GE(first, 2);
    EXPECT_LT(first, 9);
}

TEST(WordScannerTest, StaysInItsPart)
{
    const WordScanner scanner({"private"});
    const QByteArray text = "xxprivatexx";
    EXPECT_GE(scanner.find(text.constData(), 2, 9), 0);
    EXPECT_EQ(scanner.find(text.constData(), 3, 11), -1);
    EXPECT_EQ(scanner.find(text.constData(), 0, 8), -1);
    EXPECT_EQ(scanner.find(text.constData(), 0, 0), -1);
    EXPECT_EQ(WordScanner().find(text.constData(), 0, 11), -1);
}

TEST(WordScannerTest, AgreesWithTheSimpleWay)
{
    std::mt19937 dice(1); // the same texts each time
    const auto pick = [&dice](int bound) { return int(dice() % unsigned(bound)); };
    const QByteArray letters = "abAB:/_- ";
    for (int round = 0; round < 3000; ++round) {
        const auto random = [&](int size) {
            QByteArray text;
            for (int i = 0; i < size; ++i) {
                text += letters.at(pick(int(letters.size())));
            }
            return text;
        };
        QList<QByteArray> words;
        for (int i = pick(5); i >= 0; --i) {
            words << random(3 + pick(4)).toLower();
        }
        const QByteArray text = random(pick(60));
        const WordScanner scanner(words);
        const std::vector<bool> expected = wordsIn(text, words);
        ASSERT_EQ(collected(scanner, text), expected) << text.toStdString();
        const bool any = std::find(expected.begin(), expected.end(), true) != expected.end();
        ASSERT_EQ(scanner.find(text.constData(), 0, text.size()) >= 0, any) << text.toStdString();
    }
}

} // namespace
} // namespace proverdeck::models
