// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ScriptCommand.h"
#include "ssh/ShellFixture.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Checks and samplers: scripts that must not outlive whoever asked for them.
class LoginScriptTest : public ServerTest
{
protected:
    void SetUp() override
    {
        ServerTest::SetUp();
        if (!IsSkipped()) {
            client = connected();
        }
    }

    /// Begins a script that never ends by itself and has a child; sets processes to both.
    CommandId beginEndless(std::chrono::milliseconds timeout)
    {
        const CommandId id = client->shell.runLoginScript(
            "trap '' HUP\nsleep 1000 & echo $BASHPID $! $$\nwait; sleep 1000", timeout);
        EXPECT_TRUE(
            QTest::qWaitFor([&] { return client->outcomes[id].out.endsWith('\n'); }, 10'000));
        const QList<QByteArray> words = client->outcomes[id].out.trimmed().split(' ');
        EXPECT_EQ(words.size(), 3) << client->outcomes[id].err.toStdString();
        for (const QByteArray &word : words) {
            processes << word.toInt();
            EXPECT_TRUE(isAlive(word.toInt()));
        }
        return id;
    }
    static bool isAlive(int process)
    {
        const QByteArray stat = testing::runProgram(
            u"ps"_s, {u"-o"_s, u"stat="_s, u"-p"_s, QString::number(process)});
        return !stat.isEmpty() && !stat.startsWith('Z');
    }
    [[nodiscard]] bool areGone() const
    {
        return std::ranges::none_of(processes, &LoginScriptTest::isAlive);
    }

    std::unique_ptr<Listener> client;
    QList<int> processes;
};

TEST_F(LoginScriptTest, EndsWithItsCancelledCommand)
{
    const CommandId id = beginEndless(60s);
    client->shell.cancel(id);
    EXPECT_TRUE(QTest::qWaitFor([this] { return areGone(); }, 5000));
    EXPECT_TRUE(client->run("true").isOk()) << "the connection goes on";
}

TEST_F(LoginScriptTest, WithoutADeadlineToo)
{
    const CommandId id = beginEndless(0ms);
    client->shell.cancel(id);
    EXPECT_TRUE(QTest::qWaitFor([this] { return areGone(); }, 5000));
}

TEST_F(LoginScriptTest, EndsWithItsConnection)
{
    (void)beginEndless(60s);
    server.killSessions();
    EXPECT_TRUE(QTest::qWaitFor([this] { return areGone(); }, 5000));
}

TEST_F(LoginScriptTest, EndsAfterItsDeadline)
{
    const CommandId id = beginEndless(2s);
    EXPECT_EQ(client->wait(id).error(), ErrorCode::Timeout);
    EXPECT_TRUE(QTest::qWaitFor([this] { return areGone(); }, 5000));
}

TEST_F(LoginScriptTest, TheServerEndsItWhenNobodyTellsIt)
{
    if (testing::runProgram(u"timeout"_s, {u"-k"_s, u"2"_s, u"9"_s, u"true"_s}).isNull()) {
        GTEST_SKIP() << "there is no timeout program";
    }
    (void)beginEndless(2s);
    server.freezeSessions(); // a dead network: nobody closes the channel
    QElapsedTimer timer;
    timer.start();
    EXPECT_TRUE(QTest::qWaitFor([this] { return areGone(); }, 15'000));
    EXPECT_LT(timer.elapsed(), 9000);
    server.killSessions();
}

TEST_F(LoginScriptTest, LeavesNothingBehindAfterItsEnd)
{
    const Outcome &done = client->wait(client->shell.runLoginScript("echo $PPID $BASHPID", 20s));
    EXPECT_TRUE(done.isOk());
    const QList<QByteArray> words = done.out.trimmed().split(' ');
    const QString group = QString::fromLatin1(words.value(0));
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            return testing::runProgram(u"pgrep"_s, {u"-g"_s, group}).isEmpty();
        },
        3000));
}

TEST_F(LoginScriptTest, RunsTheScriptAsItIs)
{
    const Outcome &done = client->wait(client->shell.runLoginScript(
        "cat; set -e; read -r line <<'END' || true\nit's \"$HOME\" \\\\ !\nEND\n"
        "printf '%s\\n' \"$line\" \"$0\"; shopt -q login_shell; exit 3\n\n",
        20s));
    ASSERT_TRUE(done.result);
    EXPECT_EQ(done.result->code, 3);
    EXPECT_EQ(done.out, "it's \"$HOME\" \\\\ !\nbash\n");
    EXPECT_EQ(done.err, "");
    const Outcome &broken = client->wait(client->shell.runLoginScript("if true; echo '", 20s));
    ASSERT_TRUE(broken.result);
    EXPECT_NE(broken.result->code, 0);
    EXPECT_TRUE(broken.err.contains("bash")) << broken.err.toStdString();
    const Outcome &killed = client->wait(client->shell.runLoginScript("kill -9 $$", 20s));
    ASSERT_TRUE(killed.result);
    EXPECT_FALSE(killed.result->ok());
    const QByteArray big = "x=" + QByteArray(300'000, 'y') + "\necho ${#x}";
    EXPECT_EQ(client->wait(client->shell.runLoginScript(big, 20s)).out, "300000\n");
    EXPECT_TRUE(client->wait(client->shell.runLoginScript("", 20s)).isOk());
}

TEST_F(LoginScriptTest, AScriptThatArrivesCutOffIsNotRun)
{
    const Command whole = ScriptCommand::login("echo one\necho two >&2\n", 20s);
    const QTemporaryDir home; // whatever this account's profile does takes its time
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"HOME"_s, home.path());
    const auto outputOf = [&](const QByteArray &input) {
        QProcess bash;
        bash.setProcessEnvironment(environment);
        bash.start(u"bash"_s, {u"-l"_s});
        bash.write(input);
        if (input.size() < whole.input.size()) {
            bash.closeWriteChannel();
        }
        EXPECT_TRUE(bash.waitForFinished(20'000)) << "it waits for the end of its input";
        return bash.readAllStandardOutput();
    };
    for (qsizetype size = 0; size < whole.input.size(); size += 7) {
        EXPECT_FALSE(outputOf(whole.input.first(size)).contains("one")) << size;
    }
    EXPECT_TRUE(outputOf(whole.input).endsWith("\none\n"));
}

TEST_F(LoginScriptTest, NothingOfItIsOnACommandLine)
{
    const CommandId id = client->shell.runLoginScript("echo up; sleep 1000 # s3cret-word", 60s);
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->outcomes[id].out == "up\n"; }, 10'000));
    const QByteArray all = testing::runProgram(u"ps"_s, {u"-eo"_s, u"args"_s});
    EXPECT_TRUE(all.contains("sleep 1000"));
    EXPECT_FALSE(all.contains("s3cret-word"));
    client->shell.cancel(id);
}

} // namespace
} // namespace proverdeck::ssh
