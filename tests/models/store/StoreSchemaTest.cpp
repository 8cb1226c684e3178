// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/StoreSchema.h"

#include "models/store/RunStore.h"
#include "support/Child.h"
#include "support/FileLimit.h"
#include "support/Test.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>

#include <array>
#include <random>
#include <thread>
#include <vector>

namespace proverdeck::models::store {
namespace {

/// The tables of version 1, and runs as it wrote them.
const QStringList kVersion1{
    QStringLiteral(R"(CREATE TABLE runs(
        id TEXT PRIMARY KEY, host TEXT NOT NULL, workflow TEXT NOT NULL, state TEXT NOT NULL,
        started INTEGER, ended INTEGER, folder TEXT NOT NULL, inputs TEXT NOT NULL, session TEXT NOT NULL,
        observations TEXT NOT NULL DEFAULT '', steps TEXT NOT NULL, batches TEXT NOT NULL,
        findings TEXT NOT NULL, batch_count INTEGER NOT NULL, saved INTEGER NOT NULL))"),
    QStringLiteral("CREATE INDEX runs_started ON runs(started)"),
    QStringLiteral(
        R"(INSERT INTO runs VALUES('20261121-134455-sp1-4f2a','gpu1','ethrex-benchmark','done',
        1795268695123,1795268755123,'/data/runs/a','{"batches":15,"gpu":true,"host":"gpu1"}',
        '{"backend":"sp1","commit":"","gpu":true,"gpus":[{"driver":"","memory_mib":0,"name":"NVIDIA L4"}],"memory_kib":null,"started":"2026-11-21T13:44:55.123Z","tx_per_account":50}',
        'Fan was loud','[{"ended":null,"exit_code":0,"note":"fine","outcome":"done","started":"2026-11-21T13:44:55.123Z","title":"Build"}]',
        '[{"batch":1,"blocks":null,"flags":["warm-up"],"gas_used":null,"line":17,"proved_at":null,"proving_time_ms":71384,"times_ms":[71384],"tx_count":null},{"batch":2,"blocks":12,"flags":[],"gas_used":55868402,"line":29,"proved_at":"2026-11-21T13:50:00.000Z","proving_time_ms":412053,"times_ms":[412053,412054],"tx_count":1072}]',
        '[{"advice":"","code":"gpu-idle","count":2,"evidence":"","line":0,"log":"","offset":-1,"severity":"warning","text":"text"}]',2,1795268755123))"),
    QStringLiteral(R"(INSERT INTO runs VALUES('refused','gpu2','ethrex-benchmark','refused',
        NULL,NULL,'','{}','{}','','[]','not JSON','[]',0,1795268755123))"),
    QStringLiteral("PRAGMA user_version=1")};

class StoreSchemaTest : public ::testing::Test
{
protected:
    void make(const QStringList &statements) const
    {
        {
            QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", "raw");
            database.setDatabaseName(path);
            ASSERT_TRUE(database.open());
            for (const QString &statement : statements) {
                QSqlQuery query(database);
                ASSERT_TRUE(query.exec(statement)) << query.lastError().text().toStdString();
            }
        }
        QSqlDatabase::removeDatabase("raw");
    }

    [[nodiscard]] QString ask(const QString &file, const QString &statement) const
    {
        QString answer;
        {
            QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", "raw");
            database.setDatabaseName(file);
            EXPECT_TRUE(database.open());
            QSqlQuery query(database);
            EXPECT_TRUE(query.exec(statement) && query.next());
            answer = query.value(0).toString();
        }
        QSqlDatabase::removeDatabase("raw");
        return answer;
    }

    [[nodiscard]] QByteArray bytes() const
    {
        QFile file(path);
        EXPECT_TRUE(file.open(QIODevice::ReadOnly));
        return file.readAll();
    }

    [[nodiscard]] QStringList files() const
    {
        return QDir(folder.path()).entryList(QDir::Files, QDir::Name);
    }

    /// Refused with these words, and byte by byte as it was.
    void expectLeftAlone(const char *words) const
    {
        const QByteArray before = bytes();
        RunStore store;
        const auto opened = store.open(path);
        ASSERT_FALSE(opened);
        EXPECT_THAT(opened.error().toStdString(), ::testing::HasSubstr(words));
        EXPECT_THAT(opened.error().toStdString(), ::testing::HasSubstr("history.db"));
        EXPECT_FALSE(store.isOpen());
        EXPECT_TRUE(bytes() == before);
        EXPECT_EQ(files(), QStringList{"history.db"});
    }

    QTemporaryDir folder;
    const QString path = folder.filePath("history.db");
};

