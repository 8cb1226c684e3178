// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogStore.h"

#include "models/logs/ByteScan.h"
#include "models/logs/LineSet.h"
#include "models/logs/LogFeed.h"
#include "models/logs/LogFile.h"
#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <algorithm>
#include <random>
#include <thread>

namespace proverdeck::models {
namespace {

using Random = std::mt19937_64;

qint64 below(Random &random, qint64 limit)
{
    return qint64(random() % quint64(std::max<qint64>(1, limit)));
}

/// Lines of all kinds: none, empty, short, longer than a block of the index.
QByteArray randomBytes(Random &random, qsizetype limit)
{
    QByteArray bytes;
    const qsizetype wanted = below(random, limit);
    while (bytes.size() < wanted) {
        const int kind = int(below(random, 100));
        const qint64 length = kind < 1 ? below(random, 3 * LogStore::Block)
            : kind < 20                ? 0
                                       : below(random, 200);
        bytes += QByteArray(length, char('a' + below(random, 26)));
        if (kind != 50) {
            bytes += '\n';
        }
    }
    return bytes;
}

/// What the store must say, found by looking at every byte.
struct Plain
{
    explicit Plain(const QByteArray &all)
        : bytes(all)
    {
        starts.push_back(0);
        for (qsizetype i = 0; i < all.size(); ++i) {
            if (all.at(i) == '\n') {
                starts.push_back(i + 1);
            }
        }
        isOpen = !all.isEmpty() && !all.endsWith('\n');
        lines = qint64(starts.size()) - (isOpen ? 0 : 1);
    }
    [[nodiscard]] QByteArray line(qint64 i) const
    {
        const qsizetype start = starts.at(std::size_t(i));
        const qsizetype end = bytes.indexOf('\n', start);
        return bytes.mid(start, end < 0 ? -1 : end - start);
    }
    QByteArray bytes;
    std::vector<qsizetype> starts;
    bool isOpen = false;
    qint64 lines = 0;
};

void compare(const LogStore &store, const QByteArray &all, Random &random)
{
    const Plain plain(all);
    const LogExtent extent = store.extent();
    ASSERT_EQ(extent.end, quint64(all.size()));
    ASSERT_EQ(extent.lines, plain.lines);
    ASSERT_EQ(extent.isOpen, plain.isOpen);
    EXPECT_EQ(store.startOf(plain.lines + 1), std::nullopt);
    if (plain.lines == 0) {
        return;
    }
    for (int i = 0; i < 40; ++i) {
        const qint64 line = below(random, plain.lines);
        ASSERT_EQ(store.startOf(line), quint64(plain.starts.at(std::size_t(line)))) << line;
        const qint64 offset = below(random, all.size());
        const auto after = std::upper_bound(plain.starts.begin(), plain.starts.end(), offset);
        ASSERT_EQ(store.lineAt(quint64(offset)), after - plain.starts.begin() - 1) << offset;
        const qsizetype limit = 1 + below(random, 100'000);
        ASSERT_EQ(store.read(quint64(offset), limit), all.mid(offset, limit));
        const qsizetype shown = 1 + below(random, 300);
        const auto some = store.lines(line, 1 + below(random, 90), shown);
        ASSERT_FALSE(some.empty());
        for (const StoredLine &one : some) {
            const QByteArray whole = plain.line(one.line);
            ASSERT_EQ(one.offset, quint64(plain.starts.at(std::size_t(one.line))));
            ASSERT_EQ(one.length, quint64(whole.size())) << one.line;
            ASSERT_EQ(one.text, whole.first(std::min(shown, whole.size())));
        }
    }
    EXPECT_EQ(store.startOf(plain.lines), quint64(all.size()));
}

TEST(LogStoreTest, AgreesWithAPlainScanWhateverIsDone)
{
    for (quint64 seed = 1; seed <= 4; ++seed) {
        SCOPED_TRACE(seed);
        Random random(seed);
        LogStore store;
        QByteArray all;
        for (int round = 0; round < 40; ++round) {
            if (below(random, 30) == 0) {
                store.clear();
                all.clear();
            }
            const QByteArray more
                = randomBytes(random, below(random, 12) == 0 ? 1'500'000 : 40'000);
            store.append(more);
            all += more;
            compare(store, all, random);
            if (::testing::Test::HasFatalFailure()) {
                return;
            }
        }
    }
}

TEST(LogStoreTest, ALineOfManyMegabytesCostsNothing)
{
    LogStore store;
    store.append("first\n");
    store.append(QByteArray(10 * 1024 * 1024, 'x'));
    store.append(" end\nlast\n");
    const auto lines = store.lines(0, 10, 1000);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[1].length, quint64(10 * 1024 * 1024 + 4));
    EXPECT_EQ(lines[1].text, QByteArray(1000, 'x'));
    EXPECT_EQ(lines[2].text, QByteArray("last"));
    EXPECT_LT(store.indexBytes(), 4000);
}

TEST(LogStoreTest, KeepsTheEndWhereNoFileCanBeWritten)
{
    LogStore store("/nowhere/at all");
    QByteArray all;
    for (int i = 0; i < 300'000; ++i) {
        const QByteArray line = "line " + QByteArray::number(i) + QByteArray(90, '.') + '\n';
        store.append(line);
        all += line;
    }
    EXPECT_TRUE(store.problem().contains("/nowhere/at all"));
    const LogExtent extent = store.extent();
    EXPECT_EQ(extent.lines, 300'000);
    EXPECT_GT(extent.firstLine, 100'000);
    EXPECT_LE(extent.end - extent.begin, quint64(LogStore::MemoryOnly + LogStore::TailSize));
    for (const qint64 line : {extent.firstLine, extent.firstLine + 1234, qint64(299'999)}) {
        const auto found = store.lines(line, 1, 200);
        ASSERT_EQ(found.size(), 1U) << line;
        EXPECT_TRUE(
            found.front().text.startsWith(QByteArray("line " + QByteArray::number(line) + '.')));
        EXPECT_EQ(store.lineAt(found.front().offset), line);
    }
    EXPECT_EQ(store.startOf(0), std::nullopt);
    EXPECT_EQ(store.read(0, 100), QByteArray());
    EXPECT_EQ(store.read(extent.begin, 1 << 30), all.mid(qsizetype(extent.begin)));
}

/// Bytes on disk of this program's files without a name.
qint64 namelessBytes()
{
    qint64 sum = 0;
    const QStringList files
        = QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::AllEntries | QDir::System);
    for (const QString &file : files) {
        const QByteArray path = "/proc/self/fd/" + file.toUtf8();
        struct stat status
        {
        };
        if (::stat(path.constData(), &status) == 0 && S_ISREG(status.st_mode)
            && status.st_nlink == 0) {
            sum += qint64(status.st_blocks) * 512;
        }
    }
    return sum;
}

TEST(LogStoreTest, KeepsNoMoreOnDiskThanItMay)
{
    constexpr quint64 Kept = 4 * LogStore::TailSize;
    const qint64 before = namelessBytes();
    Random random(11);
    LogStore store({}, Kept);
    QByteArray all;
    while (all.size() < qsizetype(6 * Kept)) {
        const QByteArray more = randomBytes(random, 400'000);
        store.append(more);
        all += more;
    }
    all += QByteArray(qsizetype(2 * Kept), 'x') + "\nend\n"; // one line longer than all it may keep
    for (qsizetype at = qsizetype(store.extent().end); at < all.size(); at += 100'000) {
        store.append(QByteArrayView(all).sliced(at, std::min<qsizetype>(100'000, all.size() - at)));
    }
    EXPECT_LT(namelessBytes() - before, qint64(Kept + LogStore::TailSize));
    EXPECT_FALSE(store.problem().isEmpty());
    const Plain plain(all);
    const LogExtent extent = store.extent();
    EXPECT_EQ(extent.lines, plain.lines);
    EXPECT_GT(extent.begin, 6 * Kept);
    EXPECT_EQ(extent.firstLine, plain.lines - 2);
    EXPECT_EQ(store.startOf(extent.firstLine - 1), std::nullopt);
    EXPECT_EQ(store.read(0, 100), QByteArray());
    EXPECT_EQ(store.read(extent.begin, 1 << 30), all.mid(qsizetype(extent.begin)));
    for (int i = 0; i < 30; ++i) { // lines again
        const QByteArray more = randomBytes(random, 400'000) + '\n';
        store.append(more);
        all += more;
    }
    const Plain later(all);
    const qint64 first = store.extent().firstLine;
    EXPECT_GT(first, plain.lines);
    EXPECT_EQ(store.extent().begin, quint64(later.starts.at(std::size_t(first))));
    for (int i = 0; i < 100; ++i) {
        const qint64 line = first + below(random, later.lines - first);
        const auto start = store.startOf(line);
        ASSERT_EQ(start, quint64(later.starts.at(std::size_t(line))));
        EXPECT_EQ(store.lineAt(*start), line);
        const auto found = store.lines(line, 1, 1 << 20);
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found.front().text, later.line(line));
    }
}

TEST(LogStoreTest, ReadersSeeWholeLinesWhileItGrows)
{
    LogStore store;
    std::atomic<bool> stop = false;
    std::thread writer([&] {
        for (int i = 0; i < 400'000; ++i) {
            const QByteArray line = "line " + QByteArray::number(i) + '\n';
            store.append(line);
        }
        stop = true;
    });
    Random random(7);
    qint64 looked = 0;
    while (!stop || looked < 100) {
        const qint64 lines = store.extent().lines;
        if (lines == 0) {
            continue;
        }
        const qint64 line = below(random, lines);
        const auto found = store.lines(line, 1, 100);
        ASSERT_EQ(found.size(), 1U);
        ASSERT_EQ(found.front().text, QByteArray("line " + QByteArray::number(line)));
        ++looked;
    }
    writer.join();
    EXPECT_EQ(store.extent().lines, 400'000);
}

TEST(LogStoreTest, KnowsWhenALineCame)
{
    LogStore store;
    store.append("old\n");
    store.append("a\n", 5'000);
    store.append("b\n", 5'300);
    store.append("c\n", 7'000);
    EXPECT_EQ(store.arrivalOf(0), -1);
    EXPECT_EQ(store.arrivalOf(4), 5'000);
    EXPECT_EQ(store.arrivalOf(6), 5'000);
    EXPECT_EQ(store.arrivalOf(9), 7'000);
}

TEST(ByteScanTest, AgreesWithPlainSearches)
{
    Random random(3);
    for (int round = 0; round < 3000; ++round) {
        QByteArray bytes(below(random, 300), '\0');
        for (char &byte : bytes) {
            byte = "ab\nc"[below(random, 4)];
        }
        EXPECT_EQ(countLineEnds(bytes), bytes.count('\n'));
        const QByteArray needle = bytes.mid(below(random, 290), 1 + below(random, 5));
        const qsizetype from = below(random, bytes.size() + 1);
        EXPECT_EQ(findBytes(bytes, needle, from),
                  needle.isEmpty() ? -1 : bytes.indexOf(needle, from));
        EXPECT_EQ(hasEither(bytes, 'c', 'x'), bytes.contains('c'));
        qsizetype end = -1;
        const qsizetype n = 1 + below(random, 20);
        for (qsizetype i = 0; i < n; ++i) {
            end = bytes.indexOf('\n', end + 1);
            if (end < 0) {
                break;
            }
        }
        EXPECT_EQ(afterLineEnd(bytes, n), end < 0 ? -1 : end + 1);
    }
}

TEST(LineSetTest, AgreesWithAVector)
{
    Random random(5);
    LineSet set;
    std::vector<qint64> plain;
    qint64 line = 0;
    for (int i = 0; i < 20'000; ++i) {
        line += below(random, 40) == 0 ? below(random, 1LL << 34) : below(random, 5);
        set.append(line);
        plain.push_back(line);
        if (below(random, 10) == 0) {
            set.removeLast();
            plain.pop_back();
        }
    }
    ASSERT_EQ(set.size(), qint64(plain.size()));
    for (int i = 0; i < 5000; ++i) {
        const qint64 at = below(random, set.size());
        ASSERT_EQ(set.at(at), plain[std::size_t(at)]);
        const qint64 wanted = plain[std::size_t(at)] + below(random, 3) - 1;
        const auto found = std::lower_bound(plain.begin(), plain.end(), wanted);
        ASSERT_EQ(set.lowerBound(std::max<qint64>(0, wanted)), found - plain.begin());
    }
    EXPECT_EQ(set.lowerBound(1LL << 60), set.size());
}

class LogFeedTest : public ::testing::Test
{
protected:
    void write(const QByteArray &bytes, QIODevice::OpenMode mode = QIODevice::Append)
    {
        QFile file(path);
        ASSERT_TRUE(file.open(mode | QIODevice::WriteOnly));
        file.write(bytes);
    }
    bool holds(const QByteArray &bytes)
    {
        return QTest::qWaitFor([&] { return store.read(0, 1 << 24) == bytes; }, 5000);
    }

    QTemporaryDir folder;
    const QString path = folder.filePath("a.log");
    LogStore store;
    LogFeed feed{store};
};

TEST_F(LogFeedTest, FollowsAFileThatGrowsIsCutAndReplaced)
{
    write("one\ntwo");
    feed.openFile(path);
    EXPECT_TRUE(holds("one\ntwo"));
    write(" more\nthree\n");
    EXPECT_TRUE(holds("one\ntwo more\nthree\n"));
    EXPECT_EQ(store.extent().lines, 3);
    write("new\n", QIODevice::Truncate);
    EXPECT_TRUE(holds("new\n"));
    ASSERT_TRUE(QFile::rename(path, path + ".1"));
    write("after the rotation\n");
    EXPECT_TRUE(holds("after the rotation\n"));
    EXPECT_EQ(store.extent().lines, 1);
}

TEST_F(LogFeedTest, UnpacksCompressedFiles)
{
    QByteArray text;
    for (int i = 0; i < 100'000; ++i) {
        text += "line " + QByteArray::number(i) + '\n';
    }
    write(text);
    for (const char *program : {"gzip", "zstd"}) {
        QProcess packer;
        packer.start(program, {"-q", "-k", path});
        if (!packer.waitForFinished(10'000) || packer.exitCode() != 0) {
            continue; // is not installed
        }
        // The store holds the same text before and after: only its epoch tells that it was read.
        const auto isRead = [&, epoch = store.extent().epoch] {
            const LogExtent extent = store.extent();
            return extent.epoch != epoch && extent.lines == 100'000
                && store.read(0, 1 << 24) == text;
        };
        feed.openFile(path + (program == QByteArray("gzip") ? ".gz" : ".zst"));
        EXPECT_TRUE(QTest::qWaitFor(isRead, 10'000)) << program;
    }
}

TEST_F(LogFeedTest, ShowsARunsLogFromItsFirstLineAndGoesOnAfterIt)
{
    Random random(5);
    LogFile log(path, {.part = 50'000});
    ASSERT_TRUE(log.open());
    QByteArray all;
    while (all.size() < 700'000) {
        const QByteArray more = randomBytes(random, 20'000);
        ASSERT_TRUE(log.append(more));
        all += more;
    }
    ASSERT_TRUE(QTest::qWaitFor([&] { return log.waitingParts() == 0; }, 10'000));
    feed.openLog(path, quint64(all.size()));
    for (int i = 0; i < 20; ++i) { // what comes from now on is pushed
        const QByteArray more = randomBytes(random, 5000);
        ASSERT_TRUE(log.append(more));
        all += more;
        feed.push(more);
    }
    ASSERT_TRUE(holds(all));
    compare(store, all, random);

    feed.openLog(folder.filePath("none.log"), 7);
    ASSERT_TRUE(QTest::qWaitFor([&] { return store.extent().end == 0; }));
}

TEST_F(LogFeedTest, SaysWhatItCannotRead)
{
    QSignalSpy failed(&feed, &LogFeed::failed);
    feed.openFile(path);
    ASSERT_TRUE(failed.wait(5000));
    EXPECT_TRUE(failed.at(0).at(0).toString().contains("a.log"));
    feed.openFile(folder.path());
    ASSERT_TRUE(failed.wait(5000));
    write(QByteArray("\x1f\x8b\x08\0\0\0\0\0\0\3 no more of it than this", 34));
    feed.openFile(path);
    ASSERT_TRUE(failed.wait(5000));
}

TEST_F(LogFeedTest, StoresPiecesInOrder)
{
    QByteArray all;
    for (int i = 0; i < 5000; ++i) {
        const QByteArray piece = QByteArray::number(i) + '\n';
        all += piece;
        feed.push(piece);
    }
    EXPECT_TRUE(holds(all));
    EXPECT_TRUE(QTest::qWaitFor([&] { return feed.isIdle(); }, 5000));
}

} // namespace
} // namespace proverdeck::models
