// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/live/FileJoin.h"

#include "support/Test.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace proverdeck::models::aztec {
namespace {

constexpr int Limit = 20'000;

/// A log file and the script that a server would run on it.
class FileJoinTest : public ::testing::Test
{
protected:
    void TearDown() override { cut(); }

    void write(const QByteArray &bytes) const
    {
        QFile file(path);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly | QIODevice::Append));
        file.write(bytes);
    }
    void follow()
    {
        shell.start("sh", {"-s"});
        shell.write(followFileScript(path, join.place()));
        shell.closeWriteChannel();
    }
    /// The connection is lost.
    void cut()
    {
        if (shell.state() != QProcess::NotRunning) {
            shell.kill();
            shell.waitForFinished(Limit);
        }
        shell.readAllStandardOutput(); // on its way, and lost
        join.interrupt();
    }
    [[nodiscard]] bool comes(const QByteArray &expected)
    {
        return QTest::qWaitFor(
            [&] {
                got += join.feed(shell.readAllStandardOutput());
                return got == expected;
            },
            Limit);
    }

    QTemporaryDir folder;
    QString path = folder.filePath("prover node's.log");
    QProcess shell;
    FileJoin join;
    QByteArray got;
};

TEST_F(FileJoinTest, GoesOnAtTheExactByte)
{
    write("one\ntwo\nthr");
    follow();
    ASSERT_TRUE(comes("one\ntwo\nthr")) << got.toStdString();
    cut();
    write("ee\nfour\n");
    follow();
    ASSERT_TRUE(comes("one\ntwo\nthree\nfour\n")) << got.toStdString();
    write("five\n");
    ASSERT_TRUE(comes("one\ntwo\nthree\nfour\nfive\n")) << got.toStdString();
    EXPECT_EQ(join.gaps(), 0);
    EXPECT_EQ(join.lines(), 5);
}

TEST_F(FileJoinTest, ARotatedFileIsReadToItsEnd)
{
    write("one\n");
    follow();
    ASSERT_TRUE(comes("one\n"));
    cut(); // rotated while nobody looks
    write("two\n");
    ASSERT_TRUE(QFile::rename(path, path + ".1"));
    write("three\n");
    follow();
    ASSERT_TRUE(comes("one\ntwo\nthree\n")) << got.toStdString();
    ASSERT_TRUE(QFile::rename(path, path + ".2")); // and while somebody does
    {
        QFile old(path + ".2");
        ASSERT_TRUE(old.open(QIODevice::WriteOnly | QIODevice::Append));
        old.write("four\n");
    }
    write("five\n");
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
            got += join.feed(shell.readAllStandardOutput());
            return shell.state() == QProcess::NotRunning;
        },
        Limit));
    got += join.feed(shell.readAllStandardOutput());
    EXPECT_EQ(shell.exitCode(), 75);
    join.interrupt();
    follow();
    ASSERT_TRUE(comes("one\ntwo\nthree\nfour\nfive\n")) << got.toStdString();
    EXPECT_EQ(join.gaps(), 0);
}

TEST_F(FileJoinTest, AFileThatWasCutOffBeginsAnew)
{
    write("one\ntwo\nhalf");
    follow();
    ASSERT_TRUE(comes("one\ntwo\nhalf"));
    cut();
    ASSERT_TRUE(QFile::resize(path, 0));
    write("new\n");
    follow();
    ASSERT_TRUE(comes("one\ntwo\nhalf\nnew\n")) << got.toStdString();
    EXPECT_EQ(join.gaps(), 1);
}

TEST_F(FileJoinTest, SaysThatThereIsNoFile)
{
    follow();
    ASSERT_TRUE(QTest::qWaitFor([&] { return shell.state() == QProcess::NotRunning; }, Limit));
    EXPECT_EQ(shell.exitCode(), 66);
    EXPECT_TRUE(shell.readAllStandardError().startsWith("There is no file "));
}

TEST(FileFramesTest, EveryCutOfTheFramesIsTheSame)
{
    const QByteArray frames = "@7 0 0\n@7 0 6\nab\ncd\n@7 6 1\nx@9 0 4\nyz\n\n";
    for (qsizetype at = 0; at <= frames.size(); ++at) {
        FileJoin join;
        QByteArray got = join.feed(frames.first(at));
        got += join.feed(frames.sliced(at));
        EXPECT_EQ(got, "ab\ncd\nx\nyz\n\n") << at;
        EXPECT_EQ(join.place(), (FilePlace{9, 4}));
    }
}

} // namespace
} // namespace proverdeck::models::aztec
