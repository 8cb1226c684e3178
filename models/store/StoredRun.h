// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/RunTypes.h"

#include <QSqlDatabase>

#include <tl/expected.hpp>

#include <optional>

class QSqlQuery;

namespace proverdeck::models::store {

/// A run as it lies in the tables: the state as it was written, not as it is shown.
struct StoredRun
{
    RunRecord record;
    qint64 saved = 0; ///< milliseconds since 1970
    qint64 revision = 0; ///< differs after every change
};

/// The columns that headOf() reads, in its order, and their number.
[[nodiscard]] const QString &headColumns();
constexpr int HeadColumnCount = 12;
/// Without rows, findings, steps and blueprint.
[[nodiscard]] StoredRun headOf(const QSqlQuery &query);

/// Nothing if there is no such run. Errors are the database's words.
[[nodiscard]] tl::expected<std::optional<StoredRun>, QString> readRun(const QSqlDatabase &database,
                                                                      const QString &id);

/// Writes what differs from @p old, which is what the tables hold; everything if there is none.
/// Returns what they hold then. To be called inside a transaction. Errors are the database's words.
[[nodiscard]] tl::expected<StoredRun, QString>
writeRun(const QSqlDatabase &database, const RunRecord &record, const StoredRun *old);

} // namespace proverdeck::models::store
