// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/RunStore.h"

#include "models/logs/LogText.h"
#include "models/store/PostgresSchema.h"
#include "models/store/RunJson.h"
#include "models/store/Sql.h"
#include "models/store/StoreSchema.h"
#include "models/store/Transaction.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QSqlError>
#include <QStandardPaths>
#include <QUuid>

#include <utility>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

/// A run is saved every five seconds while somebody drives it.
constexpr qint64 StaleMs = 30'000;

using Outcome = tl::expected<void, QString>;

bool isStale(qint64 saved)
{
    return QDateTime::currentMSecsSinceEpoch() - saved > StaleMs;
}

/// As people are shown it: the program that drove it may be gone.
RunState shownState(RunState state, qint64 saved)
{
    return !isFinal(state) && isStale(saved) ? RunState::Unknown : state;
}

QJsonObject objectOf(const QVariant &value)
{
    return QJsonDocument::fromJson(value.toString().toUtf8()).object();
}

} // namespace

RunStore::RunStore(QObject *parent)
    : QObject(parent)
{
}

RunStore::~RunStore()
{
    close();
}

Outcome RunStore::open(const StoreTarget &target, const QString &password)
{
    if (!target.isPostgres) {
        return open(target.path);
    }
    const QString name = QUuid::createUuid().toString();
    QString failure;
    if (!QSqlDatabase::isDriverAvailable(u"QPSQL"_s)) {
        return tl::unexpected(tr("The team's history is in PostgreSQL, and Qt's driver for it is "
                                 "not installed. Install libqt6sql6-psql."));
    }
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QPSQL"_s, name);
        target.apply(database);
        database.setPassword(password);
        if (!database.open()) {
            failure = plainLine(database.lastError().databaseText());
        }
    }
    close();
    m_connection = name;
    Outcome ready;
    if (failure.isEmpty()) {
        QSqlDatabase opened = database();
        ready = preparePostgresSchema(opened, target.shownText());
    } else {
        ready = tl::unexpected(tr("The team's history %1 cannot be reached: %2. Runs are kept on "
                                  "this machine and go there as soon as it answers.")
                                   .arg(target.shownText(), failure));
    }
    if (!ready) {
        close();
    }
    return ready;
}

Outcome RunStore::open(const QString &path)
{
    if (!QDir().mkpath(QFileInfo(path).path())) {
        return tl::unexpected(
            tr("The folder of the history, %1, cannot be created.").arg(QFileInfo(path).path()));
    }
    const QString name = QUuid::createUuid().toString();
    QString failure;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, name);
        database.setDatabaseName(path);
        database.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=5000"_s);
        if (!database.open()) {
            failure = plainLine(database.lastError().databaseText());
        }
    }
    close();
    m_connection = name;
    if (!failure.isEmpty()) {
        close();
        return tl::unexpected(tr("The history %1 cannot be opened: %2.").arg(path, failure));
    }
    Outcome ready;
    {
        QSqlDatabase opened = database();
        ready = prepareSchema(opened);
    }
    if (!ready) {
        close();
    }
    return ready;
}

void RunStore::close()
{
    m_written.clear();
    if (!m_connection.isEmpty()) {
        QSqlDatabase::database(m_connection, false).close();
        QSqlDatabase::removeDatabase(std::exchange(m_connection, {}));
    }
}

QSqlDatabase RunStore::database() const
{
    return QSqlDatabase::database(m_connection);
}

Outcome RunStore::save(const RunRecord &record)
{
    const auto last = m_written.constFind(record.id);
    const bool durable = last == m_written.constEnd() || last->record.state != record.state;
    Transaction transaction(database(),
                            durable ? Transaction::Kind::DurableWrite : Transaction::Kind::Write);
    auto differs
        = transaction.begun() ? write(record) : tl::unexpected(transaction.begun().error());
    if (differs) {
        if (const auto done = transaction.commit(); !done) {
            differs = tl::unexpected(done.error());
        }
    }
    if (!differs || isFinal(record.state)) {
        m_written.remove(record.id);
    }
    if (!differs) {
        return tl::unexpected(
            tr("Run %1 could not be written to the history: %2. Check the free space and the "
               "permissions of its folder; what was saved before is still there.")
                .arg(record.id, differs.error()));
    }
    if (*differs) {
        emit changed();
    }
    return {};
}

