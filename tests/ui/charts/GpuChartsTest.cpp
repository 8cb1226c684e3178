// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/GpuCharts.h"

#include "support/Test.h"
#include "ui/charts/TimeChart.h"

#include <QImage>
#include <QLabel>
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
    EXPECT_EQ(charts.findChild<QLabel *>("chartsEmpty")->text(), QString("No GPU samples"));
    EXPECT_TRUE(charts.findChild<QLabel *>("chartsEmpty")->isVisible());
    EXPECT_FALSE(QImage::fromData(charts.toPng(), "PNG").isNull());
}

TEST(GpuChartsTest, ShowsOneLinePerGpu)
{
    GpuCharts charts;
    charts.resize(800, 400);
    charts.show();
    QList<GpuSample> samples;
    for (qint64 second = 0; second < 5000; ++second) {
        samples << sample(1, second) << sample(0, second);
    }
    charts.addSamples(samples);
    auto *load = charts.findChild<TimeChart *>("gpuLoadChart");
    ASSERT_TRUE(QTest::qWaitFor([load] { return load->series().size() == 2; }, 3000));
    EXPECT_EQ(load->series().first().view.size(), 5000U);
    EXPECT_EQ(load->series().first().name, QString("GPU 0"));
    EXPECT_NE(load->series().at(0).style, load->series().at(1).style);
    auto *temperature = charts.findChild<TimeChart *>("gpuTemperatureChart");
    EXPECT_FALSE(temperature->valueNow(temperature->series().first()).has_value());
    auto *power = charts.findChild<TimeChart *>("gpuPowerChart");
    EXPECT_EQ(power->thresholds().value(0).value, 700);
    EXPECT_EQ(power->valueRange().second, 700);
    EXPECT_EQ(charts.findChild<QLabel *>("gpuValues0")->text(),
              QString::fromUtf8("99 %  ·  61.2 of 140.4 GiB  ·  512 W  ·  – °C  ·  – MHz"));
    EXPECT_FALSE(charts.findChild<QLabel *>("chartsEmpty")->isVisible());
    EXPECT_FALSE(charts.grab().isNull());

    EXPECT_FALSE(QImage::fromData(charts.toPng(), "PNG").isNull());
    QSvgRenderer renderer;
    EXPECT_TRUE(renderer.load(charts.toSvg()));
}

TEST(GpuChartsTest, DoesNotDrawWhileHidden)
{
    GpuCharts charts;
    charts.addSamples({sample(0, 1), sample(0, 2)});
    auto *load = charts.findChild<TimeChart *>("gpuLoadChart");
    EXPECT_TRUE(load->series().isEmpty());
    EXPECT_EQ(load->item().drawn(), 0);
    charts.show();
    EXPECT_EQ(load->series().size(), 1);
}

TEST(GpuChartsTest, IgnoresWhatIsNoSample)
{
    models::series::GpuSeries series;
    GpuSample trouble;
    trouble.trouble = "GPU is lost";
    series.add(trouble);
    EXPECT_TRUE(series.isEmpty());
    EXPECT_EQ(gpuValuesText(trouble), QString("GPU is lost"));
}

} // namespace
} // namespace proverdeck::ui
