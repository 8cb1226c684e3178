// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/JobScriptFixture.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTest>

#include <unistd.h>

#include <csignal>
#include <random>
#include <vector>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using State = JobStatus::State;

/// Kills the helper wherever it may be, and looks at what a second call makes of it.
///
/// Every program that the helper calls is counted; before the one with a given number the shell
/// that called it is killed.
class JobCrashTest : public JobScriptTest
{
protected:
    void SetUp() override
    {
        JobScriptTest::SetUp();
        const QString bash = QStandardPaths::findExecutable(u"bash"_s);
        if (IsSkipped() || bash.isEmpty()) {
            GTEST_SKIP() << "needs bash";
        }
        write(u"killer"_s, killer(bash));
        QFile::setPermissions(path(u"killer"_s), QFile::ReadOwner | QFile::ExeOwner);
        QDir(path(u""_s)).mkdir(u"killing"_s);
        for (const char *program : {"cat",   "cut",  "date", "find",    "grep", "head",   "ls",
                                    "mkdir", "mv",   "rm",   "rmdir",   "sed",  "setsid", "sleep",
                                    "sort",  "sync", "tail", "timeout", "tr",   "wc",     "awk"}) {
            QFile::link(path(u"killer"_s), path(u"killing/"_s + QString::fromLatin1(program)));
        }
        m_path = environment.value(u"PATH"_s);
    }

