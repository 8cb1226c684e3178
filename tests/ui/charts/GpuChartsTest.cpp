// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/GpuCharts.h"

#include "support/Test.h"
#include "ui/charts/GpuChart.h"

#include <QImage>
#include <QLabel>
#include <QLineSeries>
#include <QSvgRenderer>
#include <QTest>

namespace proverdeck::ui {
namespace {

using models::series::GpuSample;

GpuSample sample(int index, qint64 second)
{
    GpuSample made;
    made.at = QDateTime::fromSecsSinceEpoch(1'795'269'600 + second, Qt::UTC);
    made.index = index;
    made.uuid = QString("GPU-%1").arg(index);
    made.name = "NVIDIA H200";
    made.utilisation = double(second % 100);
    made.memoryUsedMiB = 62'669;
    made.memoryTotalMiB = 143'771;
    made.powerW = 512.4;
    made.powerLimitW = 700;
    return made;
}

TEST(GpuChartsTest, StartsEmpty)
{
    GpuCharts charts;
    charts.resize(800, 400);
    charts.show();
    EXPECT_EQ(charts.findChild<QLabel *>("gpuEmpty")->text(), QString("No GPU samples"));
    EXPECT_TRUE(charts.findChild<QLabel *>("gpuEmpty")->isVisible());
    EXPECT_FALSE(QImage::fromData(charts.toPng(), "PNG").isNull());
}

TEST(GpuChartsTest, ShowsOneThinnedLinePerGpu)
{
    GpuCharts charts;
    charts.resize(800, 400);
    charts.show();
    QList<GpuSample> samples;
    for (qint64 second = 0; second < 5000; ++second) {
        samples << sample(1, second) << sample(0, second);
    }
    charts.addSamples(samples);
    auto *load = charts.findChild<GpuChart *>("gpuLoadChart");
    ASSERT_TRUE(QTest::qWaitFor([load] { return load->lines().size() == 2; }, 3000));
    EXPECT_GT(load->lines().first()->count(), 100);
    EXPECT_LE(load->lines().first()->count(), GpuChart::MaxPoints);
    EXPECT_EQ(load->lines().first()->name(), QString("GPU 0"));
    EXPECT_NE(load->lines().at(0)->pen().style(), load->lines().at(1)->pen().style());
    EXPECT_EQ(charts.findChild<GpuChart *>("gpuTemperatureChart")->lines().first()->count(), 0);
    EXPECT_EQ(charts.findChild<QLabel *>("gpuValues0")->text(),
              QString::fromUtf8("99 %  ·  61.2 of 140.4 GiB  ·  512 W  ·  – °C"));
    EXPECT_FALSE(charts.findChild<QLabel *>("gpuEmpty")->isVisible());
    EXPECT_FALSE(charts.grab().isNull());

    EXPECT_FALSE(QImage::fromData(charts.toPng(), "PNG").isNull());
    QSvgRenderer renderer;
    EXPECT_TRUE(renderer.load(charts.toSvg()));
}

TEST(GpuChartsTest, DoesNotDrawWhileHidden)
{
    GpuCharts charts;
    charts.addSamples({sample(0, 1), sample(0, 2)});
    auto *load = charts.findChild<GpuChart *>("gpuLoadChart");
    EXPECT_TRUE(load->lines().isEmpty());
    charts.show();
    EXPECT_EQ(load->lines().size(), 1);
}

TEST(GpuHistoryTest, StaysBoundedAndKeepsSevenDays)
{
    GpuHistory history;
    constexpr qint64 Week = 7LL * 24 * 3600;
    for (qint64 second = 0; second < Week + 100'000; second += 2) {
        history.add(sample(0, second));
    }
    EXPECT_LE(history.gpus().front().moments.size(), GpuHistory::MaxMoments);
    EXPECT_GE(history.lastTime() - history.firstTime(), (Week - 3600) * 1000);
    EXPECT_LE(history.lastTime() - history.firstTime(), Week * 1000);
    EXPECT_EQ(history.top(GpuMeasure::Power), 700);
    EXPECT_EQ(history.top(GpuMeasure::Temperature), 100);
}

TEST(GpuHistoryTest, IgnoresWhatIsNoSample)
{
    GpuHistory history;
    GpuSample trouble;
    trouble.trouble = "GPU is lost";
    history.add(trouble);
    EXPECT_TRUE(history.isEmpty());
    EXPECT_EQ(gpuValuesText(trouble), QString("GPU is lost"));
}

} // namespace
} // namespace proverdeck::ui
