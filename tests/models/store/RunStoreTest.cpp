// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/RunStore.h"

#include "support/FileLimit.h"
#include "support/PostgresServer.h"
#include "support/Test.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>

#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <random>

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

/// The same for a file and for a team's server.
class RunStoreBothTest : public RunStoreTest, public ::testing::WithParamInterface<bool>
{
protected:
    void SetUp() override
    {
        if (!GetParam()) {
            RunStoreTest::SetUp();
            return;
        }
        if (const QString missing = testing::PostgresServer::missing(); !missing.isEmpty()) {
            GTEST_SKIP() << missing.toStdString();
        }
        if (!QSqlDatabase::isDriverAvailable("QPSQL")) {
            GTEST_SKIP() << "Qt's driver for PostgreSQL is not installed (libqt6sql6-psql)";
        }
        testing::PostgresServer &server = testing::PostgresServer::shared();
        ASSERT_EQ(server.problem(), QString());
        const auto parsed = StoreTarget::parse(server.newDatabase());
        ASSERT_TRUE(parsed) << parsed.error().toStdString();
        target = *parsed;
        const auto opened = store.open(target);
        ASSERT_TRUE(opened) << opened.error().toStdString();
    }

    [[nodiscard]] tl::expected<void, QString> openSame(RunStore &other) const
    {
        return GetParam() ? other.open(target) : other.open(path);
    }

    void executeHere(const QString &statement)
    {
        if (!GetParam()) {
            execute(path, statement);
            return;
        }
        {
            QSqlDatabase database = QSqlDatabase::addDatabase("QPSQL", "raw");
            target.apply(database);
            ASSERT_TRUE(database.open());
            ASSERT_TRUE(QSqlQuery(database).exec(statement));
        }
        QSqlDatabase::removeDatabase("raw");
    }

