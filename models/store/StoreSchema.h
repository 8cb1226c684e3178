// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSqlDatabase>

#include <tl/expected.hpp>

namespace proverdeck::models::store {

/// Makes an opened database of the history what this version of the program needs: creates the
/// tables in an empty one and brings an older one up to date, in one transaction and with a backup
/// beside it ("history.db.v1.bak"). A database that is newer, damaged or another program's is left
/// as it is. Errors are sentences for a person.
[[nodiscard]] tl::expected<void, QString> prepareSchema(QSqlDatabase &database);

} // namespace proverdeck::models::store
