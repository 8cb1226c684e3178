// SPDX-License-Identifier: GPL-3.0-or-later
// Opening and searching a log of 1 GB, beside wc and grep on the same file in the same run.
//
//   LogOpenBench [MEGABYTES] [FOLDER]
#include "models/logs/LogFeed.h"
#include "models/logs/LogSearch.h"
#include "tests/bench/Bench.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QRegularExpression>

namespace {

using namespace proverdeck;
using namespace proverdeck::bench;

constexpr int Tries = 3;

qint64 makeLog(const QString &path, qint64 bytes)
{
    QFile file(path);
    if (file.size() >= bytes || !file.open(QIODevice::WriteOnly)) {
        return file.size();
    }
    LogSource source;
    while (file.size() < bytes) {
        file.write(source.lines(20'000));
    }
    return file.size();
}

void waitUntil(const std::function<bool()> &isDone)
{
    while (!isDone()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

/// Opens the file, as the pane does; s of processor time.
double open(const QString &path, models::LogStore &store, models::LogFeed &feed, double *first)
{
    const double before = processCpu();
    const double start = wall();
    bool isDone = false;
    const auto done = QObject::connect(&feed, &models::LogFeed::caughtUp, [&] { isDone = true; });
    const auto grew = QObject::connect(&feed, &models::LogFeed::grew, [&] {
        if (*first < 0 && store.lines(0, 60, 1000).size() == 60) {
            *first = wall() - start;
        }
    });
    feed.openFile(path);
    waitUntil([&] { return isDone; });
    QObject::disconnect(done);
    QObject::disconnect(grew);
    return processCpu() - before;
}

double search(models::LogStore &store, const models::LogPattern &pattern, qint64 *hits)
{
    models::LogSearch search(store, models::LogSearch::Kind::EachLine);
    const double before = processCpu();
    if (!search.setPattern(pattern).isEmpty()) {
        return -1;
    }
    waitUntil([&] { return search.isComplete(); });
    *hits = search.count();
    return processCpu() - before;
}

/// The times, out of the lines that a search has found.
double provingTimes(models::LogStore &store, double *sum)
{
    models::LogSearch search(store, models::LogSearch::Kind::EachLine);
    const double before = processCpu();
    if (!search.setPattern({.text = QStringLiteral("proving_time: "), .isCaseSensitive = true})
             .isEmpty()) {
        return -1;
    }
    waitUntil([&] { return search.isComplete(); });
    for (const qint64 line : search.linesOf(0, search.count())) {
        for (const models::StoredLine &found : store.lines(line, 1, 1000)) {
            const qsizetype at = found.text.indexOf("proving_time: ") + 14;
            *sum += found.text.mid(at, found.text.indexOf('s', at) - at).toDouble();
        }
    }
    return processCpu() - before;
}

double qtByLine(const QString &path, const QString &expression)
{
    const double before = processCpu();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return -1;
    }
    const QRegularExpression wanted(expression);
    qint64 bytes = 0;
    while (!file.atEnd() && bytes < 100'000'000) { // a part is enough to know its rate
        const QByteArray line = file.readLine();
        bytes += line.size();
        (void)wanted.match(QString::fromUtf8(line)).hasMatch();
    }
    return (processCpu() - before) * double(file.size()) / double(bytes);
}

/// How long a search that has begun takes to give way, ms.
double cancelTime(models::LogStore &store)
{
    models::LogSearch search(store, models::LogSearch::Kind::EachLine);
    double worst = 0;
    for (int i = 0; i < 20; ++i) {
        (void)search.setPattern(
            {.text = QStringLiteral("(a|e|i|o|u)+.*(x|y)+z$"), .isExpression = true});
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 30) {
            QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
        }
        const double before = wall();
        (void)search.setPattern({});
        models::LogSearch other(store, models::LogSearch::Kind::EachLine);
        worst = std::max(worst, wall() - before);
    }
    const double before = wall();
    {
        models::LogSearch ended(store, models::LogSearch::Kind::EachLine);
        (void)ended.setPattern(
            {.text = QStringLiteral("(a|e|i|o|u)+.*(x|y)+z$"), .isExpression = true});
        QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
    } // waits for the thread
    return std::max(worst, wall() - before) * 1000;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const qint64 size = (argc > 1 ? atoll(argv[1]) : 1000) * 1'000'000;
    const QString folder = argc > 2 ? QString::fromLocal8Bit(argv[2]) : QDir::tempPath();
    const QString path = folder + QStringLiteral("/proverdeck-bench.log");
    const std::string file = path.toStdString();
    std::printf("a log of %.3f GB; processor time in s\n", double(makeLog(path, size)) / 1e9);

    models::LogStore store;
    models::LogFeed feed(store);
    double first = -1;
    const double wc = best(Tries, [&] { return programCpu({"wc", "-l", file}); });
    const double opened = best(Tries, [&] { return open(path, store, feed, &first); });
    bool isMet = row("G1 open and index", opened, "wc -l", wc, 1.25, "s");
    isMet &= limit("G1 until the first screen is there", first * 1000, 50, "ms");
    const models::LogExtent extent = store.extent();
    isMet &= limit("G2 index, bytes a line", double(store.indexBytes()) / double(extent.lines),
                   0.15, "B");
    isMet &= limit("G2 resident memory after opening", statusMiB("RssAnon:"), 64, "MiB");

    double sum = 0;
    const double grep = best(Tries, [&] {
        return programCpu({"grep", "-cE", "proving_time: [0-9.]+s", file});
    });
    const double times = opened + best(Tries, [&] { return provingTimes(store, &sum); });
    isMet &= row("G6 proving times, index included", times, "grep -cE", grep, 0.4, "s");
    const double rg = programCpu({"rg", "-c", "--no-mmap", "-j1", "proving_time: [0-9.]+s", file});
    if (rg >= 0) {
        isMet &= row("G6 proving times, index included", times, "rg -c --no-mmap", rg, 1.15, "s");
    }
    qint64 hits = 0;
    const QString wanted = QStringLiteral("queue depth (1|2)[0-9], last success [0-9]*7,");
    const double own = best(Tries, [&] {
        return search(store, {.text = wanted, .isCaseSensitive = true, .isExpression = true},
                      &hits);
    });
    const double theirs = best(Tries, [&] {
        return programCpu({"grep", "-cE", wanted.toStdString(), file});
    });
    isMet &= row("G9 an expression of the user", own, "grep -cE", theirs, 1, "s");
    isMet &= row("G9 an expression of the user", own, "QRegularExpression by line",
                 qtByLine(path, wanted), 0.5, "s");
    qint64 textHits = 0;
    const double text = best(Tries, [&] {
        return search(store, {.text = QStringLiteral("gpu 7 temperature")}, &textHits);
    });
    const double grepText = best(Tries, [&] {
        return programCpu({"grep", "-ciF", "gpu 7 temperature", file});
    });
    isMet &= row("   a text, upper or lower case", text, "grep -ciF", grepText, 1, "s");
    isMet &= limit("G9 until a search gives way", cancelTime(store), 50, "ms");
    std::printf("(%lld lines, %lld and %lld hits, sum of the times %.0f)\n", extent.lines, hits,
                textHits, sum / Tries);
    if (argc <= 2) {
        QFile::remove(path);
    }
    return isMet ? 0 : 1;
}
