// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/Sql.h"

#include "models/logs/LogText.h"

#include <QSqlError>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

tl::expected<QSqlQuery, QString> runSql(const QSqlDatabase &database, const QString &statement,
                                        const QVariantList &values)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    // PostgreSQL prepares neither BEGIN nor SET.
    bool ok = values.isEmpty() || query.prepare(statement);
    for (const QVariant &value : values) {
        query.addBindValue(value);
    }
    ok = ok && (values.isEmpty() ? query.exec(statement) : query.exec());
    if (!ok) {
        return tl::unexpected(reasonOf(query));
    }
    return query;
}

QString reasonOf(const QSqlQuery &query)
{
    return plainLine(query.lastError().databaseText());
}

bool isPostgres(const QSqlDatabase &database)
{
    return database.driverName() == u"QPSQL";
}

tl::expected<void, QString> executeSql(const QSqlDatabase &database, const QString &statement,
                                       const QVariantList &values)
{
    const auto done = runSql(database, statement, values);
    return done ? tl::expected<void, QString>() : tl::unexpected(done.error());
}

QVariant textValue(const QString &text)
{
    if (text.contains(QChar::Null)) {
        return QString(text).replace(QChar::Null, QChar(QChar::ReplacementCharacter));
    }
    return text.isNull() ? QVariant(u""_s) : QVariant(text);
}

QVariant timeValue(const QDateTime &time)
{
    return numberValue(time.isValid() ? std::optional(time.toMSecsSinceEpoch()) : std::nullopt);
}

QDateTime timeOf(const QVariant &value)
{
    return value.isNull() ? QDateTime()
                          : QDateTime::fromMSecsSinceEpoch(value.toLongLong(), Qt::UTC);
}

QVariant numberValue(const std::optional<qint64> &number)
{
    return number ? QVariant(*number) : QVariant(QMetaType::fromType<qint64>());
}

} // namespace proverdeck::models::store
