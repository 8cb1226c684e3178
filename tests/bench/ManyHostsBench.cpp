// SPDX-License-Identifier: GPL-3.0-or-later
// How fluid the GUI thread stays while 20 connected servers send their logs, and how fast bytes
// come through jump hosts. Needs an OpenSSH server; takes about a minute.
#include "ssh/SshShell.h"
#include "ssh/SystemWatch.h"
#include "support/LoopbackSshd.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <vector>

using namespace proverdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int kHosts = 20;
constexpr int kSeconds = 10;

/// Measures by a timer of 1 ms how long the event loop keeps others waiting.
class Pulse
{
public:
    Pulse()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { beat(); });
        m_timer.start(1ms);
        m_last.start();
    }
    void restart()
    {
        m_gaps.clear();
        m_last.restart();
    }
    void print(const char *what)
    {
        std::ranges::sort(m_gaps);
        const auto at = [this](double part) {
            return m_gaps.empty() ? 0.0
                                  : double(m_gaps[size_t(part * double(m_gaps.size() - 1))]) / 1e6;
        };
        std::printf("%-34s longest wait %6.1f ms, 99.9 %% %6.1f, 99 %% %5.1f, median %4.1f\n", what,
                    at(1), at(0.999), at(0.99), at(0.5));
        std::fflush(stdout);
        restart();
    }

private:
    void beat()
    {
        m_gaps.push_back(m_last.nsecsElapsed());
        m_last.restart();
    }

    QTimer m_timer;
    QElapsedTimer m_last;
    std::vector<qint64> m_gaps;
};