/// Inside a transaction. True if somebody who lists the runs would see a difference.
tl::expected<bool, QString> RunStore::write(const RunRecord &record)
{
    auto head = runSql(database(), u"SELECT revision,saved FROM runs WHERE id=?"_s,
                       {textValue(record.id)});
    if (!head) {
        return tl::unexpected(head.error());
    }
    std::optional<StoredRun> old;
    qint64 saved = 0;
    if (head->next()) {
        old = m_written.value(record.id);
        saved = head->value(1).toLongLong();
        if (old->revision != head->value(0).toLongLong()) { // written by another, or never by us
            auto stored = readRun(database(), record.id);
            if (!stored) {
                return tl::unexpected(stored.error());
            }
            old = std::move(*stored);
        }
    }
    head->finish();
    auto now = writeRun(database(), record, old ? &*old : nullptr);
    if (!now) {
        return tl::unexpected(now.error());
    }
    const bool differs = !old || old->revision != now->revision || isStale(saved);
    m_written.insert(record.id, std::move(*now));
    return differs;
}

QList<RunHead> RunStore::heads() const
{
    QList<RunHead> heads;
    auto query = runSql(database(),
                        u"SELECT %1,batch_count,counted_median_ms FROM runs "
                        "ORDER BY coalesce(started,saved) DESC, id DESC"_s.arg(headColumns()));
    while (query && query->next()) {
        StoredRun stored = headOf(*query);
        RunHead head{std::move(stored.record), query->value(HeadColumnCount).toLongLong(), {}};
        head.run.state = shownState(head.run.state, stored.saved);
        if (!query->isNull(HeadColumnCount + 1)) {
            head.countedMedianMs = query->value(HeadColumnCount + 1).toLongLong();
        }
        heads << head;
    }
    return heads;
}

QList<RunRecord> RunStore::list() const
{
    QList<RunRecord> records;
    const QList<RunHead> all = heads();
    for (const RunHead &head : all) {
        records << head.run;
    }
    return records;
}

tl::expected<RunRecord, QString> RunStore::load(const QString &id) const
{
    const Transaction view(database(), Transaction::Kind::Read);
    auto stored = readRun(database(), id);
    if (!stored) {
        return tl::unexpected(
            tr("Run %1 could not be read from the history: %2.").arg(id, stored.error()));
    }
    if (!*stored) {
        return tl::unexpected(
            tr("There is no run %1 in the history; \"proverdeck runs list\" shows them.").arg(id));
    }
    RunRecord record = std::move((*stored)->record);
    record.state = shownState(record.state, (*stored)->saved);
    return record;
}

RunState RunStore::storedState(const QString &id) const
{
    auto query = runSql(database(), u"SELECT state FROM runs WHERE id=?"_s, {textValue(id)});
    return query && query->next() ? runStateFromWord(query->value(0).toString())
                                  : RunState::Unknown;
}

QStringList RunStore::unfinished() const
{
    QStringList ids;
    auto query = runSql(
        database(), u"SELECT id,state FROM runs ORDER BY coalesce(started,saved) DESC, id DESC"_s);
    while (query && query->next()) {
        const RunState state = runStateFromWord(query->value(1).toString());
        if (!isFinal(state) || state == RunState::Detached || state == RunState::Unknown) {
            ids << query->value(0).toString();
        }
    }
    return ids;
}

Outcome RunStore::setObservations(const QString &id, const QString &text)
{
    const auto done
        = runSql(database(), u"UPDATE runs SET observations=?,revision=revision+1 WHERE id=?"_s,
                 {textValue(text), textValue(id)});
    if (!done || done->numRowsAffected() != 1) {
        return tl::unexpected(
            tr("The observations of run %1 could not be saved: %2.")
                .arg(id, done ? tr("there is no such run in the history") : done.error()));
    }
    emit changed();
    return {};
}

