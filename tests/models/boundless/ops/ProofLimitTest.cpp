// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/ProofLimit.h"

#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

#include <sys/stat.h>

namespace proverdeck::models::boundless {
namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Sets the limit to 0 and back: the file must be what it was, byte for byte.
void expectRoundTrip(const QByteArray &toml, std::optional<qint64> value)
{
    const auto edit = withoutNewLocks(toml);
    ASSERT_TRUE(edit) << edit.error().toStdString();
    EXPECT_EQ(edit->before.value, value);
    const auto zero = readProofLimit(edit->text);
    ASSERT_TRUE(zero);
    EXPECT_EQ(zero->value, 0);
    const auto back = withLimitRestored(edit->text, edit->before);
    ASSERT_TRUE(back) << back.error().toStdString();
    if (value != 0) {
        ASSERT_TRUE(*back);
        EXPECT_EQ(**back, toml);
    }
}

TEST(ProofLimitTest, GoesToZeroAndBack)
{
    expectRoundTrip("[market]\nmax_concurrent_proofs = 2\n", 2);
    expectRoundTrip("# a\r\n[market]\r\n\tmax_concurrent_proofs=12# why\r\n[prover]\r\n", 12);
    expectRoundTrip("[market]\nmax_concurrent_locks = 1_0\nx = 1", 10);
    expectRoundTrip("[market]\nmax_concurrent_proofs = 0\n", 0);
    expectRoundTrip("[market]\na = \"max_concurrent_proofs = 7\"\n\n[prover]\nb = 1\n",
                    std::nullopt);
    expectRoundTrip("[market]\n#max_concurrent_proofs = 2\na = 1\n", std::nullopt);
}

TEST(ProofLimitTest, ALimitThatSomebodyHasSetMeanwhileStays)
{
    const auto edit = withoutNewLocks("[market]\nmax_concurrent_proofs = 2\n");
    ASSERT_TRUE(edit);
    const auto back = withLimitRestored("[market]\nmax_concurrent_proofs = 5\n", edit->before);
    ASSERT_TRUE(back);
    EXPECT_FALSE(*back);
}

TEST(ProofLimitTest, WhatTheBrokerWouldNotTakeIsRefused)
{
    EXPECT_FALSE(withoutNewLocks("[market\nmax_concurrent_proofs = 2\n"));
    EXPECT_FALSE(withoutNewLocks("[market]\nmax_concurrent_proofs = \"2\"\n"));
    EXPECT_FALSE(withoutNewLocks("[prover]\na = 1\n")) << "a new [market] needs other keys, too";
}

class WriteInPlaceTest : public ::testing::Test
{
protected:
    void SetUp() override { put("old text, rather long\n"); }

    void put(const QByteArray &bytes)
    {
        QFile file(path);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    QByteArray write(const QByteArray &before, const QByteArray &now)
    {
        QProcess sh;
        sh.start("sh", {"-s"});
        sh.write(writeInPlaceScript(path, before, now, "stop-1"));
        sh.closeWriteChannel();
        EXPECT_TRUE(sh.waitForFinished(10'000));
        code = sh.exitCode();
        return sh.readAllStandardOutput().trimmed();
    }
    [[nodiscard]] quint64 inode() const
    {
        struct stat facts = {};
        return ::stat(QFile::encodeName(path).constData(), &facts) == 0 ? facts.st_ino : 0;
    }

    QTemporaryDir folder;
    QString path = folder.filePath("bro'ker $x.toml");
    int code = -1;
};

TEST_F(WriteInPlaceTest, KeepsTheFileItself)
{
    const quint64 before = inode();
    EXPECT_EQ(write("old text, rather long\n", "new\n"), "written");
    EXPECT_EQ(contentOf(path), "new\n");
    EXPECT_EQ(inode(), before) << "a container has this very file mounted";
    EXPECT_EQ(contentOf(path + ".proverdeck-stop-1.bak"), "old text, rather long\n");
    EXPECT_EQ(QDir(folder.path()).entryList(QDir::Files).size(), 2);
}

TEST_F(WriteInPlaceTest, DoneTwiceItIsDoneOnce)
{
    EXPECT_EQ(write("old text, rather long\n", "a longer text than the old one\n"), "written");
    EXPECT_EQ(write("old text, rather long\n", "a longer text than the old one\n"), "already");
    EXPECT_EQ(contentOf(path), "a longer text than the old one\n");
}

TEST_F(WriteInPlaceTest, DoesNotOverwriteWhatSomebodyElseWrote)
{
    put("somebody's\n");
    EXPECT_EQ(write("old text, rather long\n", "new\n"), "changed");
    EXPECT_EQ(code, 75);
    EXPECT_EQ(contentOf(path), "somebody's\n");
}

TEST_F(WriteInPlaceTest, ACopyIsWholeOrNotThere)
{
    // What an interrupted copy leaves behind has another name and is no copy.
    QFile part(path + ".proverdeck-stop-1.bak.part.1");
    ASSERT_TRUE(part.open(QIODevice::WriteOnly));
    part.write("old te");
    part.close();
    EXPECT_EQ(write("old text, rather long\n", "new\n"), "written");
    EXPECT_EQ(contentOf(path + ".proverdeck-stop-1.bak"), "old text, rather long\n");
}

TEST_F(WriteInPlaceTest, TheLimitOfAStopThatWasLeftIsFoundUntilItIsSetBack)
{
    const auto run = [](const QByteArray &script) {
        QProcess sh;
        sh.start("sh", {"-s"});
        sh.write(script);
        sh.closeWriteChannel();
        EXPECT_TRUE(sh.waitForFinished(10'000));
        return sh.readAllStandardOutput();
    };
    EXPECT_FALSE(readLeftLimit(run(leftLimitScript(path))));
    put("[market]\nmax_concurrent_proofs = 7\n");
    EXPECT_EQ(
        write("[market]\nmax_concurrent_proofs = 7\n", "[market]\nmax_concurrent_proofs = 0\n"),
        "written");
    const auto left = readLeftLimit(run(leftLimitScript(path)));
    ASSERT_TRUE(left);
    EXPECT_EQ(left->limit.value, 7);
    EXPECT_EQ(left->copy, "bro'ker $x.toml.proverdeck-stop-1.bak");
    run(retireCopyScript(path, "stop-1"));
    EXPECT_FALSE(readLeftLimit(run(leftLimitScript(path))));
    EXPECT_EQ(contentOf(path + ".proverdeck-stop-1.done"), "[market]\nmax_concurrent_proofs = 7\n");
    EXPECT_FALSE(readLeftLimit("found x.bak\n[market]\nmax_concurrent_proofs = 0\n"));
    EXPECT_FALSE(readLeftLimit("found x.bak\n[market\n"));
}

} // namespace
} // namespace proverdeck::models::boundless