double cpuSeconds(int who)
{
    rusage usage{};
    getrusage(who, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/// Writes @p lines lines of 100 bytes every 20 ms, like a talkative server.
class Writer : public QThread
{
public:
    Writer(QString path, int lines)
        : m_file(std::move(path))
        , m_lines(lines)
    {
    }
    ~Writer() override
    {
        m_mustEnd = true;
        wait();
    }

protected:
    void run() override
    {
        if (!m_file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered)) {
            return;
        }
        const QByteArray text = QByteArray(99, 'x').append('\n').repeated(m_lines);
        while (!m_mustEnd) {
            m_file.write(text);
            QThread::msleep(20);
        }
    }

private:
    QFile m_file;
    int m_lines;
    std::atomic<bool> m_mustEnd{false};
};

bool open(ssh::RemoteShell &shell)
{
    QObject::connect(&shell, &ssh::RemoteShell::hostKeyAsked, &shell,
                     [&shell] { shell.answerHostKey(true); });
    bool isDone = false;
    QObject::connect(&shell, &ssh::RemoteShell::opened, &shell, [&isDone] { isDone = true; });
    QObject::connect(&shell, &ssh::RemoteShell::openFailed, &shell, [](const ssh::Error &error) {
        std::fprintf(stderr, "%s\n", qPrintable(error.detail));
    });
    shell.open();
    return QTest::qWaitFor([&isDone] { return isDone; }, 60'000);
}

void measureStreams(std::vector<std::unique_ptr<ssh::SshShell>> &shells, Pulse &pulse,
                    const char *what, const QByteArray &command)
{
    qint64 bytes = 0;
    QList<std::pair<ssh::SshShell *, ssh::CommandId>> running;
    for (const auto &shell : shells) {
        QObject::connect(shell.get(), &ssh::RemoteShell::output, shell.get(),
                         [&bytes](ssh::CommandId, ssh::Stream, const QByteArray &piece) {
                             bytes += piece.size();
                         });
        running.append({shell.get(), shell->run({command, {}, 0ms})});
    }
    QTest::qWait(2000);
    bytes = 0;
    pulse.restart();
    const double cpu = cpuSeconds(RUSAGE_SELF);
    const double gui = cpuSeconds(RUSAGE_THREAD);
    QTest::qWait(kSeconds * 1000);
    pulse.print(what);
    std::printf(
        "%-34s %.1f MB/s in all; this program used %.0f %% of a core, its GUI thread %.0f %%\n", "",
        double(bytes) / 1e6 / kSeconds, (cpuSeconds(RUSAGE_SELF) - cpu) * 100 / kSeconds,
        (cpuSeconds(RUSAGE_THREAD) - gui) * 100 / kSeconds);
    for (const auto &[shell, id] : std::as_const(running)) {
        shell->cancel(id);
        shell->disconnect(
            SIGNAL(output(proverdeck::ssh::CommandId, proverdeck::ssh::Stream, QByteArray)));
    }
    QTest::qWait(500);
    pulse.restart();
}

void measureWay(const char *what, const ssh::HostTarget &target)
{
    ssh::SshShell shell(target);
    QElapsedTimer timer;
    timer.start();
    if (!open(shell)) {
        return;
    }
    const qint64 openMs = timer.elapsed();
    qint64 bytes = 0;
    int ends = 0;
    QObject::connect(
        &shell, &ssh::RemoteShell::output, &shell,
        [&bytes](ssh::CommandId, ssh::Stream, const QByteArray &piece) { bytes += piece.size(); });
    QObject::connect(&shell, &ssh::RemoteShell::finished, &shell, [&ends] { ++ends; });
    timer.restart();
    (void)shell.run({"true", {}});
    (void)QTest::qWaitFor([&ends] { return ends == 1; }, 10'000);
    const double commandMs = double(timer.nsecsElapsed()) / 1e6;
    timer.restart();
    (void)shell.run({"head -c 536870912 /dev/zero", {}, 0ms});
    (void)QTest::qWaitFor([&ends] { return ends == 2; }, 120'000);
    const double down = double(bytes) / 1e3 / double(timer.elapsed());
    timer.restart();
    (void)shell.run({"cat >/dev/null", QByteArray(128 << 20, 'x'), 0ms});
    (void)QTest::qWaitFor([&ends] { return ends == 3; }, 120'000);
    const double up = double(128 << 20) / 1e3 / double(timer.elapsed());
    std::printf("%-34s connected in %lld ms, a command in %.1f ms, %.0f MB/s down, %.0f MB/s up\n",
                what, static_cast<long long>(openMs), commandMs, down, up);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    testing::LoopbackSshd server;
    testing::LoopbackSshd first;
    testing::LoopbackSshd second;
    for (testing::LoopbackSshd *one : {&server, &first, &second}) {
        if (!one->start()) {
            std::fprintf(stderr, "%s\n", qPrintable(one->whyNot()));
            return 1;
        }
    }
    const ssh::HostTarget target{.host = server.host(), .sshConfigFile = server.configFile()};
    const auto through = [&](const QString &line) {
        server.write(u"ssh_config"_s,
                     server.section(server.host(), {line}) + first.section(u"first"_s)
                         + second.section(u"second"_s));
    };
    measureWay("direct", target);
    through(u"ProxyJump first"_s);
    measureWay("1 jump host", target);
    through(u"ProxyJump first,second"_s);
    measureWay("2 jump hosts", target);
    through(u"ProxyCommand ssh -F %1 -W [%h]:%p first"_s.arg(server.configFile()));
    measureWay("ProxyCommand ssh -W", target);
    through(u"ProxyJump none"_s);

    Pulse pulse;
    QTest::qWait(1000);
    pulse.print("idle");
    const auto watch = std::make_shared<ssh::SystemWatch>();
    std::vector<std::unique_ptr<ssh::SshShell>> shells;
    int opened = 0;
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < kHosts; ++i) {
        shells.push_back(std::make_unique<ssh::SshShell>(target, nullptr, watch));
        QObject::connect(shells.back().get(), &ssh::RemoteShell::opened, shells.back().get(),
                         [&opened] { ++opened; });
        shells.back()->open();
    }
    if (!QTest::qWaitFor([&opened] { return opened == kHosts; }, 60'000)) {
        std::fprintf(stderr, "only %d of %d connected\n", opened, kHosts);
        return 1;
    }
    std::printf("%d hosts connected in %lld ms\n", kHosts, timer.elapsed());
    pulse.print("while connecting");
    QTest::qWait(5000);
    pulse.print("connected, silent");

    const QString log = server.path(u"live.log"_s);
    for (const int lines : {1, 10, 100}) {
        QFile::remove(log);
        const QByteArray name = QByteArray::number(kHosts) + " logs of "
            + QByteArray::number(lines * 50) + " lines/s";
        Writer writer(log, lines);
        writer.start();
        (void)QTest::qWaitFor([&log] { return QFile::exists(log); }, 5000);
        measureStreams(shells, pulse, name.constData(), "tail -f '" + log.toUtf8() + "'");
    }
    measureStreams(shells, pulse, "20 endless floods (yes)",
                   "yes 'a line of a log that never ends'");
    timer.restart();
    shells.clear();
    std::printf("closed in %lld ms\n", timer.elapsed());
    return 0;
}
