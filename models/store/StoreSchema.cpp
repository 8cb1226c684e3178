// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/StoreSchema.h"

#include "models/logs/LogText.h"
#include "models/store/RunJson.h"
#include "models/store/Sql.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QUuid>

#include <fcntl.h>
#include <unistd.h>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

constexpr int SchemaVersion = 2;
/// Up to this size the whole file is checked whenever it is opened; that takes some 10 ms.
constexpr qint64 CheckedSize = 16 * 1024 * 1024;

using Outcome = tl::expected<void, QString>;

QString say(const char *text)
{
    return QCoreApplication::translate("RunStore", text);
}

bool execute(QSqlDatabase &database, const QStringList &statements, QString &why)
{
    QSqlQuery query(database);
    for (const QString &statement : statements) {
        if (!query.exec(statement)) {
            why = reasonOf(query);
            return false;
        }
    }
    return true;
}

const QStringList &tables()
{
    static const QStringList statements{
        uR"(CREATE TABLE runs(
            id TEXT PRIMARY KEY, host TEXT NOT NULL, workflow TEXT NOT NULL, state TEXT NOT NULL,
            started INTEGER, ended INTEGER, folder TEXT NOT NULL, inputs TEXT NOT NULL, session TEXT NOT NULL,
            observations TEXT NOT NULL DEFAULT '', batch_count INTEGER NOT NULL, counted_median_ms INTEGER,
            revision INTEGER NOT NULL DEFAULT 1, saved INTEGER NOT NULL))"_s,
        // What is long and changes seldom lies apart: a row of the table above is written every few
        // seconds.
        uR"(CREATE TABLE documents(run_id TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
            PRIMARY KEY(run_id, name)))"_s,
        u"CREATE INDEX runs_started ON runs(started)"_s,
        uR"(CREATE TABLE batches(run_id TEXT NOT NULL, position INTEGER NOT NULL, batch TEXT NOT NULL,
            PRIMARY KEY(run_id, position)) WITHOUT ROWID)"_s,
        uR"(CREATE TABLE journal(sequence INTEGER PRIMARY KEY, run_id TEXT NOT NULL, at INTEGER NOT NULL,
            what TEXT NOT NULL, step TEXT NOT NULL, data TEXT NOT NULL))"_s,
        u"CREATE INDEX journal_run ON journal(run_id)"_s};
    return statements;
}

/// The rows of each run leave their column for a table of their own.
bool splitBatches(QSqlDatabase &database, QString &why)
{
    QSqlQuery runs(database);
    QSqlQuery insert(database);
    QSqlQuery count(database);
    runs.setForwardOnly(true);
    if (!runs.exec(u"SELECT id, batches FROM runs_1"_s)
        || !insert.prepare(u"INSERT INTO batches(run_id, position, batch) VALUES(?,?,?)"_s)
        || !count.prepare(u"UPDATE runs SET batch_count=?, counted_median_ms=? WHERE id=?"_s)) {
        why = reasonOf(runs) + reasonOf(insert) + reasonOf(count);
        return false;
    }
    while (runs.next()) {
        const QList<ethrex::BatchRow> rows
            = rowsFromJson(QJsonDocument::fromJson(runs.value(1).toString().toUtf8()).array());
        for (qsizetype i = 0; i < rows.size(); ++i) {
            insert.addBindValue(runs.value(0));
            insert.addBindValue(i);
            insert.addBindValue(rowText(rows.at(i)));
            if (!insert.exec()) {
                why = reasonOf(insert);
                return false;
            }
        }
        const std::optional<qint64> median = ethrex::summariseCounted(rows).medianMs;
        count.addBindValue(rows.size());
        count.addBindValue(numberValue(median));
        count.addBindValue(runs.value(0));
        if (!count.exec()) {
            why = reasonOf(count);
            return false;
        }
    }
    return true;
}

bool from1To2(QSqlDatabase &database, QString &why)
{
    const QString columns = u"id,host,workflow,state,started,ended,folder,inputs,session,"
                            "observations,batch_count,saved"_s;
    const QString documents = u"INSERT INTO documents SELECT id,'%1',%1 FROM runs_1"_s;
    return execute(database,
                   QStringList{u"DROP INDEX runs_started"_s, u"ALTER TABLE runs RENAME TO runs_1"_s}
                       + tables()
                       + QStringList{u"INSERT INTO runs(%1) SELECT %1 FROM runs_1"_s.arg(columns),
                                     documents.arg(u"steps"_s), documents.arg(u"findings"_s)},
                   why)
        && splitBatches(database, why) && execute(database, {u"DROP TABLE runs_1"_s}, why);
}

tl::expected<int, QString> number(QSqlDatabase &database, const QString &statement)
{
    QSqlQuery query(database);
    if (!query.exec(statement) || !query.next()) {
        return tl::unexpected(reasonOf(query));
    }
    return query.value(0).toInt();
}

/// That the tables are ours, not those of a program that counts its versions likewise, and that
/// nothing in the file acts by itself.
bool hasTables(QSqlDatabase &database, int version)
{
    const QString runs = u"SELECT id,host,workflow,state,started,ended,folder,inputs,session,"
                         "observations,batch_count,saved,%1 FROM runs LIMIT 0"_s;
    const auto strange = number(
        database, u"SELECT count(*) FROM sqlite_master WHERE type IN ('view','trigger')"_s);
    if (!strange || *strange > 0) {
        return false;
    }
    QString why;
    return version == 1
        ? execute(database, {runs.arg(u"steps,findings,batches"_s)}, why)
        : execute(database,
                  {runs.arg(u"counted_median_ms,revision"_s),
                   u"SELECT run_id,name,document FROM documents LIMIT 0"_s,
                   u"SELECT run_id,position,batch FROM batches LIMIT 0"_s,
                   u"SELECT sequence,run_id,at,what,step,data FROM journal LIMIT 0"_s},
                  why);
}

