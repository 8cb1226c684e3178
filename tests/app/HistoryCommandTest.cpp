// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/HistoryCommand.h"

#include "app/TeamHistory.h"
#include "models/store/RunStore.h"
#include "support/PostgresServer.h"
#include "support/Test.h"
#include "ui/dialogs/HistoryDialog.h"

#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

namespace proverdeck::app {
namespace {

using models::store::RunStore;
using testing::PostgresServer;

/// Keeps secrets as long as it lives.
class Secrets : public models::SecretStore
{
public:
    void find(const QString &key, Found answer) override
    {
        answer(all.contains(key) ? std::optional(all.value(key)) : std::nullopt, {});
    }
    void keep(const QString &key, const QString &secret, Done answer) override
    {
        all[key] = secret;
        answer({});
    }
    void forget(const QString &key, Done answer) override
    {
        all.remove(key);
        answer({});
    }
    QMap<QString, QString> all;
};

class HistoryCommandTest : public ::testing::Test
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
        ASSERT_EQ(PostgresServer::shared().problem(), QString());
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder.path());
        qputenv("PROVERDECK_STORE", QFile::encodeName(file));
    }
    void TearDown() override { qunsetenv("PROVERDECK_STORE"); }

    static models::RunRecord runOf(const QString &id)
    {
        models::RunRecord run;
        run.id = id;
        run.host = "gpu1";
        run.state = models::RunState::Done;
        run.started = QDateTime::fromMSecsSinceEpoch(1'795'268'695'123, Qt::UTC);
        run.result.rows = {{.batch = 1, .timeMs = 71384}};
        return run;
    }
    static void add(const QString &path, const QString &id)
    {
        RunStore store;
        ASSERT_TRUE(store.open(path));
        ASSERT_TRUE(store.save(runOf(id)));
    }
    static qsizetype countIn(const QString &target)
    {
        RunStore store;
        const auto parsed = models::store::StoreTarget::parse(target);
        return parsed && store.open(*parsed) ? store.heads().size() : -1;
    }

    QTemporaryDir folder;
    const QString file = folder.filePath("history.db");
};

TEST_F(HistoryCommandTest, MovesAndSynchronises)
{
    add(file, "a");
    const QString team = PostgresServer::shared().newDatabase();
    EXPECT_EQ(runHistoryCommand({"move", "--to", team}), 0);
    EXPECT_EQ(countIn(team), 1);
    EXPECT_EQ(countIn(file), 1) << "the source stays";
    const QString copy = folder.filePath("copy.db");
    EXPECT_EQ(runHistoryCommand({"move", "--from=" + team, "--to=" + copy}), 0);
    EXPECT_EQ(countIn(copy), 1);
    EXPECT_EQ(runHistoryCommand({"status"}), 0);
    EXPECT_EQ(runHistoryCommand({"sync"}), 2) << "no team is set";
    EXPECT_EQ(runHistoryCommand({"move"}), 2);
    EXPECT_EQ(runHistoryCommand({"move", "--to", "postgresql://ann:secret@h/d"}), 2);
    EXPECT_EQ(runHistoryCommand({"move", "--from", folder.filePath("none.db"), "--to", team}), 2);
    EXPECT_FALSE(QFile::exists(folder.filePath("none.db")));
    EXPECT_EQ(runHistoryCommand({"move", "--to", "postgresql://prover@127.0.0.1:1/d"}), 3);
}

TEST_F(HistoryCommandTest, TheWindowKeepsInStepAndThePasswordStaysInTheKeychain)
{
    PostgresServer &server = PostgresServer::shared();
    const QString team = server.newDatabase();
    {
        RunStore other;
        ASSERT_TRUE(other.open(*models::store::StoreTarget::parse(team)));
        ASSERT_TRUE(other.save(runOf("theirs")));
    }
    qputenv("PGPASSFILE", "/nonexistent");
    RunStore local;
    ASSERT_TRUE(local.open(file));
    Secrets secrets;
    {
        TeamHistory history(local, secrets);
        history.start();
        EXPECT_TRUE(history.state().isWell);
        ui::HistoryDialog dialog(history);
        dialog.show();
        const auto set = [&](const QString &address, const QString &password) {
            dialog.findChild<QLineEdit *>("teamAddress")->setText(address);
            dialog.findChild<QLineEdit *>("teamPassword")->setText(password);
            dialog.findChild<QPushButton *>("teamApply")->click();
        };
        const auto says = [&](const QString &text) {
            return QTest::qWaitFor(
                [&] { return dialog.findChild<QLabel *>("teamState")->text().contains(text); },
                15'000);
        };
        set("postgresql://ann:secret@h/d", {});
        EXPECT_TRUE(says("holds a password"));
        set(team, "wrong");
        EXPECT_TRUE(says("cannot be reached"));
        QSignalSpy changed(&local, &RunStore::changed);
        set(team, server.password());
        EXPECT_TRUE(says("In step"));
        EXPECT_TRUE(local.load("theirs"));
        EXPECT_GE(changed.count(), 1);
        ASSERT_TRUE(local.save(runOf("mine")));
        qputenv("PGPASSFILE", QFile::encodeName(server.passFile()));
        EXPECT_TRUE(QTest::qWaitFor([&] { return countIn(team) == 2; }, 15'000));
        if (const QString shots = qEnvironmentVariable("PROVERDECK_TOUR_DIR"); !shots.isEmpty()) {
            EXPECT_TRUE(dialog.grab().save(shots + "/history-dialog.png"));
        }
    }
    EXPECT_EQ(secrets.all.size(), 1);
    QDir all(folder.path());
    for (const QString &name : all.entryList(QDir::Files)) {
        QFile one(all.filePath(name));
        ASSERT_TRUE(one.open(QIODevice::ReadOnly));
        EXPECT_FALSE(one.readAll().contains(server.password().toUtf8())) << name.toStdString();
    }
}

} // namespace
} // namespace proverdeck::app
