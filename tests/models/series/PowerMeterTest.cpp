// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/PowerMeter.h"

#include "support/Test.h"

#include <random>

namespace proverdeck::models::series {
namespace {

constexpr qint64 Start = 1'795'269'600'000;

GpuSample sample(int index, qint64 ms, std::optional<double> watts)
{
    GpuSample made;
    made.at = QDateTime::fromMSecsSinceEpoch(Start + ms, Qt::UTC);
    made.index = index;
    made.uuid = QString("GPU-%1").arg(index);
    made.powerW = watts;
    return made;
}

TEST(PowerMeterTest, SumsTheBoards)
{
    PowerMeter meter;
    for (qint64 second = 0; second <= 100; ++second) {
        meter.add({sample(0, second * 1000, 400), sample(1, second * 1000 + 300, 100)});
    }
    const auto energy = meter.energy(Start + 10'000, Start + 70'000);
    ASSERT_TRUE(energy);
    EXPECT_NEAR(energy->joules, 500 * 60, 1e-6);
    EXPECT_NEAR(energy->uncertainty, 2 * 5 * 60, 1e-6); // steady: only the sensors' own
    EXPECT_EQ(energy->sampleIntervalMs, 1000);
    EXPECT_EQ(meter.knownUntil(), Start + 100'000);
}

TEST(PowerMeterTest, CutsTheFirstAndTheLastTrapezoid)
{
    PowerMeter meter;
    for (qint64 second = 0; second <= 10; ++second) {
        meter.add({sample(0, second * 1000, 100.0 * double(second))}); // 100 W more each second
    }
    // The area below a straight line, whatever the ends.
    for (const auto &[from, to] :
         {std::pair{250, 250 + 3100}, {0, 10'000}, {2000, 3000}, {4100, 4400}}) {
        const double a = from / 1000.0;
        const double b = to / 1000.0;
        EXPECT_NEAR(meter.energy(Start + from, Start + to)->joules, 50 * (b * b - a * a), 1e-3)
            << from;
    }
}

TEST(PowerMeterTest, UsesTheRealTimes)
{
    std::mt19937 random(11);
    PowerMeter meter;
    double plain = 0;
    qint64 at = 0;
    qint64 before = 0;
    double wattsBefore = 0;
    for (int i = 0; i < 500; ++i) {
        const double watts = double(random() % 70'000) / 100;
        meter.add({sample(0, at, watts)});
        if (i > 0) {
            plain += (watts + wattsBefore) / 2 * double(at - before) / 1000;
        }
        before = at;
        wattsBefore = watts;
        at += 800 + qint64(random() % 500);
    }
    EXPECT_NEAR(meter.energy(Start, Start + before)->joules, plain, plain * 1e-6);
}

TEST(PowerMeterTest, IsUnknownWhereSamplesAreMissing)
{
    PowerMeter meter;
    EXPECT_FALSE(meter.energy(Start, Start + 1000));
    for (qint64 second = 0; second <= 100; ++second) {
        if (second < 40 || second > 60) {
            meter.add(
                {sample(0, second * 1000, second == 20 ? std::nullopt : std::optional(300.0))});
        }
    }
    EXPECT_TRUE(meter.energy(Start + 21'000, Start + 39'000));
    EXPECT_FALSE(meter.energy(Start + 15'000, Start + 25'000)); // one value is not known
    EXPECT_FALSE(meter.energy(Start + 30'000, Start + 70'000)); // a pause
    EXPECT_FALSE(meter.energy(Start + 45'000, Start + 50'000)); // all of it in the pause
    EXPECT_FALSE(meter.energy(Start - 1000, Start + 10'000)); // begins too late
    EXPECT_FALSE(meter.energy(Start + 90'000, Start + 101'000)); // ends too soon
    EXPECT_FALSE(meter.energy(Start + 5000, Start + 5000));
    meter.add({sample(1, 100'000, 200)}); // a board that came late
    EXPECT_FALSE(meter.energy(Start + 21'000, Start + 39'000));
}

} // namespace
} // namespace proverdeck::models::series