    static QByteArray killer(const QString &bash)
    {
        return "#!" + bash.toUtf8() + R"sh(
name=${0##*/}
mapfile -d '' -t words </proc/$PPID/cmdline
if [[ ${words[1]-} == */h-2.sh && ${words[2]-} == "$KILL_ROLE" ]]; then
  echo >>"$KILL_COUNT"
  mapfile -t lines <"$KILL_COUNT"
  if [[ ${#lines[@]} == "$KILL_AT" ]]; then
    # A subshell has the command line of its shell.
    read -r stat </proc/$PPID/stat; set -- ${stat##*) }
    mapfile -d '' -t above </proc/$2/cmdline
    [[ ${above[*]} == "${words[*]}" ]] && kill -9 "$2"
    kill -9 $PPID
    exit 137
  fi
fi
IFS=:
for folder in $KILL_PATH; do [[ -x $folder/$name ]] && exec "$folder/$name" "$@"; done
exit 127
)sh";
    }

    /// From now on the helper dies in @p role ("start", "supervise", "take", …) before its @p at-th
    /// program. 0: no more.
    void killBefore(const QString &role, int at)
    {
        QFile::remove(path(u"killed"_s));
        environment.insert(u"KILL_ROLE"_s, role);
        environment.insert(u"KILL_AT"_s, QString::number(at));
        environment.insert(u"KILL_COUNT"_s, path(u"killed"_s));
        environment.insert(u"KILL_PATH"_s, m_path);
        environment.insert(u"PATH"_s, at > 0 ? path(u"killing:"_s) + m_path : m_path);
    }
    /// Makes helpers that run at the same time all look first, and then all act.
    void meetAtTheClaim()
    {
        for (const char *program : {"mkdir", "mv"}) {
            standIn(QString::fromLatin1(program),
                    "/bin/sleep 0.2; exec /bin/" + QByteArray(program) + " \"$@\"");
        }
    }
    /// How many programs the role has called.
    [[nodiscard]] qsizetype calls() const { return read(u"killed"_s).count('\n'); }
    [[nodiscard]] qsizetype runs(const QString &id) const
    {
        return read(u"count"_s).split('\n').count(id.toUtf8());
    }
    /// 0, unless the environment says another one.
    static std::mt19937::result_type seed()
    {
        return qEnvironmentVariable("PROVERDECK_CRASH_SEED").toUInt();
    }
    static QByteArray script(const QString &id)
    {
        return "echo " + id.toUtf8() + " >>$TEST_COUNT; exit 7";
    }

    QString m_path;
};

TEST_F(JobCrashTest, AStartThatDiesAnywhereIsFinishedByTheNext)
{
    int at = 1;
    for (; at < 200; ++at) {
        const QString id = u"s%1"_s.arg(at);
        killBefore(u"start"_s, at);
        const Answer first = start(id, script(id));
        const bool hasDied = calls() >= at;
        killBefore(u"start"_s, 0);
        const Answer second = start(id, script(id));
        EXPECT_TRUE(second.out.startsWith("S ")) << second.out.toStdString();
        const JobStatus ended = waitForEnd(id);
        EXPECT_EQ(ended.state, State::Done) << "killed before program " << at;
        EXPECT_EQ(ended.exitCode, 7) << "killed before program " << at;
        EXPECT_EQ(runs(id), 1) << "killed before program " << at;
        EXPECT_EQ(statusIn(call({u"rm"_s, id})).exitCode, 7);
        if (HasFailure() || !hasDied) {
            break;
        }
        // With 0 it was what the start leaves behind that was killed, and the start was done.
        EXPECT_TRUE(first.code == -1 || first.code == 0) << first.code;
    }
    EXPECT_GT(at, 15) << "too few places were tried";
    EXPECT_LT(at, 200);
    EXPECT_EQ(leftovers(), QStringList());
}

TEST_F(JobCrashTest, ASupervisorOrLeaderThatDiesRunsTheJobAtMostOnce)
{
    standIn(u"sleep"_s, "[ \"$1\" != 0.1 ] || set -- 0.01\nexec /bin/sleep \"$@\"");
    for (const QString &role : {u"supervise"_s, u"lead"_s}) {
        int at = 1;
        for (; at < 60; ++at) {
            const QString id = u"%1-%2"_s.arg(role).arg(at);
            killBefore(role, at);
            (void)start(id, script(id));
            const auto hasDied = [&] { return calls() >= at; };
            (void)QTest::qWaitFor([&] { return hasDied() || status(id).state == State::Done; },
                                  15'000);
            const bool isOver = !hasDied();
            killBefore(role, 0);
            (void)start(id, script(id));
            EXPECT_TRUE(QTest::qWaitFor(
                [&] {
                    const State state = status(id).state;
                    return state == State::Done || state == State::Lost;
                },
                20'000))
                << id.toStdString();
            const JobStatus ended = status(id);
            if (ended.state == State::Done && ended.exitCode == 7) {
                EXPECT_EQ(runs(id), 1) << id.toStdString();
            } else {
                EXPECT_LE(runs(id), 1) << id.toStdString();
            }
            EXPECT_LE(runs(id), 1) << id.toStdString();
            if (HasFailure() || isOver) {
                break;
            }
        }
        EXPECT_GT(at, 3) << role.toStdString();
        EXPECT_LT(at, 60) << role.toStdString();
    }
}

TEST_F(JobCrashTest, DiesAtRandomTimesAndRunsOnce)
{
    bool isNumber = false;
    const int asked = qEnvironmentVariableIntValue("PROVERDECK_CRASH_ROUNDS", &isNumber);
    const int rounds = isNumber ? asked : 40;
    std::mt19937 random(seed());
    std::uniform_int_distribution<int> delayUs(0, 90'000);
    for (int i = 0; i < rounds && !HasFailure(); ++i) {
        const QString id = u"r%1"_s.arg(i);
        for (int k = 0; k < 3; ++k) {
            const auto first
                = begin({u"start"_s, id, QString::number(script(id).size())}, script(id));
            usleep(useconds_t(delayUs(random))); // waits for nothing: any moment will do
            ::kill(-pid_t(first->processId()), SIGKILL); // the shell and what it waits for
            first->waitForFinished();
        }
        (void)start(id, script(id));
        const JobStatus ended = waitForEnd(id);
        EXPECT_EQ(ended.exitCode, 7) << "round " << i;
        EXPECT_EQ(runs(id), 1) << "round " << i;
    }
}

TEST_F(JobCrashTest, APowerCutNeverRunsAJobTwice)
{
    std::mt19937 random(seed());
    std::uniform_int_distribution<int> delayUs(0, 150'000);
    int runsOfAll = 0;
    for (int i = 0; i < 25 && !HasFailure(); ++i) {
        const QString id = u"p%1"_s.arg(i);
        const auto first = begin({u"start"_s, id, QString::number(script(id).size())}, script(id));
        usleep(useconds_t(delayUs(random)));
        killAll();
        first->waitForFinished();
        (void)start(id, script(id));
        const JobStatus ended = waitForEnd(id);
        EXPECT_TRUE(ended.state == State::Lost || ended.exitCode == 7) << "round " << i;
        EXPECT_LE(runs(id), 1) << "round " << i;
        EXPECT_TRUE(ended.state == State::Lost || runs(id) == 1) << "round " << i;
        runsOfAll += int(runs(id));
    }
    EXPECT_GT(runsOfAll, 5);
}

TEST_F(JobCrashTest, OnlyOneOfManyStartsRunsTheJob)
{
    meetAtTheClaim();
    for (const QString &id : {u"a"_s, u"b"_s, u"c"_s, u"d"_s}) {
        std::vector<std::unique_ptr<QProcess>> all;
        for (int i = 0; i < 6; ++i) {
            all.push_back(begin({u"start"_s, id, QString::number(script(id).size())}, script(id)));
        }
        for (const auto &one : all) {
            const Answer answer = wait(*one);
            EXPECT_TRUE(answer.out.startsWith("S ")) << answer.out.toStdString();
            EXPECT_EQ(answer.code, 0);
        }
        EXPECT_EQ(waitForEnd(id).exitCode, 7);
        EXPECT_TRUE(QTest::qWaitFor([&] { return processes().isEmpty(); }, 5000));
        EXPECT_EQ(runs(id), 1);
    }
}

TEST_F(JobCrashTest, AStoppedJobDoesNotBeginLater)
{
    int at = 1;
    int forestalled = 0;
    for (; at < 200; ++at) {
        const QString id = u"s%1"_s.arg(at);
        killBefore(u"start"_s, at);
        (void)start(id, script(id));
        const bool hasDied = calls() >= at;
        killBefore(u"start"_s, 0);
        const Answer stopped = call({u"stop"_s, id, u"2"_s});
        const qsizetype before = runs(id);
        forestalled += stopped.out.contains("S forestalled\n") ? 1 : 0;
        (void)start(id, script(id)); // as one that was under way for long
        EXPECT_TRUE(QTest::qWaitFor([&] { return processes().isEmpty(); }, 5000));
        const JobStatus after = status(id);
        if (statusIn(stopped).state == State::None) {
            EXPECT_EQ(runs(id), 1) << "nothing was there to be stopped";
        } else {
            EXPECT_EQ(runs(id), before) << "killed before program " << at;
            EXPECT_EQ(after.state, State::Done);
        }
        if (HasFailure() || !hasDied) {
            break;
        }
    }
    EXPECT_GT(forestalled, 5);
}

TEST_F(JobCrashTest, ARemovalThatDiesAnywhereIsFinishedByTheNext)
{
    int at = 1;
    for (; at < 100; ++at) {
        const QString id = u"j%1"_s.arg(at);
        (void)start(id, script(id));
        (void)waitForEnd(id);
        killBefore(u"rm"_s, at);
        (void)call({u"rm"_s, id});
        const bool hasDied = calls() >= at;
        killBefore(u"rm"_s, 0);
        const JobStatus between = status(id);
        EXPECT_EQ(between.exitCode, 7) << "killed before program " << at;
        (void)start(id, script(id));
        EXPECT_EQ(runs(id), 1);
        EXPECT_EQ(statusIn(call({u"rm"_s, id})).exitCode, 7);
        EXPECT_EQ(status(id).state, State::None);
        if (HasFailure() || !hasDied) {
            break;
        }
    }
    EXPECT_GT(at, 4);
    EXPECT_EQ(leftovers(), QStringList());
}

TEST_F(JobCrashTest, OneTakerOfManyGetsTheLease)
{
    meetAtTheClaim();
    for (int round = 0; round < 6 && !HasFailure(); ++round) {
        const QString slot = u"slot%1"_s.arg(round / 2);
        std::vector<std::unique_ptr<QProcess>> all;
        for (int i = 0; i < 8; ++i) {
            const QByteArray token = "token-" + QByteArray::number(round * 8 + i);
            const QString run = u"run-%1-%2"_s.arg(round).arg(i);
            // The even rounds take a free slot, the odd ones an expired one.
            all.push_back(begin({u"take"_s, slot, run, round % 2 == 0 ? u"0"_s : u"60"_s},
                                token + "\nsomebody\n"));
        }
        QList<Lease> leases;
        for (const auto &one : all) {
            leases << leaseIn(wait(*one));
        }
        if (round % 2 == 0) {
            continue; // they expire at once, so each may have had it in turn
        }
        const Lease now = leaseIn(call({u"show"_s, slot}));
        int winners = 0;
        for (const Lease &lease : std::as_const(leases)) {
            winners += lease.state == Lease::State::Mine ? 1 : 0;
            EXPECT_EQ(lease.runId, now.runId);
        }
        EXPECT_EQ(winners, 1);
        EXPECT_EQ(now.state, Lease::State::Held);
    }
}

TEST_F(JobCrashTest, ATakerThatDiesBlocksNobody)
{
    int at = 1;
    for (; at < 100; ++at) {
        const QString slot = u"s%1"_s.arg(at);
        killBefore(u"take"_s, at);
        (void)call({u"take"_s, slot, u"run1"_s, u"60"_s}, "one\nsomebody\n");
        const bool hasDied = calls() >= at;
        killBefore(u"take"_s, 0);
        const Lease other = take(slot, u"run2"_s, "two");
        const Lease again = take(slot, u"run1"_s, "one");
        if (other.state == Lease::State::Mine) { // it had not come that far
            EXPECT_EQ(again.state, Lease::State::Held);
            EXPECT_EQ(again.runId, "run2");
        } else {
            EXPECT_EQ(other.state, Lease::State::Held);
            EXPECT_EQ(again.state, Lease::State::Mine);
        }
        if (HasFailure() || !hasDied) {
            break;
        }
    }
    EXPECT_GT(at, 5);
    EXPECT_LT(at, 100);
}

} // namespace
} // namespace proverdeck::ssh
