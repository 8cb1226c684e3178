// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/PostgresSchema.h"

#include "models/store/Sql.h"
#include "models/store/Transaction.h"

#include <QCoreApplication>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

/// The version of prepareSchema() whose tables these are.
constexpr qint64 SchemaVersion = 2;

QString say(const char *text)
{
    return QCoreApplication::translate("RunStore", text);
}

const QStringList &tables()
{
    static const QStringList statements{
        u"CREATE TABLE proverdeck_schema(version BIGINT NOT NULL)"_s,
        uR"(CREATE TABLE runs(
            id TEXT PRIMARY KEY, host TEXT NOT NULL, workflow TEXT NOT NULL, state TEXT NOT NULL,
            started BIGINT, ended BIGINT, folder TEXT NOT NULL, inputs TEXT NOT NULL, session TEXT NOT NULL,
            observations TEXT NOT NULL DEFAULT '', batch_count BIGINT NOT NULL, counted_median_ms BIGINT,
            revision BIGINT NOT NULL DEFAULT 1, saved BIGINT NOT NULL))"_s,
        uR"(CREATE TABLE documents(run_id TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
            PRIMARY KEY(run_id, name)))"_s,
        u"CREATE INDEX runs_started ON runs(started)"_s,
        uR"(CREATE TABLE batches(run_id TEXT NOT NULL, position BIGINT NOT NULL, batch TEXT NOT NULL,
            PRIMARY KEY(run_id, position)))"_s,
        uR"(CREATE TABLE journal(sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            run_id TEXT NOT NULL, at BIGINT NOT NULL, what TEXT NOT NULL, step TEXT NOT NULL, data TEXT NOT NULL))"_s,
        u"CREATE INDEX journal_run ON journal(run_id)"_s};
    return statements;
}

/// None: the table is not there.
tl::expected<std::optional<qint64>, QString> versionOf(const QSqlDatabase &database)
{
    auto has = runSql(database, u"SELECT to_regclass('proverdeck_schema') IS NOT NULL"_s);
    if (!has || !has->next()) {
        return tl::unexpected(has ? say("the server gave no answer") : has.error());
    }
    if (!has->value(0).toBool()) {
        return std::optional<qint64>();
    }
    auto version = runSql(database, u"SELECT max(version) FROM proverdeck_schema"_s);
    if (!version || !version->next()) {
        return tl::unexpected(version ? say("the server gave no answer") : version.error());
    }
    return std::optional(version->value(0).toLongLong());
}

} // namespace

tl::expected<void, QString> preparePostgresSchema(QSqlDatabase &database, const QString &shown)
{
    const auto failed = [&shown](const QString &why) {
        return tl::unexpected(say("The team's history %1 cannot be set up: %2.").arg(shown, why));
    };
    // No statement keeps this program waiting for long, and times are not the session's affair.
    for (const QString &setting : {u"SET lock_timeout='5s'"_s, u"SET statement_timeout='30s'"_s,
                                   u"SET idle_in_transaction_session_timeout='60s'"_s,
                                   u"SET client_min_messages=warning"_s}) {
        if (const auto done = executeSql(database, setting); !done) {
            return failed(done.error());
        }
    }
    auto version = versionOf(database);
    if (version && !*version) {
        Transaction transaction(database, Transaction::Kind::Write);
        tl::expected<void, QString> done = transaction.begun();
        version = done ? versionOf(database) : tl::unexpected(done.error());
        if (version && !*version) { // nobody was faster
            auto foreign = runSql(database, u"SELECT to_regclass('runs') IS NOT NULL"_s);
            if (foreign && foreign->next() && foreign->value(0).toBool()) {
                return tl::unexpected(say("The database %1 belongs to another program; it is left "
                                          "alone. Name another one.")
                                          .arg(shown));
            }
            for (const QString &statement : tables()) {
                done = done ? executeSql(database, statement) : done;
            }
            done = done ? executeSql(
                       database, u"INSERT INTO proverdeck_schema VALUES(%1)"_s.arg(SchemaVersion))
                        : done;
            version = std::optional(SchemaVersion);
        }
        done = done ? transaction.commit() : done;
        if (!done) {
            return failed(done.error());
        }
    }
    if (!version) {
        return failed(version.error());
    }
    if (**version > SchemaVersion) {
        return tl::unexpected(say("The team's history %1 was written by a newer version of this "
                                  "program; it is left alone. Update the program.")
                                  .arg(shown));
    }
    return {};
}

} // namespace proverdeck::models::store