Outcome checkWhole(QSqlDatabase &database)
{
    QSqlQuery query(database);
    const bool read = query.exec(u"PRAGMA quick_check(1)"_s) && query.next();
    const QString answer = read ? plainLine(query.value(0).toString()) : reasonOf(query);
    if (read && answer == u"ok") {
        return {};
    }
    return tl::unexpected(
        say("The history %1 is damaged (%2); it is left as it is. Move it away to begin a new "
            "one, or put a backup in its place.")
            .arg(database.databaseName(), answer));
}

bool syncFile(const QString &path)
{
    const int file = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    const bool done = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) {
        ::close(file);
    }
    return done;
}

/// A copy of the whole database beside it, under a name that is free.
Outcome backUp(QSqlDatabase &database, int version)
{
    const QString path = database.databaseName();
    const QString wanted = path + u".v"_s + QString::number(version) + u".bak"_s;
    // Written under a name of its own first: half a backup never bears the name of one.
    const QString part = wanted + u'.' + QUuid::createUuid().toString(QUuid::Id128) + u".part";
    QString why;
    const bool written
        = execute(database, {u"VACUUM INTO '%1'"_s.arg(QString(part).replace(u'\'', u"''"_s))}, why)
        && QFile::setPermissions(part, QFile::permissions(path)) && syncFile(part);
    bool named = false;
    for (int i = 1; written && !named && i < 1000; ++i) {
        named = QFile::rename(part, i == 1 ? wanted : wanted + u'.' + QString::number(i));
    }
    if (named && syncFile(QFileInfo(wanted).absolutePath())) {
        return {};
    }
    QFile::remove(part);
    return tl::unexpected(
        say("The history %1 was written by an older version of this program and has to be "
            "converted, but no backup of it could be written beside it%2. It is left as it is. "
            "Check the free space and the permissions of its folder.")
            .arg(path, why.isEmpty() ? QString() : u" (%1)"_s.arg(why)));
}

/// Creates or converts, in one transaction. Another process may have been faster: the version is
/// read again once nobody else can write.
Outcome convert(QSqlDatabase &database)
{
    QString why;
    if (execute(database, {u"BEGIN IMMEDIATE"_s}, why)) {
        const auto version = number(database, u"PRAGMA user_version"_s);
        bool ok = version.has_value();
        if (!ok) {
            why = version.error();
        } else if (*version == 0) {
            ok = execute(database, tables(), why);
        } else if (*version == 1) {
            ok = from1To2(database, why);
        } else if (*version != SchemaVersion) {
            ok = false;
            why = say("a newer version of this program has just converted it");
        }
        if (ok
            && execute(database, {u"PRAGMA user_version=%1"_s.arg(SchemaVersion), u"COMMIT"_s},
                       why)) {
            return {};
        }
        QSqlQuery(database).exec(u"ROLLBACK"_s);
    }
    return tl::unexpected(
        say("The history %1 cannot be set up: %2.").arg(database.databaseName(), why));
}

} // namespace

Outcome prepareSchema(QSqlDatabase &database)
{
    const QString path = database.databaseName();
    QString why;
    // What a file that comes from elsewhere brings along is not run.
    execute(database, {u"PRAGMA trusted_schema=OFF"_s, u"PRAGMA cell_size_check=ON"_s}, why);
    // All in one look: another process may be creating or converting the tables at this moment.
    execute(database, {u"BEGIN"_s}, why);
    const auto version = number(database, u"PRAGMA user_version"_s);
    const auto tableCount = number(database, u"SELECT count(*) FROM sqlite_master"_s);
    const bool isOurs = version && tableCount
        && (*version == 0
                ? *tableCount == 0
                : *version > SchemaVersion || (*version > 0 && hasTables(database, *version)));
    execute(database, {u"COMMIT"_s}, why);
    if (!version || !tableCount) {
        return tl::unexpected(
            say("The history %1 is damaged or no database of this program (%2); it is left as it "
                "is. Move it away to begin a new one, or put a backup in its place.")
                .arg(path, !version ? version.error() : tableCount.error()));
    }
    if (*version > SchemaVersion) {
        return tl::unexpected(say("The history %1 was written by a newer version of this program; "
                                  "it is left alone. Update the program, or name another file.")
                                  .arg(path));
    }
    if (!isOurs) {
        return tl::unexpected(say("The file %1 is a database of another program; it is left "
                                  "alone. Name another file.")
                                  .arg(path));
    }
    const bool isOld = *version > 0 && *version < SchemaVersion;
    if (isOld || QFileInfo(path).size() <= CheckedSize) {
        if (const Outcome sound = checkWhole(database); !sound) {
            return sound;
        }
    }
    if (isOld) {
        if (const Outcome kept = backUp(database, *version); !kept) {
            return kept;
        }
    }
    // Where the file system cannot have it, the journal stays the default one.
    execute(database, {u"PRAGMA journal_mode=WAL"_s}, why);
    execute(database, {u"PRAGMA synchronous=NORMAL"_s}, why);
    return *version == SchemaVersion ? Outcome() : convert(database);
}

} // namespace proverdeck::models::store
