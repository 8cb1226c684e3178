// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/Transaction.h"

#include "models/store/Sql.h"

#include <QElapsedTimer>
#include <QSqlError>

#include <utility>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

/// SQLite asks for the lock ever more rarely, up to ten times a second, and a writer that is busy
/// all the time starves the others. Asking anew every few milliseconds does not.
tl::expected<void, QString> beginWriting(const QSqlDatabase &database)
{
    constexpr int LimitMs = 5000;
    constexpr int RoundMs = 30;
    constexpr int Busy = 5; // SQLITE_BUSY, the low byte of its extended codes
    QElapsedTimer waited;
    waited.start();
    (void)executeSql(database, u"PRAGMA busy_timeout=%1"_s.arg(RoundMs));
    tl::expected<void, QString> begun;
    QSqlQuery query(database);
    do {
        begun = query.exec(u"BEGIN IMMEDIATE"_s) ? tl::expected<void, QString>()
                                                 : tl::unexpected(reasonOf(query));
    } while (!begun && (query.lastError().nativeErrorCode().toInt() & 0xff) == Busy
             && waited.elapsed() < LimitMs);
    query.finish();
    (void)executeSql(database, u"PRAGMA busy_timeout=%1"_s.arg(LimitMs));
    return begun;
}

/// As in SQLite, one writes at a time. The key is of this program's own making.
tl::expected<void, QString> beginWritingPostgres(const QSqlDatabase &database)
{
    const auto begun = executeSql(database, u"BEGIN"_s);
    return begun ? executeSql(database, u"SELECT pg_advisory_xact_lock(5822109731)"_s) : begun;
}

} // namespace

Transaction::Transaction(QSqlDatabase database, Kind kind)
    : m_database(std::move(database))
    , m_kind(kind)
{
    if (isPostgres(m_database)) { // every commit of it is durable
        m_begun = m_kind == Kind::Read
            ? executeSql(m_database, u"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"_s)
            : beginWritingPostgres(m_database);
        m_isOpen = true; // it may have begun and then waited in vain
        return;
    }
    if (m_kind == Kind::DurableWrite) {
        m_begun = executeSql(m_database, u"PRAGMA synchronous=FULL"_s);
    }
    if (m_begun) {
        // A writer takes its place at once: one that has read before is turned away, not let wait.
        m_begun
            = m_kind == Kind::Read ? executeSql(m_database, u"BEGIN"_s) : beginWriting(m_database);
    }
    m_isOpen = m_begun.has_value();
}

Transaction::~Transaction()
{
    if (m_isOpen) {
        (void)executeSql(m_database, u"ROLLBACK"_s);
    }
    if (m_kind == Kind::DurableWrite && !isPostgres(m_database)) {
        (void)executeSql(m_database, u"PRAGMA synchronous=NORMAL"_s);
    }
}

tl::expected<void, QString> Transaction::commit()
{
    const auto done = executeSql(m_database, u"COMMIT"_s);
    m_isOpen = !done.has_value();
    return done;
}

} // namespace proverdeck::models::store
