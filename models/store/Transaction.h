// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSqlDatabase>

#include <tl/expected.hpp>

namespace proverdeck::models::store {

/// One transaction on the history; rolled back unless it is committed. Errors are the database's
/// words. Writers wait for each other, up to five seconds, also those of other programs.
class Transaction
{
public:
    enum class Kind {
        Read, ///< a consistent view
        Write, ///< survives the end of this program
        DurableWrite, ///< also survives a power cut once commit() has returned
    };

    Transaction(QSqlDatabase database, Kind kind);
    ~Transaction();
    Transaction(const Transaction &) = delete;
    Transaction &operator=(const Transaction &) = delete;

    /// To be asked first: a writer that another process keeps out for too long has not begun.
    [[nodiscard]] const tl::expected<void, QString> &begun() const { return m_begun; }
    [[nodiscard]] tl::expected<void, QString> commit();

private:
    QSqlDatabase m_database;
    Kind m_kind;
    bool m_isOpen = false;
    tl::expected<void, QString> m_begun;
};

} // namespace proverdeck::models::store
