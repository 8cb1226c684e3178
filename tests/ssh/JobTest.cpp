// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/JobProtocol.h"
#include "ssh/ShellFixture.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTest>

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
    QFile supervisor(jobs() + u"/orphan/claim/sup"_s);
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
    EXPECT_TRUE(outcome.out.endsWith("\nE the text arrived incomplete: 6 of 999 bytes\n"));
    EXPECT_FALSE(QDir(jobs()).exists(u"cut"_s));
    EXPECT_EQ(status("cut").state, State::None);
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

TEST_F(JobTest, SaysThatTheHelperIsNotThere)
{
    QFile::remove(jobs() + u"/h-2.sh"_s);
    const Outcome &outcome = client->wait(client->shell.jobStatus("j"));
    EXPECT_FALSE(outcome.isOk());
    EXPECT_EQ(outcome.out, "E the job helper is not installed\n");
}

TEST_F(JobTest, SumsAndListsJobs)
{
    (void)start("r1-a", "printf 'first\n'; exit 3");
    (void)client->wait(client->shell.followJob("r1-a", 0));
    (void)start("r1-b", "sleep 60");
    const std::optional<JobSum> sum
        = parseJobSum(client->wait(client->shell.sumJob("r1-a", 1, 4)).out);
    ASSERT_TRUE(sum);
    EXPECT_EQ(sum->sha256, QCryptographicHash::hash("irst", QCryptographicHash::Sha256).toHex());
    EXPECT_EQ(sum->size, 6U);
    EXPECT_FALSE(client->wait(client->shell.sumJob("r1-a", 4, 9)).isOk());
    const auto jobs = parseJobList(client->wait(client->shell.listJobs("r1-")).out);
    ASSERT_EQ(jobs.size(), 2);
    EXPECT_EQ(jobs.at(0).first, "r1-a");
    EXPECT_EQ(jobs.at(0).second.exitCode, 3);
    EXPECT_EQ(jobs.at(1).second.state, State::Running);
    EXPECT_EQ(parseJobList(client->wait(client->shell.listJobs({})).out).size(), 2);
    EXPECT_TRUE(client->wait(client->shell.listJobs("r2")).isOk());
}

TEST_F(JobTest, KeepsNotesAndLeases)
{
    const QByteArray text("{\"a\": 'b'}\0\n\n", 13);
    EXPECT_EQ(client->wait(client->shell.readNote("run-1")).result->code, 66);
    EXPECT_TRUE(client->wait(client->shell.writeNote("run-1", text)).isOk());
    EXPECT_EQ(client->wait(client->shell.readNote("run-1")).out, text);
    EXPECT_TRUE(client->wait(client->shell.removeNote("run-1")).isOk());
    EXPECT_EQ(client->wait(client->shell.readNote("run-1")).result->code, 66);

    const auto take = [this](const QByteArray &token, const QString &holder) {
        return client->wait(client->shell.takeLease("s", "run-" + token, token, holder, 60s)).out;
    };
    const QByteArray taken = take("secret1", u"anna\n@\x1b[31mlap\u202etop"_s);
    const std::optional<Lease> mine = parseLease(taken);
    ASSERT_TRUE(mine) << taken.toStdString();
    EXPECT_EQ(mine->state, Lease::State::Mine);
    EXPECT_EQ(mine->holder, u"anna @lap top"_s);
    EXPECT_FALSE(taken.contains("token") || taken.split('=').contains("secret1"));
    EXPECT_EQ(parseLease(take("secret2", u"bob"_s))->state, Lease::State::Held);
    EXPECT_EQ(parseLease(client->wait(client->shell.showLease("s")).out)->runId, "run-secret1");
    EXPECT_EQ(parseLease(client->wait(client->shell.dropLease("s", "secret2")).out)->state,
              Lease::State::Held);
    EXPECT_EQ(parseLease(client->wait(client->shell.dropLease("s", "secret1")).out)->state,
              Lease::State::Free);
    EXPECT_EQ(client->wait(client->shell.takeLease("s", "run", "a b", u"x"_s, 60s)).out,
              "E bad-id\n");
}

