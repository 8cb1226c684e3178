// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteShell.h"
#include "support/Test.h"

#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>

#include <memory>
#include <optional>

namespace proverdeck::ssh {

/// The job helper without a server: run on this machine by a shell of choice, in a folder of its
/// own with a private $HOME. Every "sh" that it calls is that shell, too.
///
/// What a test starts carries the folder in its environment, and dies with the test.
class JobScriptTest : public ::testing::Test
{
public:
    struct Answer
    {
        QByteArray out;
        QByteArray err;
        int code = -1; ///< -1: killed by a signal
    };

    /// "dash", "bash", "mksh", …; "busybox": its sh; "busybox-only": no other program, but bash.
    static QStringList shells();

protected:
    void SetUp() override;
    void TearDown() override;

    /// Uses another shell from now on. False if it is not installed.
    [[nodiscard]] bool useShell(const QString &shell);
    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    /// Where the helper and the jobs are.
    [[nodiscard]] QString jobs() const { return path(QStringLiteral("jobs")); }

    /// A program that is found before the real one; @p script is for /bin/sh.
    void standIn(const QString &program, const QByteArray &script);
    /// Takes the stand-in away.
    void noStandIn(const QString &program);
    void write(const QString &name, const QByteArray &text) const;
    [[nodiscard]] QByteArray read(const QString &name) const;

    /// A helper that runs; destroying it kills it.
    [[nodiscard]] std::unique_ptr<QProcess> begin(const QStringList &words,
                                                  const QByteArray &input = {});
    [[nodiscard]] static Answer wait(QProcess &process, int limitMs = 30'000);
    [[nodiscard]] Answer call(const QStringList &words, const QByteArray &input = {});
    Answer start(const QString &id, const QByteArray &script);
    [[nodiscard]] JobStatus status(const QString &id);
    [[nodiscard]] JobStatus stop(const QString &id, int grace);
    /// Waits until the job has left "starting" and "running".
    [[nodiscard]] JobStatus waitForEnd(const QString &id, int limitMs = 20'000);
    [[nodiscard]] Lease take(const QString &slot, const QString &run, const QByteArray &token,
                             int lifetime = 60);
    [[nodiscard]] static JobStatus statusIn(const Answer &answer);
    [[nodiscard]] static Lease leaseIn(const Answer &answer);

    /// Processes that this test has started and that are still there, zombies aside.
    [[nodiscard]] QList<qint64> processes() const;
    void killAll() const;
    /// The process id in the first word of a file like "claim/job"; 0 if there is none.
    [[nodiscard]] qint64 processIn(const QString &name) const;
    /// Files and folders of the helper's folder, except itself and its own hidden folders.
    [[nodiscard]] QStringList leftovers() const;

    QProcessEnvironment environment;

private:
    void link(const QString &program, const QString &target) const;

    QTemporaryDir m_folder;
    QString m_toolPath;
};

} // namespace proverdeck::ssh
