// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/FileTransfer.h"

#include "ssh/ShellFixture.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;

class FileTransferTest : public ServerTest
{
protected:
    static QByteArray noise(qsizetype size)
    {
        QByteArray bytes(size, '\0');
        quint32 state = 12345;
        for (char &byte : bytes) {
            state = state * 1664525 + 1013904223;
            byte = static_cast<char>(state >> 24);
        }
        return bytes;
    }
};

TEST_F(FileTransferTest, WritesAndReadsFiveMebibytes)
{
    const auto client = connected();
    const QByteArray data = noise(5 << 20);
    const QString path = server.path(u"it's a \"file\" $HOME"_s);
    QSignalSpy progress(&client->shell, &RemoteShell::progress);
    EXPECT_TRUE(client->wait(client->shell.writeFile(path, data)).isOk());
    ASSERT_FALSE(progress.isEmpty());
    EXPECT_EQ(progress.last().at(1).toULongLong(), quint64(data.size()));
    EXPECT_EQ(progress.last().at(2).toULongLong(), quint64(data.size()));
    progress.clear();
    const Outcome &read = client->wait(client->shell.readFile(path));
    EXPECT_TRUE(read.isOk());
    EXPECT_TRUE(read.out == data);
    EXPECT_GT(progress.count(), 3);
    EXPECT_EQ(progress.last().at(2).toULongLong(), quint64(data.size()));
    EXPECT_TRUE(QDir(server.path({})).entryList({u"*.part.*"_s}).isEmpty());
}

TEST_F(FileTransferTest, ReplacesAFileAndKeepsItsMode)
{
    const auto client = connected();
    server.write(u"old"_s, "before");
    QFile::setPermissions(server.path(u"old"_s), QFile::ReadOwner | QFile::WriteOwner);
    QFile::link(server.path(u"old"_s), server.path(u"link"_s));
    EXPECT_TRUE(client->wait(client->shell.writeFile(server.path(u"link"_s), "after")).isOk());
    EXPECT_EQ(server.read(u"old"_s), "after");
    EXPECT_TRUE(QFileInfo(server.path(u"link"_s)).isSymLink());
    EXPECT_FALSE(QFile::permissions(server.path(u"old"_s)) & QFile::ReadOther);
}

TEST_F(FileTransferTest, KnowsTheHomeFolderAndEmptyFiles)
{
    const auto client = connected();
    EXPECT_TRUE(client->wait(client->shell.writeFile(u"~/empty"_s, {})).isOk());
    EXPECT_TRUE(QFileInfo::exists(server.path(u"home/empty"_s)));
    const Outcome &read = client->wait(client->shell.readFile(u"~/empty"_s));
    EXPECT_TRUE(read.isOk());
    EXPECT_EQ(read.out, "");
}

TEST_F(FileTransferTest, ReadsAFileWhoseSizeIsNotKnown)
{
    const auto client = connected();
    EXPECT_TRUE(client->wait(client->shell.readFile(u"/proc/cpuinfo"_s)).out.contains("processor"));
}

TEST_F(FileTransferTest, TellsWhatIsMissing)
{
    const auto client = connected();
    EXPECT_EQ(client->wait(client->shell.readFile(server.path(u"none"_s))).error(),
              ErrorCode::NotFound);
    EXPECT_EQ(client->wait(client->shell.readFile(server.path(u"home"_s))).error(),
              ErrorCode::Channel);
    EXPECT_EQ(client->wait(client->shell.writeFile(server.path(u"no/where"_s), "x")).error(),
              ErrorCode::NotFound);
    EXPECT_EQ(client->wait(client->shell.writeFile(server.path(u"home"_s), "x")).error(),
              ErrorCode::Channel);
    EXPECT_EQ(client->wait(client->shell.readFile(u"two\nlines"_s)).error(), ErrorCode::BadInput);
    EXPECT_EQ(client->wait(client->shell.readFile({})).error(), ErrorCode::BadInput);
}

TEST_F(FileTransferTest, LeavesTheOldFileWhenCancelled)
{
    const auto client = connected();
    server.write(u"target"_s, "before");
    const CommandId id = client->shell.writeFile(server.path(u"target"_s), noise(64 << 20));
    QSignalSpy progress(&client->shell, &RemoteShell::progress);
    EXPECT_TRUE(QTest::qWaitFor([&] { return !progress.isEmpty(); }, 10'000));
    client->shell.cancel(id);
    EXPECT_EQ(client->wait(id).error(), ErrorCode::Cancelled);
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return QDir(server.path({})).entryList({u"*.part.*"_s}).isEmpty(); }, 10'000));
    EXPECT_EQ(server.read(u"target"_s), "before");
}

TEST_F(FileTransferTest, IgnoresATalkativeProfile)
{
    server.write(u"home/.bashrc"_s, "echo welcome; echo PROVERDECK-FILE\n");
    const auto client = connected();
    server.write(u"file"_s, "content\n");
    EXPECT_EQ(client->wait(client->shell.readFile(server.path(u"file"_s))).out, "content\n");
}

} // namespace
} // namespace proverdeck::ssh
