// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/TimeChart.h"

#include "models/series/SampleStore.h"
#include "support/Test.h"
#include "ui/charts/ChartBar.h"
#include "ui/charts/ChartTable.h"

#include <QAbstractItemModelTester>
#include <QChart>
#include <QComboBox>
#include <QImage>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include <cmath>
#include <random>

namespace proverdeck::ui {
namespace {

using models::series::SampleStore;

constexpr qint64 Start = 1'795'269'600'000;
constexpr float Unknown = std::numeric_limits<float>::quiet_NaN();

class TimeChartTest : public ::testing::Test
{
protected:
    TimeChartTest()
    {
        chart.resize(800, 300);
        chart.show();
    }

    void fill(qint64 seconds, const std::function<float(qint64)> &value)
    {
        for (qint64 second = 0; second < seconds; ++second) {
            store.append(Start + second * 1000, std::array{value(second)});
        }
        refresh();
    }
    void refresh()
    {
        link.setExtent(&store_, {store.view().firstTime(), store.view().lastTime()});
        chart.setSeries({{QString("GPU 0"), store.view(), 0, 1, 0}});
    }
    void wheel(int steps, Qt::KeyboardModifiers modifiers = {})
    {
        const QPointF place = chart.chart()->plotArea().center();
        QWheelEvent event(place, chart.mapToGlobal(place), {}, {0, 120 * steps}, Qt::NoButton,
                          modifiers, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(chart.viewport(), &event);
    }
    QPoint inPlot(double x, double y) const
    {
        const QRectF area = chart.chart()->plotArea();
        return QPointF(area.left() + x * area.width(), area.top() + y * area.height()).toPoint();
    }

    SampleStore store{1};
    QObject store_;
    ChartLink link;
    TimeChart chart{QString("Power"), QString("W"), 0, link};
};

TEST_F(TimeChartTest, FollowsTheNewestUntilSomebodyZooms)
{
    fill(3600, [](qint64 second) { return float(second % 100); });
    EXPECT_EQ(link.view(), (TimeRange{Start, Start + 3'599'000}));
    wheel(3);
    EXPECT_FALSE(link.isLive());
    const TimeRange frozen = link.view();
    EXPECT_LT(frozen.span(), 2'000'000);
    store.append(Start + 4'000'000, std::array{50.0F});
    refresh();
    EXPECT_EQ(link.view(), frozen);
    QTest::keyClick(&chart, Qt::Key_End);
    EXPECT_TRUE(link.isLive());
    EXPECT_EQ(link.view().to, Start + 4'000'000);
}

TEST_F(TimeChartTest, AGestureIsOneStepBack)
{
    fill(3600, [](qint64 second) { return float(second % 100); });
    const TimeRange all = link.view();
    wheel(1);
    wheel(1);
    wheel(1);
    const TimeRange close = link.view();
    QTest::keyClick(&chart, Qt::Key_Left, Qt::AltModifier);
    EXPECT_EQ(link.view(), all);
    EXPECT_TRUE(link.isLive());
    QTest::keyClick(&chart, Qt::Key_Right, Qt::AltModifier);
    EXPECT_EQ(link.view(), close);
    EXPECT_FALSE(link.isLive());
    QTest::keyClick(&chart, Qt::Key_Right);
    EXPECT_GT(link.view().from, close.from);
    EXPECT_EQ(link.view().span(), close.span());
}

TEST_F(TimeChartTest, ABoxChoosesTimeAndValues)
{
    fill(3600, [](qint64 second) { return float(second % 100); });
    QTest::mousePress(chart.viewport(), Qt::LeftButton, {}, inPlot(0.25, 0.2));
    QTest::mouseMove(chart.viewport(), inPlot(0.75, 0.8));
    EXPECT_FALSE(chart.selection().isEmpty());
    QTest::mouseRelease(chart.viewport(), Qt::LeftButton, {}, inPlot(0.75, 0.8));
    EXPECT_NEAR(double(link.view().span()), 1'800'000, 10'000);
    EXPECT_NEAR(chart.valueRange().first, 20, 2);
    EXPECT_NEAR(chart.valueRange().second, 80, 2);
    QTest::mouseDClick(chart.viewport(), Qt::LeftButton, {}, inPlot(0.5, 0.5));
    EXPECT_EQ(link.view(), (TimeRange{Start, Start + 3'599'000}));
    EXPECT_EQ(chart.valueRange().second, 100);
}

TEST_F(TimeChartTest, PansWithShiftAndNeverLosesTheData)
{
    fill(3600, [](qint64) { return 7.0F; });
    wheel(5);
    const TimeRange before = link.view();
    QTest::mousePress(chart.viewport(), Qt::LeftButton, Qt::ShiftModifier, inPlot(0.5, 0.5));
    QTest::mouseMove(chart.viewport(), inPlot(0.25, 0.5));
    QTest::mouseRelease(chart.viewport(), Qt::LeftButton, Qt::ShiftModifier, inPlot(0.25, 0.5));
    EXPECT_GT(link.view().from, before.from);
    EXPECT_EQ(link.view().span(), before.span());
    for (int i = 0; i < 200; ++i) {
        QTest::keyClick(&chart, Qt::Key_Right);
    }
    EXPECT_LT(link.view().from, Start + 3'599'000);
    for (int i = 0; i < 60; ++i) {
        wheel(-3);
    }
    EXPECT_LE(link.view().span(), 2 * 3'599'000);
    for (int i = 0; i < 60; ++i) {
        wheel(3);
    }
    EXPECT_GE(link.view().span(), ChartLink::MinSpan);
}

TEST_F(TimeChartTest, TheCrosshairIsShared)
{
    fill(600, [](qint64 second) { return float(second); });
    TimeChart other(QString("Load"), QString("%"), 0, link);
    QSignalSpy moved(&link, &ChartLink::cursorChanged);
    QTest::mouseMove(chart.viewport(), inPlot(0.5, 0.5));
    ASSERT_TRUE(link.cursor().has_value());
    EXPECT_NEAR(double(*link.cursor()), double(Start) + 299'500, 2000);
    EXPECT_NEAR(chart.valueNow(chart.series().first()).value_or(0), 300, 2);
    link.setCursor(Start + 10'400); // a log points
    EXPECT_EQ(chart.valueNow(chart.series().first()), 10);
    EXPECT_GE(moved.count(), 2);
    QTest::keyClick(&chart, Qt::Key_Right, Qt::ControlModifier);
    EXPECT_EQ(link.cursor(), Start + 11'000);
    QSignalSpy picked(&link, &ChartLink::timePicked);
    QTest::keyClick(&chart, Qt::Key_Return);
    EXPECT_EQ(picked.count(), 1);
    QTest::keyClick(&chart, Qt::Key_Escape);
    EXPECT_FALSE(link.cursor().has_value());
    EXPECT_EQ(chart.valueNow(chart.series().first()), 599); // the last one
    EXPECT_EQ(chart.accessibleDescription(), QString("GPU 0 599 W"));
}

/// Whether the picture has something of the line in a column of the plot.
bool isDrawnAt(TimeChart &chart, double x)
{
    const QImage image = chart.viewport()->grab().toImage();
    const QRectF area = chart.chart()->plotArea();
    const QColor line = chartPen(0, chart.theme()).color();
    const int column = int(area.left() + x * area.width());
    for (int y = int(area.top()) + 1; y < int(area.bottom()) - 1; ++y) {
        const QColor pixel = image.pixelColor(column, y);
        if (std::abs(pixel.red() - line.red()) + std::abs(pixel.green() - line.green())
                + std::abs(pixel.blue() - line.blue())
            < 40) {
            return true;
        }
    }
    return false;
}

TEST_F(TimeChartTest, GapsStayGapsAtEveryZoom)
{
    fill(40'000, [](qint64 second) {
        return second >= 16'000 && second < 24'000 ? Unknown : 40.0F + float(second % 10);
    });
    EXPECT_TRUE(isDrawnAt(chart, 0.2));
    EXPECT_FALSE(isDrawnAt(chart, 0.5));
    EXPECT_TRUE(isDrawnAt(chart, 0.8));
    link.setView({Start + 15'900'000, Start + 16'100'000});
    EXPECT_TRUE(isDrawnAt(chart, 0.2));
    EXPECT_FALSE(isDrawnAt(chart, 0.8));
    // A pause without samples is one, too.
    store.append(Start + 60'000'000, std::array{45.0F});
    store.append(Start + 60'001'000, std::array{45.0F});
    refresh();
    link.setLive(true);
    EXPECT_TRUE(isDrawnAt(chart, 0.1));
    EXPECT_FALSE(isDrawnAt(chart, 0.8));
}

TEST_F(TimeChartTest, MovingThePointerDoesNotDrawTheLinesAgain)
{
    fill(5000, [](qint64 second) { return float(second % 100); });
    (void)chart.grab();
    const int drawn = chart.item().drawn();
    link.setCursor(Start + 5000);
    link.setMarkers({{Start + 1000, ChartMarker::Kind::BatchDone, QString("batch 1")}});
    (void)chart.grab();
    EXPECT_EQ(chart.item().drawn(), drawn);
    link.zoom(0.5, double(Start));
    (void)chart.grab();
    EXPECT_EQ(chart.item().drawn(), drawn + 1);
}

TEST_F(TimeChartTest, TheTableHasWhatIsShown)
{
    fill(600, [](qint64 second) { return second == 5 ? Unknown : float(second); });
    link.setView({Start, Start + 9500});
    chart.showTable();
    auto *table = chart.findChild<QTableView *>("chartTableView");
    ASSERT_TRUE(table);
    const QAbstractItemModelTester tester(table->model(),
                                          QAbstractItemModelTester::FailureReportingMode::Warning);
    ASSERT_EQ(table->model()->rowCount(), 10);
    EXPECT_EQ(table->model()->index(4, 1).data().toString(), QString("4"));
    EXPECT_EQ(table->model()->index(5, 1).data().toString(), QString::fromUtf8("–"));
    link.setView({Start, Start + 400'000});
    EXPECT_EQ(table->model()->rowCount(), 401);
    link.setView({Start + 100'000, Start + 104'500});
    EXPECT_EQ(table->model()->rowCount(), 5);
    const QByteArray csv = chart.toCsv();
    EXPECT_TRUE(csv.startsWith("time,GPU 0 mean (W),GPU 0 min (W),GPU 0 max (W),GPU 0 samples\r\n"
                               "2026-11-21T14:01:40.000Z,100,100,100,1\r\n"))
        << csv.toStdString();
}

TEST_F(TimeChartTest, RowsLoseNoSample)
{
    std::mt19937 random(7);
    qint64 at = Start;
    double sum = 0;
    for (int i = 0; i < 20'000; ++i) {
        at += 700 + qint64(random() % 700);
        const auto value = float(random() % 1000);
        store.append(at, std::array{value});
        sum += double(value);
    }
    refresh();
    const ChartRows rows = chartRows(chart.series(), QString(), link.view());
    EXPECT_LE(rows.rows.size(), 2 * ChartRows::MaxRows);
    double found = 0;
    std::size_t samples = 0;
    for (const ChartRows::Row &row : rows.rows) {
        found += row.cells.first().mean.value_or(0) * double(row.cells.first().samples);
        samples += row.cells.first().samples;
    }
    EXPECT_EQ(samples, 20'000U);
    EXPECT_NEAR(found, sum, sum * 1e-6);
}

TEST_F(TimeChartTest, ImagesAreOfWhatIsShown)
{
    fill(5000, [](qint64 second) { return float(second % 100); });
    chart.setThresholds({{80, QString("limit 80 W")}});
    EXPECT_FALSE(QImage::fromData(chart.toPng(), "PNG").isNull());
    QSvgRenderer renderer;
    const QByteArray svg = chart.toSvg();
    EXPECT_TRUE(renderer.load(svg));
    EXPECT_FALSE(svg.contains("<image")); // lines, not pixels
    EXPECT_TRUE(svg.contains("limit 80 W"));
}

TEST_F(TimeChartTest, TheBarDoesWhatTheKeysDo)
{
    ChartBar bar(link);
    bar.show();
    fill(3600, [](qint64) { return 1.0F; });
    auto *live = bar.findChild<QToolButton *>("chartLive");
    auto *back = bar.findChild<QToolButton *>("chartBack");
    EXPECT_TRUE(live->isChecked());
    EXPECT_FALSE(back->isEnabled());
    wheel(2);
    EXPECT_FALSE(live->isChecked());
    EXPECT_TRUE(back->isEnabled());
    QTest::mouseClick(live, Qt::LeftButton);
    EXPECT_TRUE(link.isLive());
    auto *span = bar.findChild<QComboBox *>("chartSpan");
    span->setCurrentIndex(1);
    emit span->activated(1);
    EXPECT_EQ(link.view().span(), 300'000);
    QTest::mouseClick(bar.findChild<QToolButton *>("chartAll"), Qt::LeftButton);
    EXPECT_EQ(link.view().span(), 3'599'000);
}

} // namespace
} // namespace proverdeck::ui
