// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QStringList>

#include <sys/types.h>

#include <optional>

namespace proverdeck::testing {

/// A program inside this test binary, to be killed by a test. Declare one at file scope.
class ChildProgram
{
public:
    using Main = int (*)(const QStringList &arguments);
    ChildProgram(const char *name, Main main);
};

/// For main(): the exit status, if this process is to be such a program.
[[nodiscard]] std::optional<int> runChildProgram(int argc, char **argv);

/// Says something to the test, at once. The child ends when the test is gone.
void tellTest(const QByteArray &line);

/// A running one. Destroying it kills it. (A QProcess starts its child in a way after which the
/// thread sanitizer no longer sees what this process locks.)
class Child
{
public:
    Child(const QString &name, const QStringList &arguments);
    ~Child();
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;

    /// The next line that it says; empty if it ended or said nothing for ten seconds.
    [[nodiscard]] QByteArray nextLine();
    /// With -9; returns what it said and nobody has read yet.
    QList<QByteArray> kill();

private:
    [[nodiscard]] bool readMore(int timeoutMs);

    pid_t m_pid = -1;
    int m_pipe = -1;
    QByteArray m_said;
};

} // namespace proverdeck::testing
