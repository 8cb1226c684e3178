// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/RunStore.h"

#include "support/Test.h"

#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>

namespace proverdeck::models::store {
namespace {

const QDateTime kTime = QDateTime::fromMSecsSinceEpoch(1'795'268'695'123, Qt::UTC);

class RunStoreTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        ASSERT_TRUE(folder.isValid());
        const auto opened = store.open(path);
        ASSERT_TRUE(opened) << opened.error().toStdString();
    }

    static RunRecord record(const QString &id, int minute = 0, const QString &host = "gpu1")
    {
        RunRecord one;
        one.id = id;
        one.host = host;
        one.workflow = "ethrex-benchmark";
        one.started = kTime.addSecs(60 * minute);
        one.ended = one.started.addSecs(30);
        one.state = RunState::Done;
        one.folder = "/data/runs/" + id;
        one.values = {{"host", host}, {"tx_count", qint64(50)}, {"gpu", true}};
        one.steps << qMakePair(QString("Build"),
                               StepState{StepOutcome::Done, "fine", one.started, one.ended, 0});
        one.result.session.runId = id;
        one.result.session.started = one.started;
        one.result.rows << ethrex::BatchRow{.batch = 1, .timeMs = 71384};
        one.result.findings << Finding{"code", Severity::Warning, "text", "advice", {}, 2};
        return one;
    }

    static void execute(const QString &file, const QString &statement)
    {
        {
            QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", "raw");
            database.setDatabaseName(file);
            ASSERT_TRUE(database.open());
            ASSERT_TRUE(QSqlQuery(database).exec(statement));
        }
        QSqlDatabase::removeDatabase("raw");
    }

    QTemporaryDir folder;
    const QString path = folder.filePath("a/b/history.db");
    RunStore store;
};

void expectSame(const RunRecord &a, const RunRecord &b)
{
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.host, b.host);
    EXPECT_EQ(a.workflow, b.workflow);
    EXPECT_EQ(a.started, b.started);
    EXPECT_EQ(a.ended, b.ended);
    EXPECT_EQ(a.state, b.state);
    EXPECT_EQ(a.folder, b.folder);
    EXPECT_EQ(a.values, b.values);
    EXPECT_EQ(a.steps, b.steps);
    EXPECT_EQ(a.result.session, b.result.session);
    EXPECT_EQ(a.result.rows, b.result.rows);
    EXPECT_EQ(a.result.findings, b.result.findings);
}

TEST_F(RunStoreTest, GivesBackWhatWasSaved)
{
    QSignalSpy changed(&store, &RunStore::changed);
    const RunRecord one = record("run-1");
    ASSERT_TRUE(store.save(one));
    EXPECT_EQ(changed.count(), 1);
    const auto read = store.load("run-1");
    ASSERT_TRUE(read) << read.error().toStdString();
    expectSame(*read, one);
}

TEST_F(RunStoreTest, KeepsARunThatNeverBegan)
{
    RunRecord empty;
    empty.id = "refused";
    const auto saved = store.save(empty);
    ASSERT_TRUE(saved) << saved.error().toStdString();
    const auto read = store.load("refused");
    ASSERT_TRUE(read);
    expectSame(*read, empty);
    EXPECT_FALSE(read->ended.isValid());
}

TEST_F(RunStoreTest, SavingAgainReplacesTheRunAndKeepsItsObservations)
{
    RunRecord one = record("run-1");
    one.state = RunState::Running;
    ASSERT_TRUE(store.save(one));
    ASSERT_TRUE(store.setObservations("run-1", "Fan was loud; 'quoted'"));
    one.state = RunState::Failed;
    one.result.rows.clear();
    ASSERT_TRUE(store.save(one));
    ASSERT_EQ(store.list().size(), 1);
    const auto read = store.load("run-1");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->state, RunState::Failed);
    EXPECT_EQ(read->result.rows.size(), 0);
    EXPECT_EQ(read->result.observations, QString("Fan was loud; 'quoted'"));
    ASSERT_TRUE(store.setObservations("run-1", {}));
    EXPECT_EQ(store.load("run-1")->result.observations, QString());
}

