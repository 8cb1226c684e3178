// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/RunExport.h"

#include "models/logs/LogFile.h"
#include "support/LogPattern.h"
#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace proverdeck::app {
namespace {

class RunExportTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        record.id = "a";
        record.folder = folder.filePath("run");
        QDir().mkpath(record.folder);
        write(record.folder + "/steps.log", "built\n");
        write(record.folder + "/gpu.csv", "1,2\n");
        write(record.folder + "/metrics.txt", "batch_gas_used 1\n");
        models::LogFile log(record.folder + "/l2.log", {.part = 1000, .kept = 1'000'000});
        ASSERT_TRUE(log.open());
        while (log.size() < 9000) {
            ASSERT_TRUE(log.append(testing::logPattern(log.size(), 900)));
        }
        EXPECT_TRUE(QTest::qWaitFor([&] { return log.waitingParts() == 0; }, 10'000));
    }

    static void write(const QString &path, const QByteArray &bytes)
    {
        QFile file(path);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

    static QByteArray contents(const QString &path)
    {
        QFile file(path);
        EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << path.toStdString();
        return file.readAll();
    }

    [[nodiscard]] static QStringList files(const QString &path)
    {
        return QDir(path).entryList(QDir::Files, QDir::Name);
    }

    QTemporaryDir folder;
    models::RunRecord record;
    const QString out = folder.filePath("out");
};

TEST_F(RunExportTest, WritesResultsAndEachLogAsOnePlainFile)
{
    const QStringList before = files(record.folder);
    ASSERT_EQ(exportRun(record, out, false), QString());
    EXPECT_EQ(files(out),
              (QStringList{"bench_results.md", "gpu.csv", "l2.log", "metrics.txt", "results.csv",
                           "results.json", "results.md", "steps.log"}));
    EXPECT_TRUE(contents(out + "/l2.log") == testing::logPattern(0, 9000));
    EXPECT_EQ(contents(out + "/steps.log"), QByteArray("built\n"));
    EXPECT_EQ(contents(out + "/gpu.csv"), QByteArray("1,2\n"));
    EXPECT_EQ(contents(out + "/metrics.txt"), QByteArray("batch_gas_used 1\n"));
    EXPECT_EQ(files(record.folder), before) << "the run's folder is only read";
}

TEST_F(RunExportTest, ReplacesOnlyWhenAsked)
{
    ASSERT_EQ(exportRun(record, out, false), QString());
    EXPECT_THAT(exportRun(record, out, false).toStdString(), ::testing::HasSubstr("--overwrite"));
    write(out + "/l2.log", "old");
    ASSERT_EQ(exportRun(record, out, true), QString());
    EXPECT_EQ(contents(out + "/l2.log").size(), 9000);
}

TEST_F(RunExportTest, SaysWhichLogCannotBeRead)
{
    const QStringList parts = QDir(record.folder).entryList({"l2.log.*.zst"});
    ASSERT_FALSE(parts.isEmpty());
    write(record.folder + '/' + parts.constFirst(), "damaged");
    EXPECT_THAT(exportRun(record, out, false).toStdString(), ::testing::HasSubstr("l2.log"));
    EXPECT_FALSE(QFile::exists(out + "/l2.log")) << "no half log";
}

TEST_F(RunExportTest, IntoTheRunsOwnFolderItLeavesTheLogsAlone)
{
    const QByteArray steps = contents(record.folder + "/steps.log");
    ASSERT_EQ(exportRun(record, record.folder, true), QString());
    EXPECT_EQ(contents(record.folder + "/steps.log"), steps);
    EXPECT_TRUE(files(record.folder).contains("results.json"));
}

} // namespace
} // namespace proverdeck::app
