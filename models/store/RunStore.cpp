// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/RunStore.h"

#include "models/store/RunJson.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QStandardPaths>
#include <QUuid>

#include <utility>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

constexpr int SchemaVersion = 1;
/// A run is saved every five seconds while somebody drives it.
constexpr qint64 StaleMs = 30'000;

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QByteArray compact(const QJsonArray &array)
{
    return QJsonDocument(array).toJson(QJsonDocument::Compact);
}

QJsonObject objectOf(const QVariant &value)
{
    return QJsonDocument::fromJson(value.toString().toUtf8()).object();
}

QJsonArray arrayOf(const QVariant &value)
{
    return QJsonDocument::fromJson(value.toString().toUtf8()).array();
}

QDateTime timeOf(const QVariant &value)
{
    return value.isNull() ? QDateTime()
                          : QDateTime::fromMSecsSinceEpoch(value.toLongLong(), Qt::UTC);
}

QVariant timeValue(const QDateTime &time)
{
    return time.isValid() ? QVariant(time.toMSecsSinceEpoch())
                          : QVariant(QMetaType::fromType<qint64>());
}

RunRecord headOf(const QSqlQuery &query)
{
    RunRecord record;
    record.id = query.value(0).toString();
    record.host = query.value(1).toString();
    record.workflow = query.value(2).toString();
    record.state = runStateFromWord(query.value(3).toString());
    record.started = timeOf(query.value(4));
    record.ended = timeOf(query.value(5));
    record.folder = query.value(6).toString();
    record.values = valuesFromJson(objectOf(query.value(7)));
    record.result.session = sessionFromJson(objectOf(query.value(8)));
    record.result.observations = query.value(9).toString();
    const qint64 silent = QDateTime::currentMSecsSinceEpoch() - query.value(10).toLongLong();
    if (!isFinal(record.state) && silent > StaleMs) {
        record.state = RunState::Unknown; // the program that drove it is gone
    }
    return record;
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

tl::expected<void, QString> RunStore::open(const QString &path)
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
            failure = database.lastError().text();
        }
    }
    close();
    m_connection = name;
    tl::expected<void, QString> ready = failure.isEmpty()
        ? migrate()
        : tl::unexpected(tr("The history %1 cannot be opened: %2.").arg(path, failure));
    if (!ready) {
        close();
    }
    return ready;
}

void RunStore::close()
{
    if (!m_connection.isEmpty()) {
        QSqlDatabase::database(m_connection, false).close();
        QSqlDatabase::removeDatabase(std::exchange(m_connection, {}));
    }
}

tl::expected<void, QString> RunStore::migrate()
{
    QSqlDatabase database = QSqlDatabase::database(m_connection);
    QSqlQuery query(database);
    if (!query.exec(u"PRAGMA user_version"_s) || !query.next()) {
        return tl::unexpected(tr("The history %1 is no database of this program: %2.")
                                  .arg(database.databaseName(), query.lastError().text()));
    }
    const int version = query.value(0).toInt();
    query.finish();
    if (version > SchemaVersion) {
        return tl::unexpected(tr("The history %1 was written by a newer version of this program; "
                                 "it is left alone. Update the program, or name another file.")
                                  .arg(database.databaseName()));
    }
    query.exec(u"PRAGMA journal_mode=WAL"_s);
    query.exec(u"PRAGMA synchronous=NORMAL"_s);
    query.finish();
    if (version == SchemaVersion) {
        return {};
    }
    database.transaction();
    const bool ok = query.exec(uR"(CREATE TABLE runs(
            id TEXT PRIMARY KEY, host TEXT NOT NULL, workflow TEXT NOT NULL, state TEXT NOT NULL,
            started INTEGER, ended INTEGER, folder TEXT NOT NULL, inputs TEXT NOT NULL, session TEXT NOT NULL,
            observations TEXT NOT NULL DEFAULT '', steps TEXT NOT NULL, batches TEXT NOT NULL,
            findings TEXT NOT NULL, batch_count INTEGER NOT NULL, saved INTEGER NOT NULL))"_s)
        && query.exec(u"CREATE INDEX runs_started ON runs(started)"_s)
        && query.exec(u"PRAGMA user_version=%1"_s.arg(SchemaVersion));
    if (!ok) {
        const QString why = query.lastError().text();
        database.rollback();
        return tl::unexpected(
            tr("The history %1 cannot be set up: %2.").arg(database.databaseName(), why));
    }
    database.commit();
    return {};
}

