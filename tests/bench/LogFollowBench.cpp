// SPDX-License-Identifier: GPL-3.0-or-later
// Following a log that grows by 200 000 lines a second, beside QPlainTextEdit.
//
//   LogFollowBench [SECONDS] [LINES A SECOND]
#include "tests/bench/Bench.h"
#include "ui/logs/LogPane.h"
#include "ui/logs/LogView.h"

#include <QAbstractEventDispatcher>
#include <QApplication>
#include <QElapsedTimer>
#include <QPlainTextEdit>
#include <QTimer>

#include <algorithm>

namespace {

using namespace proverdeck;
using namespace proverdeck::bench;

constexpr int BatchLines = 3333; // of a frame at 200 000 lines a second

/// The longest time, of the processor, between two looks of the GUI thread at its events.
struct Turns
{
    explicit Turns(QObject *context)
    {
        auto *events = QAbstractEventDispatcher::instance();
        QObject::connect(events, &QAbstractEventDispatcher::awake, context,
                         [this] { start = threadCpu(); });
        QObject::connect(events, &QAbstractEventDispatcher::aboutToBlock, context, [this] {
            all.push_back(threadCpu() - start);
            start = threadCpu();
        });
    }
    [[nodiscard]] double part(double share)
    {
        std::sort(all.begin(), all.end());
        return all.empty() ? 0 : all[std::size_t(double(all.size() - 1) * share)] * 1000;
    }
    double start = threadCpu();
    std::vector<double> all;
};

void pump(int ms)
{
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < ms) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, ms);
    }
}

/// s of processor time a line, of the GUI thread, at one batch per frame.
double textEdit(const std::vector<QByteArray> &batches)
{
    QPlainTextEdit edit;
    edit.setReadOnly(true);
    edit.setUndoRedoEnabled(false);
    edit.setLineWrapMode(QPlainTextEdit::NoWrap);
    edit.setMaximumBlockCount(10'000);
    edit.resize(1200, 1000);
    edit.show();
    pump(200);
    const double before = threadCpu();
    for (const QByteArray &batch : batches) {
        edit.appendPlainText(QString::fromUtf8(batch.chopped(1)));
        QCoreApplication::processEvents();
    }
    return (threadCpu() - before) / double(batches.size()) / BatchLines;
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_NO_GLIB", "1"); // its dispatcher says when a turn begins and ends
    QApplication app(argc, argv);
    const int seconds = argc > 1 ? atoi(argv[1]) : 6;
    const qint64 rate = argc > 2 ? atoll(argv[2]) : 200'000;
    LogSource source;
    std::vector<QByteArray> batches;
    for (int i = 0; i < 60; ++i) {
        batches.push_back(source.lines(BatchLines));
    }
    const double theirs = textEdit(batches);

    ui::LogPane pane(QStringLiteral("bench"));
    pane.resize(1200, 1000);
    pane.show();
    pump(300);
    const double memory = statusMiB("RssAnon:");
    Turns turns(&pane);
    qint64 sent = 0;
    double feeding = 0; // this thread stands in for the one that reads from the server
    QElapsedTimer clock;
    QTimer feeder;
    feeder.setTimerType(Qt::PreciseTimer);
    QObject::connect(&feeder, &QTimer::timeout, [&] {
        const double before = threadCpu();
        while (sent < clock.elapsed() * rate / 1000) {
            pane.append(batches[std::size_t(sent / BatchLines) % batches.size()]);
            sent += BatchLines;
        }
        feeding += threadCpu() - before;
    });
    const double before = threadCpu();
    const double all = processCpu();
    clock.start();
    feeder.start(4);
    while (clock.elapsed() < seconds * 1000) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    feeder.stop();
    const double gui = threadCpu() - before;
    const double whole = processCpu() - all;
    while (!pane.isIdle() || pane.view()->rowCount() < sent) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        if (clock.elapsed() > seconds * 1000 + 5000) {
            break;
        }
    }
    const double late = double(clock.elapsed()) - seconds * 1000.0;
    std::printf(
        "%lld lines in %d s, 60 frames a second, 1200 x 1000; at the end behind by %.0f ms\n", sent,
        seconds, late);
    bool isMet = limit("G3 lines lost", double(sent - pane.view()->rowCount()), 0, "");
    isMet &= limit("G3 GUI thread, % of a core", gui / seconds * 100, 8, "%");
    isMet &= limit("G3 longest GUI turn", turns.part(1), 8, "ms");
    isMet &= limit("G3 99 % of the GUI turns", turns.part(0.99), 8, "ms");
    isMet &= row("G4 a line, GUI thread", gui / double(sent) * 1e6, "QPlainTextEdit, 10 000",
                 theirs * 1e6, 1.0 / 40, "us");
    isMet &= limit("   a line, all threads", whole / double(sent) * 1e9, 600, "ns");
    isMet &= limit("G2 memory that the log took", statusMiB("RssAnon:") - memory, 64, "MiB");
    return isMet ? 0 : 1;
}