    StoreTarget target;
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

TEST_P(RunStoreBothTest, GivesBackWhatWasSaved)
{
    QSignalSpy changed(&store, &RunStore::changed);
    const RunRecord one = record("run-1");
    ASSERT_TRUE(store.save(one));
    EXPECT_EQ(changed.count(), 1);
    const auto read = store.load("run-1");
    ASSERT_TRUE(read) << read.error().toStdString();
    expectSame(*read, one);
}

TEST_P(RunStoreBothTest, KeepsARunThatNeverBegan)
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

TEST_P(RunStoreBothTest, SavingAgainReplacesTheRunAndKeepsItsObservations)
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

TEST_P(RunStoreBothTest, ListsTheNewestFirst)
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

TEST_P(RunStoreBothTest, LastValuesPrefersTheSameServer)
{
    EXPECT_TRUE(store.lastValues("ethrex-benchmark", "gpu1").isEmpty());
    ASSERT_TRUE(store.save(record("old", 1, "gpu1")));
    ASSERT_TRUE(store.save(record("new", 2, "gpu2")));
    EXPECT_EQ(store.lastValues("ethrex-benchmark", "gpu1").value("host").toString(), "gpu1");
    EXPECT_EQ(store.lastValues("ethrex-benchmark", "gpu9").value("host").toString(), "gpu2");
    EXPECT_TRUE(store.lastValues("other", "gpu1").isEmpty());
}

TEST_P(RunStoreBothTest, RemovesOneRun)
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

TEST_P(RunStoreBothTest, FindsItsRunsAgainAfterReopening)
{
    ASSERT_TRUE(store.save(record("a")));
    RunStore second;
    ASSERT_TRUE(openSame(second)) << "beside the first";
    EXPECT_EQ(second.list().size(), 1);
    ASSERT_TRUE(openSame(store)) << "again";
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

TEST_P(RunStoreBothTest, KeepsTheBlueprint)
{
    RunRecord one = record("a");
    one.blueprint = {{"workflow", "[workflow]\nid = \"ü\""}, {"login", QJsonObject{{"port", 22}}}};
    ASSERT_TRUE(store.save(one));
    EXPECT_EQ(store.load("a")->blueprint, one.blueprint);
    EXPECT_EQ(store.list().at(0).blueprint, QJsonObject()) << "read when it is needed";
    ASSERT_TRUE(store.save(record("a")));
    EXPECT_EQ(store.load("a")->blueprint, one.blueprint) << "a save without one keeps it";
}

TEST_P(RunStoreBothTest, ListsHeadsWithoutRows)
{
    RunRecord one = record("a");
    one.result.rows = {{.batch = 1, .timeMs = 10, .flags = ethrex::BatchFlag::WarmUp},
                       {.batch = 2, .timeMs = 300, .facts = {1, 1, 1}},
                       {.batch = 3, .timeMs = 100, .facts = {1, 1, 1}},
                       {.batch = 4, .timeMs = 200, .facts = {1, 1, 1}}};
    ASSERT_TRUE(store.save(one));
    RunRecord empty = record("b", 1);
    empty.result.rows.clear();
    ASSERT_TRUE(store.save(empty));
    const QList<RunHead> heads = store.heads();
    ASSERT_EQ(heads.size(), 2);
    EXPECT_EQ(heads.at(0).run.id, "b");
    EXPECT_EQ(heads.at(0).batches, 0);
    EXPECT_EQ(heads.at(0).countedMedianMs, std::nullopt);
    EXPECT_EQ(heads.at(1).batches, 4);
    EXPECT_EQ(heads.at(1).countedMedianMs, ethrex::summariseCounted(one.result.rows).medianMs);
    EXPECT_EQ(heads.at(1).run.result.rows.size(), 0);
    EXPECT_EQ(heads.at(1).run.result.session, one.result.session);
}

TEST_P(RunStoreBothTest, WritesWhatChangedWhereverItIs)
{
    RunRecord one = record("a");
    one.state = RunState::Running;
    one.result.rows.clear();
    for (int i = 0; i < 50; ++i) {
        one.result.rows << ethrex::BatchRow{.batch = quint64(i), .timeMs = i};
    }
    std::mt19937 random(3);
    for (int round = 0; round < 60; ++round) {
        QList<ethrex::BatchRow> &rows = one.result.rows;
        switch (random() % 6) {
        case 0:
            rows << ethrex::BatchRow{.batch = random() % 1000, .timeMs = round};
            break;
        case 1:
            rows[qsizetype(random()) % rows.size()].flags.setFlag(ethrex::BatchFlag::Outlier);
            break;
        case 2:
            rows.resize(1 + qsizetype(random()) % rows.size());
            break;
        case 3:
            rows.prepend(ethrex::BatchRow{.batch = 0, .provedAt = kTime.addSecs(round)});
            break;
        case 4:
            one.result.findings << Finding{"code-" + QString::number(round)};
            break;
        default:
            one.steps[0].second.note = QString::number(round);
        }
        if (random() % 4 == 0) { // by somebody else, or after a restart
            RunStore other;
            ASSERT_TRUE(openSame(other));
            ASSERT_TRUE(other.save(one));
        } else {
            ASSERT_TRUE(store.save(one));
        }
        const auto read = store.load("a");
        ASSERT_TRUE(read);
        ASSERT_NO_FATAL_FAILURE(expectSame(*read, one)) << round;
        ASSERT_EQ(store.heads().at(0).batches, rows.size());
    }
}

TEST_P(RunStoreBothTest, WhatAnotherWroteMeanwhileIsWrittenOver)
{
    RunRecord mine = record("a");
    mine.state = RunState::Running;
    ASSERT_TRUE(store.save(mine));
    RunRecord theirs = mine;
    theirs.result.rows = {{.batch = 7}, {.batch = 8}};
    theirs.result.findings.clear();
    theirs.steps.clear();
    theirs.host = "elsewhere";
    RunStore other;
    ASSERT_TRUE(openSame(other));
    ASSERT_TRUE(other.save(theirs));
    ASSERT_TRUE(store.save(mine));
    const auto read = store.load("a");
    ASSERT_TRUE(read);
    expectSame(*read, mine);
}

TEST_P(RunStoreBothTest, SaysThatItChangedOnlyWhenItDid)
{
    RunRecord one = record("a");
    one.state = RunState::Running;
    ASSERT_TRUE(store.save(one));
    QSignalSpy changed(&store, &RunStore::changed);
    ASSERT_TRUE(store.save(one));
    EXPECT_EQ(changed.count(), 0) << "only its heartbeat";
    one.result.rows << ethrex::BatchRow{.batch = 2};
    ASSERT_TRUE(store.save(one));
    EXPECT_EQ(changed.count(), 1);
    executeHere("UPDATE runs SET saved=saved-60000");
    EXPECT_EQ(store.load("a")->state, RunState::Unknown) << "nobody seems to drive it";
    ASSERT_TRUE(store.save(one));
    EXPECT_EQ(changed.count(), 2) << "it is driven again";
    EXPECT_EQ(store.load("a")->state, RunState::Running);
}

TEST_P(RunStoreBothTest, KnowsTheStateThatWasWritten)
{
    RunRecord one = record("a");
    one.state = RunState::Running;
    ASSERT_TRUE(store.save(one));
    executeHere("UPDATE runs SET saved=saved-60000");
    EXPECT_EQ(store.load("a")->state, RunState::Unknown);
    EXPECT_EQ(store.list().at(0).state, RunState::Unknown);
    EXPECT_EQ(store.storedState("a"), RunState::Running);
    EXPECT_EQ(store.storedState("b"), RunState::Unknown);
}

TEST_P(RunStoreBothTest, NamesTheRunsThatAreNotOver)
{
    for (int i = 0; i <= int(RunState::Detached); ++i) {
        RunRecord one = record(runStateWord(RunState(i)), i);
        one.state = RunState(i);
        ASSERT_TRUE(store.save(one));
    }
    EXPECT_EQ(store.unfinished(),
              (QStringList{"detached", "unknown", "tearing down", "unreachable", "running",
                           "checking", "connecting", "waiting"}));
}

TEST_P(RunStoreBothTest, ARunThatNeverStartedIsListedByWhenItWasSaved)
{
    RunRecord old = record("old");
    old.started = QDateTime::fromSecsSinceEpoch(1'600'000'000, Qt::UTC);
    ASSERT_TRUE(store.save(old));
    RunRecord waiting = record("waiting");
    waiting.started = {};
    waiting.state = RunState::Connecting;
    ASSERT_TRUE(store.save(waiting));
    EXPECT_EQ(store.list().at(0).id, "waiting");
}

TEST_P(RunStoreBothTest, KeepsAJournalPerRunInOrder)
{
    const JournalEntry intent{kTime, "step", "l2", {{"command", "make „x\" && y"}, {"n", 1}}};
    const JournalEntry outcome{kTime.addMSecs(-5), "ended", {}, {}};
    ASSERT_TRUE(store.append("a", intent));
    ASSERT_TRUE(store.append("b", outcome));
    ASSERT_TRUE(store.append("a", outcome)) << "an earlier time, yet later";
    ASSERT_TRUE(store.save(record("a")));
    EXPECT_EQ(store.journal("a"), (QList<JournalEntry>{intent, outcome}));
    EXPECT_EQ(store.journal("none"), QList<JournalEntry>());
    RunStore other;
    ASSERT_TRUE(openSame(other));
    EXPECT_EQ(other.journal("b"), QList<JournalEntry>{outcome});
    ASSERT_TRUE(store.remove("a"));
    EXPECT_EQ(store.journal("a"), QList<JournalEntry>());
    EXPECT_EQ(store.journal("b").size(), 1);
}

TEST_P(RunStoreBothTest, ARemovedRunThatIsSavedAgainIsWhole)
{
    RunRecord one = record("a");
    one.state = RunState::Running;
    ASSERT_TRUE(store.save(one));
    RunStore other;
    ASSERT_TRUE(openSame(other));
    ASSERT_TRUE(other.remove("a"));
    ASSERT_TRUE(store.save(one));
    const auto read = store.load("a");
    ASSERT_TRUE(read);
    expectSame(*read, one);
}

INSTANTIATE_TEST_SUITE_P(RunStore, RunStoreBothTest, ::testing::Bool(),
                         [](const auto &one) { return one.param ? "PostgreSQL" : "SQLite"; });

/// Bytes that a save adds to the write-ahead log.
class RunStoreCostTest : public RunStoreTest
{
protected:
    qint64 costOf(const RunRecord &run)
    {
        execute(path, "PRAGMA wal_checkpoint(TRUNCATE)");
        const QString wal = path + "-wal";
        EXPECT_EQ(QFileInfo(wal).size(), 0);
        EXPECT_TRUE(store.save(run));
        return QFileInfo(wal).size();
    }
};

TEST_F(RunStoreCostTest, AWeekOfBatchesIsNotWrittenAgainAndAgain)
{
    RunRecord run = record("a");
    run.state = RunState::Running;
    run.blueprint = {{"workflow", QString(20'000, 'x')}};
    for (int i = 0; i < 20; ++i) {
        run.steps << run.steps.constFirst();
        run.result.findings << Finding{"code", Severity::Info, QString(200, 't')};
    }
    run.result.rows.clear();
    for (int i = 0; i < 10'000; ++i) {
        run.result.rows << ethrex::BatchRow{.batch = quint64(i),
                                            .timeMs = 60'000 + i,
                                            .allTimesMs = {60'000 + i},
                                            .provedAt = kTime.addSecs(i),
                                            .facts = {55'868'402, 1072, 12},
                                            .line = i * 10};
    }
    const qint64 all = costOf(run);
    const qint64 nothing = costOf(run);
    run.result.rows << ethrex::BatchRow{.batch = 10'000, .timeMs = 60'000};
    const qint64 row = costOf(run);
    QElapsedTimer clock;
    clock.start();
    ASSERT_TRUE(store.save(run));
    const qint64 spent = clock.nsecsElapsed() / 1000;
    std::printf("bytes written: %lld for 10,000 rows at once, %lld for none, %lld for one; "
                "%lld microseconds for none\n",
                all, nothing, row, spent);
    EXPECT_LT(nothing, 10'000);
    EXPECT_LT(row, 40'000);
}

class RunStoreFullDiskTest : public RunStoreTest
{
protected:
    /// Appends until it fails; the number of entries that were acknowledged.
    static int appendUntilFull(RunStore &full)
    {
        for (int i = 0; i < 20'000; ++i) {
            if (const auto done = full.append(
                    "run", {kTime, "step", QString::number(i), {{"text", QString(300, 'x')}}});
                !done) {
                EXPECT_THAT(done.error().toStdString(), ::testing::HasSubstr("free space"));
                return i;
            }
        }
        ADD_FAILURE() << "never full";
        return 0;
    }

    static void expectReadable(const RunStore &full, int entries)
    {
        const QList<JournalEntry> journal = full.journal("run");
        ASSERT_EQ(journal.size(), entries);
        EXPECT_TRUE(entries == 0 || journal.constLast().step == QString::number(entries - 1));
        EXPECT_TRUE(full.load("before"));
    }
};

TEST_F(RunStoreFullDiskTest, AnAppendThatCannotBeWrittenChangesNothing)
{
    ASSERT_TRUE(store.save(record("before")));
    int entries = 0;
    {
        const testing::FileLimit limit(rlim_t(QFileInfo(path + "-wal").size() + 200'000));
        entries = appendUntilFull(store);
        EXPECT_GT(entries, 10);
        expectReadable(store, entries);
        const auto saved = store.save(record("after"));
        ASSERT_FALSE(saved);
        EXPECT_THAT(saved.error().toStdString(), ::testing::HasSubstr("free space"));
        EXPECT_FALSE(store.load("after"));
        expectReadable(store, entries);
    }
    ASSERT_TRUE(store.append("run", {kTime, "step", QString::number(entries), {}}));
    ASSERT_TRUE(store.save(record("after")));
    expectReadable(store, entries + 1);
    RunStore again;
    ASSERT_TRUE(again.open(path));
    expectReadable(again, entries + 1);
}

TEST_F(RunStoreFullDiskTest, SurvivesAFileSystemWithoutRoom)
{
    const QString small = folder.filePath("small");
    QDir().mkpath(small);
    if (::mount("tmpfs", QFile::encodeName(small).constData(), "tmpfs", 0, "size=1m") != 0) {
        GTEST_SKIP() << "a small file system cannot be mounted here: " << std::strerror(errno);
    }
    {
        RunStore full;
        ASSERT_TRUE(full.open(small + "/history.db"));
        ASSERT_TRUE(full.save(record("before")));
        QFile ballast(small + "/ballast");
        ASSERT_TRUE(ballast.open(QIODevice::WriteOnly));
        ballast.write(QByteArray(300'000, 'b'));
        ballast.close();
        int entries = appendUntilFull(full);
        expectReadable(full, entries);
        EXPECT_FALSE(full.save(record("after")));
        ASSERT_TRUE(ballast.remove());
        ASSERT_TRUE(full.append("run", {kTime, "step", QString::number(entries), {}}));
        ASSERT_TRUE(full.save(record("after")));
        expectReadable(full, entries + 1);
        ASSERT_TRUE(full.open(small + "/history.db"));
        expectReadable(full, entries + 1);
    }
    ::umount(QFile::encodeName(small).constData());
}

TEST(RunIdTest, SortsByTimeAndFitsAJobId)
{
    static const QRegularExpression form("^\\d{8}-\\d{6}-risc0-[0-9a-f]{4}$");
    const QString id = RunStore::newRunId("risc0");
    EXPECT_TRUE(form.match(id).hasMatch()) << id.toStdString();
}

} // namespace
} // namespace proverdeck::models::store
