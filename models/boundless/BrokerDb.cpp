// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/BrokerDb.h"

#include "models/boundless/BrokerLog.h"
#include "models/boundless/Digits.h"
#include "models/logs/LogText.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QUuid>
#include <QVariant>

#include <array>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("BrokerDb", text);
}

constexpr int MostRows = 200'000;
constexpr double MostSeconds = 1e11;

std::optional<qint64> secondsAsMs(const QJsonValue &value)
{
    const double seconds = value.toDouble(-1);
    return seconds >= 0 && seconds < MostSeconds ? std::optional(qint64(seconds * 1000))
                                                 : std::nullopt;
}

std::optional<quint64> count(const QJsonValue &value)
{
    const double number = value.toDouble(-1);
    return number >= 0 && number < 1e18 ? std::optional(quint64(number)) : std::nullopt;
}

QString rawAmount(const QJsonValue &value)
{
    return value.isString() ? digitsFromHex(value.toString()).value_or(QString()) : QString();
}

DbOrder orderOf(const QString &id, const QByteArray &json)
{
    const QJsonObject data = QJsonDocument::fromJson(json).object();
    const QJsonObject request = data.value("request"_L1).toObject();
    const QJsonObject offer = request.value("offer"_L1).toObject();
    DbOrder order;
    order.requestId = requestId(plainLine(id.section(u'-', 0, 0), 80));
    order.type = plainLine(data.value("fulfillment_type"_L1).toString(), 40);
    order.status = plainLine(data.value("status"_L1).toString(), 40);
    order.chain = count(data.value("chain_id"_L1));
    order.provingStartedMs = secondsAsMs(data.value("proving_started_at"_L1));
    order.updatedMs = secondsAsMs(data.value("updated_at"_L1));
    order.cycles = count(data.value("total_cycles"_L1));
    order.proofId = plainLine(data.value("proof_id"_L1).toString(), 64);
    order.error = plainLine(data.value("error_msg"_L1).toString());
    order.lockPriceRaw = rawAmount(data.value("lock_price"_L1));
    // lockStake until 0.14, lockCollateral after; the start was renamed later, too.
    order.collateralRaw
        = rawAmount(offer.contains("lockStake"_L1) ? offer.value("lockStake"_L1)
                                                   : offer.value("lockCollateral"_L1));
    const std::optional<qint64> start
        = secondsAsMs(offer.contains("biddingStart"_L1) ? offer.value("biddingStart"_L1)
                                                        : offer.value("rampUpStart"_L1));
    const std::optional<qint64> lock = secondsAsMs(offer.value("lockTimeout"_L1));
    const std::optional<qint64> full = secondsAsMs(offer.value("timeout"_L1));
    if (start && lock) {
        order.lockDeadlineMs = *start + *lock;
    }
    if (start && full) {
        order.fullDeadlineMs = *start + *full;
    }
    return order;
}

tl::expected<DbSnapshot, QString> readOpen(const QSqlDatabase &database)
{
    DbSnapshot snapshot;
    QSqlQuery query(database);
    query.setForwardOnly(true);
    const auto failed = [&query] {
        return tl::unexpected(
            tr("It is no broker database, or it is damaged: %1. Copy broker.db together with its "
               "-wal and -shm files.")
                .arg(plainLine(query.lastError().databaseText())));
    };
    if (!query.exec(u"SELECT id, CAST(data AS TEXT) FROM orders"_s)) {
        return failed();
    }
    for (int row = 0; row < MostRows && query.next(); ++row) {
        snapshot.orders << orderOf(query.value(0).toString(), query.value(1).toString().toUtf8());
    }
    if (query.lastError().isValid()) {
        return failed();
    }
    // Older and newer releases may lack these: what is not there is not known.
    if (query.exec(u"SELECT id, locker FROM locked_requests"_s)) {
        for (int row = 0; row < MostRows && query.next(); ++row) {
            snapshot.locks << DbLock{requestId(plainLine(query.value(0).toString(), 80)),
                                     plainLine(query.value(1).toString(), 60).toLower()};
        }
    }
    if (query.exec(u"SELECT id FROM fulfilled_requests"_s)) {
        for (int row = 0; row < MostRows && query.next(); ++row) {
            snapshot.fulfilled << requestId(plainLine(query.value(0).toString(), 80));
        }
    }
    if (query.exec(u"SELECT block FROM last_block"_s) && query.next()) {
        bool ok = false;
        const quint64 block = query.value(0).toString().toULongLong(&ok);
        snapshot.lastBlock = ok ? std::optional(block) : std::nullopt;
    }
    return snapshot;
}

} // namespace

bool isCommittedStatus(QStringView status)
{
    constexpr std::array Words{"PendingProving", "Proving",         "PendingAgg",
                               "Aggregating",    "SkipAggregation", "PendingSubmission",
                               "ReadyForBatch",  "Batching",        "ReadyForSubmission"};
    return std::ranges::any_of(
        Words, [status](const char *word) { return status == QLatin1StringView(word); });
}

bool looksLikeSqlite(QByteArrayView head)
{
    return head.startsWith(QByteArrayView("SQLite format 3\0", 16));
}

tl::expected<DbSnapshot, QString> readBrokerDb(const QString &path)
{
    if (!QFileInfo(path).isFile()) {
        return tl::unexpected(tr("%1 is not there.").arg(path));
    }
    const QString name = u"broker-"_s + QUuid::createUuid().toString(QUuid::WithoutBraces);
    tl::expected<DbSnapshot, QString> snapshot;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, name);
        database.setDatabaseName(path);
        database.setConnectOptions(u"QSQLITE_OPEN_READONLY;QSQLITE_BUSY_TIMEOUT=2000"_s);
        if (database.open()) {
            snapshot = readOpen(database);
            database.close();
        } else {
            snapshot = tl::unexpected(
                tr("It cannot be opened: %1.").arg(plainLine(database.lastError().databaseText())));
        }
    }
    QSqlDatabase::removeDatabase(name);
    if (!snapshot) {
        return tl::unexpected(tr("%1: %2").arg(path, snapshot.error()));
    }
    return snapshot;
}

} // namespace proverdeck::models::boundless
