// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/Order.h"

#include <QMetaType>

#include <tl/expected.hpp>

namespace proverdeck::models::boundless {

/// A row of the table "orders".
struct DbOrder
{
    QString requestId; ///< "0x…"
    QString type;
    QString status; ///< "Proving", …; see isCommittedStatus()
    std::optional<quint64> chain;
    std::optional<qint64> provingStartedMs;
    std::optional<qint64> updatedMs;
    std::optional<qint64> lockDeadlineMs; ///< bidding start + lock timeout
    std::optional<qint64> fullDeadlineMs;
    std::optional<quint64> cycles;
    QString collateralRaw;
    QString lockPriceRaw; ///< wei
    QString proofId;
    QString error;
    bool operator==(const DbOrder &) const = default;
};

struct DbLock
{
    QString requestId;
    QString locker; ///< small letters
    bool operator==(const DbLock &) const = default;
};

/// What a broker's database held at the moment it was copied.
struct DbSnapshot
{
    QList<DbOrder> orders;
    QList<DbLock> locks;
    QStringList fulfilled; ///< request ids, by whomever
    std::optional<quint64> lastBlock;
    bool operator==(const DbSnapshot &) const = default;
};

/// The broker works on it, and so it holds a lock unless its type says otherwise.
[[nodiscard]] bool isCommittedStatus(QStringView status);

/// Reads a copy of broker.db (with its -wal and -shm beside it, if there are any), without writing
/// to it. Tables and JSON: boundless-xyz/boundless crates/broker, src/db/sqlite.rs. For the thread
/// that calls. The error is a sentence.
[[nodiscard]] tl::expected<DbSnapshot, QString> readBrokerDb(const QString &path);
/// If the bytes begin like a SQLite file.
[[nodiscard]] bool looksLikeSqlite(QByteArrayView head);

} // namespace proverdeck::models::boundless

Q_DECLARE_METATYPE(proverdeck::models::boundless::DbSnapshot)