TEST_F(RunStoreTest, ListsTheNewestFirst)
{
    ASSERT_TRUE(store.save(record("b", 1)));
    ASSERT_TRUE(store.save(record("a", 2)));
    ASSERT_TRUE(store.save(record("c", 0)));
    QStringList ids;
    for (const RunRecord &one : store.list()) {
        ids << one.id;
    }
    EXPECT_EQ(ids, (QStringList{"a", "b", "c"}));
}

TEST_F(RunStoreTest, LastValuesPrefersTheSameServer)
{
    EXPECT_TRUE(store.lastValues("ethrex-benchmark", "gpu1").isEmpty());
    ASSERT_TRUE(store.save(record("old", 1, "gpu1")));
    ASSERT_TRUE(store.save(record("new", 2, "gpu2")));
    EXPECT_EQ(store.lastValues("ethrex-benchmark", "gpu1").value("host").toString(), "gpu1");
    EXPECT_EQ(store.lastValues("ethrex-benchmark", "gpu9").value("host").toString(), "gpu2");
    EXPECT_TRUE(store.lastValues("other", "gpu1").isEmpty());
}

TEST_F(RunStoreTest, RemovesOneRun)
{
    ASSERT_TRUE(store.save(record("a")));
    ASSERT_TRUE(store.save(record("b")));
    QSignalSpy changed(&store, &RunStore::changed);
    ASSERT_TRUE(store.remove("a"));
    EXPECT_EQ(changed.count(), 1);
    EXPECT_FALSE(store.load("a"));
    EXPECT_TRUE(store.load("b"));
    EXPECT_THAT(store.load("a").error().toStdString(), ::testing::HasSubstr("no run a"));
    EXPECT_FALSE(store.setObservations("a", "x"));
}

TEST_F(RunStoreTest, FindsItsRunsAgainAfterReopening)
{
    ASSERT_TRUE(store.save(record("a")));
    RunStore second;
    ASSERT_TRUE(second.open(path)) << "beside the first";
    EXPECT_EQ(second.list().size(), 1);
    ASSERT_TRUE(store.open(path)) << "again";
    EXPECT_EQ(store.list().size(), 1);
}

TEST_F(RunStoreTest, RefusesANewerSchemaAndLeavesItAlone)
{
    const QString newer = folder.filePath("newer.db");
    execute(newer, "PRAGMA user_version=99");
    QFile file(newer);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QByteArray before = file.readAll();
    RunStore other;
    const auto opened = other.open(newer);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().toStdString(), ::testing::HasSubstr("newer version"));
    EXPECT_FALSE(other.isOpen());
    file.seek(0);
    EXPECT_TRUE(file.readAll() == before);
}

TEST_F(RunStoreTest, RefusesAFileThatIsNoDatabase)
{
    const QString text = folder.filePath("notes.txt");
    QFile file(text);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(QByteArray("These are my notes.\n").repeated(100));
    file.close();
    RunStore other;
    const auto opened = other.open(text);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().toStdString(), ::testing::HasSubstr("notes.txt"));
    EXPECT_FALSE(other.isOpen());
    EXPECT_EQ(QFile(text).size(), 2000);
}

TEST_F(RunStoreTest, SaysWhenTheFolderCannotBeWritten)
{
    RunStore other;
    const auto underFile = other.open(path + "/below/history.db");
    ASSERT_FALSE(underFile);
    EXPECT_THAT(underFile.error().toStdString(), ::testing::HasSubstr("cannot be created"));
    const auto inProc = other.open("/proc/history.db");
    ASSERT_FALSE(inProc);
    EXPECT_THAT(inProc.error().toStdString(), ::testing::HasSubstr("/proc/history.db"));
    EXPECT_FALSE(other.isOpen());
}

TEST(RunIdTest, SortsByTimeAndFitsAJobId)
{
    static const QRegularExpression form("^\\d{8}-\\d{6}-risc0-[0-9a-f]{4}$");
    const QString id = RunStore::newRunId("risc0");
    EXPECT_TRUE(form.match(id).hasMatch()) << id.toStdString();
}

} // namespace
} // namespace proverdeck::models::store
