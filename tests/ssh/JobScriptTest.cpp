// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/JobScript.h"

#include "ssh/JobScriptFixture.h"
#include "support/LoopbackSshd.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTest>

#include <csignal>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using State = JobStatus::State;

/// The whole life of jobs, by every shell that may be "sh" on a server.
class JobScriptShellTest : public JobScriptTest, public ::testing::WithParamInterface<QString>
{
protected:
    void SetUp() override
    {
        JobScriptTest::SetUp();
        if (!useShell(GetParam())) {
            GTEST_SKIP() << GetParam().toStdString() << " is not installed";
        }
    }
};

TEST_P(JobScriptShellTest, RunsAJobToItsEnd)
{
    const Answer begun = start(u"j1"_s, "echo \"it's\"; echo err >&2; cat; exit 42");
    EXPECT_TRUE(begun.out.startsWith("S started\nS ")) << begun.out.toStdString();
    EXPECT_EQ(begun.err, "");
    const JobStatus ended = waitForEnd(u"j1"_s);
    EXPECT_EQ(ended.state, State::Done);
    EXPECT_EQ(ended.exitCode, 42);
    EXPECT_EQ(ended.size, 9U);
    EXPECT_NE(ended.inode, 0U);
    EXPECT_TRUE(ended.startedSecs && ended.endedSecs && ended.nowSecs && ended.processGroup);
    EXPECT_TRUE(ended.bootedSecs && ended.beatSecs);
    EXPECT_LT(ended.bootedSecs, ended.startedSecs);
    EXPECT_GE(ended.beatSecs, ended.startedSecs);
    EXPECT_EQ(call({u"log"_s, u"j1"_s, u"5"_s}).out, "err\n");
    EXPECT_EQ(call({u"log"_s, u"j1"_s, u"10"_s}).code, 67);
    const QByteArray hash = QCryptographicHash::hash("err", QCryptographicHash::Sha256).toHex();
    const Answer summed = call({u"sum"_s, u"j1"_s, u"5"_s, u"3"_s});
    EXPECT_EQ(parseJobSum(summed.out), (JobSum{hash, 9})) << summed.out.toStdString();
    EXPECT_EQ(call({u"sum"_s, u"j1"_s, u"5"_s, u"5"_s}).out, "E truncated size=9\n");
    EXPECT_TRUE(QTest::qWaitFor([&] { return processes().isEmpty(); }, 3000))
        << "something outlives the job";
}

