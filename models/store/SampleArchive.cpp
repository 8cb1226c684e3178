// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/SampleArchive.h"

#include "models/logs/LogText.h"
#include "models/store/Sql.h"
#include "models/store/Transaction.h"

#include <QFile>
#include <QJsonDocument>
#include <QSqlError>
#include <QUuid>

#include <utility>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

constexpr int Version = 1;
using Outcome = tl::expected<void, QString>;

} // namespace

SampleArchive::SampleArchive() = default;

SampleArchive::~SampleArchive()
{
    close();
}

void SampleArchive::close()
{
    if (!m_connection.isEmpty()) {
        QSqlDatabase::database(m_connection, false).close();
        QSqlDatabase::removeDatabase(std::exchange(m_connection, {}));
    }
}

QSqlDatabase SampleArchive::database() const
{
    return QSqlDatabase::database(m_connection);
}

Outcome SampleArchive::open(const QString &path)
{
    Outcome ready;
    for (int attempt = 0; attempt < 2; ++attempt) {
        close();
        m_connection = QUuid::createUuid().toString();
        {
            QSqlDatabase opened = QSqlDatabase::addDatabase(u"QSQLITE"_s, m_connection);
            opened.setDatabaseName(path);
            opened.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=5000"_s);
            if (!opened.open()) {
                ready = tl::unexpected(plainLine(opened.lastError().databaseText()));
            }
        }
        ready = ready ? prepare() : ready;
        if (ready) {
            return ready;
        }
        close();
        // All of it can be read again from the text files.
        for (const QString &end : {u""_s, u"-wal"_s, u"-shm"_s}) {
            QFile::remove(path + end);
        }
        ready = {};
    }
    return tl::unexpected(u"it cannot be written"_s);
}

Outcome SampleArchive::prepare()
{
    Outcome done;
    for (const QString &statement : {u"PRAGMA trusted_schema=OFF"_s, u"PRAGMA journal_mode=WAL"_s,
                                     u"PRAGMA synchronous=NORMAL"_s}) {
        done = done ? executeSql(database(), statement) : done;
    }
    Transaction transaction(database(), Transaction::Kind::Write);
    done = done ? transaction.begun() : done;
    if (!done) {
        return done;
    }
    auto query = runSql(database(), u"PRAGMA user_version"_s);
    const int version = query && query->next() ? query->value(0).toInt() : -1;
    if (query) {
        query->finish();
    }
    if (version == 0) {
        for (const QString &statement :
             {u"CREATE TABLE sources(name TEXT PRIMARY KEY, sealed_to INTEGER NOT NULL)"_s,
              u"CREATE TABLE series(id INTEGER PRIMARY KEY, source TEXT NOT NULL, "
              "name TEXT NOT NULL, about TEXT NOT NULL, UNIQUE(source, name))"_s,
              u"CREATE TABLE chunks(id INTEGER PRIMARY KEY, series INTEGER NOT NULL, "
              "samples BLOB NOT NULL)"_s,
              u"PRAGMA user_version=%1"_s.arg(Version)}) {
            done = done ? executeSql(database(), statement) : done;
        }
    } else if (version != Version) {
        done = tl::unexpected(u"another version"_s);
    }
    return done ? transaction.commit() : done;
}

quint64 SampleArchive::sealedTo(const QString &source) const
{
    auto query
        = runSql(database(), u"SELECT sealed_to FROM sources WHERE name=?"_s, {textValue(source)});
    return query && query->next() ? query->value(0).toULongLong() : 0;
}

Outcome SampleArchive::seal(const QString &source, quint64 from, quint64 to,
                            const QList<Sealed> &chunks)
{
    Transaction transaction(database(), Transaction::Kind::Write);
    Outcome done = transaction.begun();
    if (!done || sealedTo(source) != from) {
        return done;
    }
    for (const Sealed &sealed : chunks) {
        done = done ? executeSql(
                   database(),
                   u"INSERT INTO series(source,name,about) VALUES(?,?,?) "
                   "ON CONFLICT(source,name) DO UPDATE SET about=excluded.about"_s,
                   {textValue(source), textValue(sealed.series),
                    QString::fromUtf8(QJsonDocument(sealed.about).toJson(QJsonDocument::Compact))})
                    : done;
        done = done
            ? executeSql(database(),
                         u"INSERT INTO chunks(series,samples) "
                         "SELECT id,? FROM series WHERE source=? AND name=?"_s,
                         {sealed.chunk.packed(), textValue(source), textValue(sealed.series)})
            : done;
    }
    done = done ? executeSql(database(),
                             u"INSERT INTO sources VALUES(?,?) "
                             "ON CONFLICT(name) DO UPDATE SET sealed_to=excluded.sealed_to"_s,
                             {textValue(source), qint64(to)})
                : done;
    return done ? transaction.commit() : done;
}

void SampleArchive::read(const QString &source, const std::function<bool(Sealed)> &take) const
{
    auto query = runSql(database(),
                        u"SELECT s.name,s.about,c.samples FROM chunks c JOIN series s "
                        "ON c.series=s.id WHERE s.source=? ORDER BY c.id"_s,
                        {textValue(source)});
    while (query && query->next()) {
        auto chunk = series::SampleChunk::unpack(query->value(2).toByteArray());
        const auto about = QJsonDocument::fromJson(query->value(1).toString().toUtf8()).object();
        if (chunk && !take({query->value(0).toString(), about, std::move(*chunk)})) {
            return;
        }
    }
}

} // namespace proverdeck::models::store