Outcome RunStore::remove(const QString &id)
{
    Transaction transaction(database(), Transaction::Kind::Write);
    Outcome done = transaction.begun();
    for (const QString &statement :
         {u"DELETE FROM runs WHERE id=?"_s, u"DELETE FROM documents WHERE run_id=?"_s,
          u"DELETE FROM batches WHERE run_id=?"_s, u"DELETE FROM journal WHERE run_id=?"_s}) {
        done = done ? executeSql(database(), statement, {textValue(id)}) : done;
    }
    if (done) {
        done = transaction.commit();
    }
    if (!done) {
        return tl::unexpected(
            tr("Run %1 could not be removed from the history: %2.").arg(id, done.error()));
    }
    m_written.remove(id);
    emit changed();
    return {};
}

InputValues RunStore::lastValues(const QString &workflow, const QString &host) const
{
    auto query = runSql(database(),
                        u"SELECT inputs FROM runs WHERE workflow=? ORDER BY host=? DESC, "
                        "started DESC NULLS LAST LIMIT 1"_s,
                        {textValue(workflow), textValue(host)});
    return query && query->next() ? valuesFromJson(objectOf(query->value(0))) : InputValues();
}

Outcome RunStore::append(const QString &runId, const JournalEntry &entry)
{
    Transaction transaction(database(), Transaction::Kind::DurableWrite);
    Outcome done = transaction.begun();
    if (done) {
        const QDateTime at = entry.at.isValid() ? entry.at : QDateTime::currentDateTimeUtc();
        done = executeSql(
            database(), u"INSERT INTO journal(run_id,at,what,step,data) VALUES(?,?,?,?,?)"_s,
            {textValue(runId), timeValue(at), textValue(entry.what), textValue(entry.step),
             QString::fromUtf8(QJsonDocument(entry.data).toJson(QJsonDocument::Compact))});
    }
    if (done) {
        done = transaction.commit();
    }
    if (!done) {
        return tl::unexpected(tr("The journal of run %1 could not be written: %2. Check the free "
                                 "space and the permissions of the history's folder.")
                                  .arg(runId, done.error()));
    }
    return {};
}

QStringList RunStore::journalled(const QString &prefix) const
{
    QStringList ids;
    auto query = runSql(database(),
                        u"SELECT run_id FROM journal WHERE substr(run_id,1,?)=? GROUP BY run_id "
                        "ORDER BY max(sequence) DESC"_s,
                        {int(prefix.size()), textValue(prefix)});
    while (query && query->next()) {
        ids << query->value(0).toString();
    }
    return ids;
}

QList<JournalEntry> RunStore::journal(const QString &runId) const
{
    return readJournal(runId).value_or(QList<JournalEntry>());
}

tl::expected<QList<JournalEntry>, QString> RunStore::readJournal(const QString &id) const
{
    QList<JournalEntry> entries;
    auto query = runSql(database(),
                        u"SELECT at,what,step,data FROM journal WHERE run_id=? ORDER BY sequence"_s,
                        {textValue(id)});
    if (!query) {
        return tl::unexpected(query.error());
    }
    while (query->next()) {
        entries << JournalEntry{timeOf(query->value(0)), query->value(1).toString(),
                                query->value(2).toString(), objectOf(query->value(3))};
    }
    return entries;
}

QString RunStore::defaultPath()
{
    const QString given = qEnvironmentVariable("PROVERDECK_STORE");
    if (!given.isEmpty() && !given.contains(u"://"_s)) { // an address is the team's
        return given;
    }
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
        + u"/proverdeck/history.db"_s;
}

QString RunStore::runsFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
        + u"/proverdeck/runs"_s;
}

QString RunStore::newRunId(const QString &backend)
{
    return QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-HHmmss"_s) + u'-' + backend + u'-'
        + QString::number(QRandomGenerator::global()->bounded(0x1000, 0x10000), 16);
}

} // namespace proverdeck::models::store
