// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ShellFixture.h"

#include <QFile>
#include <QUuid>

#include <pwd.h>
#include <unistd.h>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using testing::runProgram;

/// Logins of an account that is made for the test and removed after it. Only on request, because
/// this changes the machine's user database meanwhile.
class AccountTest : public ServerTest
{
protected:
    void SetUp() override
    {
        if (qEnvironmentVariable("PROVERDECK_TEST_USERS") != u"1"_s) {
            GTEST_SKIP() << "set PROVERDECK_TEST_USERS=1 to let it make a temporary account";
        }
        if (getuid() != 0) {
            GTEST_SKIP() << "only root may make accounts";
        }
        ServerTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        m_user = u"pdtest%1"_s.arg(getpid());
        if (runProgram(u"useradd"_s,
                       {u"-r"_s, u"-M"_s, u"-d"_s, u"/"_s, u"-s"_s, u"/bin/sh"_s, m_user})
                .isNull()
            || runProgram(u"chpasswd"_s, {}, m_user.toUtf8() + ':' + password.toUtf8() + '\n')
                   .isNull()) {
            GTEST_SKIP() << "useradd or chpasswd failed";
        }
        QFile::remove(server.path(u"id_ed25519"_s));
        server.writeConfig({u"User "_s + m_user});
    }
    void TearDown() override
    {
        if (!m_user.isEmpty()) {
            server.stop();
            EXPECT_FALSE(runProgram(u"userdel"_s, {m_user}).isNull());
            EXPECT_EQ(getpwnam(m_user.toUtf8().constData()), nullptr);
        }
    }
    void servePasswords() { ASSERT_TRUE(server.restart({u"PasswordAuthentication yes"_s})); }
    /// Logs in by one wrong answer and the right one.
    [[nodiscard]] std::unique_ptr<Listener> loggedIn() const
    {
        auto client = std::make_unique<Listener>(target());
        client->answers = {u"wrong"_s, password};
        const std::optional<Error> error = client->open();
        EXPECT_FALSE(error) << error.value_or(Error{}).detail.toStdString();
        return client;
    }
    [[nodiscard]] QString user() const { return m_user; }

    const QString password = QUuid::createUuid().toString(QUuid::WithoutBraces);

private:
    QString m_user;
};

TEST_F(AccountTest, LogsInWithAPassword)
{
    servePasswords();
    const auto client = loggedIn();
    ASSERT_EQ(client->secrets.size(), 2);
    EXPECT_EQ(client->secrets[0].kind, SecretQuestion::Kind::Password);
    EXPECT_EQ(client->secrets[0].account, user() + u"@127.0.0.1"_s);
    EXPECT_FALSE(client->secrets[0].retry);
    EXPECT_TRUE(client->secrets[1].retry);
    EXPECT_EQ(client->run("id -un").out, user().toUtf8() + '\n');
}

TEST_F(AccountTest, LogsInByPrompts)
{
    if (!QFile::exists(u"/etc/pam.d/sshd"_s)) {
        GTEST_SKIP() << "there is no PAM service for sshd";
    }
    ASSERT_TRUE(server.restart({u"UsePAM yes"_s, u"KbdInteractiveAuthentication yes"_s}));
    const auto client = loggedIn();
    ASSERT_EQ(client->secrets.size(), 2);
    EXPECT_EQ(client->secrets[0].kind, SecretQuestion::Kind::KeyboardInteractive);
    EXPECT_TRUE(client->secrets[0].prompt.contains(u"assword"_s))
        << client->secrets[0].prompt.toStdString();
    EXPECT_FALSE(client->secrets[0].echo);
    EXPECT_TRUE(client->secrets[1].retry);
    EXPECT_EQ(client->run("id -un").out, user().toUtf8() + '\n');
}

TEST_F(AccountTest, TellsWhatIsForbidden)
{
    for (const QString &subsystem : {u"sftp internal-sftp"_s, u"other /bin/false"_s}) {
        ASSERT_TRUE(server.restart({u"PasswordAuthentication yes"_s, u"Subsystem "_s + subsystem}));
        const auto client = loggedIn();
        const Outcome read = client->wait(client->shell.readFile(u"/etc/shadow"_s));
        EXPECT_EQ(read.error(), ErrorCode::Channel);
        EXPECT_TRUE(read.detail().contains(u"this account may"_s)) << read.detail().toStdString();
        const Outcome written = client->wait(client->shell.writeFile(u"/etc/proverdeck"_s, "x"));
        EXPECT_EQ(written.error(), ErrorCode::Channel);
        EXPECT_TRUE(written.detail().contains(u"/etc/proverdeck"_s))
            << written.detail().toStdString();
        EXPECT_FALSE(QFile::exists(u"/etc/proverdeck"_s));
    }
}

} // namespace
} // namespace proverdeck::ssh
