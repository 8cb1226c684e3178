// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogFile.h"
#include "support/Child.h"
#include "support/LogPattern.h"
#include "support/Test.h"

#include <QElapsedTimer>
#include <QTemporaryDir>

#include <random>

// A process that writes a log is killed at random moments. PROVERDECK_TEST_SEED and
// PROVERDECK_TEST_ROUNDS choose other moments and more of them.

namespace proverdeck::models {
namespace {

using testing::logPattern;
using testing::tellTest;

constexpr LogFile::Limits kSmall{.part = 20'000, .kept = 1'000'000'000};

QString asText(const tl::expected<void, QString> &result)
{
    return result ? QString() : result.error();
}

/// Appends and cuts for ever. "<size>" after an append and a cut, "cut <size>" before a cut.
int writeLog(const QStringList &arguments)
{
    LogFile log(arguments.at(0), kSmall);
    if (const auto opened = log.open(); !opened) {
        tellTest(opened.error().toUtf8());
        return 1;
    }
    std::mt19937 random(arguments.at(1).toUInt());
    for (;;) {
        tl::expected<void, QString> done;
        if (log.size() > 800'000 || random() % 60 == 0) {
            const quint64 cut
                = log.size() - (log.size() > 800'000 ? 750'000 : random() % (log.size() + 1) / 10);
            tellTest("cut " + QByteArray::number(cut));
            done = log.truncate(cut);
        } else {
            done = log.append(logPattern(log.size(), 1 + qsizetype(random() % 4000)));
        }
        if (!done) {
            tellTest(done.error().toUtf8());
            return 2;
        }
        tellTest(QByteArray::number(log.size()));
    }
}

const testing::ChildProgram program("write-log", writeLog);

/// What is there, read like the export does it; and what a writer that takes over finds.
QString problemWith(LogFile &log)
{
    const auto bytes = log.read(0, qsizetype(log.size()));
    if (!bytes) {
        return bytes.error();
    }
    const bool same = *bytes == logPattern(0, qsizetype(log.size()));
    return same ? QString() : QStringLiteral("%1 bytes differ").arg(log.size());
}

TEST(LogFileKillTest, HasEachByteOnceWheneverItsWriterIsKilled)
{
    bool isSet = false;
    int seed = qEnvironmentVariableIntValue("PROVERDECK_TEST_SEED", &isSet);
    seed = isSet ? seed : 11;
    const int rounds = std::max(60, qEnvironmentVariableIntValue("PROVERDECK_TEST_ROUNDS"));
    std::mt19937 random{unsigned(seed)};
    const QTemporaryDir folder;
    const QString path = folder.filePath("l2.log");
    qint64 appended = 0;
    int cutShort = 0;
    quint64 known = 0; // bytes that were said to be there
    for (int round = 0; round < rounds; ++round) {
        SCOPED_TRACE(::testing::Message() << "seed " << seed << ", round " << round);
        testing::Child child("write-log", {path, QString::number(random())});
        quint64 cut = known;
        const auto take = [&](const QByteArray &line) {
            if (line.startsWith("cut ")) {
                cut = line.mid(4).toULongLong();
            } else {
                EXPECT_TRUE(line == "0" || line.toULongLong() > 0) << line.toStdString();
                appended += std::max<qint64>(0, line.toLongLong() - qint64(known));
                cut = known = line.toULongLong();
            }
        };
        for (auto left = random() % 120; left > 0; --left) {
            const QByteArray line = child.nextLine();
            ASSERT_FALSE(line.isEmpty()) << "the child ended";
            take(line);
        }
        if (round % 4 == 0) { // while it is being written
            LogFile beside(path, kSmall);
            if (beside.openExisting()) {
                (void)problemWith(beside); // it may be cut meanwhile; it must not crash
            }
        }
        QElapsedTimer moment; // not just after a line
        moment.start();
        for (const qint64 until = qint64(random() % 3'000'000); moment.nsecsElapsed() < until;) { }
        for (const QByteArray &line : child.kill()) {
            take(line);
        }
        cutShort += cut < known ? 1 : 0;

        LogFile reader(path, kSmall);
        if (known > 0 || reader.openExisting()) {
            ASSERT_EQ(asText(reader.openExisting()), QString());
            ASSERT_EQ(problemWith(reader), QString());
        }
        LogFile log(path, kSmall);
        ASSERT_EQ(asText(log.open()), QString());
        ASSERT_EQ(problemWith(log), QString());
        ASSERT_GE(log.size(), cut);
        known = log.size();
    }
    std::printf("%d kills, %lld bytes appended, %d of them in a cut\n", rounds, appended, cutShort);
}

} // namespace
} // namespace proverdeck::models
