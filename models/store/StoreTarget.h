// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QString>

#include <tl/expected.hpp>

class QSqlDatabase;

namespace proverdeck::models::store {

/// Where a history is: a file of SQLite, or a database of a PostgreSQL server. Holds no password.
struct StoreTarget
{
    bool isPostgres = false;
    QString path; ///< of the file
    QString host; ///< a name, an address, or the folder of a socket
    int port = 5432;
    QString user;
    QString database;
    QMap<QString, QString> options; ///< sslmode, sslrootcert, sslcert, sslkey

    bool operator==(const StoreTarget &) const = default;

    /// `postgresql://USER@HOST[:PORT]/DATABASE[?sslmode=…]`, as libpq reads it, or a path. A
    /// password in it is refused, as is every option that is not named above.
    [[nodiscard]] static tl::expected<StoreTarget, QString> parse(const QString &text);
    /// As parse() reads it; may be shown.
    [[nodiscard]] QString shownText() const;
    /// Names server, user and database to a connection that is not open. A server that is not this
    /// machine must speak TLS unless the options say otherwise.
    void apply(QSqlDatabase &database) const;
};

} // namespace proverdeck::models::store
