// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/HistorySync.h"

#include "support/Child.h"
#include "support/PostgresServer.h"
#include "support/Test.h"

#include <QElapsedTimer>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>

namespace proverdeck::models::store {
namespace {

using testing::PostgresServer;
using testing::tellTest;

RunRecord runOf(const QString &id, RunState state = RunState::Done)
{
    RunRecord run;
    run.id = id;
    run.host = "gpu1";
    run.workflow = "ethrex-benchmark";
    run.state = state;
    run.folder = "/data/runs/" + id;
    run.started = QDateTime::fromMSecsSinceEpoch(1'795'268'695'123, Qt::UTC);
    run.ended = run.started.addSecs(60);
    run.values = {{"host", "gpu1"}, {"gpu", true}};
    run.blueprint = {{"workflow", "x"}};
    run.steps << qMakePair(
        QString("Build"),
        StepState{StepOutcome::Done, QString::fromUtf8("f\0g", 3), run.started, run.ended, 0});
    run.result.rows = {{.batch = 1, .timeMs = 71384}, {.batch = 2, .timeMs = 12}};
    run.result.findings << Finding{"code", Severity::Warning, "täxt 漢 😀 ' \" \\", "advice", {}, 2};
    return run;
}

/// Saves runs into a team's history, one after the other; says each.
int writeTeam(const QStringList &arguments)
{
    RunStore team;
    const auto target = StoreTarget::parse(arguments.at(0));
    if (const auto opened = team.open(*target); !opened) {
        tellTest(opened.error().toUtf8());
        return 1;
    }
    for (int i = 0; i < 15; ++i) {
        const RunRecord run = runOf(arguments.at(1) + QString::number(i));
        auto saved = team.save(run);
        saved = saved ? team.append("shared", {run.started, "by", arguments.at(1), {{"n", i}}})
                      : saved;
        // All want the same run, too.
        RunRecord both = runOf("both", RunState::Running);
        both.host = arguments.at(1);
        saved = saved ? team.save(both) : saved;
        tellTest(saved ? run.id.toUtf8() : saved.error().toUtf8());
    }
    return 0;
}

const testing::ChildProgram program("write-team", writeTeam);

class HistorySyncTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        if (const QString missing = PostgresServer::missing(); !missing.isEmpty()) {
            GTEST_SKIP() << missing.toStdString();
        }
        if (!QSqlDatabase::isDriverAvailable("QPSQL")) {
            GTEST_SKIP() << "Qt's driver for PostgreSQL is not installed (libqt6sql6-psql)";
        }
        ASSERT_EQ(server().problem(), QString());
        address = server().newDatabase();
        open(team);
        open(second);
        ASSERT_TRUE(alice.open(folder.filePath("alice.db")));
        ASSERT_TRUE(bob.open(folder.filePath("bob.db")));
    }

    static PostgresServer &server() { return PostgresServer::shared(); }

    void open(RunStore &store) const
    {
        const auto opened = store.open(*StoreTarget::parse(address));
        ASSERT_TRUE(opened) << opened.error().toStdString();
    }

    static void expectSame(const RunStore &a, const RunStore &b, const QString &id)
    {
        const auto first = a.copyOf(id);
        const auto other = b.copyOf(id);
        ASSERT_TRUE(first && *first);
        ASSERT_TRUE(other && *other) << id.toStdString();
        EXPECT_EQ((*first)->run.steps, (*other)->run.steps);
        EXPECT_EQ((*first)->run.blueprint, (*other)->run.blueprint);
        EXPECT_EQ((*first)->run.values, (*other)->run.values);
        EXPECT_EQ((*first)->run.result.rows, (*other)->run.result.rows);
        EXPECT_EQ((*first)->run.result.findings, (*other)->run.result.findings);
        EXPECT_EQ((*first)->run.result.observations, (*other)->run.result.observations);
        EXPECT_EQ((*first)->journal, (*other)->journal);
    }

    QTemporaryDir folder;
    QString address;
    RunStore team;
    RunStore second;
    RunStore alice;
    RunStore bob;
};

