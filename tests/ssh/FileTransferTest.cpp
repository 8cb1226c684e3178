// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/FileTransfer.h"

#include "ssh/ShellFixture.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <unistd.h>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;

/// What every way must do; the parameter is what sshd_config says about SFTP, and a script with it.
struct Way
{
    const char *name;
    const char *subsystem; ///< %1 is the folder of the server
    bool isSftp;
};

class FileTransferTest : public ServerTest, public ::testing::WithParamInterface<Way>
{
protected:
    void SetUp() override
    {
        ServerTest::SetUp();
        if (!IsSkipped()) {
            server.write(u"noise.sh"_s, "echo 'Welcome to this server'; exec cat >/dev/null\n");
            const QString line = QString::fromLatin1(GetParam().subsystem);
            ASSERT_TRUE(server.restart({line.contains(u'%') ? line.arg(server.path({})) : line}));
        }
    }
    /// The parts that either way leaves beside its targets.
    [[nodiscard]] QStringList parts() const
    {
        return QDir(server.path({})).entryList({u"*.part*"_s}, QDir::Files | QDir::Hidden);
    }
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

TEST_P(FileTransferTest, WritesAndReadsFiveMebibytes)
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
    EXPECT_EQ(progress.first().at(2).toULongLong(), quint64(data.size()));
    EXPECT_EQ(progress.last().at(1).toULongLong(), quint64(data.size()));
    EXPECT_EQ(progress.last().at(2).toULongLong(), quint64(data.size()));
    EXPECT_EQ(parts(), QStringList());
}

TEST_P(FileTransferTest, ReplacesAFileAndKeepsItsMode)
{
    const auto client = connected();
    constexpr auto mode = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup;
    server.write(u"old"_s, "before");
    QFile::setPermissions(server.path(u"old"_s), mode);
    QFile::link(u"old"_s, server.path(u"link"_s));
    const Outcome &written = client->wait(client->shell.writeFile(server.path(u"link"_s), "after"));
    EXPECT_TRUE(written.isOk()) << written.detail().toStdString();
    EXPECT_EQ(server.read(u"old"_s), "after");
    EXPECT_TRUE(QFileInfo(server.path(u"link"_s)).isSymLink());
    EXPECT_EQ(QFile::permissions(server.path(u"old"_s)) & ~(QFile::ReadUser | QFile::WriteUser),
              mode);
    EXPECT_EQ(client->wait(client->shell.readFile(server.path(u"link"_s))).out, "after");
    EXPECT_EQ(parts(), QStringList());
}

TEST_P(FileTransferTest, FollowsALinkToNowhere)
{
    const auto client = connected();
    QFile::link(server.path(u"new"_s), server.path(u"link"_s));
    EXPECT_TRUE(client->wait(client->shell.writeFile(server.path(u"link"_s), "x")).isOk());
    EXPECT_EQ(server.read(u"new"_s), "x");
    EXPECT_TRUE(QFileInfo(server.path(u"link"_s)).isSymLink());
}

TEST_P(FileTransferTest, KnowsTheHomeFolderAndEmptyFiles)
{
    const auto client = connected();
    EXPECT_TRUE(client->wait(client->shell.writeFile(u"~/empty"_s, {})).isOk());
    EXPECT_TRUE(QFileInfo::exists(server.path(u"home/empty"_s)));
    const Outcome &read = client->wait(client->shell.readFile(u"~/empty"_s));
    EXPECT_TRUE(read.isOk());
    EXPECT_EQ(read.out, "");
}

TEST_P(FileTransferTest, ReadsFilesWhoseSizeIsNotKnown)
{
    const auto client = connected();
    EXPECT_TRUE(client->wait(client->shell.readFile(u"/proc/cpuinfo"_s)).out.contains("processor"));
    QFile symbols(u"/proc/kallsyms"_s); // long, and each read gives less than was asked for
    if (symbols.open(QIODevice::ReadOnly)) {
        const Outcome &read = client->wait(client->shell.readFile(symbols.fileName()));
        EXPECT_TRUE(read.isOk()) << read.detail().toStdString();
        EXPECT_TRUE(read.out == symbols.readAll());
    }
}

