// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Child.h"

#include <QCoreApplication>
#include <QMap>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

namespace proverdeck::testing {

namespace {

QMap<QByteArray, ChildProgram::Main> &programs()
{
    static QMap<QByteArray, ChildProgram::Main> all;
    return all;
}

const QString kOption = QStringLiteral("--child-program");

} // namespace

ChildProgram::ChildProgram(const char *name, Main main)
{
    programs().insert(name, main);
}

std::optional<int> runChildProgram(int argc, char **argv)
{
    if (argc < 3 || argv[1] != kOption || !programs().contains(argv[2])) {
        return std::nullopt;
    }
    const QCoreApplication application(argc, argv);
    return programs().value(argv[2])(QCoreApplication::arguments().mid(3));
}

void tellTest(const QByteArray &line)
{
    const QByteArray text = line + '\n';
    if (::write(STDOUT_FILENO, text.constData(), size_t(text.size())) != text.size()) {
        ::_exit(1);
    }
}

Child::Child(const QString &name, const QStringList &arguments)
{
    QList<QByteArray> words{QCoreApplication::applicationFilePath().toLocal8Bit(),
                            kOption.toLocal8Bit(), name.toLocal8Bit()};
    for (const QString &argument : arguments) {
        words << argument.toLocal8Bit();
    }
    std::vector<char *> pointers;
    for (QByteArray &word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return;
    }
    m_pid = ::fork();
    if (m_pid == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::execv(pointers.front(), pointers.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    m_pipe = ends[0];
}

Child::~Child()
{
    kill();
}

bool Child::readMore(int timeoutMs)
{
    pollfd waiting{m_pipe, POLLIN, 0};
    char bytes[65536];
    const ssize_t got
        = ::poll(&waiting, 1, timeoutMs) == 1 ? ::read(m_pipe, bytes, sizeof bytes) : -1;
    if (got > 0) {
        m_said += QByteArray(bytes, got);
    }
    return got > 0;
}

QByteArray Child::nextLine()
{
    qsizetype end = m_said.indexOf('\n');
    while (end < 0) {
        if (!readMore(10'000)) {
            return {};
        }
        end = m_said.indexOf('\n');
    }
    const QByteArray line = m_said.left(end);
    m_said.remove(0, end + 1);
    return line;
}

QList<QByteArray> Child::kill()
{
    if (m_pid > 0) {
        ::kill(m_pid, SIGKILL);
        while (::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) { }
        m_pid = -1;
        while (readMore(0)) { }
        ::close(m_pipe);
    }
    QList<QByteArray> lines = m_said.split('\n');
    m_said.clear();
    lines.removeLast(); // empty, or half a line
    return lines;
}

} // namespace proverdeck::testing
