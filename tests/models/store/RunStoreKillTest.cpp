// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/RunStore.h"
#include "support/Child.h"
#include "support/Test.h"

#include <QElapsedTimer>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>

#include <memory>
#include <random>

// Processes that write the history are killed at random moments. PROVERDECK_TEST_SEED and
// PROVERDECK_TEST_ROUNDS choose other moments and more of them.

namespace proverdeck::models::store {
namespace {

using testing::tellTest;

QString asText(const tl::expected<void, QString> &result)
{
    return result ? QString() : result.error();
}

JournalEntry entryOf(qint64 number)
{
    return {QDateTime::fromMSecsSinceEpoch(1'795'000'000'000 + number, Qt::UTC), "step",
            QString::number(number), QJsonObject{{"number", number}}};
}

/// Appends to the journal of one run and saves it, for ever. Says the number of each entry that was
/// acknowledged; and "saved" with the number of rows.
int writeHistory(const QStringList &arguments)
{
    RunStore store;
    if (const auto opened = store.open(arguments.at(0)); !opened) {
        tellTest(opened.error().toUtf8());
        return 1;
    }
    RunRecord run;
    run.id = arguments.at(1);
    run.state = RunState::Running;
    run.started = QDateTime::currentDateTimeUtc();
    std::mt19937 random(arguments.at(2).toUInt());
    for (qint64 number = store.journal(run.id).size();; ++number) {
        if (const auto done = store.append(run.id, entryOf(number)); !done) {
            tellTest(done.error().toUtf8());
            return 2;
        }
        tellTest(QByteArray::number(number));
        if (random() % 2 == 0) {
            run.result.rows << ethrex::BatchRow{.batch = quint64(run.result.rows.size()),
                                                .timeMs = 1000 + qint64(random() % 1000)};
            if (const auto done = store.save(run); !done) {
                tellTest(done.error().toUtf8());
                return 3;
            }
            tellTest("saved " + QByteArray::number(run.result.rows.size()));
        }
    }
}

const testing::ChildProgram program("write-history", writeHistory);

QString integrity(const QString &path)
{
    QString answer;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", "integrity");
        database.setDatabaseName(path);
        QSqlQuery query(database);
        if (database.open() && QSqlQuery(database).exec("SELECT 1")) {
            query = QSqlQuery(database);
            answer = query.exec("PRAGMA integrity_check") && query.next()
                ? query.value(0).toString()
                : QString("unreadable");
        }
    }
    QSqlDatabase::removeDatabase("integrity");
    return answer;
}

/// What one of the writers has said.
struct Writer
{
    QString run;
    qint64 acknowledged = -1; ///< the last entry of the journal
    qsizetype rows = 0; ///< of the last save of this round
    std::unique_ptr<testing::Child> child;

    void take(const QByteArray &line)
    {
        bool isNumber = false;
        const qint64 number = line.toLongLong(&isNumber);
        if (isNumber) {
            acknowledged = number;
        } else if (line.startsWith("saved ")) {
            rows = line.mid(6).toLongLong();
        } else {
            ADD_FAILURE() << run.toStdString() << " says: " << line.toStdString();
        }
    }
};

void expectComplete(RunStore &store, Writer &writer)
{
    const QList<JournalEntry> journal = store.journal(writer.run);
    ASSERT_GE(journal.size(), writer.acknowledged + 1);
    for (qsizetype i = 0; i < journal.size(); ++i) {
        ASSERT_EQ(journal.at(i), entryOf(i)) << i;
    }
    writer.acknowledged = journal.size() - 1;
    const auto run = store.load(writer.run);
    if (writer.rows > 0 || run) {
        ASSERT_TRUE(run) << run.error().toStdString();
        ASSERT_GE(run->result.rows.size(), writer.rows);
    }
}

TEST(RunStoreKillTest, KeepsWhatItAcknowledgedWheneverItsWritersAreKilled)
{
    bool isSet = false;
    int seed = qEnvironmentVariableIntValue("PROVERDECK_TEST_SEED", &isSet);
    seed = isSet ? seed : 17;
    const int rounds = std::max(50, qEnvironmentVariableIntValue("PROVERDECK_TEST_ROUNDS"));
    std::mt19937 random{unsigned(seed)};
    const QTemporaryDir folder;
    const QString path = folder.filePath("history.db");
    QList<Writer *> writers;
    Writer first{.run = "run-a"};
    Writer second{.run = "run-b"};
    writers << &first << &second; // two at once, each with a run of its own
    for (int round = 0; round < rounds; ++round) {
        SCOPED_TRACE(::testing::Message() << "seed " << seed << ", round " << round);
        for (Writer *writer : writers) {
            writer->rows = 0;
            writer->child = std::make_unique<testing::Child>(
                "write-history", QStringList{path, writer->run, QString::number(random())});
        }
        for (auto left = random() % 12; left > 0; --left) {
            const QByteArray line = first.child->nextLine();
            ASSERT_FALSE(line.isEmpty()) << "the child ended";
            first.take(line);
        }
        QElapsedTimer moment; // not just after a line
        moment.start();
        for (const qint64 until = qint64(random() % 3'000'000); moment.nsecsElapsed() < until;) { }
        for (Writer *writer : writers) {
            for (const QByteArray &line : writer->child->kill()) {
                writer->take(line);
            }
        }
        RunStore store;
        ASSERT_EQ(asText(store.open(path)), QString());
        for (Writer *writer : writers) {
            ASSERT_NO_FATAL_FAILURE(expectComplete(store, *writer));
        }
        ASSERT_EQ(integrity(path), QString("ok"));
        ASSERT_FALSE(::testing::Test::HasFailure());
    }
    std::printf("%d kills of two writers, %lld and %lld entries\n", rounds, first.acknowledged + 1,
                second.acknowledged + 1);
    EXPECT_GT(first.acknowledged, rounds);
}

} // namespace
} // namespace proverdeck::models::store