TEST_F(HistorySyncTest, WhatIsOverGoesToTheTeamAndToEveryoneInIt)
{
    ASSERT_TRUE(alice.save(runOf("a")));
    ASSERT_TRUE(alice.append("a", {runOf("a").started, "step", "build", {{"x", 1}}}));
    ASSERT_TRUE(alice.setObservations("a", "loud"));
    ASSERT_TRUE(alice.save(runOf("live", RunState::Running)));
    ASSERT_TRUE(alice.save(runOf("left", RunState::Detached)));
    EXPECT_EQ(syncHistories(alice, team), (SyncReport{.sent = 1}));
    EXPECT_EQ(syncHistories(alice, team), SyncReport());
    EXPECT_EQ(syncHistories(bob, second), (SyncReport{.received = 1}));
    expectSame(alice, bob, "a");
    EXPECT_FALSE(bob.load("live")) << "it is Alice's while it runs";
    EXPECT_EQ(bob.unfinished(), QStringList());
    EXPECT_EQ(bob.load("a")->folder, QString()) << "what is there on Alice's machine";
    EXPECT_EQ(alice.load("a")->folder, "/data/runs/a");
    ASSERT_TRUE(team.save(runOf("foreign", RunState::Running)));
    EXPECT_EQ(syncHistories(bob, second), SyncReport()) << "nobody here is to go on with it";

    ASSERT_TRUE(bob.setObservations("a", "loud, and hot"));
    EXPECT_EQ(syncHistories(bob, second), (SyncReport{.sent = 1}));
    EXPECT_EQ(syncHistories(alice, team), (SyncReport{.received = 1}));
    EXPECT_EQ(alice.load("a")->result.observations, "loud, and hot");
    EXPECT_EQ(alice.load("a")->folder, "/data/runs/a");
    EXPECT_EQ(syncHistories(alice, team), SyncReport());
}

TEST_F(HistorySyncTest, ObservationsOfTwoAreBothKept)
{
    ASSERT_TRUE(alice.save(runOf("a")));
    (void)syncHistories(alice, team);
    (void)syncHistories(bob, second);
    ASSERT_TRUE(alice.setObservations("a", "from Alice"));
    ASSERT_TRUE(bob.setObservations("a", "from Bob"));
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(syncHistories(alice, team).problem, QString());
        EXPECT_EQ(syncHistories(bob, second).problem, QString());
    }
    EXPECT_EQ(alice.load("a")->result.observations, "from Alice\n\nfrom Bob");
    EXPECT_EQ(bob.load("a")->result.observations, "from Alice\n\nfrom Bob");
    EXPECT_EQ(syncHistories(alice, team), SyncReport());
    EXPECT_EQ(syncHistories(bob, second), SyncReport());
}