TEST_F(StoreSchemaTest, BringsVersion1UpToDateAndKeepsABackup)
{
    make(kVersion1);
    RunStore store;
    const auto opened = store.open(path);
    ASSERT_TRUE(opened) << opened.error().toStdString();
    const auto run = store.load("20261121-134455-sp1-4f2a");
    ASSERT_TRUE(run) << run.error().toStdString();
    EXPECT_EQ(run->host, "gpu1");
    EXPECT_EQ(run->state, RunState::Done);
    EXPECT_EQ(run->started.toMSecsSinceEpoch(), 1795268695123);
    EXPECT_EQ(run->values.value("batches").toInt(), 15);
    EXPECT_EQ(run->result.observations, "Fan was loud");
    EXPECT_EQ(run->result.session.txPerAccount, 50);
    EXPECT_EQ(run->result.session.gpus, QList<report::Gpu>{report::Gpu{.name = "NVIDIA L4"}});
    ASSERT_EQ(run->steps.size(), 1);
    EXPECT_EQ(run->steps.at(0).second.note, "fine");
    EXPECT_EQ(run->steps.at(0).second.exitCode, 0);
    const QList<ethrex::BatchRow> rows{
        {.batch = 1,
         .timeMs = 71384,
         .allTimesMs = {71384},
         .flags = ethrex::BatchFlag::WarmUp,
         .line = 17},
        {.batch = 2,
         .timeMs = 412053,
         .allTimesMs = {412053, 412054},
         .provedAt = QDateTime::fromString("2026-11-21T13:50:00.000Z", Qt::ISODateWithMs),
         .facts = {55868402, 1072, 12},
         .line = 29}};
    EXPECT_EQ(run->result.rows, rows);
    EXPECT_EQ(run->result.findings,
              QList<Finding>{(Finding{"gpu-idle", Severity::Warning, "text", "", {}, 2})});
    const QList<RunHead> heads = store.heads();
    ASSERT_EQ(heads.size(), 2);
    const RunHead &head = heads.at(heads.at(0).run.id == "refused" ? 1 : 0);
    EXPECT_EQ(head.batches, 2);
    EXPECT_EQ(head.countedMedianMs, 412053);
    EXPECT_TRUE(store.load("refused")) << "rows that could not be read are no rows";
    EXPECT_TRUE(store.journal("refused").isEmpty());

    const QString backup = path + ".v1.bak";
    EXPECT_EQ(ask(backup, "PRAGMA user_version"), "1");
    EXPECT_EQ(ask(backup, "PRAGMA integrity_check"), "ok");
    EXPECT_EQ(ask(backup, "SELECT count(*) FROM runs"), "2");
    EXPECT_EQ(ask(path, "PRAGMA integrity_check"), "ok");
    EXPECT_EQ(ask(path, "SELECT count(*) FROM sqlite_master WHERE name LIKE 'runs_1%'"), "0");

    RunStore again;
    ASSERT_TRUE(again.open(path));
    EXPECT_EQ(again.list().size(), 2);
    EXPECT_EQ(files().filter(".bak"), QStringList{"history.db.v1.bak"}) << "once";
}

TEST_F(StoreSchemaTest, NeverOverwritesABackup)
{
    make(kVersion1);
    for (const char *name : {".v1.bak", ".v1.bak.2"}) {
        QFile older(path + name);
        ASSERT_TRUE(older.open(QIODevice::WriteOnly));
        older.write("older");
    }
    RunStore store;
    ASSERT_TRUE(store.open(path));
    EXPECT_EQ(QFileInfo(path + ".v1.bak").size(), 5);
    EXPECT_EQ(QFileInfo(path + ".v1.bak.2").size(), 5);
    EXPECT_EQ(ask(path + ".v1.bak.3", "PRAGMA user_version"), "1");
    EXPECT_TRUE(files().filter(".part").isEmpty());
}

TEST_F(StoreSchemaTest, WithoutRoomForABackupNothingIsConverted)
{
    make(kVersion1);
    const testing::FileLimit limit(8000); // the file is larger
    ASSERT_GT(QFileInfo(path).size(), 8000);
    expectLeftAlone("no backup");
}

TEST_F(StoreSchemaTest, ABackupInAFolderWithAQuoteInItsName)
{
    const QString odd = folder.filePath("it's \"here\"/history.db");
    make(kVersion1);
    QDir().mkpath(QFileInfo(odd).path());
    ASSERT_TRUE(QFile::rename(path, odd));
    RunStore store;
    ASSERT_TRUE(store.open(odd));
    EXPECT_TRUE(QFile::exists(odd + ".v1.bak"));
}

TEST_F(StoreSchemaTest, LeavesANewerHistoryAlone)
{
    make({"CREATE TABLE runs(id)", "PRAGMA user_version=3"});
    expectLeftAlone("newer version");
}

TEST_F(StoreSchemaTest, LeavesADamagedHistoryAlone)
{
    make(kVersion1);
    QByteArray damaged = bytes();
    for (qsizetype i = 4096 + 2; i < 4096 + 60; ++i) { // the header of a page
        damaged[i] = char(0xA5);
    }
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(damaged);
    file.close();
    expectLeftAlone("is damaged");
}

