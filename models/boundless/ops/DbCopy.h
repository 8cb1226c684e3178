// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerDb.h"
#include "models/boundless/ops/Checkout.h"

#include <QDateTime>

namespace proverdeck::models::boundless {

/// A copy of a broker's database as it came from the server.
struct DbCopy
{
    QDateTime taken; ///< the daemon's clock
    QList<QPair<QString, QByteArray>> files; ///< "broker.db", "broker.db-wal", …
};

/// Copies broker.db with its -wal and -shm out of the broker's container, again until no checkpoint
/// fell into the middle of it, and prints them. For a login shell; changes nothing in the
/// container, and works when it is stopped.
/// So much of a copy is taken: the database of a busy broker has some hundred megabytes at most.
constexpr qsizetype MostDbBytes = qsizetype(512) * 1024 * 1024;
[[nodiscard]] QByteArray dbCopyScript(const Checkout &checkout);
/// Takes apart what the script printed. The error is a sentence.
[[nodiscard]] tl::expected<DbCopy, QString> parseDbCopy(QByteArrayView output);
/// Reads it, in a private folder that is removed again; several chains' databases become one
/// snapshot. For the thread that calls; a large database takes a second.
[[nodiscard]] tl::expected<DbSnapshot, QString> readDbCopy(const DbCopy &copy);

} // namespace proverdeck::models::boundless
