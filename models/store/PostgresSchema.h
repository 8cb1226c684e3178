// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSqlDatabase>

#include <tl/expected.hpp>

namespace proverdeck::models::store {

/// Makes an opened PostgreSQL database what this version of the program needs: the tables of
/// prepareSchema(), created in one transaction while no other panel does the same. A database that
/// a newer version or another program made is left as it is. @p shown is how errors name it; they
/// are sentences for a person.
[[nodiscard]] tl::expected<void, QString> preparePostgresSchema(QSqlDatabase &database,
                                                                const QString &shown);

} // namespace proverdeck::models::store
