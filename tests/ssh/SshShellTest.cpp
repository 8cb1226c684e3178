// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/SshShell.h"

#include "ssh/ShellFixture.h"

#include <QElapsedTimer>
#include <QTest>

namespace proverdeck::ssh {
namespace {

using namespace std::chrono_literals;

class SshShellTest : public ServerTest
{
};

TEST_F(SshShellTest, RunsACommandAndKeepsTheStreamsApart)
{
    const auto client = connected();
    EXPECT_EQ(client->shell.state(), ConnectionState::Connected);
    const Outcome &outcome = client->run("echo out; echo err >&2");
    EXPECT_TRUE(outcome.isOk());
    EXPECT_EQ(outcome.out, "out\n");
    EXPECT_EQ(outcome.err, "err\n");
}

TEST_F(SshShellTest, TellsExitCodesAndSignals)
{
    const auto client = connected();
    EXPECT_EQ(client->run("exit 7").result->code, 7);
    EXPECT_EQ(client->run("exit 255").result->code, 255);
    EXPECT_EQ(client->run("kill -TERM $$").result->signal, QStringLiteral("TERM"));
    EXPECT_EQ(client->run("kill -KILL $$").result->signal, QStringLiteral("KILL"));
    EXPECT_EQ(client->run("exec 1>&- 2>&-; sleep 0.3; exit 5").result->code, 5);
}

TEST_F(SshShellTest, ReadsAFloodOnStderr)
{
    const auto client = connected();
    const Outcome &outcome = client->run("head -c 4194304 /dev/zero >&2; echo done");
    EXPECT_TRUE(outcome.isOk());
    EXPECT_EQ(outcome.err.size(), 4 << 20);
    EXPECT_EQ(outcome.out, "done\n");
}

TEST_F(SshShellTest, EchoesAllBytesFromStdin)
{
    QByteArray all;
    for (int i = 0; i < 3 << 20; ++i) {
        all += static_cast<char>(i * 7 % 256);
    }
    const auto client = connected();
    const Outcome &outcome = client->run("cat", all);
    EXPECT_TRUE(outcome.isOk());
    EXPECT_TRUE(outcome.out == all);
}

TEST_F(SshShellTest, SurvivesACommandThatDoesNotReadItsInput)
{
    const auto client = connected();
    const Outcome &outcome = client->run("exec 0<&-; exit 3", QByteArray(16 << 20, 'x'));
    ASSERT_TRUE(outcome.result);
    EXPECT_EQ(outcome.result->code, 3);
    EXPECT_TRUE(client->run("echo still here").isOk());
}

TEST_F(SshShellTest, CancelsACommand)
{
    const auto client = connected();
    const CommandId id = client->shell.run({"echo started; sleep 60", {}});
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->outcomes[id].out == "started\n"; }, 10'000));
    client->shell.cancel(id);
    EXPECT_EQ(client->wait(id).error(), ErrorCode::Cancelled);
    client->shell.cancel(id);
    EXPECT_TRUE(client->run("echo next").isOk());
    EXPECT_EQ(client->outcomes[id].ends, 1);
}

TEST_F(SshShellTest, EndsACommandAtItsDeadline)
{
    const auto client = connected();
    const CommandId id = client->shell.run({"sleep 60", {}, 300ms});
    EXPECT_EQ(client->wait(id, 5s).error(), ErrorCode::Timeout);
    EXPECT_TRUE(client->run("echo next").isOk());
}

TEST_F(SshShellTest, RunsTwoHundredCommandsOnBothStreams)
{
    const auto client = connected();
    QList<CommandId> ids;
    for (int i = 0; i < 200; ++i) {
        const QByteArray n = QByteArray::number(i);
        ids << client->shell.run({"echo o" + n + "; echo e" + n + " >&2; exit " + n, {}});
    }
    for (int i = 0; i < 200; ++i) {
        const Outcome &outcome = client->wait(ids[i], 60s);
        ASSERT_TRUE(outcome.result) << outcome.result.error().detail.toStdString();
        EXPECT_EQ(outcome.result->code, i);
        EXPECT_EQ(outcome.out, "o" + QByteArray::number(i) + "\n");
        EXPECT_EQ(outcome.err, "e" + QByteArray::number(i) + "\n");
    }
}

TEST_F(SshShellTest, RunsShortCommandsOneAfterAnotherWithoutStalls)
{
    const auto client = connected();
    qint64 longest = 0;
    for (int i = 0; i < 50; ++i) {
        QElapsedTimer timer;
        timer.start();
        ASSERT_TRUE(client->run("echo x; echo y >&2").isOk());
        longest = qMax(longest, timer.elapsed());
    }
    EXPECT_LT(longest, 2000);
}

TEST_F(SshShellTest, WaitsForTheServersLimitOfChannels)
{
    ASSERT_TRUE(server.restart({QStringLiteral("MaxSessions 2")}));
    const auto client = connected();
    QList<CommandId> ids;
    for (int i = 0; i < 6; ++i) {
        ids << client->shell.run({"echo x; sleep 0.1", {}});
    }
    for (const CommandId id : std::as_const(ids)) {
        EXPECT_TRUE(client->wait(id).isOk());
    }
}

TEST_F(SshShellTest, SaysOnceThatTheConnectionIsLostAndOpensAgain)
{
    const auto client = connected();
    const CommandId first = client->shell.run({"echo started; sleep 60", {}});
    const CommandId second = client->shell.run({"sleep 60", {}});
    EXPECT_TRUE(QTest::qWaitFor([&] { return !client->outcomes[first].out.isEmpty(); }, 10'000));
    server.killSessions();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 10'000));
    EXPECT_EQ(client->outcomes[first].error(), ErrorCode::ConnectionLost);
    EXPECT_EQ(client->outcomes[second].error(), ErrorCode::ConnectionLost);
    EXPECT_EQ(client->shell.state(), ConnectionState::Disconnected);
    EXPECT_EQ(client->run("echo x").error(), ErrorCode::ConnectionLost);

    EXPECT_FALSE(client->open());
    EXPECT_TRUE(client->run("echo again").isOk());
    EXPECT_EQ(client->lost, 1);
    EXPECT_EQ(client->outcomes[first].ends, 1);
}

TEST_F(SshShellTest, NoticesAPeerThatFellSilent)
{
    server.writeConfig({QStringLiteral("ServerAliveInterval 1")});
    const auto client = connected();
    const CommandId id = client->shell.run({"echo started; sleep 60", {}});
    EXPECT_TRUE(QTest::qWaitFor([&] { return !client->outcomes[id].out.isEmpty(); }, 10'000));
    server.freezeSessions();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 10'000));
    EXPECT_EQ(client->outcomes[id].error(), ErrorCode::ConnectionLost);
}

TEST_F(SshShellTest, StaysConnectedWhileIdleAndNoticesSilenceThen)
{
    server.writeConfig({QStringLiteral("ServerAliveInterval 1")});
    const auto client = connected();
    EXPECT_FALSE(QTest::qWaitFor([&] { return client->lost > 0; }, 5000));
    EXPECT_TRUE(client->run("echo x").isOk());
    server.freezeSessions();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost > 0; }, 10'000));
}

TEST_F(SshShellTest, StaysConnectedWhileACommandIsSilent)
{
    server.writeConfig({QStringLiteral("ServerAliveInterval 1")});
    const auto client = connected();
    EXPECT_TRUE(client->run("sleep 5; echo x").isOk());
    EXPECT_EQ(client->lost, 0);
}

TEST_F(SshShellTest, SurvivesRekeyingInBothDirections)
{
    ASSERT_TRUE(server.restart({QStringLiteral("RekeyLimit 1M")}));
    const auto client = connected();
    const CommandId other = client->shell.run({"head -c 8388608 /dev/zero", {}});
    const Outcome &outcome = client->run("cat", QByteArray(8 << 20, 'x'));
    EXPECT_TRUE(outcome.isOk());
    EXPECT_EQ(outcome.out.size(), 8 << 20);
    EXPECT_EQ(client->wait(other).out.size(), 8 << 20);
}

TEST_F(SshShellTest, ClosesAndOpensAgain)
{
    const auto client = connected();
    const CommandId id = client->shell.run({"sleep 60", {}});
    client->shell.close();
    EXPECT_EQ(client->shell.state(), ConnectionState::Disconnected);
    EXPECT_FALSE(client->open());
    EXPECT_EQ(client->outcomes[id].error(), ErrorCode::Cancelled);
    EXPECT_EQ(client->outcomes[id].ends, 1);
    EXPECT_TRUE(client->run("echo x").isOk());
    EXPECT_EQ(client->lost, 0);
}

TEST_F(SshShellTest, AnswersAnOpenThatIsClosedAtOnce)
{
    Listener client(target());
    client.shell.open();
    client.shell.close();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client.failure.has_value(); }, 10'000));
    EXPECT_EQ(client.failure->code, ErrorCode::Cancelled);
    EXPECT_EQ(client.opened, 0);
}

TEST_F(SshShellTest, IsDestroyedQuicklyWhileAQuestionIsOpen)
{
    QElapsedTimer timer;
    {
        SshShell shell(target());
        QSignalSpy asked(&shell, &RemoteShell::hostKeyAsked);
        shell.open();
        EXPECT_TRUE(QTest::qWaitFor([&] { return !asked.isEmpty(); }, 10'000));
        timer.start();
    }
    EXPECT_LT(timer.elapsed(), 1500);
}

TEST_F(SshShellTest, RunsScriptsWhoseChildrenReadStdin)
{
    const auto client = connected();
    const Outcome &login
        = client->wait(client->shell.runLoginScript("cat; echo it\\'s \"$0\"; exit 4", 20s));
    ASSERT_TRUE(login.result);
    EXPECT_EQ(login.result->code, 4);
    EXPECT_EQ(login.out, "it's bash\n");
    const Outcome &helper = client->wait(client->shell.runHelperScript("cat\necho 'a b' # c", 20s));
    EXPECT_TRUE(helper.isOk());
    EXPECT_EQ(helper.out, "a b\n");
}

TEST_F(SshShellTest, DeliversMoreThanTheGuiThreadTakesAtOnce)
{
    const auto client = connected();
    const Outcome &outcome
        = client->wait(client->shell.run({"head -c 134217728 /dev/zero", {}}), 60s);
    EXPECT_TRUE(outcome.isOk());
    EXPECT_EQ(outcome.out.size(), 128 << 20);
}

} // namespace
} // namespace proverdeck::ssh
