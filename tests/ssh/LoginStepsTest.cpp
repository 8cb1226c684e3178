// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/LoginServer.h"
#include "ssh/ShellFixture.h"

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;

/// Logins of several steps and questions, at a server that the test's user name tells what to want.
class LoginStepsTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        if (!server.start()) {
            GTEST_SKIP() << server.whyNot().toStdString();
        }
    }
    [[nodiscard]] HostTarget target(const QString &user, const QStringList &lines = {}) const
    {
        server.writeConfig(user, lines);
        return {.host = u"steps"_s, .sshConfigFile = server.configFile()};
    }
    /// Logs in with @p answers and runs a command.
    void expectLogin(const QString &user, const QStringList &answers)
    {
        Listener client(target(user));
        client.answers = answers;
        const std::optional<Error> error = client.open();
        ASSERT_FALSE(error) << error->detail.toStdString();
        EXPECT_EQ(client.run("echo hello").out, "hello\n");
        asked = client.secrets;
    }
    [[nodiscard]] Error refusal(const QString &user, const QStringList &answers)
    {
        Listener client(target(user));
        client.answers = answers;
        const std::optional<Error> error = client.open();
        EXPECT_TRUE(error);
        asked = client.secrets;
        return error.value_or(Error{});
    }

    const QString password = testing::LoginServer::password();
    const QString code = testing::LoginServer::code();
    testing::LoginServer server;
    QList<SecretQuestion> asked;
};

TEST_F(LoginStepsTest, AnswersTwoPromptsOfOneRound)
{
    expectLogin(u"prompts"_s, {password, code});
    ASSERT_EQ(asked.size(), 2);
    EXPECT_EQ(asked[0].kind, SecretQuestion::Kind::KeyboardInteractive);
    EXPECT_EQ(asked[0].prompt, u"Two factors Have your token ready. Password:"_s);
    EXPECT_EQ(asked[0].account, u"prompts@127.0.0.1"_s);
    EXPECT_FALSE(asked[0].echo);
    EXPECT_TRUE(asked[1].echo);
    EXPECT_TRUE(asked[1].prompt.endsWith(u"Code:"_s));
}

TEST_F(LoginStepsTest, AnswersSeveralRoundsAndTriesAgain)
{
    expectLogin(u"rounds"_s, {u"wrong"_s, password, code});
    ASSERT_EQ(asked.size(), 3);
    EXPECT_FALSE(asked[0].retry);
    EXPECT_TRUE(asked[1].retry);
    EXPECT_EQ(asked[2].prompt, u"Code:"_s);
}

TEST_F(LoginStepsTest, TakesAllStepsThatTheServerWants)
{
    expectLogin(u"publickey+prompts"_s, {password, code});
    expectLogin(u"password+publickey"_s, {u"wrong"_s, password});
    EXPECT_TRUE(asked.value(1).retry);
    expectLogin(u"publickey+password+rounds"_s, {password, password, code});
    expectLogin(u"rounds+prompts"_s, {password, code, password, code});
}

TEST_F(LoginStepsTest, SaysWhichStepWasMissing)
{
    const Error error = refusal(u"publickey+prompts"_s, {});
    EXPECT_EQ(error.code, ErrorCode::Authentication);
    EXPECT_TRUE(
        error.detail.contains(u"Accepted: key file %1; the server wants another step."_s.arg(
            server.path(u"id_ed25519"_s))))
        << error.detail.toStdString();
    EXPECT_TRUE(error.detail.contains(u"keyboard-interactive: no answer was given"_s));
    EXPECT_TRUE(error.detail.contains(u"The server accepts: keyboard-interactive."_s));
}

TEST_F(LoginStepsTest, RefusesToChangeAPasswordWithAClearWord)
{
    const Error error = refusal(u"expired"_s, {u"wrong"_s, password, u"new"_s});
    EXPECT_EQ(error.code, ErrorCode::Authentication);
    EXPECT_TRUE(error.detail.contains(u"has expired, and the server wants a new one"_s))
        << error.detail.toStdString();
    EXPECT_TRUE(error.detail.contains(u"log in once with ssh in a terminal"_s));
    EXPECT_EQ(asked.size(), 2);
}

TEST_F(LoginStepsTest, EndsALoginThatNeverStopsAsking)
{
    const Error endless = refusal(u"endless"_s, {});
    EXPECT_TRUE(endless.detail.contains(u"more questions than any login needs"_s))
        << endless.detail.toStdString();
    EXPECT_TRUE(endless.detail.contains(u"The server said: Patience."_s));
    const Error crowd = refusal(u"crowd"_s, {});
    EXPECT_TRUE(crowd.detail.contains(u"more questions than any login needs"_s));
    EXPECT_TRUE(asked.isEmpty());
}

TEST_F(LoginStepsTest, ShowsPromptsAsPlainText)
{
    expectLogin(u"escapes"_s, {password});
    EXPECT_EQ(asked.value(0).prompt, u"abc Password :"_s);
}

TEST_F(LoginStepsTest, NoticesAServerThatStopsInTheMiddle)
{
    Listener client(target(u"rounds"_s));
    QObject::connect(&client.shell, &RemoteShell::secretAsked, &client.shell, [this] {
        server.kill(); // before the answer gets there
    });
    client.answers = {password};
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::ConnectionLost) << "nobody refused anything";
    EXPECT_TRUE(error->detail.contains(u"the connection ended"_s)) << error->detail.toStdString();
}

TEST_F(LoginStepsTest, LeavesOutWhatTheConfigurationSwitchesOff)
{
    Listener client(target(u"prompts"_s, {u"KbdInteractiveAuthentication no"_s}));
    client.answers = {password, code};
    const std::optional<Error> error = client.open();
    ASSERT_TRUE(error);
    EXPECT_TRUE(client.secrets.isEmpty());
}

} // namespace
} // namespace proverdeck::ssh
