// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ProvingTimeChart.h"

#include "support/Test.h"

#include <QAbstractAxis>
#include <QImage>
#include <QScatterSeries>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QXYSeries>

namespace proverdeck::ui {
namespace {

using models::ethrex::BatchFlag;
using models::ethrex::BatchFlags;
using models::ethrex::BatchRow;

BatchRow row(quint64 batch, qint64 ms, BatchFlags flags = {})
{
    BatchRow made;
    made.batch = batch;
    made.timeMs = ms;
    made.allTimesMs = {ms};
    made.facts.gasUsed = 23'121'000;
    made.flags = flags;
    return made;
}

class ProvingTimeChartTest : public ::testing::Test
{
protected:
    ProvingTimeChartTest()
    {
        chart.resize(700, 300);
        chart.show();
    }

    [[nodiscard]] QString yTitle() const
    {
        return chart.chart()->axes(Qt::Vertical).first()->titleText();
    }
    [[nodiscard]] static int darkPixels(const QImage &image, const QRect &area)
    {
        int count = 0;
        for (int y = area.top(); y <= area.bottom(); ++y) {
            for (int x = area.left(); x <= area.right(); ++x) {
                count += image.pixelColor(x, y).lightness() < 128 ? 1 : 0;
            }
        }
        return count;
    }

    ProvingTimeChart chart;
};

TEST_F(ProvingTimeChartTest, IsEmptyWithoutTimes)
{
    BatchRow untimed;
    untimed.batch = 4;
    chart.setRows({untimed});
    EXPECT_TRUE(chart.isEmpty());
    EXPECT_TRUE(chart.medianText().isEmpty());
    EXPECT_TRUE(chart.legendTexts().isEmpty());
    EXPECT_FALSE(chart.grab().isNull());
    EXPECT_FALSE(QImage::fromData(chart.toPng(), "PNG").isNull());
}

TEST_F(ProvingTimeChartTest, ExplainsOnlyTheKindsThatOccur)
{
    chart.setRows({row(1, 144'460)});
    EXPECT_EQ(chart.legendTexts(), QStringList{"counted"});
    EXPECT_EQ(chart.medianText(), QString("median 144.46 s"));

    BatchRow again = row(4, 140'000, BatchFlag::Repeat);
    again.allTimesMs << 150'000;
    chart.setRows({row(1, 190'000, BatchFlag::WarmUp), row(2, 144'460),
                   row(3, 20'000, BatchFlag::Empty), again});
    EXPECT_EQ(chart.legendTexts(), (QStringList{"counted", "empty", "warm-up", "proved again"}));
    EXPECT_EQ(yTitle(), QString("Proving time (s)"));
}

TEST_F(ProvingTimeChartTest, ChoosesTheUnit)
{
    chart.setRows({row(1, 0), row(2, 845)});
    EXPECT_EQ(yTitle(), QString("Proving time (ms)"));
    chart.setRows({row(1, 0)});
    EXPECT_EQ(chart.medianText(), QString("median 0 ms"));
    EXPECT_FALSE(chart.grab().isNull());
    chart.setRows({row(1, 1'800'000), row(2, 1'800'000)});
    EXPECT_EQ(yTitle(), QString("Proving time (min)"));
    EXPECT_EQ(chart.medianText(), QString("median 30.00 min"));
}

TEST_F(ProvingTimeChartTest, ThinsManyRowsAndKeepsTheExtremes)
{
    QList<BatchRow> rows;
    for (quint64 i = 0; i < 10'000; ++i) {
        rows << row(i, i == 5'000 ? 590'000 : 100'000 + qint64(i % 7) * 1000);
    }
    chart.setRows(rows);
    EXPECT_FALSE(chart.grab().isNull());
    const auto *points = qobject_cast<QScatterSeries *>(chart.chart()->series().last());
    ASSERT_NE(points, nullptr);
    EXPECT_LE(points->count(), 2000);
    double highest = 0;
    for (const QPointF &point : points->points()) {
        highest = std::max(highest, point.y());
    }
    EXPECT_EQ(highest, 590.0);
}

TEST_F(ProvingTimeChartTest, TellsOfTheBatchUnderTheMouse)
{
    chart.setRows({row(1, 100'000), row(2, 144'460, BatchFlag::Outlier)});
    chart.grab();
    auto *outliers = chart.chart()->series().last();
    const QPointF place = chart.chart()->mapToPosition({2, 144.46}, outliers);
    const QString tip = chart.tipAt(place);
    EXPECT_TRUE(tip.contains("Batch 2")) << tip.toStdString();
    EXPECT_TRUE(tip.contains("144.46 s"));
    EXPECT_TRUE(tip.contains("23,121,000 gas"));
    EXPECT_TRUE(tip.contains("outlier"));
    EXPECT_TRUE(chart.tipAt({1, 1}).isEmpty());
}

TEST_F(ProvingTimeChartTest, MakesImagesOnWhite)
{
    QPalette dark;
    dark.setColor(QPalette::Base, Qt::black);
    chart.setPalette(dark);
    chart.setRows({row(1, 190'000, BatchFlag::WarmUp), row(2, 144'460), row(3, 140'000)});
    const QImage image = QImage::fromData(chart.toPng(), "PNG");
    ASSERT_EQ(image.size(), QSize(1920, 960));
    EXPECT_EQ(image.pixelColor(1, 1), QColor(Qt::white));
    EXPECT_GT(darkPixels(image, QRect(600, 0, 700, 90)), 50) << "no legend";
    EXPECT_GT(darkPixels(image, QRect(300, 880, 1300, 79)), 50) << "no axis labels";
    QSvgRenderer renderer;
    EXPECT_TRUE(renderer.load(chart.toSvg()));
    EXPECT_TRUE(chart.toSvg().contains("142.23 s"));

    const QTemporaryDir folder;
    EXPECT_EQ(chart.saveImage(folder.filePath("a.svg")), QString());
    EXPECT_EQ(chart.saveImage(folder.filePath("a.png")), QString());
    EXPECT_FALSE(chart.saveImage(folder.filePath("missing/a.png")).isEmpty());
}

TEST(ChartThemeTest, NiceStepsAndThinning)
{
    EXPECT_EQ(niceStep(10, 5), 2);
    EXPECT_EQ(niceStep(0.9, 4), 0.5);
    EXPECT_EQ(niceStep(0, 4), 1);
    EXPECT_TRUE(thinned({}, 10).isEmpty());
    QList<QPointF> same(5000, QPointF(1, 1));
    EXPECT_LE(thinned(same, 10).size(), 20);
}

} // namespace
} // namespace proverdeck::ui