tl::expected<void, QString> RunStore::save(const RunRecord &record)
{
    QSqlQuery query(QSqlDatabase::database(m_connection));
    query.prepare(
        uR"(INSERT INTO runs(id,host,workflow,state,started,ended,folder,inputs,session,steps,batches,findings,batch_count,saved)
        VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)
        ON CONFLICT(id) DO UPDATE SET host=excluded.host, state=excluded.state, started=excluded.started,
        ended=excluded.ended, folder=excluded.folder, inputs=excluded.inputs, session=excluded.session,
        steps=excluded.steps, batches=excluded.batches, findings=excluded.findings, batch_count=excluded.batch_count,
        saved=excluded.saved)"_s);
    const QVariantList values{record.id,
                              record.host,
                              record.workflow,
                              runStateWord(record.state),
                              timeValue(record.started),
                              timeValue(record.ended),
                              record.folder,
                              QString::fromUtf8(compact(valuesToJson(record.values))),
                              QString::fromUtf8(compact(sessionToJson(record.result.session))),
                              QString::fromUtf8(compact(stepsToJson(record.steps))),
                              QString::fromUtf8(compact(rowsToJson(record.result.rows))),
                              QString::fromUtf8(compact(findingsToJson(record.result.findings))),
                              int(record.result.rows.size()),
                              QDateTime::currentMSecsSinceEpoch()};
    for (const QVariant &value :
         values) { // a null text would be NULL, which no column of texts takes
        const bool isNullText = value.typeId() == QMetaType::QString && value.toString().isNull();
        query.addBindValue(isNullText ? QVariant(u""_s) : value);
    }
    if (!query.exec()) {
        return tl::unexpected(
            tr("The run could not be written to the history: %1.").arg(query.lastError().text()));
    }
    emit changed();
    return {};
}

QList<RunRecord> RunStore::list() const
{
    QList<RunRecord> records;
    QSqlQuery query(QSqlDatabase::database(m_connection));
    query.exec(u"SELECT "
               u"id,host,workflow,state,started,ended,folder,inputs,session,observations,saved,"
               u"batches FROM runs "
               "ORDER BY started DESC, id DESC"_s);
    while (query.next()) {
        RunRecord record = headOf(query);
        record.result.rows = rowsFromJson(arrayOf(query.value(11)));
        records << record;
    }
    return records;
}

tl::expected<RunRecord, QString> RunStore::load(const QString &id) const
{
    QSqlQuery query(QSqlDatabase::database(m_connection));
    query.prepare(u"SELECT "
                  u"id,host,workflow,state,started,ended,folder,inputs,session,observations,saved,"
                  u"steps,batches,findings "
                  "FROM runs WHERE id=?"_s);
    query.addBindValue(id);
    if (!query.exec() || !query.next()) {
        return tl::unexpected(
            tr("There is no run %1 in the history; \"proverdeck runs list\" shows them.").arg(id));
    }
    RunRecord record = headOf(query);
    record.steps = stepsFromJson(arrayOf(query.value(11)));
    record.result.rows = rowsFromJson(arrayOf(query.value(12)));
    record.result.findings = findingsFromJson(arrayOf(query.value(13)));
    return record;
}

tl::expected<void, QString> RunStore::setObservations(const QString &id, const QString &text)
{
    QSqlQuery query(QSqlDatabase::database(m_connection));
    query.prepare(u"UPDATE runs SET observations=? WHERE id=?"_s);
    query.addBindValue(text.isNull() ? u""_s : text);
    query.addBindValue(id);
    if (!query.exec() || query.numRowsAffected() != 1) {
        return tl::unexpected(tr("The observations of run %1 could not be saved: %2.")
                                  .arg(id, query.lastError().text()));
    }
    emit changed();
    return {};
}

tl::expected<void, QString> RunStore::remove(const QString &id)
{
    QSqlQuery query(QSqlDatabase::database(m_connection));
    query.prepare(u"DELETE FROM runs WHERE id=?"_s);
    query.addBindValue(id);
    if (!query.exec()) {
        return tl::unexpected(tr("Run %1 could not be removed from the history: %2.")
                                  .arg(id, query.lastError().text()));
    }
    emit changed();
    return {};
}

InputValues RunStore::lastValues(const QString &workflow, const QString &host) const
{
    QSqlQuery query(QSqlDatabase::database(m_connection));
    query.prepare(
        u"SELECT inputs FROM runs WHERE workflow=? ORDER BY host=? DESC, started DESC LIMIT 1"_s);
    query.addBindValue(workflow);
    query.addBindValue(host);
    return query.exec() && query.next() ? valuesFromJson(objectOf(query.value(0))) : InputValues();
}

QString RunStore::defaultPath()
{
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
