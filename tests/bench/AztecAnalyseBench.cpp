// SPDX-License-Identifier: GPL-3.0-or-later
// How fast logs of Aztec provers are read, beside grep; how much memory that takes.
//   AztecAnalyseBench generate FILE MEGABYTES    a log of which every second line is about a job
//   AztecAnalyseBench read FILE                  CPU seconds, bytes per CPU second, peak memory
// See aztec.sh, which runs both and grep.
#include "models/aztec/Gathering.h"

#include <QByteArray>
#include <QFile>

#include <sys/resource.h>

#include <cstdio>
#include <cstring>

using namespace proverdeck::models::aztec;

namespace {

class Numbers
{
public:
    quint64 next()
    {
        m_state += 0x9e3779b97f4a7c15U;
        quint64 z = m_state;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }
    QByteArray hash()
    {
        QByteArray text;
        for (int i = 0; i < 4; ++i) {
            text += QByteArray::number(next(), 16).rightJustified(16, '0');
        }
        return text;
    }

private:
    quint64 m_state = 42;
};

QByteArray clock(qint64 ms)
{
    char text[32];
    std::snprintf(text, sizeof text, "[%02d:%02d:%02d.%03d]", int(ms / 3'600'000 % 24),
                  int(ms / 60'000 % 60), int(ms / 1000 % 60), int(ms % 1000));
    return text;
}

/// A job's four lines stand between lines of the back end, as in the log of a busy machine.
int generate(const QString &path, qint64 bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) {
        std::fprintf(stderr, "%s\n", qPrintable(file.errorString()));
        return 1;
    }
    Numbers numbers;
    const char *types[] = {"TUBE_PROOF", "PUBLIC_VM", "PUBLIC_BASE_ROLLUP", "MERGE_ROLLUP"};
    const QByteArray uri = "data:application/json;charset=utf-8,%7B%22type%22%3A12%2C%22inpu...";
    qint64 ms = 1000;
    qint64 written = 0;
    qint64 count = 0;
    QByteArray text;
    while (written < bytes) {
        const char *type = types[numbers.next() % 4];
        const QByteArray name = type;
        const QByteArray id
            = QByteArray::number(3000 + count / 20'000) + ':' + name + ':' + numbers.hash();
        const QByteArray broker = " INFO: prover-client:proving-broker ";
        const QByteArray agent = " INFO: prover-client:proving-agent ";
        const QByteArray tail = " {\"provingJobId\":\"" + id + "\"}\n";
        text += "broker-1       | " + clock(ms) + broker + "New proving job id=" + id
            + " epochNumber=3054" + tail;
        text += "agent-1        | " + clock(ms + 2)
            + " INFO: bb-prover Successfully verified proof from key in 46.70200033735065 ms\n";
        text += "agent-1        | " + clock(ms + 9) + agent + "Starting job id=" + id
            + " type=" + name + " inputsUri=" + uri + '\n';
        text += "agent-1        | " + clock(ms + 12)
            + " INFO: bb-prover Generated proof for tubeCircuit in 17845 ms, size: 535 fields\n";
        text += "agent-1        | " + clock(ms + 18'000) + agent + "Job id=" + id + " type=" + name
            + " completed outputUri=" + uri + '\n';
        text += "agent-1        | " + clock(ms + 18'001)
            + " INFO: bb-prover PublicBaseRollupArtifact BB out - BB concurrency: undefined\n";
        text += "broker-1       | " + clock(ms + 18'004) + broker + "Proving job complete id=" + id
            + " type=" + name + " totalAttempts=1" + tail;
        text += "prover-node-1  | " + clock(ms + 18'005)
            + " INFO: p2p:libp2p_service:peer_manager Connected to 100 peers "
              "{\"discoveredConnections\":100}\n";
        ms += 40;
        ++count;
        if (text.size() > 1 << 20) {
            written += file.write(text);
            text.clear();
        }
    }
    return file.write(text) == text.size() ? 0 : 1;
}

double cpuSeconds()
{
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    return double(use.ru_utime.tv_sec + use.ru_stime.tv_sec)
        + double(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

int read(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
        std::fprintf(stderr, "%s\n", qPrintable(file.errorString()));
        return 1;
    }
    Gathering gathering;
    const double before = cpuSeconds();
    const int log = gathering.addLog(path, path);
    QByteArray buffer(1 << 18, Qt::Uninitialized);
    for (qint64 got = 0; (got = file.read(buffer.data(), buffer.size())) > 0;) {
        gathering.feed(log, QByteArrayView(buffer.constData(), got));
    }
    gathering.finish(log);
    const double spent = cpuSeconds() - before;
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    const LogFacts &facts = gathering.logs().front().reader->facts();
    std::printf("read: %.2f CPU s, %.0f MB per CPU s, %lld lines, %lld records, %zu jobs, "
                "peak %ld MiB\n",
                spent, double(facts.bytes) / 1e6 / spent, static_cast<long long>(facts.lines),
                static_cast<long long>(facts.records), gathering.book().jobs().size(),
                use.ru_maxrss / 1024);
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc == 4 && std::strcmp(argv[1], "generate") == 0) {
        return generate(QString::fromLocal8Bit(argv[2]), std::atoll(argv[3]) * 1'000'000);
    }
    if (argc == 3 && std::strcmp(argv[1], "read") == 0) {
        return read(QString::fromLocal8Bit(argv[2]));
    }
    std::fprintf(stderr, "AztecAnalyseBench generate FILE MEGABYTES | read FILE\n");
    return 2;
}
