// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/JobProtocol.h"
#include "ssh/ShellFixture.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <unistd.h>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = JobStatus::State;

class JobTest : public ServerTest
{
protected:
    void SetUp() override
    {
        ServerTest::SetUp();
        if (!IsSkipped()) {
            client = connected();
            const Outcome &installed = client->wait(client->shell.installJobHelper());
            ASSERT_TRUE(installed.isOk()) << installed.out.toStdString();
            ASSERT_EQ(installed.out, "ok\n");
        }
    }

    void TearDown() override
    {
        if (client != nullptr) {
            for (const QByteArray &id : std::as_const(started)) {
                (void)client->wait(client->shell.stopJob(id, 0s));
            }
        }
    }

    JobStatus start(const QByteArray &id, const QByteArray &script)
    {
        started << id;
        return statusIn(client->wait(client->shell.startJob(id, script)));
    }
    JobStatus status(const QByteArray &id)
    {
        return statusIn(client->wait(client->shell.jobStatus(id)));
    }
    static JobStatus statusIn(const Outcome &outcome)
    {
        const std::optional<JobStatus> found = parseJobStatus(outcome.out);
        EXPECT_TRUE(found) << outcome.out.toStdString() << outcome.err.toStdString();
        return found.value_or(JobStatus{});
    }
    /// Waits until the job's log says @p text.
    void waitForLog(const QByteArray &id, const QByteArray &text)
    {
        const CommandId follower = client->shell.followJob(id, 0);
        EXPECT_TRUE(
            QTest::qWaitFor([&] { return client->outcomes[follower].out.contains(text); }, 10'000));
        client->shell.cancel(follower);
    }
    JobStatus stop(const QByteArray &id, std::chrono::seconds grace)
    {
        return statusIn(client->wait(client->shell.stopJob(id, grace)));
    }
    [[nodiscard]] QString jobs() const { return server.path(u"state/proverdeck/jobs"_s); }

    std::unique_ptr<Listener> client;
    QList<QByteArray> started;
};

TEST_F(JobTest, RunsToItsEndAndKeepsTheExitCode)
{
    const JobStatus begun = start("j1", "echo \"it's\"; echo err >&2; cat; exit 42");
    EXPECT_TRUE(begun.state == State::Running || begun.state == State::Done);
    EXPECT_TRUE(begun.processGroup);
    const Outcome &log = client->wait(client->shell.followJob("j1", 0));
    EXPECT_TRUE(log.isOk());
    EXPECT_EQ(log.out, "it's\nerr\n");
    const JobStatus ended = status("j1");
    EXPECT_EQ(ended.state, State::Done);
    EXPECT_EQ(ended.exitCode, 42);
    EXPECT_EQ(ended.size, 9U);
    EXPECT_TRUE(ended.startedSecs && ended.endedSecs && ended.nowSecs);
    EXPECT_FALSE(QFile::permissions(jobs() + u"/j1/log"_s) & QFile::ReadOther);
    EXPECT_FALSE(QFile::permissions(jobs()) & QFile::ReadOther);
}

TEST_F(JobTest, RunsInALoginShellWithoutInput)
{
    (void)start("login", "shopt -q login_shell && echo login; read -r x || echo no input");
    EXPECT_EQ(client->wait(client->shell.followJob("login", 0)).out, "login\nno input\n");
}

TEST_F(JobTest, FollowsFromAnOffset)
{
    (void)start("j2", "echo first; sleep 0.5; echo second");
    EXPECT_EQ(client->wait(client->shell.followJob("j2", 6)).out, "second\n");
    EXPECT_EQ(client->wait(client->shell.followJob("j2", 3)).out, "st\nsecond\n");
    const Outcome &beyond = client->wait(client->shell.followJob("j2", 99));
    EXPECT_FALSE(beyond.isOk());
    EXPECT_TRUE(beyond.err.contains("truncated"));
}

TEST_F(JobTest, StartsAnIdOnlyOnce)
{
    (void)start("once", "echo run; exec sleep 60");
    waitForLog("once", "run\n");
    const Outcome &again = client->wait(client->shell.startJob("once", "echo other"));
    EXPECT_TRUE(again.out.startsWith("S exists\n"));
    EXPECT_EQ(statusIn(again).state, State::Running);
    EXPECT_EQ(status("once").size, 4U);
    const Outcome &removed = client->wait(client->shell.removeJob("once"));
    EXPECT_FALSE(removed.isOk());
    EXPECT_TRUE(removed.out.contains("E the job is still running"));
}

TEST_F(JobTest, StopsWithAnInterrupt)
{
    (void)start("soft", "trap 'echo bye; exit 7' INT; echo up; while :; do sleep 0.1; done");
    waitForLog("soft", "up\n");
    const JobStatus ended = stop("soft", 10s);
    EXPECT_EQ(ended.state, State::Done);
    EXPECT_EQ(ended.exitCode, 7);
    EXPECT_EQ(client->wait(client->shell.followJob("soft", 0)).out, "up\nbye\n");
}

TEST_F(JobTest, KillsWhatIgnoresTheSignals)
{
    (void)start("hard",
                "trap '' INT TERM; (trap '' TERM; sleep 300) & echo up; "
                "while :; do sleep 300; done");
    waitForLog("hard", "up\n");
    const JobStatus running = status("hard");
    const Outcome &stopped = client->wait(client->shell.stopJob("hard", 1s));
    EXPECT_TRUE(stopped.out.contains("S killed\n")) << stopped.out.toStdString();
    const JobStatus ended = statusIn(stopped);
    EXPECT_EQ(ended.state, State::Done);
    EXPECT_EQ(ended.exitCode, 137);
    const QByteArray group = QByteArray::number(running.processGroup.value_or(0));
    EXPECT_FALSE(client->run("ps -o stat= -g " + group + " | grep -v Z").isOk());
}

TEST_F(JobTest, KnowsNoSuchJobAndRemovesEndedOnes)
{
    EXPECT_EQ(status("never").state, State::None);
    EXPECT_EQ(stop("never", 1s).state, State::None);
    (void)start("short", "true");
    (void)client->wait(client->shell.followJob("short", 0));
    EXPECT_EQ(statusIn(client->wait(client->shell.removeJob("short"))).state, State::None);
    EXPECT_FALSE(QFileInfo::exists(jobs() + u"/short"_s));
}

TEST_F(JobTest, OutlivesTheConnection)
{
    (void)start("long", "for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.1; done; exit 3");
    server.killSessions();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 10'000));
    ASSERT_FALSE(client->open());
    EXPECT_EQ(client->wait(client->shell.followJob("long", 0)).out,
              "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
    EXPECT_EQ(status("long").exitCode, 3);
}

TEST_F(JobTest, TellsAnOrphanFromALostJob)
{
    (void)start("orphan", "echo up; exec sleep 300");
    waitForLog("orphan", "up\n");
    QFile supervisor(jobs() + u"/orphan/sup"_s);
    ASSERT_TRUE(supervisor.open(QIODevice::ReadOnly));
    EXPECT_TRUE(client->run("kill -9 " + supervisor.readAll().split(' ').value(0)).isOk());
    EXPECT_EQ(status("orphan").state, State::Orphan);
    const JobStatus ended = stop("orphan", 4s);
    EXPECT_EQ(ended.state, State::Lost);
    EXPECT_FALSE(ended.exitCode);
}

TEST_F(JobTest, RefusesACutOffUploadAndLeavesNothing)
{
    const QByteArray line = JobProtocol::verbLine(JobProtocol::Verb::Start, "cut", 999);
    const Outcome &outcome = client->run(line, "echo x");
    EXPECT_FALSE(outcome.isOk());
    EXPECT_EQ(outcome.out, "E the script arrived incomplete: 6 of 999 bytes \n");
    EXPECT_EQ(QDir(jobs()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
              QStringList{u"h-1.sh"_s});
}

TEST_F(JobTest, SaysInOneLineThatTheDiskCannotBeWritten)
{
    if (getuid() == 0 && !QFileInfo::exists(u"/dev/full"_s)) {
        GTEST_SKIP() << "root may write everywhere";
    }
    // A state folder below a file: not even root can make it.
    server.write(u"state2"_s, "a file");
    const QByteArray state = "XDG_STATE_HOME=" + server.path(u"state2"_s).toUtf8() + " ";
    const Outcome &install = client->run(state + JobProtocol::installLine(), JobProtocol::script());
    EXPECT_FALSE(install.isOk());
    EXPECT_TRUE(install.out.startsWith("E cannot install the job helper in "));
    EXPECT_EQ(install.out.count('\n'), 1);
    const QByteArray helper = jobs().toUtf8() + "/h-1.sh";
    const Outcome &begun = client->run(state + "sh " + helper + " start x 4", "true");
    EXPECT_FALSE(begun.isOk());
    EXPECT_TRUE(begun.out.startsWith("E ")) << begun.out.toStdString();
    EXPECT_EQ(begun.out.count('\n'), 1);
}

TEST_F(JobTest, RefusesIdsThatAShellCouldMisread)
{
    for (const QByteArray &id : {QByteArray(), QByteArray("a b"), QByteArray("../x"),
                                 QByteArray("x;id"), QByteArray("$(id)")}) {
        const Outcome &outcome = client->wait(client->shell.startJob(id, "true"));
        EXPECT_FALSE(outcome.isOk());
        EXPECT_EQ(outcome.out, "E bad-id\n");
    }
}

TEST_F(JobTest, TheScriptIsTheSameForOtherShells)
{
    for (const char *shell : {"dash", "bash --posix", "busybox sh", "zsh --emulate sh", "mksh"}) {
        const QByteArray name = QByteArray(shell).split(' ').value(0);
        if (!client->run("command -v " + name).isOk()) {
            continue;
        }
        const QByteArray helper = QByteArray(shell) + " " + jobs().toUtf8() + "/h-1.sh ";
        started << "s-" + name;
        EXPECT_TRUE(client->run(helper + "start s-" + name + " 18", "echo up; sleep 60;").isOk());
        waitForLog("s-" + name, "up\n");
        const JobStatus ended = statusIn(client->run(helper + "stop s-" + name + " 4"));
        EXPECT_EQ(ended.state, State::Done) << shell;
    }
}

} // namespace
} // namespace proverdeck::ssh