TEST_F(JobTest, NoiseOfTheLoginIsNoAnswer)
{
    // Without an end of line, too, and more than fits into one packet.
    const QByteArray noise = "seq 1 20000; echo S running rc=0; echo noise >&2; printf 'no end'; "
                             "printf 'no end' >&2\n";
    for (const char *file : {".bashrc", ".profile", ".bash_profile"}) {
        server.write(u"home/"_s + QString::fromLatin1(file), noise);
    }
    server.write(u"banner"_s, "S done rc=1 size=5\nE this is a banner\n");
    client.reset();
    ASSERT_TRUE(server.restart({u"Banner "_s + server.path(u"banner"_s)}));
    client = connected();
    ASSERT_TRUE(client->run("true").out.contains("no end")) << "there is no noise";

    EXPECT_EQ(client->wait(client->shell.installJobHelper()).out, "ok\n");
    const Outcome &begun = client->wait(client->shell.startJob("j", "sleep 0.2; echo one"));
    started << "j";
    EXPECT_TRUE(begun.out.startsWith("S started\nS ")) << begun.out.left(100).toStdString();
    EXPECT_EQ(begun.err, "");
    const Outcome &log = client->wait(client->shell.followJob("j", 0));
    EXPECT_TRUE(log.out.startsWith("1\n2\n")) << "the profile's noise is the job's own";
    const JobStatus ended = status("j");
    EXPECT_EQ(ended.size, quint64(log.out.size()));
    EXPECT_TRUE(log.out.endsWith("no endno endone\n"));
    EXPECT_EQ(client->wait(client->shell.followJob("j", ended.size - 4)).out, "one\n");
    (void)client->wait(client->shell.writeNote("n", "text"));
    EXPECT_EQ(client->wait(client->shell.readNote("n")).out, "text");
    const Outcome &check = client->wait(client->shell.runLoginScript("echo yes; echo no >&2", 20s));
    EXPECT_EQ(check.out, "yes\n");
    EXPECT_EQ(check.err, "no\n");
}

TEST_F(JobTest, ALoginThatRunsNothingSaysWhy)
{
    client.reset();
    ASSERT_TRUE(server.restart({u"ForceCommand echo This account is closed.; exit 1"_s}));
    client = connected();
    const Outcome &outcome = client->wait(client->shell.jobStatus("j"));
    EXPECT_FALSE(outcome.isOk());
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, "This account is closed.\n");
}

TEST_F(JobTest, EveryLoginShellPassesTheLinesOn)
{
    int tried = 0;
    for (const QString &name : {u"bash"_s, u"dash"_s, u"mksh"_s, u"busybox"_s, u"zsh"_s, u"tcsh"_s,
                                u"fish"_s, u"ksh93"_s, u"yash"_s}) {
        QString shell = QStandardPaths::findExecutable(name);
        if (shell.isEmpty()) {
            continue;
        }
        ++tried;
        const QByteArray id = "l-" + name.toLatin1();
        shell += name == u"busybox"_s ? u" sh"_s : u""_s;
        client.reset();
        ASSERT_TRUE(
            server.restart({u"ForceCommand exec %1 -c \"$SSH_ORIGINAL_COMMAND\""_s.arg(shell)}));
        client = connected();
        QFile::remove(jobs() + u"/h-2.sh"_s);
        EXPECT_EQ(client->wait(client->shell.installJobHelper()).out, "ok\n")
            << shell.toStdString();
        (void)start(id, "echo \"it's ! \\\\ $0\" | wc -l; exit 5");
        EXPECT_EQ(client->wait(client->shell.followJob(id, 0)).out, "1\n") << shell.toStdString();
        EXPECT_EQ(status(id).exitCode, 5) << shell.toStdString();
        EXPECT_TRUE(parseJobSum(client->wait(client->shell.sumJob(id, 0, 1)).out));
        EXPECT_EQ(client->wait(client->shell.writeNote("n", "a'b!\\\n")).out, "ok\n");
        EXPECT_EQ(client->wait(client->shell.readNote("n")).out, "a'b!\\\n");
        EXPECT_EQ(client->wait(client->shell.runLoginScript("echo 'x!' \\\\; exit 4", 20s)).out,
                  "x! \\\n");
        EXPECT_EQ(client->wait(client->shell.runHelperScript("echo 'x!'", 20s)).out, "x!\n");
        EXPECT_EQ(client->wait(client->shell.startJob("a b", "true")).out, "E bad-id\n");
    }
    EXPECT_GT(tried, 1);
}

} // namespace
} // namespace proverdeck::ssh
