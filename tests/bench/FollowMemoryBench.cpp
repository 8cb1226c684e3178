// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory a panel takes that follows ten logs of 1 GB each: everything that it keeps of a
// log while it grows, from the bytes of a channel to what is painted. No test; prints a table.
//
//   FollowMemoryBench [LOGS] [MEGABYTES] [FOLDER]
//
// With a folder the logs are also written, as a run does.
#include "models/ethrex/ResultCollector.h"
#include "models/logs/LogFile.h"
#include "models/logs/LogText.h"
#include "models/logs/Redactor.h"
#include "ui/logs/LogPane.h"
#include "ui/logs/LogView.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QTabWidget>

#include <cstdio>
#include <map>
#include <memory>
#include <vector>

namespace {

using namespace proverdeck;

constexpr qsizetype kPiece = 64 * 1024; // as they come from a channel

/// A line of /proc/self/status in MiB.
double statusMiB(const char *key)
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly)) {
        return 0;
    }
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith(key)) {
            return line.simplified().split(' ').value(1).toDouble() / 1024;
        }
    }
    return 0;
}

/// A prover's or an L2's output: several kinds of lines, some coloured, now and then a key or a
/// very long line, all of them different.
class Source
{
public:
    explicit Source(int number)
        : m_number(number)
    {
    }

    [[nodiscard]] QByteArray take()
    {
        while (m_text.size() < kPiece) {
            m_text += line();
        }
        const QByteArray piece = m_text.first(kPiece);
        m_text.remove(0, kPiece);
        return piece;
    }

private:
    [[nodiscard]] QByteArray line()
    {
        ++m_line;
        const QByteArray n = QByteArray::number(m_line);
        const QByteArray time = "2026-11-21T10:" + QByteArray::number(10 + m_line / 60'000 % 50)
            + ':' + QByteArray::number(10 + m_line / 1000 % 50) + '.'
            + QByteArray::number(m_line % 1000).rightJustified(3, '0') + "456Z";
        if (m_line % 50'021 == 0) {
            return QByteArray(300'000, 'x') + '\n';
        }
        if (m_line % 1009 == 0) {
            return "cargo run -- --committer.l1-private-key 0x" + QByteArray(64, 'b') + " --port "
                + n + '\n';
        }
        switch ((m_line + m_number) % 5) {
        case 0:
            return time + "  INFO ethrex_l2::sequencer: Built payload for new block " + n
                + " txs=50 gas_used=30000000 hash=0x" + QByteArray(64, 'c') + '\n';
        case 1:
            return "\x1b[2m" + time + "\x1b[0m \x1b[32m INFO\x1b[0m Proved batch "
                + QByteArray::number(m_line / 5000) + " in 47.12s batch="
                + QByteArray::number(m_line / 5000) + " proving_time_ms=47120\n";
        case 2:
            return time + " DEBUG sp1_core::prover: shard " + n + " committed, "
                + QByteArray::number(m_line % 977) + " traces, cycles=123456789\n";
        case 3:
            return time + "  WARN ethrex_p2p::rlpx: peer " + n + " sent an unknown message id 7\n";
        default:
            return n + " transactions have been sent for 0x" + QByteArray(40, 'd') + '\n';
        }
    }

    int m_number;
    qint64 m_line = 0;
    QByteArray m_text;
};

/// One job's log on its way, as Run and RunPage have it.
struct Following
{
    explicit Following(int number)
        : name(QStringLiteral("log-%1.log").arg(number))
        , reader(number % 2 == 0 ? QStringLiteral("ethrex-prover") : QStringLiteral("ethrex-l2"))
        , source(number)
    {
    }

    QString name;
    QString reader;
    Source source;
    models::Redactor redactor;
    std::unique_ptr<models::LogFile> file;
    ui::LogPane *pane = nullptr;
    qint64 bytes = 0;
};

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const int logs = arguments.value(1, QStringLiteral("10")).toInt();
    const qint64 each = arguments.value(2, QStringLiteral("1024")).toLongLong() << 20;
    const QString folder = arguments.value(3);

    QTabWidget tabs;
    tabs.resize(1200, 800);
    const double empty = statusMiB("VmRSS");
    // Two logs of one run go to one collector, as the prover's and the L2's do.
    std::map<int, models::ethrex::ResultCollector> collectors;
    std::vector<std::unique_ptr<Following>> all;
    for (int i = 0; i < logs; ++i) {
        auto one = std::make_unique<Following>(i);
        one->pane = new ui::LogPane(one->name, &tabs);
        tabs.addTab(one->pane, one->name);
        if (!folder.isEmpty()) {
            one->file = std::make_unique<models::LogFile>(folder + u'/' + one->name);
            if (const auto opened = one->file->open(); !opened) {
                std::fprintf(stderr, "%s\n", qPrintable(opened.error()));
                return 1;
            }
        }
        all.push_back(std::move(one));
    }
    tabs.show();
    QElapsedTimer elapsed;
    elapsed.start();
    qint64 rounds = 0;
    for (qint64 fed = 0; fed < each; fed += kPiece) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            Following &one = *all[i];
            const QByteArray bytes = one.redactor.feed(one.source.take());
            one.bytes += bytes.size();
            if (one.file != nullptr && !one.file->append(bytes)) {
                std::fprintf(stderr, "%s cannot be written\n", qPrintable(one.name));
                return 1;
            }
            one.pane->append(bytes);
            collectors[int(i / 2)].feedLog(one.reader, one.name, bytes);
        }
        if (++rounds % 8 == 0) {
            if (rounds % 512 == 0) { // somebody looks through the logs
                tabs.setCurrentIndex(int(rounds / 512) % logs);
            }
            QCoreApplication::processEvents();
        }
        if (rounds % 1024 == 0) {
            std::fprintf(
                stderr, "%5lld MiB of each log, now %4.0f MiB, at most %4.0f MiB, %lld s\n",
                fed >> 20, statusMiB("VmRSS"), statusMiB("VmHWM"), elapsed.elapsed() / 1000);
        }
    }
    qsizetype rows = 0;
    qsizetype kept = 0;
    for (const auto &one : all) {
        rows += one->pane->store().extent().lines;
        kept += qsizetype(one->pane->store().extent().end);
    }
    std::printf("logs                 %d of %lld MiB\n", logs, each >> 20);
    std::printf("empty window         %.0f MiB\n", empty);
    std::printf("at the end           %.0f MiB\n", statusMiB("VmRSS"));
    std::printf("at most              %.0f MiB\n", statusMiB("VmHWM"));
    std::printf("kept in the panes    %lld MiB, %lld lines\n", kept >> 20, rows);
    std::printf("time                 %lld s, %lld MiB/s\n", elapsed.elapsed() / 1000,
                (each * logs >> 20) * 1000 / qMax<qint64>(1, elapsed.elapsed()));
    return statusMiB("VmHWM") < 400 ? 0 : 1;
}
