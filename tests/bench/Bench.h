// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

// What the measurements share: clocks, peers, a synthetic log, and one row of the table.
namespace proverdeck::bench {

/// Processor time, user and system, s.
inline double clockOf(clockid_t which)
{
    timespec time{};
    clock_gettime(which, &time);
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}
inline double processCpu()
{
    return clockOf(CLOCK_PROCESS_CPUTIME_ID);
}
inline double threadCpu()
{
    return clockOf(CLOCK_THREAD_CPUTIME_ID);
}
inline double wall()
{
    return clockOf(CLOCK_MONOTONIC);
}

/// Processor time of a program until it ended, s; -1 if it is not there or failed. Its output is
/// thrown away.
inline double programCpu(const std::vector<std::string> &command)
{
    // Not /dev/null: grep notices that, and stops at the first hit.
    std::FILE *output = std::tmpfile();
    if (!output) {
        return -1;
    }
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        std::vector<char *> arguments;
        for (const std::string &word : command) {
            arguments.push_back(const_cast<char *>(word.c_str())); // NOLINT: execvp() changes none
        }
        arguments.push_back(nullptr);
        setenv("LC_ALL", "C", 1);
        dup2(fileno(output), STDOUT_FILENO);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    std::fclose(output);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) { // grep: 1 is "no line"
        return -1;
    }
    const auto seconds
        = [](const timeval &t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// The least of some tries, which the neighbours on the machine disturbed least.
template<class Function> double best(int tries, const Function &measure)
{
    double least = measure();
    for (int i = 1; i < tries; ++i) {
        const double next = measure();
        least = next < least ? next : least;
    }
    return least;
}

/// A value of /proc/self/status, MiB.
inline double statusMiB(const char *key)
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

/// One row: what, our value, the peer's, ours by the peer's, the goal for that, and if it is met.
inline bool row(const char *what, double own, const char *peer, double theirs, double goal,
                const char *unit)
{
    const double ratio = own / theirs;
    std::printf("%-46s %9.3f %-4s %-26s %9.3f  ratio %7.3f  goal %7.3f  %s\n", what, own, unit,
                peer, theirs, ratio, goal, ratio <= goal ? "met" : "MISSED");
    std::fflush(stdout);
    return ratio <= goal;
}

/// A value with a limit of its own.
inline bool limit(const char *what, double own, double most, const char *unit)
{
    std::printf("%-46s %9.3f %-4s %-26s %9s  %13s  goal %7.3f  %s\n", what, own, unit, "", "", "",
                most, own <= most ? "met" : "MISSED");
    std::fflush(stdout);
    return own <= most;
}

/// Lines of a prover, the same in each run: 111 bytes on average, one in 10 000 with a proving
/// time, one in five with a near miss.
class LogSource
{
public:
    void addLine(QByteArray &out)
    {
        char text[400];
        m_ms += next() % 4;
        const unsigned long long s = m_ms / 1000;
        int length = std::snprintf(
            text, sizeof text, "2025-11-%02lluT%02llu:%02llu:%02llu.%03lluZ ", s / 86400 % 28 + 1,
            s / 3600 % 24, s / 60 % 60, s % 60, static_cast<unsigned long long>(m_ms % 1000));
        const auto room = [&] { return sizeof text - static_cast<std::size_t>(length); };
        if (next() % 10'000 == 0) {
            length += std::snprintf(text + length, room(),
                                    "INFO prover: proof_id=%08x proving_time: %u.%03us status=ok\n",
                                    below(1U << 31), 2 + below(300), below(1000));
        } else {
            length += std::snprintf(text + length, room(),
                                    "%s prover: ", below(8) != 0 ? "INFO" : "DEBUG");
            length += addWords(text + length, room());
            if (below(5) == 0) {
                length
                    += std::snprintf(text + length, room(), " while proving batch %u", below(5000));
            }
            text[length++] = '\n';
        }
        out.append(text, length);
    }
    [[nodiscard]] QByteArray lines(qsizetype count)
    {
        QByteArray out;
        out.reserve(count * 120);
        for (qsizetype i = 0; i < count; ++i) {
            addLine(out);
        }
        return out;
    }

private:
    int addWords(char *text, std::size_t room)
    {
        const unsigned a = below(64);
        const unsigned b = below(1'000'000);
        const unsigned c = below(90'000);
        switch (below(4)) {
        case 0:
            return std::snprintf(text, room,
                                 "fetched segment %u of %u from broker in %u us, waiting for the "
                                 "rest of the batch",
                                 a, b, c);
        case 1:
            return std::snprintf(text, room,
                                 "gpu %u temperature %u C power %u W memory clock stable, fan as "
                                 "it was",
                                 a, b, c);
        case 2:
            return std::snprintf(text, room,
                                 "polling for work, queue depth %u, last success %u, backoff %u "
                                 "ms, no change",
                                 a, b, c);
        default:
            return std::snprintf(text, room,
                                 "ntt: forward transform of 2^%u coefficients, %u twiddles cached, "
                                 "batch %u",
                                 a, b, c);
        }
    }
    std::uint64_t next()
    {
        m_state ^= m_state << 13;
        m_state ^= m_state >> 7;
        m_state ^= m_state << 17;
        return m_state >> 11;
    }
    unsigned below(unsigned limit) { return unsigned(next() % limit); }

    std::uint64_t m_state = 0x9e3779b97f4a7c15ULL;
    std::uint64_t m_ms = 0;
};

} // namespace proverdeck::bench