TEST_P(JobScriptShellTest, StartsAnIdOnce)
{
    (void)start(u"once"_s, "echo run >>$TEST_COUNT; exec sleep 60");
    // Not before: bash can lose an INT that comes while it is about to exec.
    const auto isSleeping = [this] {
        QFile name(u"/proc/%1/comm"_s.arg(processIn(u"once/claim/job"_s)));
        return name.open(QIODevice::ReadOnly) && name.readAll() == "sleep\n";
    };
    EXPECT_TRUE(QTest::qWaitFor(isSleeping, 10'000));
    EXPECT_TRUE(start(u"once"_s, "echo other >>$TEST_COUNT").out.startsWith("S exists\nS running"));
    EXPECT_EQ(call({u"rm"_s, u"once"_s}).code, 69);
    EXPECT_EQ(stop(u"once"_s, 4).exitCode, 130);
    EXPECT_EQ(statusIn(call({u"rm"_s, u"once"_s})).state, State::None);
    EXPECT_EQ(leftovers(), QStringList());
    // It is remembered: the same id is not a new job.
    const JobStatus after = statusIn(start(u"once"_s, "echo again >>$TEST_COUNT"));
    EXPECT_EQ(after.state, State::None);
    EXPECT_EQ(after.exitCode, 130);
    EXPECT_TRUE(after.endedSecs);
    EXPECT_FALSE(status(u"never"_s).endedSecs);
    EXPECT_EQ(read(u"count"_s), "run\n");
}

TEST_P(JobScriptShellTest, StopsInThreeSteps)
{
    (void)start(u"soft"_s, "trap 'echo bye; exit 7' INT; echo up; while :; do sleep 0.1; done");
    (void)start(u"hard"_s,
                "trap '' INT TERM; (trap '' TERM; sleep 300) & echo up; while :; do sleep 9; done");
    const auto isUp = [this](const QString &id) {
        return QTest::qWaitFor([&] { return read(u"jobs/%1/log"_s.arg(id)) == "up\n"; }, 10'000);
    };
    ASSERT_TRUE(isUp(u"soft"_s) && isUp(u"hard"_s));
    EXPECT_EQ(stop(u"soft"_s, 20).exitCode, 7);
    EXPECT_EQ(read(u"jobs/soft/log"_s), "up\nbye\n");
    const Answer killed = call({u"stop"_s, u"hard"_s, u"1"_s});
    EXPECT_TRUE(killed.out.startsWith("S killed\n")) << killed.out.toStdString();
    EXPECT_EQ(statusIn(killed).exitCode, 137);
    EXPECT_TRUE(QTest::qWaitFor([&] { return processes().isEmpty(); }, 3000));
}

TEST_P(JobScriptShellTest, FollowsTheLogToItsEnd)
{
    (void)start(u"tail"_s, "for i in 1 2 3 4 5; do echo $i; sleep 0.2; done");
    EXPECT_TRUE(QTest::qWaitFor([&] { return read(u"jobs/tail/log"_s).size() >= 2; }, 10'000));
    QByteArray all = wait(*begin({u"log"_s, u"tail"_s, u"2"_s})).out;
    EXPECT_EQ(status(u"tail"_s).state, State::Done);
    // The end may come before the last line has been read; then a reader asks again.
    all += call({u"log"_s, u"tail"_s, QString::number(2 + all.size())}).out;
    EXPECT_EQ(all, "2\n3\n4\n5\n");
}

TEST_P(JobScriptShellTest, ListsJobsInTheOrderOfTheirStart)
{
    for (const char *id : {"r1-b", "r1-a", "r2-c"}) {
        (void)start(QString::fromLatin1(id), "exit 3");
        (void)waitForEnd(QString::fromLatin1(id));
    }
    QDir(jobs()).mkdir(u"r1-z"_s); // a start that was cut off at once
    const auto all = parseJobList(call({u"list"_s}).out);
    ASSERT_EQ(all.size(), 4);
    EXPECT_EQ(all.at(0).first, "r1-b");
    EXPECT_EQ(all.at(1).first, "r1-a");
    EXPECT_EQ(all.at(0).second.exitCode, 3);
    EXPECT_EQ(all.at(3).first, "r1-z");
    EXPECT_EQ(all.at(3).second.state, State::Starting);
    EXPECT_EQ(parseJobList(call({u"list"_s, u"r1-"_s}).out).size(), 3);
    EXPECT_EQ(call({u"list"_s, u"none"_s}).out, "");
}

TEST_P(JobScriptShellTest, KeepsNotes)
{
    const QByteArray text = "{\"a\": \"\\n ü\"}\n\n";
    EXPECT_EQ(call({u"read"_s, u"n"_s}).code, 66);
    EXPECT_EQ(call({u"write"_s, u"n"_s, QString::number(text.size())}, text).out, "ok\n");
    EXPECT_EQ(call({u"read"_s, u"n"_s}).out, text);
    EXPECT_EQ(call({u"write"_s, u"n"_s, u"99"_s}, "cut").code, 65);
    EXPECT_EQ(call({u"read"_s, u"n"_s}).out, text);
    EXPECT_EQ(call({u"erase"_s, u"n"_s}).out, "ok\n");
    EXPECT_EQ(call({u"read"_s, u"n"_s}).code, 66);
    EXPECT_EQ(leftovers(), QStringList());
}

TEST_P(JobScriptShellTest, LeasesASlotToOne)
{
    using Is = Lease::State;
    EXPECT_EQ(leaseIn(call({u"show"_s, u"s"_s})).state, Is::Free);
    const Lease mine = leaseIn(
        call({u"take"_s, u"s"_s, u"run1"_s, u"60"_s}, "secret-1\nanna\\n\x1b[31m@laptop  x\n"));
    EXPECT_EQ(mine.state, Is::Mine);
    EXPECT_EQ(mine.runId, "run1");
    EXPECT_EQ(mine.previousRun, "");
    EXPECT_EQ(mine.holder, u"anna\\n[31m@laptop x"_s);
    EXPECT_TRUE(mine.takenSecs && mine.renewedSecs && mine.nowSecs);
    const Lease other = take(u"s"_s, u"run2"_s, "secret-2");
    EXPECT_EQ(other.state, Is::Held);
    EXPECT_EQ(other.runId, "run1");
    EXPECT_EQ(take(u"s"_s, u"run1"_s, "secret-1", 0).state, Is::Mine);
    EXPECT_EQ(leaseIn(call({u"show"_s, u"s"_s})).state, Is::Expired);
    const Lease after = take(u"s"_s, u"run2"_s, "secret-2");
    EXPECT_EQ(after.state, Is::Mine);
    EXPECT_EQ(after.previousRun, "run1");
    EXPECT_EQ(take(u"s"_s, u"run2"_s, "secret-2").previousRun, "run1") << "told again on renewal";
    EXPECT_EQ(leaseIn(call({u"drop"_s, u"s"_s}, "secret-1\n")).state, Is::Held);
    EXPECT_EQ(leaseIn(call({u"drop"_s, u"s"_s}, "secret-2\n")).state, Is::Free);
    EXPECT_EQ(take(u"s"_s, u"run3"_s, "secret-3").previousRun, "");
    for (const QStringList &words : {QStringList{u"show"_s, u"s"_s}, QStringList{u"list"_s}}) {
        const Answer answer = call(words);
        EXPECT_FALSE(answer.out.contains("secret") || answer.err.contains("secret"))
            << answer.out.toStdString();
    }
}

INSTANTIATE_TEST_SUITE_P(Shells, JobScriptShellTest, ::testing::ValuesIn(JobScriptTest::shells()),
                         [](const auto &one) {
                             return QString(one.param).remove(u'-').toStdString();
                         });

TEST_F(JobScriptTest, PassesShellcheck)
{
    const QString shellcheck = QStandardPaths::findExecutable(u"shellcheck"_s);
    if (shellcheck.isEmpty()) {
        GTEST_SKIP() << "shellcheck is not installed";
    }
    QProcess process;
    process.start(shellcheck, {u"-s"_s, u"sh"_s, jobs() + u"/h-2.sh"_s});
    const Answer answer = wait(process);
    EXPECT_EQ(answer.code, 0) << answer.out.toStdString();
}

TEST_F(JobScriptTest, RefusesWhatCouldLeaveItsFolder)
{
    for (const QString &id : {u""_s, u"a b"_s, u"../x"_s, u"x;id"_s, u"$(id)"_s, u"-\n"_s}) {
        for (const QString &verb : {u"start"_s, u"status"_s, u"rm"_s, u"take"_s, u"read"_s}) {
            const Answer answer = call({verb, id, u"1"_s});
            EXPECT_EQ(answer.code, 64);
            EXPECT_EQ(answer.out, "E bad-id\n");
        }
    }
    EXPECT_EQ(call({u"log"_s, u"a"_s, u"x"_s}).out, "E bad-argument\n");
    EXPECT_EQ(call({u"nonsense"_s, u"a"_s}).out, "E bad-verb\n");
}

TEST_F(JobScriptTest, KeepsEverythingFromOtherAccounts)
{
    (void)start(u"j"_s, "umask 022; echo x");
    (void)waitForEnd(u"j"_s);
    (void)take(u"s"_s, u"run"_s, "token");
    const QStringList found
        = QString::fromUtf8(testing::runProgram(
                                u"find"_s, {jobs(), u"-mindepth"_s, u"1"_s, u"-perm"_s, u"/077"_s}))
              .split(u'\n', Qt::SkipEmptyParts);
    EXPECT_EQ(found, QStringList{jobs() + u"/h-2.sh"_s}) << "the test wrote that one";
}

TEST_F(JobScriptTest, KnowsARebootByTheBootId)
{
    write(u"boot"_s, "11111111-0000-0000-0000-000000000000\n");
    standIn(u"cat"_s,
            "[ \"$*\" != /proc/sys/kernel/random/boot_id ] || exec /bin/cat "
                + path(u"boot"_s).toUtf8() + "\nexec /bin/cat \"$@\"");
    (void)start(u"j"_s, "echo run >>$TEST_COUNT; exec sleep 300");
    EXPECT_TRUE(QTest::qWaitFor([&] { return !read(u"count"_s).isEmpty(); }, 10'000));
    ASSERT_EQ(status(u"j"_s).state, State::Running);
    killAll();
    EXPECT_EQ(status(u"j"_s).state, State::Lost);
    write(u"boot"_s, "22222222-0000-0000-0000-000000000000\n");
    const JobStatus after = status(u"j"_s);
    EXPECT_EQ(after.state, State::Rebooted);
    EXPECT_FALSE(after.exitCode);
    EXPECT_TRUE(after.bootedSecs && after.beatSecs);
    EXPECT_EQ(statusIn(start(u"j"_s, "echo again >>$TEST_COUNT")).state, State::Rebooted);
    EXPECT_EQ(stop(u"j"_s, 1).state, State::Rebooted);
    EXPECT_EQ(read(u"count"_s), "run\n");
    // What cannot be told is no reboot.
    standIn(u"cat"_s,
            "[ \"$*\" != /proc/sys/kernel/random/boot_id ] || exit 1\n"
            "exec /bin/cat \"$@\"");
    EXPECT_EQ(status(u"j"_s).state, State::Lost);
}

TEST_F(JobScriptTest, IsNotTakenInByARecycledProcessId)
{
    (void)start(u"j"_s, "exec sleep 300");
    ASSERT_EQ(status(u"j"_s).state, State::Running);
    killAll();
    QProcess other;
    other.setChildProcessModifier([] { ::setpgid(0, 0); });
    other.start(u"sleep"_s, {u"300"_s});
    ASSERT_TRUE(other.waitForStarted());
    const QByteArray recycled = QByteArray::number(other.processId()) + " 12345\n";
    write(u"jobs/j/claim/sup"_s, recycled);
    write(u"jobs/j/claim/job"_s, recycled);
    EXPECT_EQ(status(u"j"_s).state, State::Lost);
    EXPECT_EQ(stop(u"j"_s, 0).state, State::Lost);
    EXPECT_EQ(other.state(), QProcess::Running);
    EXPECT_FALSE(other.waitForFinished(300)) << "a stranger was killed";
    other.kill();
    other.waitForFinished();
}

TEST_F(JobScriptTest, DoesNotTrustTheClock)
{
    (void)start(u"j"_s, "exec sleep 300");
    (void)take(u"s"_s, u"run1"_s, "one", 60);
    // Years back, then years ahead, with days in between.
    for (const char *shift : {"-2 years", "+2 years", "-1 day"}) {
        standIn(u"date"_s, "exec /bin/date -d '" + QByteArray(shift) + "' \"$@\"");
        EXPECT_EQ(status(u"j"_s).state, State::Running) << shift;
        EXPECT_EQ(start(u"j"_s, "x").out.split('\n').value(0), "S exists");
    }
    // A lease from the future does not hold for ever.
    noStandIn(u"date"_s);
    standIn(u"date"_s, "exec /bin/date -d '-2 years' \"$@\"");
    EXPECT_EQ(take(u"s"_s, u"run2"_s, "two").state, Lease::State::Mine);
    EXPECT_EQ(stop(u"j"_s, 2).state, State::Done);
}

TEST_F(JobScriptTest, TellsAnOrphanFromALostJob)
{
    standIn(u"sleep"_s, "[ \"$1\" != 15 ] || set -- 0.2\nexec /bin/sleep \"$@\"");
    (void)start(u"j"_s, "exec /bin/sleep 300");
    const JobStatus running = status(u"j"_s);
    const qint64 supervisor = processIn(u"j/claim/sup"_s);
    ASSERT_GT(supervisor, 1);
    ASSERT_EQ(::kill(static_cast<pid_t>(supervisor), SIGKILL), 0);
    EXPECT_TRUE(QTest::qWaitFor([&] { return status(u"j"_s).state == State::Orphan; }, 5000));
    // The heartbeat goes with its supervisor: only the job is left.
    EXPECT_TRUE(QTest::qWaitFor([&] { return processes().size() == 1; }, 5000));
    EXPECT_EQ(processes().value(0), running.processGroup);
    EXPECT_EQ(call({u"rm"_s, u"j"_s}).code, 69);
    const JobStatus ended = stop(u"j"_s, 4);
    EXPECT_EQ(ended.state, State::Lost);
    EXPECT_FALSE(ended.exitCode);
    // A lost job is not run again, and its removal is remembered.
    EXPECT_EQ(statusIn(start(u"j"_s, "echo x >>$TEST_COUNT")).state, State::Lost);
    EXPECT_EQ(statusIn(call({u"rm"_s, u"j"_s})).state, State::None);
    const JobStatus removed = statusIn(start(u"j"_s, "echo x >>$TEST_COUNT"));
    EXPECT_EQ(removed.state, State::None);
    EXPECT_TRUE(removed.endedSecs);
    EXPECT_FALSE(removed.exitCode);
    EXPECT_EQ(read(u"count"_s), "");
}

TEST_F(JobScriptTest, StopsWhatTheLeaderLeavesBehind)
{
    (void)start(u"j"_s, "sleep 300 & echo up");
    EXPECT_EQ(waitForEnd(u"j"_s).exitCode, 0);
    EXPECT_EQ(processes().size(), 1);
    const JobStatus ended = stop(u"j"_s, 4);
    EXPECT_EQ(ended.exitCode, 0);
    EXPECT_TRUE(processes().isEmpty());
}

TEST_F(JobScriptTest, StopsGroupsOfTheSessionToo)
{
    (void)start(
        u"j"_s,
        "set -m; sleep 300 & timeout 300 sh -c 'trap \"\" INT; echo up; sleep 300'; exit 5");
    EXPECT_TRUE(QTest::qWaitFor([&] { return read(u"jobs/j/log"_s) == "up\n"; }, 10'000));
    EXPECT_GT(processes().size(), 4);
    const Answer stopped = call({u"stop"_s, u"j"_s, u"4"_s});
    EXPECT_EQ(statusIn(stopped).state, State::Done) << stopped.out.toStdString();
    EXPECT_EQ(processes(), QList<qint64>());
}

TEST_F(JobScriptTest, AZombieIsDead)
{
    (void)start(u"j"_s, "exec sleep 300");
    const qint64 supervisor = processIn(u"j/claim/sup"_s);
    ASSERT_EQ(::kill(static_cast<pid_t>(supervisor), SIGSTOP), 0); // it reaps nobody now
    const auto stopping = begin({u"stop"_s, u"j"_s, u"20"_s});
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            const QByteArray stat = testing::runProgram(
                u"ps"_s,
                {u"-o"_s, u"stat="_s, u"-p"_s, QString::number(processIn(u"j/claim/job"_s))});
            return stat.startsWith('Z');
        },
        10'000));
    ASSERT_EQ(::kill(static_cast<pid_t>(supervisor), SIGCONT), 0);
    const Answer answer = wait(*stopping, 9000);
    EXPECT_TRUE(answer.out.startsWith("S interrupted\n")) << answer.out.toStdString();
    EXPECT_EQ(statusIn(answer).exitCode, 130);
}

TEST_F(JobScriptTest, BeatsWhileItRuns)
{
    standIn(u"sleep"_s, "[ \"$1\" != 15 ] || set -- 0.1\nexec /bin/sleep \"$@\"");
    standIn(u"date"_s,
            "n=$(/bin/cat $TEST_COUNT 2>/dev/null || echo 1000)\n"
            "echo $((n+1)) >$TEST_COUNT; echo $n");
    (void)start(u"j"_s, "exec /bin/sleep 300");
    const std::optional<qint64> first = status(u"j"_s).beatSecs;
    ASSERT_TRUE(first);
    EXPECT_TRUE(QTest::qWaitFor([&] { return status(u"j"_s).beatSecs > first; }, 5000));
    noStandIn(u"sleep"_s);
    noStandIn(u"date"_s);
    (void)stop(u"j"_s, 2);
    EXPECT_TRUE(QTest::qWaitFor([&] { return processes().isEmpty(); }, 3000));
}

TEST_F(JobScriptTest, ALeaseThatAPowerFailureLeftEmptyIsNobodys)
{
    EXPECT_EQ(take(u"s"_s, u"run1"_s, "one").state, Lease::State::Mine);
    for (const QByteArray &text : {QByteArray(), QByteArray("held r t x y z -\n\n")}) {
        const QStringList all = QDir(jobs() + u"/.leases/s"_s).entryList(QDir::Dirs, QDir::Name);
        write(u"jobs/.leases/s/"_s + all.last() + u"/lease"_s, text);
        EXPECT_EQ(leaseIn(call({u"show"_s, u"s"_s})).state, Lease::State::Free);
        EXPECT_EQ(take(u"s"_s, u"run2"_s, "two").state, Lease::State::Mine);
        EXPECT_EQ(take(u"s"_s, u"run1"_s, "one").state, Lease::State::Held);
    }
}

TEST_F(JobScriptTest, ReadsTheJobsOfVersionOne)
{
    write(u"jobs/h-1.sh"_s, testing::readData(u"ssh/job-helper-1.sh"_s));
    environment.insert(u"XDG_STATE_HOME"_s, path(u"state"_s));
    QDir().mkpath(path(u"state/proverdeck"_s));
    QFile::link(jobs(), path(u"state/proverdeck/jobs"_s));
    const auto old = [this](const QStringList &words, const QByteArray &input = {}) {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(u"sh"_s, QStringList{jobs() + u"/h-1.sh"_s} + words);
        process.write(input);
        process.closeWriteChannel();
        return wait(process);
    };
    EXPECT_TRUE(old({u"start"_s, u"long"_s, u"31"_s}, "echo run >>$TEST_COUNT;sleep 99")
                    .out.startsWith("S started"));
    EXPECT_TRUE(old({u"start"_s, u"short"_s, u"6"_s}, "exit 5").out.startsWith("S started"));
    EXPECT_EQ(waitForEnd(u"short"_s).exitCode, 5);
    EXPECT_TRUE(QTest::qWaitFor([&] { return status(u"long"_s).state == State::Running; }, 5000));
    EXPECT_EQ(start(u"long"_s, "echo again >>$TEST_COUNT").out.split('\n').value(0), "S exists");
    EXPECT_EQ(parseJobList(call({u"list"_s}).out).size(), 2);
    EXPECT_EQ(call({u"log"_s, u"short"_s, u"0"_s}).code, 0);
    EXPECT_EQ(stop(u"long"_s, 4).state, State::Done);
    EXPECT_EQ(statusIn(call({u"rm"_s, u"short"_s})).exitCode, 5);
    EXPECT_EQ(read(u"count"_s), "run\n");
}

} // namespace
} // namespace proverdeck::ssh
