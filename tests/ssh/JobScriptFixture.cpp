// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/JobScriptFixture.h"

#include "ssh/JobScript.h"
#include "support/LoopbackSshd.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTest>

#include <unistd.h>

#include <csignal>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

QStringList JobScriptTest::shells()
{
    return {u"dash"_s, u"bash"_s, u"busybox"_s, u"busybox-only"_s,
            u"mksh"_s, u"zsh"_s,  u"ksh93"_s,   u"yash"_s};
}

void JobScriptTest::SetUp()
{
#ifndef Q_OS_LINUX
    GTEST_SKIP() << "looks at processes in /proc";
#endif
    ASSERT_TRUE(m_folder.isValid());
    for (const QString &name : {u"jobs"_s, u"bin"_s, u"home"_s}) {
        QDir(m_folder.path()).mkdir(name);
    }
    write(u"jobs/h-2.sh"_s, JobScript::text());
    environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"HOME"_s, path(u"home"_s));
    environment.insert(u"PROVERDECK_TEST_FOLDER"_s, m_folder.path());
    environment.insert(u"TEST_COUNT"_s, path(u"count"_s));
    for (const QString &name : {u"XDG_STATE_HOME"_s, u"ENV"_s, u"BASH_ENV"_s}) {
        environment.remove(name);
    }
    m_toolPath = environment.value(u"PATH"_s);
    (void)useShell(u"sh"_s);
}

void JobScriptTest::TearDown()
{
    killAll();
}

void JobScriptTest::link(const QString &program, const QString &target) const
{
    const QString file = path(u"bin/"_s + program);
    QFile::remove(file);
    QFile::link(target, file);
}

bool JobScriptTest::useShell(const QString &shell)
{
    const bool isBusybox = shell.startsWith(u"busybox"_s);
    const QString program = QStandardPaths::findExecutable(isBusybox ? u"busybox"_s : shell);
    if (program.isEmpty()) {
        return false;
    }
    if (shell == u"busybox-only"_s) {
        const QList<QByteArray> applets = testing::runProgram(program, {u"--list"_s}).split('\n');
        for (const QByteArray &applet : applets) {
            if (!applet.isEmpty()) {
                link(QString::fromLatin1(applet), program);
            }
        }
        link(u"bash"_s, QStandardPaths::findExecutable(u"bash"_s));
        m_toolPath.clear();
    }
    link(u"sh"_s, program);
    environment.insert(u"PATH"_s,
                       m_toolPath.isEmpty() ? path(u"bin"_s) : path(u"bin"_s) + u':' + m_toolPath);
    return true;
}

void JobScriptTest::standIn(const QString &program, const QByteArray &script)
{
    const QString name = u"bin/"_s + program;
    QFile::remove(path(name));
    write(name, "#!/bin/sh\n" + script + '\n');
    QFile::setPermissions(path(name), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

void JobScriptTest::noStandIn(const QString &program)
{
    QFile::remove(path(u"bin/"_s + program));
}

void JobScriptTest::write(const QString &name, const QByteArray &text) const
{
    QFile file(path(name));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly)) << name.toStdString();
    file.write(text);
}

QByteArray JobScriptTest::read(const QString &name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::unique_ptr<QProcess> JobScriptTest::begin(const QStringList &words, const QByteArray &input)
{
    auto process = std::make_unique<QProcess>();
    process->setProcessEnvironment(environment);
    process->setWorkingDirectory(path(u"home"_s));
    process->setChildProcessModifier([] { ::setpgid(0, 0); });
    process->start(path(u"bin/sh"_s), QStringList{jobs() + u"/h-2.sh"_s} + words);
    EXPECT_TRUE(process->waitForStarted()) << process->errorString().toStdString();
    process->write(input);
    while (process->bytesToWrite() > 0 && process->waitForBytesWritten()) { // not only later
    }
    process->closeWriteChannel();
    return process;
}

JobScriptTest::Answer JobScriptTest::wait(QProcess &process, int limitMs)
{
    EXPECT_TRUE(process.waitForFinished(limitMs)) << "the helper hangs";
    return {process.readAllStandardOutput(), process.readAllStandardError(),
            process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1};
}

JobScriptTest::Answer JobScriptTest::call(const QStringList &words, const QByteArray &input)
{
    return wait(*begin(words, input));
}

JobScriptTest::Answer JobScriptTest::start(const QString &id, const QByteArray &script)
{
    return call({u"start"_s, id, QString::number(script.size())}, script);
}

JobStatus JobScriptTest::statusIn(const Answer &answer)
{
    const std::optional<JobStatus> found = parseJobStatus(answer.out);
    EXPECT_TRUE(found) << answer.out.toStdString() << answer.err.toStdString();
    return found.value_or(JobStatus{});
}

Lease JobScriptTest::leaseIn(const Answer &answer)
{
    const std::optional<Lease> found = parseLease(answer.out);
    EXPECT_TRUE(found) << answer.out.toStdString() << answer.err.toStdString();
    return found.value_or(Lease{});
}

JobStatus JobScriptTest::status(const QString &id)
{
    return statusIn(call({u"status"_s, id}));
}

JobStatus JobScriptTest::stop(const QString &id, int grace)
{
    return statusIn(call({u"stop"_s, id, QString::number(grace)}));
}

JobStatus JobScriptTest::waitForEnd(const QString &id, int limitMs)
{
    JobStatus last;
    const bool hasEnded = QTest::qWaitFor(
        [&] {
            last = status(id);
            return last.state != JobStatus::State::Running
                && last.state != JobStatus::State::Starting;
        },
        limitMs);
    EXPECT_TRUE(hasEnded) << "job " << id.toStdString() << " does not end";
    return last;
}

Lease JobScriptTest::take(const QString &slot, const QString &run, const QByteArray &token,
                          int lifetime)
{
    return leaseIn(
        call({u"take"_s, slot, run, QString::number(lifetime)}, token + "\nsomebody@somewhere\n"));
}

QList<qint64> JobScriptTest::processes() const
{
    const QByteArray mark = "PROVERDECK_TEST_FOLDER=" + m_folder.path().toUtf8() + '\0';
    QList<qint64> found;
    const QStringList all = QDir(u"/proc"_s).entryList({u"[0-9]*"_s}, QDir::Dirs);
    for (const QString &process : all) {
        QFile environ(u"/proc/"_s + process + u"/environ"_s); // empty for a zombie
        if (environ.open(QIODevice::ReadOnly) && environ.readAll().contains(mark)) {
            found << process.toLongLong();
        }
    }
    return found;
}

void JobScriptTest::killAll() const
{
    const auto killOnce = [this] {
        const QList<qint64> all = processes();
        for (const qint64 process : all) {
            ::kill(static_cast<pid_t>(process), SIGKILL);
        }
        return all.isEmpty();
    };
    EXPECT_TRUE(QTest::qWaitFor(killOnce, 5000));
}

qint64 JobScriptTest::processIn(const QString &name) const
{
    return read(u"jobs/"_s + name).split(' ').value(0).toLongLong();
}

QStringList JobScriptTest::leftovers() const
{
    QStringList names
        = QDir(jobs()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    for (const QString &own : {u"h-2.sh"_s, u".ended"_s, u".notes"_s, u".leases"_s}) {
        names.removeAll(own);
    }
    return names;
}

} // namespace proverdeck::ssh
