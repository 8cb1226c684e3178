// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

#include <tl/expected.hpp>

#include <optional>

namespace proverdeck::models::store {

/// Runs a statement with its values in order. The error in the database's words, without what could
/// do harm where it is shown: SQLite quotes the file.
[[nodiscard]] tl::expected<QSqlQuery, QString>
runSql(const QSqlDatabase &database, const QString &statement, const QVariantList &values = {});
[[nodiscard]] QString reasonOf(const QSqlQuery &query);
/// Where the two databases differ: PostgreSQL, otherwise SQLite.
[[nodiscard]] bool isPostgres(const QSqlDatabase &database);
/// The same for statements that give nothing back.
[[nodiscard]] tl::expected<void, QString>
executeSql(const QSqlDatabase &database, const QString &statement, const QVariantList &values = {});

// Values of columns: a null text is an empty one, as no column of texts takes NULL; a character 0,
// which PostgreSQL does not take, becomes the replacement character; a time is in
// milliseconds since 1970, UTC; what is not known is NULL.
[[nodiscard]] QVariant textValue(const QString &text);
[[nodiscard]] QVariant timeValue(const QDateTime &time);
[[nodiscard]] QDateTime timeOf(const QVariant &value);
[[nodiscard]] QVariant numberValue(const std::optional<qint64> &number);

} // namespace proverdeck::models::store
