// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogFile.h"

#include "models/logs/LogParts.h"
#include "support/FileLimit.h"
#include "support/LogPattern.h"
#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <optional>
#include <random>
#include <thread>

namespace proverdeck::models {
namespace {

using testing::logPattern;

constexpr LogFile::Limits kSmall{.part = 1000, .kept = 1'000'000};

class LogFileTest : public ::testing::Test
{
protected:
    /// A log of the pattern, closed into parts as bytes come, 300 at a time.
    void fill(LogFile &log, quint64 until)
    {
        while (log.size() < until) {
            const auto done = log.append(
                logPattern(log.size(), qsizetype(std::min<quint64>(300, until - log.size()))));
            ASSERT_TRUE(done) << done.error().toStdString();
        }
    }

    static void settle(const LogFile &log)
    {
        EXPECT_TRUE(QTest::qWaitFor([&] { return log.waitingParts() == 0; }, 10'000));
    }

    static QByteArray all(const LogFile &log)
    {
        const auto bytes = log.read(log.firstKept(), qsizetype(log.size()));
        EXPECT_TRUE(bytes) << bytes.error().toStdString();
        return bytes.value_or(QByteArray());
    }

    static void expectPattern(const LogFile &log, quint64 size)
    {
        EXPECT_EQ(log.size(), size);
        EXPECT_TRUE(all(log) == logPattern(log.firstKept(), qsizetype(size - log.firstKept())))
            << "of " << size << " bytes";
    }

    /// Opens it anew, first for reading only, then for writing; and goes on with it.
    void expectSound(quint64 size)
    {
        {
            LogFile reader(path, kSmall);
            const auto opened = reader.openExisting();
            ASSERT_TRUE(opened) << opened.error().toStdString();
            expectPattern(reader, size);
        }
        LogFile log(path, kSmall);
        const auto opened = log.open();
        ASSERT_TRUE(opened) << opened.error().toStdString();
        expectPattern(log, size);
        fill(log, size + 2500);
        settle(log);
        expectPattern(log, size + 2500);
    }

    [[nodiscard]] QStringList files() const
    {
        return QDir(folder.path()).entryList(QDir::Files, QDir::Name);
    }

    void write(const QString &name, const QByteArray &bytes) const
    {
        QFile file(folder.filePath(name));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        ASSERT_EQ(file.write(bytes), bytes.size());
    }

    [[nodiscard]] QByteArray contents(const QString &name) const
    {
        QFile file(folder.filePath(name));
        EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << name.toStdString();
        return file.readAll();
    }

    QTemporaryDir folder;
    const QString path = folder.filePath("l2.log");
};

TEST_F(LogFileTest, ReadsBackFromAnyOffset)
{
    LogFile log(path, kSmall);
    ASSERT_TRUE(log.open());
    EXPECT_EQ(log.size(), 0U);
    EXPECT_EQ(*log.read(0, 100), QByteArray());
    fill(log, 5500);
    settle(log);
    EXPECT_EQ(files().join(' '),
              "l2.log l2.log.000000000000-000000001200.zst l2.log.000000001200-000000002400.zst "
              "l2.log.000000002400-000000003600.zst l2.log.000000003600-000000004800.zst");
    expectPattern(log, 5500);
    std::mt19937 random(1);
    for (int i = 0; i < 500; ++i) {
        const quint64 offset = random() % 5600;
        const auto limit = qsizetype(random() % 2000);
        const auto bytes = log.read(offset, limit);
        ASSERT_TRUE(bytes) << bytes.error().toStdString();
        const auto there = qsizetype(offset < 5500 ? 5500 - offset : 0);
        ASSERT_TRUE(*bytes == logPattern(offset, std::min(limit, there))) << offset << " " << limit;
    }
    EXPECT_EQ(*log.read(5500, 10), QByteArray());
    EXPECT_EQ(*log.read(1'000'000, 10), QByteArray());
}

TEST_F(LogFileTest, TakesOverAFileThatNeverHadParts)
{
    write("l2.log", logPattern(0, 4000));
    expectSound(4000);
    EXPECT_EQ(files().constFirst(), "l2.log");
    EXPECT_TRUE(files().contains("l2.log.000000000000-000000004300.zst"));
}

TEST_F(LogFileTest, GoesOnWhereItEnded)
{
    for (quint64 size = 700; size < 9000; size += 700) {
        LogFile log(path, kSmall);
        ASSERT_TRUE(log.open());
        expectPattern(log, size - 700);
        fill(log, size);
    }
    expectSound(8400);
}

TEST_F(LogFileTest, CutsAtAnyByte)
{
    for (const bool compressed : {false, true}) {
        for (const quint64 cut :
             QList<quint64>{0, 1, 900, 1199, 1200, 1201, 2399, 2400, 4800, 4801, 5499, 5500}) {
            SCOPED_TRACE(::testing::Message() << cut << (compressed ? " compressed" : ""));
            for (const QString &file : files()) {
                QFile::remove(folder.filePath(file));
            }
            {
                LogFile log(path, compressed ? kSmall : LogFile::Limits{1'000'000, 1'000'000});
                ASSERT_TRUE(log.open());
                fill(log, 5500);
                settle(log);
                const auto done = log.truncate(cut);
                ASSERT_TRUE(done) << done.error().toStdString();
                expectPattern(log, cut);
                EXPECT_FALSE(log.truncate(cut + 1)) << "beyond the end";
            }
            expectSound(cut);
        }
    }
}

TEST_F(LogFileTest, CutsWhileItsPartsAreBeingCompressed)
{
    std::mt19937 random(7);
    LogFile log(path, kSmall);
    ASSERT_TRUE(log.open());
    for (int i = 0; i < 200; ++i) {
        fill(log, log.size() + quint64(random() % 6000));
        const quint64 cut = random() % (log.size() + 1);
        const auto done = log.truncate(cut);
        ASSERT_TRUE(done) << done.error().toStdString();
        ASSERT_EQ(log.size(), cut);
        ASSERT_TRUE(all(log) == logPattern(0, qsizetype(cut))) << i;
    }
}

TEST_F(LogFileTest, DropsTheOldestPartsBeyondTheLimit)
{
    constexpr LogFile::Limits limits{.part = 1000, .kept = 1500};
    quint64 first = 0;
    {
        LogFile log(path, limits);
        ASSERT_TRUE(log.open());
        fill(log, 30'500);
        settle(log);
        EXPECT_TRUE(QTest::qWaitFor([&] { return log.firstKept() > 20'000; }, 10'000));
        first = log.firstKept();
        EXPECT_LT(first, 30'000U);
        expectPattern(log, 30'500);
        const auto gone = log.read(first - 1, 10);
        ASSERT_FALSE(gone);
        EXPECT_THAT(gone.error().toStdString(), ::testing::HasSubstr("no longer here"));
        EXPECT_FALSE(log.truncate(first - 1));
        EXPECT_TRUE(log.copyTo(folder.filePath("copy")));
        EXPECT_TRUE(contents("copy") == logPattern(first, qsizetype(30'500 - first)));
    }
    LogFile again(path, limits);
    ASSERT_TRUE(again.open());
    EXPECT_EQ(again.firstKept(), first);
    expectPattern(again, 30'500);

    ASSERT_TRUE(again.truncate(first)) << "nothing is left, and still it knows where it is";
    expectPattern(again, first);
    ASSERT_TRUE(again.open());
    EXPECT_EQ(again.firstKept(), first);
    fill(again, first + 5000);
    settle(again);
    expectPattern(again, first + 5000);
    ASSERT_TRUE(again.truncate(0));
    expectPattern(again, 0);
    EXPECT_EQ(files(), (QStringList{"copy", "l2.log"}));
}

TEST_F(LogFileTest, KeepsTheLastPartWhateverItsSize)
{
    LogFile log(path, {.part = 1000, .kept = 1});
    ASSERT_TRUE(log.open());
    fill(log, 9000);
    settle(log);
    EXPECT_TRUE(QTest::qWaitFor([&] { return log.firstKept() == 7200; }, 10'000));
    expectPattern(log, 9000);
}

// What a crash can leave behind -----------------------------------------------------------------

class LogFileCrashTest : public LogFileTest
{
protected:
    void SetUp() override
    {
        LogFile log(path, kSmall);
        ASSERT_TRUE(log.open());
        fill(log, 2700);
        settle(log);
        ASSERT_EQ(files(), (QStringList{"l2.log", first, second}));
    }

    const QString first = "l2.log.000000000000-000000001200.zst";
    const QString second = "l2.log.000000001200-000000002400.zst";
    const QString firstPlain = "l2.log.000000000000-000000001200";
    const QString secondPlain = "l2.log.000000001200-000000002400";
};

TEST_F(LogFileCrashTest, AfterTheGrowingPartWasClosed)
{
    QFile::rename(path, folder.filePath("l2.log.000000002400-000000002700"));
    expectSound(2700);
}

TEST_F(LogFileCrashTest, InTheMiddleOfACompression)
{
    QFile::rename(folder.filePath(second), folder.filePath(second + ".part"));
    write(second + ".part", contents(second + ".part").left(100));
    write(secondPlain, logPattern(1200, 1200));
    expectSound(2700);
    EXPECT_FALSE(files().contains(second + ".part"));
    EXPECT_TRUE(files().contains(second)) << "done again";
}

TEST_F(LogFileCrashTest, BetweenACompressionAndTheRemovalOfThePlainPart)
{
    write(secondPlain, logPattern(1200, 1200));
    expectSound(2700);
    EXPECT_FALSE(files().contains(secondPlain));
}

TEST_F(LogFileCrashTest, WithPartsThatWaitForTheirCompression)
{
    QFile::remove(folder.filePath(first));
    QFile::remove(folder.filePath(second));
    write(firstPlain, logPattern(0, 1200));
    write(secondPlain, logPattern(1200, 1200));
    expectSound(2700);
    EXPECT_TRUE(files().contains(first));
    EXPECT_TRUE(files().contains(second));
}

TEST_F(LogFileCrashTest, WhenACutHadRemovedTheEnd)
{
    QFile::remove(path);
    expectSound(2400);
}

TEST_F(LogFileCrashTest, WhenACutHadUnpackedButNotReplacedThePart)
{
    write("l2.log.000000001200-000000001700.part", logPattern(1200, 400));
    expectSound(2700);
    EXPECT_FALSE(files().contains("l2.log.000000001200-000000001700.part"));
}

TEST_F(LogFileCrashTest, WhenACutHadNotRemovedTheCompressedPart)
{
    QFile::remove(path);
    write("l2.log.000000001200-000000001700", logPattern(1200, 500));
    expectSound(1700);
    EXPECT_FALSE(files().contains(second));
}

TEST_F(LogFileCrashTest, WhenACutHadOnlyMarkedTheBeginning)
{
    QFile::remove(folder.filePath(first));
    write("l2.log.000000001200-000000001200", {});
    LogFile log(path, kSmall);
    ASSERT_TRUE(log.open());
    EXPECT_EQ(log.firstKept(), 1200U);
    expectPattern(log, 2700);
    EXPECT_FALSE(files().contains("l2.log.000000001200-000000001200"));
}

TEST_F(LogFileCrashTest, APartThatLostItsEndToAPowerCutEndsTheLog)
{
    QFile::remove(folder.filePath(second));
    write(secondPlain, logPattern(1200, 700));
    expectSound(1900);
}

TEST_F(LogFileCrashTest, TheFirstPartThatLostItsEndToAPowerCutEndsTheLog)
{
    QFile::remove(folder.filePath(first));
    QFile::remove(folder.filePath(second));
    write(secondPlain, logPattern(1200, 700));
    LogFile log(path, kSmall);
    ASSERT_TRUE(log.open());
    EXPECT_EQ(log.firstKept(), 1200U);
    expectPattern(log, 1900);
    ASSERT_TRUE(log.open());
    expectPattern(log, 1900);
}

TEST_F(LogFileCrashTest, AMissingPartHidesWhatWasBefore)
{
    QFile::rename(folder.filePath(first), folder.filePath("elsewhere"));
    LogFile log(path, kSmall);
    ASSERT_TRUE(log.open());
    EXPECT_EQ(log.firstKept(), 1200U);
    expectPattern(log, 2700);
}

TEST_F(LogFileCrashTest, ADamagedPartIsSaidAndTheOthersAreRead)
{
    QByteArray bytes = contents(second);
    bytes.truncate(bytes.size() / 2);
    write(second, bytes);
    LogFile log(path, kSmall);
    ASSERT_TRUE(log.open());
    EXPECT_EQ(log.size(), 2700U);
    EXPECT_TRUE(*log.read(0, 1200) == logPattern(0, 1200));
    EXPECT_TRUE(*log.read(2400, 300) == logPattern(2400, 300));
    const auto damaged = log.read(2300, 50);
    ASSERT_FALSE(damaged);
    EXPECT_THAT(damaged.error().toStdString(), ::testing::HasSubstr(second.toStdString()));
    const auto copied = log.copyTo(folder.filePath("copy"));
    ASSERT_FALSE(copied);
    EXPECT_FALSE(QFile::exists(folder.filePath("copy")));
    EXPECT_FALSE(log.truncate(2000)) << "cannot be unpacked";
    EXPECT_EQ(log.size(), 2700U) << "as before";
    ASSERT_TRUE(log.truncate(1200));
    expectPattern(log, 1200);
}

TEST_F(LogFileCrashTest, FilesOfOthersAreLeftAlone)
{
    const QStringList others{"l2.log.1", "l2.log.000000000000",
                             "other.log.000000000000-000000000010",
                             "l2.log.000000000000-000000001200.gz"};
    for (const QString &name : others) {
        write(name, "mine");
    }
    expectSound(2700);
    for (const QString &name : others) {
        EXPECT_EQ(contents(name), QByteArray("mine"));
    }
}

// Readers, writers, failures ----------------------------------------------------------------------

TEST_F(LogFileTest, HasOneWriter)
{
    std::optional<LogFile> log(std::in_place, path, kSmall);
    ASSERT_TRUE(log->open());
    fill(*log, 3000);
    LogFile other(path, kSmall);
    const auto refused = other.open();
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().toStdString(), ::testing::HasSubstr("another window"));
    EXPECT_FALSE(other.append("x"));
    EXPECT_FALSE(other.truncate(0));
    ASSERT_TRUE(log->open()) << "again";
    log.reset();
    ASSERT_TRUE(other.open());
    expectPattern(other, 3000);
}

TEST_F(LogFileTest, AReaderKeepsWhatItOpenedWhileTheWriterGoesOn)
{
    LogFile log(path, kSmall);
    ASSERT_TRUE(log.open());
    std::mt19937 random(3);
    for (int round = 0; round < 60; ++round) {
        LogFile reader(path, kSmall);
        fill(log, log.size() + 50 + random() % 900); // may close a part, which is compressed now
        const auto opened = reader.openExisting();
        ASSERT_TRUE(opened) << opened.error().toStdString();
        const quint64 size = log.size();
        fill(log, size + random() % 3000);
        ASSERT_EQ(reader.size(), size);
        ASSERT_TRUE(all(reader) == logPattern(0, qsizetype(size))) << round;
        EXPECT_FALSE(reader.append("x"));
    }
}

TEST_F(LogFileTest, IsOpenedForReadingAtAnyMomentOfItsWriter)
{
    LogFile log(path, kSmall);
    ASSERT_TRUE(log.open());
    std::atomic<bool> ended = false;
    std::thread writer([&] {
        while (log.size() < 400'000 && log.append(logPattern(log.size(), 150))) { }
        ended = true;
    });
    int times = 0;
    quint64 before = 0;
    for (; !ended; ++times) {
        LogFile reader(path, kSmall);
        const auto opened = reader.openExisting();
        EXPECT_TRUE(opened) << opened.error().toStdString();
        EXPECT_GE(reader.size(), before);
        before = reader.size();
        const quint64 from = before > 3000 ? before - 3000 : 0; // where parts are being closed
        const auto bytes = reader.read(from, 3000);
        EXPECT_TRUE(bytes && *bytes == logPattern(from, qsizetype(before - from)))
            << before << " " << (bytes ? std::string() : bytes.error().toStdString());
        if (HasFailure()) {
            break;
        }
    }
    writer.join();
    EXPECT_GT(times, 0);
}

TEST_F(LogFileTest, OpensForReadingOnlyWhatIsThere)
{
    LogFile reader(path);
    const auto missing = reader.openExisting();
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().toStdString(), ::testing::HasSubstr("l2.log"));
    EXPECT_EQ(files(), QStringList());
    LogFile nowhere(folder.filePath("no/such/folder/l2.log"));
    EXPECT_FALSE(nowhere.open());
    EXPECT_FALSE(nowhere.append("x"));
}

TEST_F(LogFileTest, ALogThatLooksCompressedComesBackAsItWas)
{
    const QByteArray magic = QByteArray::fromHex("28b52ffd");
    QByteArray bytes = magic.repeated(1000);
    {
        LogFile log(path, kSmall);
        ASSERT_TRUE(log.open());
        ASSERT_TRUE(log.append(bytes));
        settle(log);
        EXPECT_TRUE(all(log) == bytes);
    }
    // And one that really is: a part of a log as the content of a log.
    bytes = contents("l2.log.000000000000-000000004000.zst").repeated(100);
    const QString nested = folder.filePath("nested.log");
    LogFile log(nested, kSmall);
    ASSERT_TRUE(log.open());
    ASSERT_TRUE(log.append(bytes));
    settle(log);
    EXPECT_TRUE(all(log) == bytes);
}

TEST_F(LogFileTest, AFullDiskCostsNothingThatWasThere)
{
    LogFile log(path, {.part = 100'000, .kept = 1'000'000});
    ASSERT_TRUE(log.open());
    fill(log, 9000);
    {
        const testing::FileLimit limit(10'000);
        for (int i = 0; i < 2; ++i) {
            const auto refused = log.append(logPattern(9000, 3000));
            ASSERT_FALSE(refused);
            EXPECT_THAT(refused.error().toStdString(), ::testing::HasSubstr("free space"));
            expectPattern(log, 9000);
            EXPECT_EQ(QFile(path).size(), 9000);
        }
        ASSERT_TRUE(log.append(logPattern(9000, 1000))) << "as much as fits";
    }
    fill(log, 20'000);
    expectPattern(log, 20'000);
}

TEST_F(LogFileTest, PartsWaitUntilThereIsRoomToCompressThem)
{
    QByteArray noise(4000, Qt::Uninitialized); // grows when it is compressed
    std::mt19937 random(5);
    std::generate(noise.begin(), noise.end(), [&] { return char(random()); });
    LogFile log(path, {.part = 4000, .kept = 1'000'000});
    ASSERT_TRUE(log.open());
    {
        const testing::FileLimit limit(4000);
        ASSERT_TRUE(log.append(noise));
        ASSERT_TRUE(log.append(noise.left(3999))); // no new part: nothing starts the worker
        EXPECT_TRUE(QTest::qWaitFor([&] { return !files().join(' ').contains(".part"); }, 10'000));
        EXPECT_TRUE(all(log) == noise + noise.left(3999));
    }
    ASSERT_TRUE(log.append(noise.right(1)));
    settle(log);
    EXPECT_TRUE(all(log) == noise + noise);
}

TEST_F(LogFileTest, CopiesAsOnePlainFile)
{
    LogFile log(path, kSmall);
    ASSERT_TRUE(log.open());
    fill(log, 5500);
    LogFile reader(path);
    ASSERT_TRUE(reader.openExisting());
    const QString target = folder.filePath("copy.txt");
    ASSERT_TRUE(reader.copyTo(target));
    EXPECT_TRUE(contents("copy.txt") == logPattern(0, 5500));
    const auto failed = reader.copyTo(folder.filePath("no/such/folder"));
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().toStdString(), ::testing::HasSubstr("no/such/folder"));
}

TEST_F(LogFileTest, ListsTheLogsOfAFolder)
{
    for (const char *name :
         {"steps.log", "prover.log", "l2.log.000000000000-000000001200.zst", "metrics.txt",
          "l2.log.000000001200-000000002400", "gpu.csv", "odd.txt.000000000000-000000000001",
          "half.000000000000-000000001200.zst.part"}) {
        write(name, "x");
    }
    EXPECT_EQ(LogFile::namesIn(folder.path()),
              (QStringList{"gpu.csv", "l2.log", "odd.txt", "prover.log", "steps.log"}));
    EXPECT_EQ(LogFile::namesIn(folder.filePath("missing")), QStringList());
}

} // namespace
} // namespace proverdeck::models
