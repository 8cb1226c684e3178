// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/StampedLog.h"

#include "support/Test.h"

#include <QList>

#include <random>

namespace proverdeck::models::boundless {
namespace {

const QList<QByteArray> Lines{"2026-02-12T15:03:12.000000001Z one\n",
                              "2026-02-12T15:03:12.000000002Z two\n",
                              "2026-02-12T15:03:12.000000002Z two\n",
                              "2026-02-12T15:03:12.000000002Z three\n",
                              "2026-02-12T15:03:12.5Z \n",
                              "2026-02-12T15:03:13Z four\n",
                              "2026-02-12T15:03:13.1Z Caused by:\n"};
const QByteArray Whole = "one\ntwo\ntwo\nthree\n\nfour\nCaused by:\n";

/// What docker prints for --since.
QByteArray sinceThen(const QByteArray &since)
{
    QByteArray out;
    for (const QByteArray &line : Lines) {
        const auto key = [](QByteArray stamp) {
            stamp.chop(1);
            if (!stamp.contains('.')) {
                stamp += '.';
            }
            return stamp.leftJustified(29, '0');
        };
        if (since.isEmpty() || key(line.left(line.indexOf(' '))) >= key(since)) {
            out += line;
        }
    }
    return out;
}

TEST(StampedLogTest, TakesTheTimeOffEachLine)
{
    StampedLog log;
    EXPECT_EQ(log.feed(Lines.join()), Whole);
    EXPECT_EQ(log.since(), "2026-02-12T15:03:13.1Z");
}

TEST(StampedLogTest, GoesOnAfterACutAtEveryByte)
{
    const QByteArray all = Lines.join();
    for (qsizetype cut = 0; cut <= all.size(); ++cut) {
        StampedLog log;
        QByteArray got = log.feed(all.left(cut));
        log.interrupt();
        got += log.feed(sinceThen(log.since()));
        EXPECT_EQ(got, Whole) << "cut at " << cut;
    }
}

TEST(StampedLogTest, GoesOnAfterManyCuts)
{
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        StampedLog log;
        QByteArray got;
        for (int reading = 0; reading < 6; ++reading) {
            const QByteArray rest = sinceThen(log.since());
            const qsizetype size = qsizetype(random() % std::size_t(rest.size() + 1));
            for (qsizetype at = 0; at < size; at += 7) {
                got += log.feed(rest.mid(at, qMin<qsizetype>(7, size - at)));
            }
            log.interrupt();
        }
        got += log.feed(sinceThen(log.since()));
        ASSERT_EQ(got, Whole) << round;
    }
}

TEST(StampedLogTest, AnotherProgramGoesOn)
{
    StampedLog first;
    QByteArray got = first.feed(QByteArray(Lines.at(0) + Lines.at(1) + Lines.at(2)));
    EXPECT_EQ(first.seen(), 2);
    StampedLog second(first.since(), first.seen());
    got += second.feed(sinceThen(second.since()));
    EXPECT_EQ(got, Whole);
}

TEST(StampedLogTest, TheSameReadingTwiceGivesNothingNew)
{
    StampedLog log;
    EXPECT_EQ(log.feed(Lines.join()), Whole);
    log.interrupt();
    EXPECT_EQ(log.feed(sinceThen(log.since())), QByteArray());
    log.interrupt();
    EXPECT_EQ(log.feed(QByteArray(Lines.last() + "2026-02-12T15:03:14Z five\n")), "five\n");
}

TEST(StampedLogTest, ANewContainersLogBeginsLater)
{
    StampedLog log;
    EXPECT_EQ(log.feed(Lines.join()), Whole);
    log.interrupt();
    EXPECT_EQ(log.feed("2026-02-12T16:00:00Z fresh\n2026-02-12T16:00:00Z fresh\n"),
              "fresh\nfresh\n");
}

TEST(StampedLogTest, LinesWithoutATimePassOnce)
{
    StampedLog log;
    EXPECT_EQ(log.feed(QByteArray("time=x level=warning\n" + Lines.first())),
              "time=x level=warning\none\n");
    log.interrupt();
    EXPECT_EQ(log.feed(QByteArray("time=x level=warning\n" + Lines.at(0) + Lines.at(1))), "two\n");
}

} // namespace
} // namespace proverdeck::models::boundless
