// SPDX-License-Identifier: GPL-3.0-or-later
// "analyse aztec" as a user calls it: arguments, output, exit status.
#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include <archive.h>
#include <archive_entry.h>

namespace proverdeck {
namespace {

struct Answer
{
    int code = -1;
    QByteArray out;
    QByteArray err;
    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
};

Answer analyse(const QStringList &arguments)
{
    QProcess process;
    process.start(PROVERDECK_BINARY_DIR "/proverdeck", QStringList{"analyse", "aztec"} + arguments);
    process.closeWriteChannel();
    EXPECT_TRUE(process.waitForFinished(60'000));
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            process.readAllStandardOutput(), process.readAllStandardError()};
}

QString sample(const QString &name)
{
    return QString(PROVERDECK_TEST_DATA "/aztec/") + name;
}

/// Writes @p bytes through a filter of libarchive.
void pack(const QString &path, const QByteArray &bytes, int filter)
{
    archive *out = archive_write_new();
    archive_write_set_format_raw(out);
    ASSERT_EQ(archive_write_add_filter(out, filter), ARCHIVE_OK);
    ASSERT_EQ(archive_write_open_filename(out, path.toUtf8().constData()), ARCHIVE_OK);
    archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, "log");
    archive_entry_set_filetype(entry, AE_IFREG);
    ASSERT_EQ(archive_write_header(out, entry), ARCHIVE_OK);
    ASSERT_EQ(archive_write_data(out, bytes.constData(), std::size_t(bytes.size())), bytes.size());
    archive_entry_free(entry);
    ASSERT_EQ(archive_write_free(out), ARCHIVE_OK);
}

int completed(const QJsonObject &json, int epoch, const QString &type)
{
    const QJsonArray epochs = json.value("epochs").toArray();
    for (const QJsonValue &one : epochs) {
        const QJsonArray types = one.toObject().value("types").toArray();
        for (const QJsonValue &stats : types) {
            if (one.toObject().value("epoch").toInt() == epoch
                && stats.toObject().value("type").toString() == type) {
                return stats.toObject().value("completed").toInt();
            }
        }
    }
    return -1;
}

TEST(AnalyseAztecTest, ReadsManyMachines)
{
    const Answer answer = analyse({"a=" + sample("machine-a-epoch-3054.log"),
                                   "b=" + sample("machine-b-epoch-3055.log"), "--format", "json"});
    ASSERT_EQ(answer.code, 0) << answer.err.toStdString();
    EXPECT_TRUE(answer.err.isEmpty()) << answer.err.toStdString();
    EXPECT_EQ(completed(answer.json(), 3054, "TUBE_PROOF"), 8);
    EXPECT_EQ(completed(answer.json(), 3055, "TUBE_PROOF"), 9);
    const QJsonArray machines = answer.json().value("machines").toArray();
    ASSERT_EQ(machines.size(), 2);
    EXPECT_EQ(machines.first().toObject().value("name").toString(), QString("a"));
}

TEST(AnalyseAztecTest, ReadsPackedFilesAndFolders)
{
    QTemporaryDir folder;
    const QByteArray bytes = testing::readData("aztec/machine-a-epoch-3054.log");
    pack(folder.filePath("one.log.gz"), bytes, ARCHIVE_FILTER_GZIP);
    pack(folder.filePath("two.log.zst"), testing::readData("aztec/midnight.log"),
         ARCHIVE_FILTER_ZSTD);
    const Answer answer = analyse({folder.path(), "--format", "json"});
    ASSERT_EQ(answer.code, 0) << answer.err.toStdString();
    EXPECT_EQ(completed(answer.json(), 3054, "MERGE_ROLLUP"), 4);
    EXPECT_EQ(completed(answer.json(), 3097, "TUBE_PROOF"), 1);
    EXPECT_EQ(answer.json().value("machines").toArray().first().toObject().value("name"),
              QJsonValue("one"));
}

TEST(AnalyseAztecTest, ACutArchiveIsReadAsFarAsItGoes)
{
    QTemporaryDir folder;
    pack(folder.filePath("whole.gz"), testing::readData("aztec/unhealthy.log"),
         ARCHIVE_FILTER_GZIP);
    QFile whole(folder.filePath("whole.gz"));
    ASSERT_TRUE(whole.open(QIODevice::ReadOnly));
    QFile cut(folder.filePath("cut.gz"));
    ASSERT_TRUE(cut.open(QIODevice::WriteOnly));
    cut.write(whole.read(whole.size() / 2));
    cut.close();
    const Answer answer = analyse({cut.fileName(), "--format", "json"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("damaged or cut off")) << answer.err.toStdString();
    EXPECT_FALSE(answer.json().isEmpty());
}

TEST(AnalyseAztecTest, WritesReportsAndTables)
{
    const QString log = sample("unhealthy.log");
    const Answer english = analyse({log});
    EXPECT_TRUE(english.out.startsWith("# Prover log analysis"));
    EXPECT_TRUE(english.out.contains("(a consequence of: job-killed)"));
    const Answer chinese = analyse({log, "--language", "zh"});
    EXPECT_TRUE(chinese.out.startsWith(QString("# Prover 日志分析").toUtf8()));
    EXPECT_TRUE(analyse({log, "--format", "csv"}).out.startsWith("epoch,type,enqueued"));
    EXPECT_TRUE(analyse({log, "--format", "jobs-csv"}).out.startsWith("id,epoch,type,state"));
}

TEST(AnalyseAztecTest, TakesWhatAPersonKnowsBetter)
{
    const Answer dated
        = analyse({sample("v4-v5-vocabulary.log"), "--date", "2026-02-03", "--format", "json"});
    EXPECT_EQ(dated.json().value("machines").toArray().first().toObject().value("first").toString(),
              QString("2026-02-03T15:00:00.010Z"));
    const Answer cores
        = analyse({sample("docker-stats.machine-a.txt"), "--cores", "128", "--format", "json"});
    const QJsonArray containers = cores.json().value("containers").toArray();
    ASSERT_EQ(containers.size(), 3);
    EXPECT_NEAR(containers.at(1).toObject().value("cpu_percent_of_machine").toDouble(), 83.58,
                0.01);
}

TEST(AnalyseAztecTest, SaysWhatIsWrong)
{
    EXPECT_EQ(analyse({"--help"}).code, 0);
    for (const QStringList &arguments : {QStringList{},
                                         {"/no/such.log"},
                                         {sample("midnight.log"), "--format", "x"},
                                         {sample("midnight.log"), "--language", "fr"},
                                         {sample("midnight.log"), "--date", "today"},
                                         {sample("midnight.log"), "--cores", "many"},
                                         {sample("midnight.log"), "--network", "nowhere"},
                                         {sample("midnight.log"), "--wrong"}}) {
        const Answer answer = analyse(arguments);
        EXPECT_EQ(answer.code, 2) << arguments.join(' ').toStdString();
        EXPECT_EQ(answer.err.count('\n'), 1) << answer.err.toStdString();
        EXPECT_TRUE(answer.out.isEmpty()) << arguments.join(' ').toStdString();
    }
    QTemporaryDir folder;
    QFile other(folder.filePath("notes.txt"));
    ASSERT_TRUE(other.open(QIODevice::WriteOnly));
    other.write("shopping list\n");
    other.close();
    const Answer answer = analyse({other.fileName()});
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("docker compose logs")) << answer.err.toStdString();
}

} // namespace
} // namespace proverdeck