TEST_F(HistorySyncTest, AServerThatGoesAwayCostsNothing)
{
    ASSERT_TRUE(alice.save(runOf("a")));
    EXPECT_EQ(syncHistories(alice, team).sent, 1);
    server().stop();
    ASSERT_TRUE(alice.save(runOf("b")));
    QElapsedTimer waited;
    waited.start();
    EXPECT_NE(syncHistories(alice, team).problem, QString());
    RunStore later;
    const auto opened = later.open(*StoreTarget::parse(address));
    ASSERT_FALSE(opened);
    EXPECT_LT(waited.elapsed(), 10'000);
    EXPECT_THAT(opened.error().toStdString(), ::testing::HasSubstr("cannot be reached"));
    EXPECT_FALSE(opened.error().contains(server().password()));
    EXPECT_TRUE(alice.load("b"));
    server().start();
    ASSERT_EQ(server().problem(), QString());
    RunStore again;
    open(again);
    EXPECT_EQ(syncHistories(alice, again), (SyncReport{.sent = 1}));
    expectSame(alice, again, "b");
}

TEST_F(HistorySyncTest, PanelsThatWriteAtOnceLoseNothing)
{
    testing::Child first("write-team", {address, "x"});
    testing::Child other("write-team", {address, "y"});
    for (int i = 0; i < 15; ++i) {
        ASSERT_EQ(first.nextLine(), "x" + QByteArray::number(i));
        ASSERT_EQ(other.nextLine(), "y" + QByteArray::number(i));
    }
    EXPECT_EQ(team.heads().size(), 31);
    EXPECT_EQ(team.journal("shared").size(), 30);
    for (const QString &id : QStringList{"x0", "x14", "y0", "y14", "both"}) {
        const auto read = team.load(id);
        ASSERT_TRUE(read) << read.error().toStdString();
        EXPECT_EQ(read->result.rows, runOf(id).result.rows);
    }
}

TEST_F(HistorySyncTest, MovesAWholeHistoryThereAndBack)
{
    for (int i = 0; i < 20; ++i) {
        const QString id = "run-" + QString::number(i);
        ASSERT_TRUE(alice.save(runOf(id, i == 0 ? RunState::Running : RunState::Done)));
        ASSERT_TRUE(alice.setObservations(id, "note " + id));
        ASSERT_TRUE(alice.append(id, {runOf(id).started, "step", id, {{"n", i}}}));
    }
    ASSERT_TRUE(alice.append("broker-stop-1", {runOf("x").started, "begin", {}, {}}));
    EXPECT_EQ(copyHistory(alice, team), (SyncReport{.sent = 20}));
    EXPECT_EQ(copyHistory(alice, team), SyncReport()) << "again: all is there";
    EXPECT_EQ(copyHistory(team, bob), (SyncReport{.sent = 20}));
    for (int i = 0; i < 20; ++i) {
        expectSame(alice, bob, "run-" + QString::number(i));
    }
    EXPECT_EQ(bob.journal("broker-stop-1").size(), 1);
    EXPECT_EQ(bob.storedState("run-0"), RunState::Running);
    ASSERT_TRUE(alice.setObservations("run-3", "other"));
    EXPECT_THAT(copyHistory(alice, team).problem.toStdString(), ::testing::HasSubstr("run-3"));
    EXPECT_EQ(team.load("run-3")->result.observations, "note run-3");
}

TEST_F(HistorySyncTest, LeavesOtherDatabasesAlone)
{
    const auto target = StoreTarget::parse(server().newDatabase());
    const auto execute = [&](const QString &statement) {
        {
            QSqlDatabase database = QSqlDatabase::addDatabase("QPSQL", "raw");
            target->apply(database);
            ASSERT_TRUE(database.open());
            EXPECT_TRUE(QSqlQuery(database).exec(statement));
        }
        QSqlDatabase::removeDatabase("raw");
    };
    execute("CREATE TABLE runs(x INT)");
    RunStore store;
    const auto foreign = store.open(*target);
    ASSERT_FALSE(foreign);
    EXPECT_THAT(foreign.error().toStdString(), ::testing::HasSubstr("another program"));
    execute("DROP TABLE runs; CREATE TABLE proverdeck_schema(version BIGINT);"
            "INSERT INTO proverdeck_schema VALUES(99)");
    const auto newer = store.open(*target);
    ASSERT_FALSE(newer);
    EXPECT_THAT(newer.error().toStdString(), ::testing::HasSubstr("newer version"));
}

TEST(StoreTargetTest, ReadsWhatLibpqReads)
{
    const auto target = StoreTarget::parse(
        "postgresql://ann@db.example.org:6000/history?sslmode=verify-full&sslrootcert=/etc/ca.pem");
    ASSERT_TRUE(target) << target.error().toStdString();
    EXPECT_TRUE(target->isPostgres);
    EXPECT_EQ(target->host, "db.example.org");
    EXPECT_EQ(target->port, 6000);
    EXPECT_EQ(target->user, "ann");
    EXPECT_EQ(target->database, "history");
    EXPECT_EQ(StoreTarget::parse(target->shownText()), target);
    const auto socket = StoreTarget::parse("postgresql://ann@/history?host=/run/postgresql");
    ASSERT_TRUE(socket) << socket.error().toStdString();
    EXPECT_EQ(socket->host, "/run/postgresql");
    EXPECT_EQ(StoreTarget::parse(socket->shownText()), socket);
    const auto file = StoreTarget::parse("/data/history.db");
    ASSERT_TRUE(file);
    EXPECT_FALSE(file->isPostgres);
}

TEST(StoreTargetTest, RefusesPasswordsAndWhatCouldBecomeAnOption)
{
    for (const char *bad :
         {"postgresql://ann:hunter2@host/db", "postgresql://ann:@host/db", "postgresql://host/db",
          "postgresql://ann@host", "postgresql://ann@host/db?passfile=/x",
          "postgresql://ann@host/d%20b", "postgresql://a'n@host/db",
          "postgresql://ann@host/db?sslmode=a%20b=c", "mysql://a@b/c", "", "nonsense",
          "postgresql://ann@ho;st/db", "postgresql://a:hun/ter2@host/db"}) {
        const auto target = StoreTarget::parse(bad);
        EXPECT_FALSE(target) << bad;
        if (!target) {
            EXPECT_FALSE(target.error().contains("hunter2")) << bad;
            EXPECT_FALSE(target.error().contains("ter2")) << bad;
        }
    }
}

} // namespace
} // namespace proverdeck::models::store
