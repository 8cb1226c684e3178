// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/live/StampJoin.h"

#include "support/Test.h"

#include <random>

namespace proverdeck::models::aztec {
namespace {

/// A daemon that keeps lines and prints those from --since on.
class Daemon
{
public:
    void add(qint64 ns, const QByteArray &text) { m_lines << qMakePair(ns, text); }
    [[nodiscard]] QByteArray print(const QByteArray &since) const
    {
        qsizetype length = 0;
        const qint64 from = since.isEmpty() ? 0 : daemonTime(since, length).value();
        QByteArray out;
        for (const auto &[ns, text] : m_lines) {
            if (ns >= from) {
                out += daemonTimeText(ns) + ' ' + text + '\n';
            }
        }
        return out;
    }
    [[nodiscard]] QByteArray all(const QByteArray &name) const
    {
        QByteArray out;
        for (const auto &[ns, text] : m_lines) {
            out += name + " | " + daemonTimeText(ns) + ' ' + text + '\n';
        }
        return out;
    }

private:
    QList<QPair<qint64, QByteArray>> m_lines;
};

constexpr qint64 Start = 1'751'969'006'000'000'000;

TEST(StampJoinTest, ReadsTimesAsDockerAndPodmanWriteThem)
{
    qsizetype length = 0;
    EXPECT_EQ(daemonTime("1970-01-01T00:00:01.000000002Z x", length), 1'000'000'002);
    EXPECT_EQ(length, 31);
    EXPECT_EQ(daemonTime("1970-01-01T01:00:01.5+01:00 x", length), 1'500'000'000);
    EXPECT_EQ(daemonTime("1970-01-01T00:00:01Z", length), 1'000'000'000);
    EXPECT_EQ(length, 20);
    EXPECT_FALSE(daemonTime("[10:03:26.403] INFO: bb-prover x", length));
    EXPECT_FALSE(daemonTime("2025-13-01T00:00:01Z x", length));
    EXPECT_EQ(daemonTimeText(1'000'000'002), "1970-01-01T00:00:01.000000002Z");
}

TEST(StampJoinTest, NoLineIsMissingOrTwiceWhereverItIsCut)
{
    Daemon daemon;
    daemon.add(Start, "a");
    daemon.add(Start, "a"); // the same line in the same nanosecond
    daemon.add(Start + 1, "b");
    daemon.add(Start - 5'000, "late, of the other stream");
    daemon.add(Start + 1, "a");
    daemon.add(Start + 10'000'000'000, "after a pause");
    daemon.add(Start + 10'000'000'000, "");
    const QByteArray whole = daemon.print({});
    for (qsizetype cut = 0; cut <= whole.size(); ++cut) {
        StampJoin join("c");
        QByteArray got = join.feed(whole.first(cut));
        join.interrupt();
        got += join.feed(daemon.print(join.since()));
        EXPECT_EQ(got, daemon.all("c")) << cut;
        EXPECT_EQ(join.lines(), 7);
        EXPECT_EQ(join.gaps(), 0);
    }
}

TEST(StampJoinTest, ManyCutsOfALogThatGrows)
{
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round) {
        Daemon daemon;
        StampJoin join("c");
        QByteArray got;
        qint64 now = Start;
        for (int reading = 0; reading < 12; ++reading) {
            for (int i = 0; i < 20; ++i) {
                now += qint64(random() % 3) * 400'000'000;
                daemon.add(now - qint64(random() % 2) * 1000, QByteArray::number(random() % 3));
            }
            const QByteArray text = daemon.print(join.since());
            const bool isLast = reading == 11;
            got += join.feed(
                text.first(isLast ? text.size() : qsizetype(random() % quint32(text.size() + 1))));
            join.interrupt();
        }
        QByteArrayList mine = got.split('\n');
        QByteArrayList all = daemon.all("c").split('\n');
        std::sort(mine.begin(), mine.end());
        std::sort(all.begin(), all.end());
        EXPECT_EQ(mine, all) << round;
    }
}

TEST(StampJoinTest, ComposeLinesKeepTheirContainer)
{
    StampJoin join({});
    const QByteArray line = "2025-07-08T10:03:26.403000000Z [10:03:26.403] INFO: x y\n";
    EXPECT_EQ(join.feed(QByteArray("broker-1       | " + line + "agent-1        | " + line)),
              QByteArray("broker-1 | " + line + "agent-1 | " + line));
    join.interrupt();
    EXPECT_EQ(join.since(), "2025-07-08T10:03:16.403000000Z");
    // Another padding, and one that only looks the same.
    EXPECT_EQ(join.feed(QByteArray("broker-1  | " + line + "agent-2   | " + line + "agent-1   | "
                                   + line)),
              QByteArray("agent-2 | " + line));
    EXPECT_EQ(join.feed("broker-1 exited with code 137\n"), "broker-1 exited with code 137\n");
}

TEST(StampJoinTest, WhatDockerSaysIsNoLineOfTheLog)
{
    StampJoin join("c");
    EXPECT_EQ(join.feed("Error response from daemon: No such container: c\n"), "");
    EXPECT_EQ(join.takeSaid(), QByteArrayList{"Error response from daemon: No such container: c"});
    EXPECT_EQ(join.lines(), 0);
}

TEST(StampJoinTest, SaysThatTheServerHasThrownLinesAway)
{
    StampJoin join("c");
    (void)join.feed("2025-07-08T10:03:26.403000000Z a\n");
    join.interrupt();
    EXPECT_EQ(join.feed("2025-07-08T10:05:00.000000000Z b\n"),
              "c | 2025-07-08T10:05:00.000000000Z b\n");
    EXPECT_EQ(join.gaps(), 1);
}

TEST(StampJoinTest, OnlyWhatNanosecondsCanCountIsATime)
{
    qsizetype length = 0;
    for (const char *year : {"1970", "2025", "2261"}) {
        EXPECT_TRUE(daemonTime(QByteArray(QByteArray(year) + "-07-08T10:03:26.403Z a"), length))
            << year;
    }
    for (const char *year : {"0001", "1969", "2262", "4050", "9999"}) {
        EXPECT_FALSE(daemonTime(QByteArray(QByteArray(year) + "-07-08T10:03:26.403Z a"), length))
            << year;
    }
}

} // namespace
} // namespace proverdeck::models::aztec