TEST_P(FileTransferTest, ReadsToTheEndOfAFileThatGrows)
{
    const auto client = connected();
    QFile file(server.path(u"log"_s));
    ASSERT_TRUE(file.open(QIODevice::Append | QIODevice::Unbuffered));
    const QByteArray start = noise(24 << 20);
    file.write(start);
    qint64 written = 0;
    QSignalSpy progress(&client->shell, &RemoteShell::progress);
    QObject::connect(&client->shell, &RemoteShell::output, &client->shell, [&] {
        if (written < (1 << 20)) {
            written += file.write(QByteArray(12'345, 'x'));
        }
    });
    const Outcome &read = client->wait(client->shell.readFile(file.fileName()));
    EXPECT_TRUE(read.isOk()) << read.detail().toStdString();
    EXPECT_TRUE(read.out.startsWith(start));
    EXPECT_GT(read.out.size(), start.size());
    EXPECT_LE(read.out.size(), start.size() + written);
    EXPECT_EQ(progress.last().at(1).toLongLong(), read.out.size());
    EXPECT_EQ(progress.last().at(2).toLongLong(),
              GetParam().isSftp ? read.out.size() : start.size());
}

TEST_P(FileTransferTest, TellsWhatIsMissing)
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
    server.write(u"file"_s, "still works");
    EXPECT_EQ(client->wait(client->shell.readFile(server.path(u"file"_s))).out, "still works");
}

TEST_P(FileTransferTest, TellsWhatIsForbidden)
{
    if (getuid() == 0) {
        GTEST_SKIP() << "root may read and write everything";
    }
    const auto client = connected();
    server.write(u"secret"_s, "x");
    QFile::setPermissions(server.path(u"secret"_s), {});
    EXPECT_EQ(client->wait(client->shell.readFile(server.path(u"secret"_s))).error(),
              ErrorCode::Channel);
    EXPECT_EQ(client->wait(client->shell.writeFile(u"/etc/proverdeck-test"_s, "x")).error(),
              ErrorCode::Channel);
}

TEST_P(FileTransferTest, LeavesTheOldFileWhenCancelled)
{
    const auto client = connected();
    server.write(u"target"_s, "before");
    const CommandId id = client->shell.writeFile(server.path(u"target"_s), noise(64 << 20));
    QSignalSpy progress(&client->shell, &RemoteShell::progress);
    EXPECT_TRUE(QTest::qWaitFor([&] { return !progress.isEmpty() && !parts().isEmpty(); }, 10'000));
    EXPECT_EQ(parts().value(0).startsWith(u".target.proverdeck-"_s), GetParam().isSftp);
    client->shell.cancel(id);
    EXPECT_EQ(client->wait(id).error(), ErrorCode::Cancelled);
    EXPECT_TRUE(QTest::qWaitFor([&] { return parts().isEmpty(); }, 10'000));
    EXPECT_EQ(server.read(u"target"_s), "before");
    EXPECT_TRUE(client->wait(client->shell.writeFile(server.path(u"target"_s), "after")).isOk());
    EXPECT_EQ(server.read(u"target"_s), "after");
    EXPECT_EQ(client->outcomes[id].ends, 1);
}

TEST_P(FileTransferTest, EndsEveryCancelOnce)
{
    const auto client = connected();
    server.write(u"big"_s, noise(32 << 20));
    QList<CommandId> ids;
    for (int i = 0; i < 4; ++i) { // the later ones wait for their turn
        ids << client->shell.readFile(server.path(u"big"_s));
        ids << client->shell.writeFile(server.path(u"copy%1"_s.arg(i)), "x");
    }
    client->shell.cancel(ids.at(1));
    EXPECT_TRUE(QTest::qWaitFor([&] { return !client->outcomes[ids[0]].out.isEmpty(); }, 10'000));
    for (const CommandId id : std::as_const(ids)) {
        client->shell.cancel(id);
    }
    for (const CommandId id : std::as_const(ids)) {
        EXPECT_EQ(client->wait(id).ends, 1);
    }
    const Outcome &read = client->wait(client->shell.readFile(server.path(u"big"_s)));
    EXPECT_EQ(read.out.size(), 32 << 20);
    EXPECT_EQ(parts(), QStringList());
}

TEST_P(FileTransferTest, LeavesTheOldFileWhenTheConnectionBreaks)
{
    const auto client = connected();
    server.write(u"target"_s, "before");
    const CommandId id = client->shell.writeFile(server.path(u"target"_s), noise(64 << 20));
    QSignalSpy progress(&client->shell, &RemoteShell::progress);
    EXPECT_TRUE(QTest::qWaitFor([&] { return !progress.isEmpty(); }, 10'000));
    server.killSessions();
    EXPECT_EQ(client->wait(id).error(), ErrorCode::ConnectionLost);
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost == 1; }, 5000));
    EXPECT_EQ(server.read(u"target"_s), "before");
    ASSERT_FALSE(client->open());
    EXPECT_TRUE(QTest::qWaitFor([&] { return parts().isEmpty(); }, 10'000));
    EXPECT_TRUE(client->wait(client->shell.writeFile(server.path(u"target"_s), "after")).isOk());
    EXPECT_EQ(server.read(u"target"_s), "after");
    EXPECT_EQ(client->outcomes[id].ends, 1);
}

TEST_P(FileTransferTest, EndsOnceWhenClosed)
{
    const auto client = connected();
    const CommandId id = client->shell.writeFile(server.path(u"target"_s), noise(64 << 20));
    QSignalSpy progress(&client->shell, &RemoteShell::progress);
    EXPECT_TRUE(QTest::qWaitFor([&] { return !progress.isEmpty(); }, 10'000));
    client->shell.close();
    EXPECT_EQ(client->wait(id).error(), ErrorCode::Cancelled);
    EXPECT_FALSE(QFile::exists(server.path(u"target"_s)));
    ASSERT_FALSE(client->open());
    EXPECT_TRUE(QTest::qWaitFor([&] { return parts().isEmpty(); }, 10'000));
}

TEST_P(FileTransferTest, IgnoresATalkativeProfile)
{
    server.write(u"home/.bashrc"_s, "echo welcome; echo PROVERDECK-FILE\n");
    const auto client = connected();
    server.write(u"file"_s, "content\n");
    EXPECT_EQ(client->wait(client->shell.readFile(server.path(u"file"_s))).out, "content\n");
}

TEST_P(FileTransferTest, WorksBesideCommands)
{
    const auto client = connected();
    const QByteArray data = noise(16 << 20);
    const CommandId writing = client->shell.writeFile(server.path(u"up"_s), data);
    const CommandId flood = client->shell.run({"head -c 20000000 /dev/zero"});
    QList<CommandId> ids;
    for (int i = 0; i < 20; ++i) {
        ids << client->shell.run({"cat", QByteArray(20'000, 'x')});
    }
    for (const CommandId id : std::as_const(ids)) {
        EXPECT_EQ(client->wait(id).out.size(), 20'000);
    }
    EXPECT_EQ(client->wait(flood).out.size(), 20'000'000);
    EXPECT_TRUE(client->wait(writing).isOk());
    EXPECT_TRUE(server.read(u"up"_s) == data);
}

INSTANTIATE_TEST_SUITE_P(
    Ways, FileTransferTest,
    ::testing::Values(Way{"Sftp", "Subsystem sftp internal-sftp -d %1/home", true},
                      Way{"NoSftp", "Subsystem other /bin/false", false},
                      Way{"NoisySftp", "Subsystem sftp /bin/sh %1/noise.sh", false}),
    [](const auto &way) { return std::string(way.param.name); });

} // namespace
} // namespace proverdeck::ssh
