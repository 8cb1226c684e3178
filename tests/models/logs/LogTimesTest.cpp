// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogTimes.h"

#include "models/logs/LogStore.h"
#include "support/Test.h"

#include <QDateTime>

#include <random>

namespace proverdeck::models {
namespace {

qint64 utc(const char *text)
{
    return QDateTime::fromString(QString::fromLatin1(text), Qt::ISODateWithMs).toMSecsSinceEpoch();
}

struct Said
{
    const char *name;
    const char *line;
    const char *at; ///< ISO 8601, or a clock
};

class TimesOfLines : public ::testing::TestWithParam<Said>
{
};

TEST_P(TimesOfLines, AreRead)
{
    const auto time = timeOfLine(GetParam().line);
    ASSERT_TRUE(time);
    const QString at = QString::fromLatin1(GetParam().at);
    if (at.size() > 12) {
        EXPECT_TRUE(time->hasDate);
        EXPECT_EQ(QDateTime::fromMSecsSinceEpoch(time->ms, Qt::UTC),
                  QDateTime::fromString(at, Qt::ISODateWithMs));
    } else {
        EXPECT_FALSE(time->hasDate);
        EXPECT_EQ(QTime::fromMSecsSinceStartOfDay(int(time->ms)), QTime::fromString(at));
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, TimesOfLines,
    ::testing::Values(
        Said{"Tracing", "\x1b[2m2026-02-03T10:11:12.345678Z\x1b[0m \x1b[32m INFO\x1b[0m proved",
             "2026-02-03T10:11:12.345Z"},
        Said{"Compose", "broker-1  | 2026-02-03T10:11:12.5Z  INFO broker",
             "2026-02-03T10:11:12.500Z"},
        Said{"Space", "[2026-02-03 10:11:12,25] x", "2026-02-03T10:11:12.250Z"},
        Said{"Offset", "2026-02-03T10:11:12+01:30 x", "2026-02-03T08:41:12.000Z"},
        Said{"Slashes", "2026/02/03 10:11:12 x", "2026-02-03T10:11:12.000Z"},
        Said{"Clock", "\x1b[90m[10:11:12.345]\x1b[39m INFO: prover-client x", "10:11:12.345"},
        Said{"ADateAfterAClock", "[10:11:12.345] 2026-02-03T00:00:00Z x",
             "2026-02-03T00:00:00.000Z"},
        Said{"Pino", "{\"level\":30,\"time\":1770113472345,\"msg\":\"x\"}",
             "2026-02-03T10:11:12.345Z"},
        Said{"Seconds", "{\"ts\": 1770113472.25, \"x\": 1}", "2026-02-03T10:11:12.250Z"}),
    [](const ::testing::TestParamInfo<Said> &one) { return std::string(one.param.name); });

TEST(LogTimesTest, WhatIsNoTimeIsNone)
{
    for (const char *line : {"", "no time", "12:30", "127.0.0.1:8545 10", "25:00:00",
                             "2026-13-03T10:11:12Z is no month", "{\"time\":17}", "0x2026-02",
                             "9999999999999999999:00:00"}) {
        const auto time = timeOfLine(line);
        EXPECT_FALSE(time && time->hasDate) << line;
    }
    EXPECT_FALSE(timeOfLine(QByteArray(QByteArray(300, 'x') + "2026-02-03T10:11:12Z")));
}

TEST(LogTimesTest, WhatAPersonTypes)
{
    const QDateTime day(QDate(2026, 2, 3), QTime(14, 5), Qt::UTC);
    EXPECT_EQ(timeFromText("14:05"), (LineTime{QTime(14, 5).msecsSinceStartOfDay(), false}));
    EXPECT_EQ(timeFromText("9:05:07.5"),
              (LineTime{QTime(9, 5, 7, 500).msecsSinceStartOfDay(), false}));
    EXPECT_EQ(timeFromText(" 2026-02-03 14:05 "), (LineTime{day.toMSecsSinceEpoch(), true}));
    EXPECT_EQ(timeFromText("2026-02-03T14:05Z"), (LineTime{day.toMSecsSinceEpoch(), true}));
    EXPECT_EQ(timeFromText("2026-02-03"),
              (LineTime{day.addSecs(-14 * 3600 - 300).toMSecsSinceEpoch(), true}));
    for (const char *text : {"", "12", "12345", "24:00", "14:5", "14:05 uhr", "yesterday"}) {
        EXPECT_FALSE(timeFromText(QString::fromLatin1(text))) << text;
    }
}

TEST(LogTimesTest, FindsWhatALookAtEveryLineFinds)
{
    std::mt19937 random(3);
    LogStore store;
    std::vector<std::pair<qint64, qint64>> timed; // line, time
    qint64 now = utc("2026-02-03T23:00:00Z");
    qint64 line = 0;
    while (line < 30'000) {
        now += random() % 3 == 0 ? 0 : qint64(random() % 900);
        QByteArray text = "    at somewhere (file.ts:10:11)";
        if (random() % 5 != 0 && !(line > 9000 && line < 10'500)) {
            text = QDateTime::fromMSecsSinceEpoch(now, Qt::UTC).toString(Qt::ISODateWithMs).toUtf8()
                + " INFO x";
            timed.emplace_back(line, now);
        }
        text += '\n';
        store.append(text);
        ++line;
    }
    for (int i = 0; i < 300; ++i) {
        const qint64 wanted
            = timed.front().second - 5000 + qint64(random() % quint64(now - timed.front().second));
        const auto after
            = std::lower_bound(timed.begin(), timed.end(), wanted,
                               [](const auto &one, qint64 value) { return one.second < value; });
        ASSERT_EQ(lineAtTime(store, {wanted, true}), after->first) << wanted;
    }
    EXPECT_FALSE(lineAtTime(store, {now + 10'000, true}));
    // A clock alone is in the last day of the log that had it.
    const auto midnight = lineAtTime(store, {0, false});
    ASSERT_TRUE(midnight);
    EXPECT_EQ(momentOfLine(store, *midnight).value_or(0) / 1000,
              utc("2026-02-04T00:00:00Z") / 1000);
}

TEST(LogTimesTest, AClockAlonePassesMidnightOnce)
{
    LogStore store;
    store.append("Downloading\n[23:59:58.000] a\n[23:59:59.500] b\n more of b\n[00:00:01.000] c\n"
                 "[00:00:03.000] d\n");
    EXPECT_EQ(lineAtTime(store, *timeFromText("23:59:59")), 2);
    EXPECT_EQ(lineAtTime(store, *timeFromText("00:00")), 4);
    EXPECT_EQ(lineAtTime(store, *timeFromText("00:00:02")), 5);
    EXPECT_FALSE(lineAtTime(store, *timeFromText("00:01")));
    EXPECT_FALSE(momentOfLine(store, 2)); // the day is not known
}

TEST(LogTimesTest, WhenLinesCameCountsWhereTheySayNothing)
{
    LogStore store;
    const qint64 start = utc("2026-02-03T10:00:00Z");
    for (int i = 0; i < 100; ++i) {
        const QByteArray line = "line " + QByteArray::number(i) + '\n';
        store.append(line, start + i * 10'000);
    }
    EXPECT_EQ(lineAtTime(store, {start + 55'000, true}), 6);
    EXPECT_EQ(lineAtTime(store, *timeFromText("10:05")), 30);
    EXPECT_EQ(momentOfLine(store, 7), start + 70'000);
    EXPECT_FALSE(lineAtTime(LogStore(), {start, true}));
    LogStore silent;
    silent.append("a\nb\n");
    EXPECT_FALSE(lineAtTime(silent, {start, true}));
}

} // namespace
} // namespace proverdeck::models
