// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogSearch.h"

#include "support/Test.h"

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QTest>

#include <random>

namespace proverdeck::models {
namespace {

/// The lines of hits as the matcher finds them in one block.
std::vector<qint64> scan(const LogPattern &pattern, const QByteArray &lines, bool isOnce = false)
{
    auto matcher = LogMatcher::make(pattern);
    EXPECT_TRUE(matcher) << (matcher ? QString() : matcher.error()).toStdString();
    std::vector<qint64> found;
    const std::atomic<bool> cancel = false;
    EXPECT_TRUE(matcher->scan(
        lines, isOnce, [&](qint64 line) { found.push_back(line); }, cancel));
    return found;
}

using Lines = std::vector<qint64>;

TEST(LogMatcherTest, FindsTextWordsAndExpressions)
{
    const QByteArray log = "Proof proof PROOF\nproofs\nno\nprüfung PRÜFUNG\n\x1b[32mpro\x1b[0mof\n"
                           "proof\rdone\na.b axb\n";
    EXPECT_EQ(scan({.text = "proof"}, log), (Lines{0, 0, 0, 1, 4}));
    EXPECT_EQ(scan({.text = "proof"}, log, true), (Lines{0, 1, 4}));
    EXPECT_EQ(scan({.text = "proof", .isCaseSensitive = true}, log), (Lines{0, 1, 4}));
    EXPECT_EQ(scan({.text = "proof", .isWholeWord = true}, log), (Lines{0, 0, 0, 4}));
    EXPECT_EQ(scan({.text = "prüfung"}, log), (Lines{3, 3}));
    EXPECT_EQ(scan({.text = "a.b"}, log), (Lines{6}));
    EXPECT_EQ(scan({.text = "a.b", .isExpression = true}, log), (Lines{6, 6}));
    EXPECT_EQ(scan({.text = "^pro", .isExpression = true}, log), (Lines{0, 1, 4}));
    EXPECT_EQ(scan({.text = "f$", .isExpression = true}, log), (Lines{0, 4}));
}

TEST(LogMatcherTest, AnExpressionStaysInItsLine)
{
    const QByteArray log = "ab\ncd\nab cd\nx\n";
    EXPECT_EQ(scan({.text = "ab\\s+cd", .isExpression = true}, log), (Lines{2}));
    EXPECT_EQ(scan({.text = "b[^x]*+$", .isExpression = true}, log), (Lines{0, 2}));
    EXPECT_EQ(scan({.text = "b(?!\\s*cd)", .isExpression = true}, log), (Lines{0}));
    EXPECT_EQ(scan({.text = "[a[:space:]]c", .isExpression = true}, log), (Lines{2}));
    EXPECT_EQ(scan({.text = "\\Aab\\z", .isExpression = true}, log), (Lines{0}));
    EXPECT_EQ(scan({.text = "q*", .isExpression = true}, log), (Lines{}));
}

TEST(LogMatcherTest, FindsLevels)
{
    const QByteArray log = "2025-01-01T00:00:00Z INFO ok, no ERROR here\n2025-01-01T00:00:00Z "
                           "WARN careful\n2025-01-01T00:00:00Z \x1b[31mERROR\x1b[0m bad\n"
                           "error: could not compile\n";
    EXPECT_EQ(scan({.level = LogLevel::Warning}, log, true), (Lines{1, 2, 3}));
    EXPECT_EQ(scan({.level = LogLevel::Error}, log, true), (Lines{2, 3}));
    EXPECT_EQ(scan({.text = "compile", .level = LogLevel::Error}, log, true), (Lines{3}));
}

TEST(LogMatcherTest, SaysWhatIsWrong)
{
    const auto matcher = LogMatcher::make({.text = "a(b", .isExpression = true});
    ASSERT_FALSE(matcher);
    EXPECT_TRUE(matcher.error().contains("character 3")) << matcher.error().toStdString();
    EXPECT_FALSE(LogMatcher::make({.text = "\\C", .isExpression = true}));
}

TEST(LogMatcherTest, GivesThePlacesInAShownLine)
{
    auto matcher = LogMatcher::make({.text = "日本"});
    ASSERT_TRUE(matcher);
    const auto hits = matcher->hitsIn(QString::fromUtf8("x日本😀日本"));
    ASSERT_EQ(hits.size(), 2);
    EXPECT_EQ(hits.at(0).begin, 1);
    EXPECT_EQ(hits.at(1).begin, 5);
    EXPECT_EQ(hits.at(1).end, 7);
}

TEST(LogMatcherTest, AgreesWithQtLineByLine)
{
    std::mt19937_64 random(11);
    const QStringList patterns{"ab",   "a.b",   "a[bc]+", "^a",    "c$",      "(ab|ba)c?", "a\\s",
                               "b\\b", "[^a]b", "a{2,3}", "(?i)A", "c(?=ab)", "\\S+a",     "é"};
    for (int round = 0; round < 200; ++round) {
        QByteArray log;
        for (int i = 0; i < 60; ++i) {
            log += QByteArray("a\0b\0c\0 \0\n\0é", 12).split('\0').at(qsizetype(random() % 6));
        }
        for (const QString &pattern : patterns) {
            const QRegularExpression oracle(pattern,
                                            QRegularExpression::UseUnicodePropertiesOption);
            Lines expected;
            const QList<QByteArray> lines = log.split('\n');
            for (qsizetype i = 0; i < lines.size(); ++i) {
                auto match = oracle.globalMatch(QString::fromUtf8(lines.at(i)));
                while (match.hasNext()) {
                    match.next();
                    expected.push_back(i);
                }
            }
            ASSERT_EQ(scan({.text = pattern, .isCaseSensitive = true, .isExpression = true}, log),
                      expected)
                << pattern.toStdString() << "\n"
                << log.toStdString();
        }
    }
}

class LogSearchTest : public ::testing::Test
{
protected:
    bool waitFor(qint64 hits)
    {
        search.refresh();
        return QTest::qWaitFor([&] { return search.isComplete() && search.count() == hits; }, 5000);
    }
    LogStore store;
    LogSearch search{store, LogSearch::Kind::EachHit};
};

TEST_F(LogSearchTest, FollowsALogThatGrows)
{
    store.append("ab\nxab");
    EXPECT_EQ(search.setPattern({.text = "ab"}), QString());
    EXPECT_TRUE(waitFor(2));
    store.append(" ab\nab ab");
    EXPECT_TRUE(waitFor(5));
    EXPECT_EQ(search.lineOf(0), 0);
    EXPECT_EQ(search.lineOf(2), 1);
    EXPECT_EQ(search.lineOf(4), 2);
    EXPECT_EQ(search.firstAt(1), 1);
    EXPECT_EQ(search.linesOf(3, 9), (Lines{2, 2}));
    store.append("c\n");
    EXPECT_TRUE(waitFor(5));
    store.clear();
    EXPECT_TRUE(waitFor(0));
    store.append("ab\n");
    EXPECT_TRUE(waitFor(1));
    EXPECT_EQ(search.setPattern({.text = "c"}), QString());
    EXPECT_TRUE(waitFor(0));
    EXPECT_FALSE(search.setPattern({.text = "(", .isExpression = true}).isEmpty());
    EXPECT_TRUE(waitFor(0));
}

TEST_F(LogSearchTest, FindsInLinesLongerThanAChunk)
{
    store.append("first\n");
    store.append(QByteArray(3'000'000, 'x'));
    store.append("needle and more\nneedle\n");
    EXPECT_EQ(search.setPattern({.text = "needle"}), QString());
    EXPECT_TRUE(waitFor(2));
    EXPECT_EQ(search.lineOf(0), 1);
    EXPECT_EQ(search.lineOf(1), 2);
}

TEST_F(LogSearchTest, GivesUpACostlyExpressionAtOnce)
{
    for (int i = 0; i < 2000; ++i) {
        store.append(QByteArray(300, 'a'));
        store.append("b\n");
    }
    EXPECT_EQ(search.setPattern({.text = "(a|aa)+$", .isExpression = true}), QString());
    EXPECT_TRUE(QTest::qWaitFor([&] { return !search.isComplete(); }, 1000));
    QElapsedTimer elapsed;
    elapsed.start();
    EXPECT_EQ(search.setPattern({.text = "b", .isCaseSensitive = true}), QString());
    EXPECT_LT(elapsed.elapsed(), 50);
    EXPECT_TRUE(waitFor(2000));
}

} // namespace
} // namespace proverdeck::models
