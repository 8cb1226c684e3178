// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/SftpTransfer.h"
#include "ssh/ShellFixture.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTest>

#include <unistd.h>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;

/// SFTP programs that fail, by a script around the real one.
class SftpTest : public ServerTest
{
protected:
    void SetUp() override
    {
        ServerTest::SetUp();
        const QStringList folders{u"/usr/lib/openssh"_s, u"/usr/libexec/openssh"_s,
                                  u"/usr/lib/ssh"_s, u"/usr/libexec"_s};
        m_program = QStandardPaths::findExecutable(u"sftp-server"_s, folders);
        if (!IsSkipped() && m_program.isEmpty()) {
            GTEST_SKIP() << "there is no sftp-server";
        }
    }
    /// @p script has %1 for the program and %2 for the server's folder.
    void serveBy(const QString &script)
    {
        QString text = script;
        text.replace(u"%1"_s, m_program).replace(u"%2"_s, server.path({}));
        server.write(u"sftp.sh"_s, text.toUtf8());
        ASSERT_TRUE(server.restart({u"Subsystem sftp /bin/sh "_s + server.path(u"sftp.sh"_s)}));
    }
    [[nodiscard]] QStringList parts() const
    {
        return QDir(server.path({})).entryList({u"*.part*"_s}, QDir::Files | QDir::Hidden);
    }

private:
    QString m_program;
};

TEST_F(SftpTest, SaysThatTheDiskIsFullAndRemovesThePart)
{
    if (getuid() != 0 || testing::runProgram(u"unshare"_s, {u"-m"_s, u"true"_s}).isNull()) {
        GTEST_SKIP() << "only root may mount a small disk of its own";
    }
    // Seen by this SFTP program alone, and gone with it.
    serveBy(u"exec unshare -m sh -c 'mount -t tmpfs -o size=1m tmpfs %2/home && exec %1'\n"_s);
    const auto client = connected();
    const QString path = server.path(u"home/file"_s);
    const QByteArray fits(900'000, 'x');
    EXPECT_TRUE(client->wait(client->shell.writeFile(path, "old")).isOk());
    const Outcome &full = client->wait(client->shell.writeFile(path, QByteArray(5 << 20, 'x')));
    EXPECT_EQ(full.error(), ErrorCode::Channel);
    EXPECT_TRUE(full.detail().contains(u"disk is full"_s)) << full.detail().toStdString();
    EXPECT_EQ(client->wait(client->shell.readFile(path)).out, "old");
    // There is room again, so the part is gone.
    EXPECT_TRUE(client->wait(client->shell.writeFile(path + u'2', fits)).isOk());
    EXPECT_TRUE(client->wait(client->shell.readFile(path + u'2')).out == fits);
}

TEST_F(SftpTest, ReportsARefusedWrite)
{
    serveBy(u"trap '' XFSZ; ulimit -f 1024; exec %1\n"_s);
    const auto client = connected();
    server.write(u"file"_s, "old");
    const CommandId id = client->shell.writeFile(server.path(u"file"_s), QByteArray(5 << 20, 'x'));
    EXPECT_EQ(client->wait(id).error(), ErrorCode::Channel);
    EXPECT_TRUE(client->outcomes[id].detail().contains(u"could not store it"_s))
        << client->outcomes[id].detail().toStdString();
    EXPECT_EQ(server.read(u"file"_s), "old");
    EXPECT_EQ(parts(), QStringList());
}

TEST_F(SftpTest, SurvivesTheEndOfTheProgram)
{
    serveBy(u"ulimit -f 1024; exec %1\n"_s); // a signal ends it
    const auto client = connected();
    server.write(u"file"_s, "old");
    const CommandId id = client->shell.writeFile(server.path(u"file"_s), QByteArray(5 << 20, 'x'));
    EXPECT_EQ(client->wait(id).error(), ErrorCode::Channel);
    EXPECT_TRUE(client->outcomes[id].detail().contains(u"has ended"_s))
        << client->outcomes[id].detail().toStdString();
    EXPECT_EQ(server.read(u"file"_s), "old");
    EXPECT_TRUE(QTest::qWaitFor([&] { return parts().isEmpty(); }, 10'000));
    EXPECT_TRUE(client->wait(client->shell.writeFile(server.path(u"file"_s), "new")).isOk());
    EXPECT_EQ(client->lost, 0);
}

// libssh2 1.10 never returns from this; the connection is given up instead of the program.
TEST_F(SftpTest, SurvivesAnAnswerThatIsCutOff)
{
    serveBy(u"%1 | dd bs=1 count=100000 2>/dev/null\n"_s);
    const auto client = connected();
    server.write(u"file"_s, QByteArray(1 << 20, 'x'));
    const CommandId id = client->shell.readFile(server.path(u"file"_s));
    EXPECT_GE(client->wait(id, std::chrono::seconds(30)).ends, 1);
    EXPECT_EQ(client->outcomes[id].error(), ErrorCode::ConnectionLost)
        << client->outcomes[id].detail().toStdString();
    EXPECT_EQ(client->outcomes[id].ends, 1);
}

TEST_F(SftpTest, DoesWithoutAProgramThatDoesNotStart)
{
    serveBy(u"exit 1\n"_s);
    const auto client = connected();
    const CommandId writing = client->shell.writeFile(server.path(u"file"_s), "content");
    QElapsedTimer elapsed;
    elapsed.start();
    EXPECT_EQ(client->run("echo x").out, "x\n");
    const qint64 commandTime = elapsed.elapsed();
    EXPECT_TRUE(client->wait(writing).isOk());
    EXPECT_LT(commandTime, 5000);
    elapsed.start();
    EXPECT_EQ(client->wait(client->shell.readFile(server.path(u"file"_s))).out, "content");
    EXPECT_LT(elapsed.elapsed(), 5000); // it has learnt
}

TEST_F(SftpTest, GivesItsChannelToACommand)
{
    ASSERT_TRUE(server.restart({u"MaxSessions 1"_s}));
    const auto client = connected();
    server.write(u"file"_s, "old");
    EXPECT_EQ(client->wait(client->shell.readFile(server.path(u"file"_s))).out, "old");
    EXPECT_EQ(client->run("echo x").out, "x\n");
    EXPECT_TRUE(client->wait(client->shell.writeFile(server.path(u"file"_s), "new")).isOk());
    EXPECT_EQ(server.read(u"file"_s), "new");
    EXPECT_EQ(client->run("echo y").out, "y\n");
}

TEST_F(SftpTest, RefusesWhatIsNoFile)
{
    const auto client = connected();
    ASSERT_TRUE(client->run("mkfifo " + server.path(u"pipe"_s).toUtf8()).isOk());
    for (const QString &path : {server.path(u"pipe"_s), u"/dev/null"_s}) {
        EXPECT_EQ(client->wait(client->shell.readFile(path)).error(), ErrorCode::Channel);
        EXPECT_EQ(client->wait(client->shell.writeFile(path, "x")).error(), ErrorCode::Channel);
    }
    EXPECT_FALSE(QFileInfo(u"/dev/null"_s).isFile());
}

TEST_F(SftpTest, KeepsNewFilesPrivate)
{
    const auto client = connected();
    const QString path = server.path(QString(250, u'n')); // as long as names may be
    EXPECT_TRUE(client->wait(client->shell.writeFile(path, "x")).isOk());
    EXPECT_EQ(QFile::permissions(path) & ~(QFile::ReadUser | QFile::WriteUser),
              QFile::ReadOwner | QFile::WriteOwner);
}

} // namespace
} // namespace proverdeck::ssh
