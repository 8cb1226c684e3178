// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QHash>
#include <QJsonArray>
#include <QJsonValue>
#include <QList>
#include <QString>

#include <tl/expected.hpp>

#include <chrono>
#include <optional>

namespace proverdeck::models::evm {

/// One question to a node.
struct RpcCall
{
    QString method;
    QJsonArray params;
    bool operator==(const RpcCall &) const = default;
};

/// What a failure means for the one who asked. The shapes in which providers say it are many.
enum class RpcFault {
    Throttled, ///< too fast: wait
    DailyQuota, ///< nothing more until midnight UTC
    Narrow, ///< eth_getLogs: ask for fewer blocks
    Transient, ///< the network, the provider or a lagging replica: try again
    Timeout, ///< no complete answer in time: try again
    Refused, ///< the key or the network is not allowed: a person must act
    Contract, ///< the contract's own answer: final
    Rejected, ///< the node does not know or accept the question: final
};

struct RpcError
{
    RpcFault fault = RpcFault::Transient;
    int httpStatus = 0; ///< 0 = no HTTP answer
    std::optional<qint64> code; ///< of the JSON-RPC error
    QString detail; ///< printable, short, without the endpoint's path and key
    std::optional<QByteArray> revertData; ///< of Contract, where the node gave it; may be empty
    std::optional<quint64> namedRange; ///< of Narrow: how many blocks the provider would take
    std::optional<std::chrono::milliseconds> wait; ///< what the provider asked for
    bool operator==(const RpcError &) const = default;

    [[nodiscard]] bool isWorthRetrying() const
    {
        return fault == RpcFault::Throttled || fault == RpcFault::Transient
            || fault == RpcFault::Timeout;
    }
};
/// A sentence or two for a person: what happened and what to do.
[[nodiscard]] QString errorText(const RpcError &error);

using RpcAnswer = tl::expected<QJsonValue, RpcError>;

/// The raw end of one HTTP exchange.
struct HttpAnswer
{
    int status = 0;
    QByteArray retryAfter; ///< the header, as it came
    QByteArray body;
};

struct SentCall
{
    qint64 id = 0;
    QString method;
};

/// What an exchange says about each call. A call without an entry was not answered at all.
struct RpcReading
{
    QHash<qint64, RpcAnswer> answers;
    bool isBatchRefused = false; ///< the endpoint takes single calls only
};

/// Reads an answer: pure, no clock but @p now. An answer counts only with the id that was sent and
/// exactly one of result and error; numbers beyond 2^53 are texts in this protocol and stay so.
[[nodiscard]] RpcReading readRpcAnswer(const HttpAnswer &answer, const QList<SentCall> &sent,
                                       bool isBatch, const QDateTime &now);

/// What a provider says, made safe to show: printable characters only, at most 200 of them.
[[nodiscard]] QString cleanMessage(const QString &message);

[[nodiscard]] QByteArray requestBody(const QList<SentCall> &ids, const QList<RpcCall> &calls,
                                     bool isBatch);

} // namespace proverdeck::models::evm