TEST_F(StoreSchemaTest, LeavesAHistoryAloneThatWasCutShort)
{
    {
        RunStore store;
        ASSERT_TRUE(store.open(path));
        for (int i = 0; i < 100; ++i) {
            ASSERT_TRUE(store.append("run", {{}, "step", {}, {{"text", QString(500, 'x')}}}));
        }
    }
    QFile file(path);
    ASSERT_TRUE(file.resize(file.size() / 8192 * 4096));
    expectLeftAlone("damaged");
}

TEST_F(StoreSchemaTest, LeavesTheDatabasesOfOthersAlone)
{
    make({"CREATE TABLE places(id INTEGER PRIMARY KEY, url TEXT)"});
    expectLeftAlone("another program");
    for (const char *version : {"1", "2", "-1"}) {
        make({QString("PRAGMA user_version=%1").arg(version)});
        expectLeftAlone("another program");
    }
}

TEST_F(StoreSchemaTest, SaysNothingHarmfulAboutAHostileFile)
{
    make({"CREATE TABLE \"x\x1b[31m\u202e\"(id)", "PRAGMA writable_schema=ON",
          "UPDATE sqlite_master SET sql='CREATE TABLE \x1b]0;x\x07 nonsense'",
          "PRAGMA user_version=2"});
    RunStore store;
    const auto opened = store.open(path);
    ASSERT_FALSE(opened);
    EXPECT_FALSE(opened.error().contains('\x1b'));
    EXPECT_FALSE(opened.error().contains('\x07'));
}

TEST_F(StoreSchemaTest, ThoseThatConvertAtOnceDoNotConvertTwice)
{
    for (int round = 0; round < 10; ++round) {
        for (const QString &file : files()) {
            QFile::remove(folder.filePath(file));
        }
        make(kVersion1);
        std::array<QString, 3> problems;
        std::vector<std::thread> threads;
        for (QString &problem : problems) {
            threads.emplace_back([this, &problem] {
                RunStore store;
                const auto opened = store.open(path);
                problem = opened ? QString() : opened.error();
                if (opened && store.list().size() != 2) {
                    problem = "runs are missing";
                }
            });
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
        for (const QString &problem : problems) {
            EXPECT_EQ(problem, QString());
        }
        EXPECT_EQ(ask(path, "SELECT count(*) FROM batches"), "2");
    }
}

int openHistory(const QStringList &arguments)
{
    testing::tellTest("begins");
    RunStore store;
    const auto opened = store.open(arguments.at(0));
    testing::tellTest(opened ? "open" : opened.error().toUtf8());
    return 0;
}

const testing::ChildProgram program("open-history", openHistory);

TEST_F(StoreSchemaTest, SurvivesBeingKilledInAConversion)
{
    QStringList statements = kVersion1;
    statements << QStringLiteral("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n "
                                 "WHERE i<20) INSERT INTO runs SELECT 'run-'||i,host,workflow,"
                                 "state,started,ended,folder,inputs,session,observations,steps,"
                                 "(WITH RECURSIVE m(j) AS (SELECT 1 UNION ALL SELECT j+1 FROM m "
                                 "WHERE j<300) SELECT '['||group_concat('{\"batch\":'||j||'}')"
                                 "||']' FROM m),findings,300,saved FROM runs,n WHERE host='gpu1'");
    make(statements);
    QFile::rename(path, path + ".original");
    std::mt19937 random(23);
    int converted = 0;
    qint64 whole = 0; // nanoseconds of an undisturbed conversion: the first
    for (int round = 0; round <= 15; ++round) {
        for (const QString &file : files()) {
            if (!file.endsWith(".original")) {
                QFile::remove(folder.filePath(file));
            }
        }
        ASSERT_TRUE(QFile::copy(path + ".original", path));
        testing::Child child("open-history", {path});
        ASSERT_EQ(child.nextLine(), QByteArray("begins"));
        QElapsedTimer moment;
        moment.start();
        if (round == 0) {
            ASSERT_EQ(child.nextLine(), QByteArray("open"));
            whole = moment.nsecsElapsed();
        }
        const auto until = qint64(random() % 1000) * (whole * 2) / 1000;
        while (round > 0 && moment.nsecsElapsed() < until) { }
        child.kill();
        ASSERT_EQ(ask(path, "PRAGMA integrity_check"), "ok") << round;
        if (ask(path, "PRAGMA user_version") == "2") {
            ++converted;
            EXPECT_EQ(ask(path + ".v1.bak", "SELECT count(*) FROM runs"), "22");
        }
        RunStore store;
        const auto opened = store.open(path);
        ASSERT_TRUE(opened) << opened.error().toStdString();
        ASSERT_EQ(store.list().size(), 22);
        ASSERT_EQ(store.load("run-20")->result.rows.size(), 300);
        EXPECT_EQ(ask(path, "SELECT count(*) FROM batches"), "6002");
    }
    std::printf("15 kills, %d of them after the conversion\n", converted);
}

} // namespace
} // namespace proverdeck::models::store
