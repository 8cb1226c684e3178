// SPDX-License-Identifier: GPL-3.0-or-later
// What a frame and a tick of a TimeChart cost with a week of ten GPUs at one sample a second,
// beside the same in QLineSeries and, where it is installed, QCustomPlot. CPU time of the whole
// process; compare the ratios, which are of one run. Takes about a minute and 1.5 GiB.
#include "models/series/SampleStore.h"
#include "ui/charts/TimeChart.h"

#include <QApplication>
#include <QChart>
#include <QLegend>
#include <QLineSeries>
#include <QTest>
#include <QValueAxis>
#ifdef PROVERDECK_QCUSTOMPLOT
#include <qcustomplot.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <random>
#include <vector>

using namespace proverdeck;
using namespace Qt::StringLiterals;

namespace {

constexpr int kGpus = 10;
constexpr qint64 kWeek = 604'800; ///< samples
constexpr qint64 kStart = 1'795'269'600'000;
constexpr QSize kSize(1200, 600);

struct Zoom
{
    const char *name;
    qint64 seconds;
};
constexpr std::array kZooms{Zoom{"week", kWeek}, Zoom{"day", 86'400}, Zoom{"hour", 3600},
                            Zoom{"10 min", 600}};

double cpuMs()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

struct Cost
{
    double median = 0;
    double worst = 0;
};

Cost measure(int rounds, const std::function<void(int)> &frame)
{
    std::vector<double> all;
    for (int i = 0; i < rounds + 2; ++i) {
        const double before = cpuMs();
        frame(i);
        QCoreApplication::processEvents();
        if (i >= 2) { // the first ones fill caches
            all.push_back(cpuMs() - before);
        }
    }
    std::ranges::sort(all);
    return {all[all.size() / 2], all.back()};
}

/// Like a GPU that proves: plateaus, pauses, noise.
std::vector<float> load(unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<float> values;
    double level = 60;
    for (qint64 i = 0; i < kWeek; ++i) {
        if (random() % 90 == 0) {
            level = random() % 4 != 0 ? 88 + double(random() % 12) : double(random() % 20);
        }
        const double noise = double(random() % 800) / 100 - 4;
        values.push_back(float(std::clamp(std::round(level + noise), 0.0, 100.0)));
    }
    return values;
}

struct Product
{
    std::vector<std::unique_ptr<models::series::SampleStore>> stores;
    QObject source;
    ui::ChartLink link;
    ui::TimeChart chart{u"Load"_s, u"%"_s, 0, link};

    void refresh()
    {
        QList<ui::ChartSeries> series;
        for (int i = 0; i < kGpus; ++i) {
            series << ui::ChartSeries{u"GPU %1"_s.arg(i), stores[size_t(i)]->view(), 0, 1, i};
        }
        const auto view = series.first().view;
        link.setExtent(&source, {view.firstTime(), view.lastTime()});
        chart.setSeries(series);
    }
};

/// A series of its own kind for each GPU, two points a column.
struct Peer
{
    QChart *chart = new QChart;
    std::unique_ptr<QChartView> view;
    QValueAxis *x = new QValueAxis;
    QValueAxis *y = new QValueAxis;
    QList<QLineSeries *> lines;

    Peer()
    {
        chart->legend()->hide();
        chart->addAxis(x, Qt::AlignBottom);
        chart->addAxis(y, Qt::AlignLeft);
        y->setRange(0, 100);
        for (int i = 0; i < kGpus; ++i) {
            auto *line = new QLineSeries;
            chart->addSeries(line);
            line->attachAxis(x);
            line->attachAxis(y);
            line->setPen(QPen(line->pen().color(), 1));
            lines << line;
        }
        view = std::make_unique<QChartView>(chart);
        view->resize(kSize);
        view->show();
        QTest::qWait(100);
    }
};

QList<QPointF> thinned(const models::series::SampleView &view, double from, double to, int columns)
{
    QList<QPointF> points;
    const double step = (to - from) / columns;
    const auto buckets = view.buckets(0, from, to, size_t(columns));
    for (int i = 0; i < columns; ++i) {
        const auto &extent = buckets[size_t(i)].extent;
        if (!extent.isEmpty()) {
            points << QPointF(from + step * (i + 0.25), double(extent.low))
                   << QPointF(from + step * (i + 0.75), double(extent.high));
        }
    }
    return points;
}

ui::TimeRange viewOf(const Zoom &zoom, int step)
{
    const qint64 to = kStart + kWeek * 1000 - zoom.seconds * 10 * step;
    return {std::max(kStart, to - zoom.seconds * 1000), to};
}

} // namespace

int main(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    const QApplication application(argc, argv);
    std::vector<std::vector<float>> raw;
    for (int i = 0; i < kGpus; ++i) {
        raw.push_back(load(unsigned(i)));
    }

    Product own;
    double before = cpuMs();
    size_t bytes = 0;
    for (const auto &values : raw) {
        own.stores.push_back(std::make_unique<models::series::SampleStore>(1));
        for (qint64 i = 0; i < kWeek; ++i) {
            own.stores.back()->append(kStart + i * 1000, std::span(&values[size_t(i)], 1));
        }
        bytes += own.stores.back()->bytes();
    }
    std::printf("store: %.0f ns a sample in, %.2f bytes a sample, its time included\n",
                (cpuMs() - before) * 1e6 / double(kGpus * kWeek),
                double(bytes) / double(kGpus * kWeek));
    own.chart.resize(kSize);
    own.chart.show();
    own.refresh();
    QTest::qWait(100);

    std::array<Cost, kZooms.size()> frames{};
    for (size_t z = 0; z < kZooms.size(); ++z) {
        frames[z] = measure(30, [&](int i) {
            own.link.setView(viewOf(kZooms[z], i), 1);
            own.chart.viewport()->repaint();
        });
    }
    own.link.setLive(true);
    qint64 now = kStart + kWeek * 1000;
    const auto tick = [&] {
        for (auto &store : own.stores) {
            const float value = 50;
            store->append(now, std::span(&value, 1));
        }
        now += 1000;
        own.refresh();
    };
    const Cost live = measure(20, [&](int) {
        tick();
        own.chart.viewport()->repaint();
    });
    own.chart.hide();
    const Cost hidden = measure(20, [&](int) {
        for (auto &store : own.stores) { // a hidden page does not refresh
            const float value = 50;
            store->append(now, std::span(&value, 1));
        }
        now += 1000;
    });

    std::array<Cost, kZooms.size()> lines{};
    double whole = 0;
    double wholeTick = 0;
    {
        Peer peer;
        const int columns = int(peer.chart->plotArea().width());
        for (size_t z = 0; z < kZooms.size(); ++z) {
            lines[z] = measure(8, [&](int i) {
                const ui::TimeRange view = viewOf(kZooms[z], i);
                for (QLineSeries *line : std::as_const(peer.lines)) {
                    line->replace(QList<QPointF>());
                }
                peer.x->setRange(double(view.from), double(view.to));
                for (int k = 0; k < kGpus; ++k) {
                    peer.lines.at(k)->replace(thinned(own.stores[size_t(k)]->view(),
                                                      double(view.from), double(view.to), columns));
                }
                peer.view->viewport()->repaint();
            });
        }
        if (!qEnvironmentVariableIsSet("PROVERDECK_BENCH_QUICK")) {
            for (int k = 0; k < kGpus; ++k) {
                QList<QPointF> points;
                for (qint64 i = 0; i < kWeek; ++i) {
                    points << QPointF(double(kStart + i * 1000), double(raw[size_t(k)][size_t(i)]));
                }
                peer.lines.at(k)->replace(points);
            }
            peer.view->viewport()->repaint();
            before = cpuMs();
            peer.x->setRange(double(kStart + 6'048'000), double(kStart + (kWeek + 6048) * 1000));
            peer.view->viewport()->repaint();
            whole = cpuMs() - before;
            before = cpuMs();
            for (QLineSeries *line : std::as_const(peer.lines)) {
                line->append(double(now), 50);
            }
            peer.view->viewport()->repaint();
            wholeTick = cpuMs() - before;
        }
    }

    std::array<Cost, kZooms.size()> custom{};
#ifdef PROVERDECK_QCUSTOMPLOT
    {
        QCustomPlot plot;
        plot.resize(kSize);
        for (int k = 0; k < kGpus; ++k) {
            QVector<double> x;
            QVector<double> y;
            for (qint64 i = 0; i < kWeek; ++i) {
                x << double(kStart + i * 1000);
                y << double(raw[size_t(k)][size_t(i)]);
            }
            plot.addGraph()->setData(x, y, true);
        }
        plot.yAxis->setRange(0, 100);
        plot.show();
        for (size_t z = 0; z < kZooms.size(); ++z) {
            custom[z] = measure(6, [&](int i) {
                const ui::TimeRange view = viewOf(kZooms[z], i);
                plot.xAxis->setRange(double(view.from), double(view.to));
                plot.replot(QCustomPlot::rpImmediateRefresh);
            });
        }
    }
#endif

    std::printf("\npan frame, CPU ms      own median / worst    QLineSeries thinned    ratio"
                "    QCustomPlot    ratio\n");
    for (size_t z = 0; z < kZooms.size(); ++z) {
        std::printf("%-10s             %10.2f / %5.2f    %19.2f    %4.1fx    %11.2f    %4.1fx\n",
                    kZooms[z].name, frames[z].median, frames[z].worst, lines[z].median,
                    lines[z].median / frames[z].median, custom[z].median,
                    custom[z].median / frames[z].median);
    }
    std::printf("week, QLineSeries with every sample: frame %.0f ms = %.0fx\n", whole,
                whole / frames[0].median);
    std::printf("tick of a second: own %.2f ms (worst %.2f), hidden %.3f ms, QLineSeries %.0f ms = "
                "%.0fx\n",
                live.median, live.worst, hidden.median, wholeTick, wholeTick / live.median);
    const bool isG10 = std::ranges::all_of(
        frames, [](const Cost &cost) { return cost.median <= 10 && cost.worst <= 16; });
    const bool isG11 = live.median <= 10;
    std::printf("\nG10 frame <= 10 ms, worst <= 16 ms: %s\nG11 tick <= 10 ms: %s\n",
                isG10 ? "met" : "MISSED", isG11 ? "met" : "MISSED");
    return isG10 && isG11 ? 0 : 1;
}
