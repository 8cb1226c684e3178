// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evm/Rpc.h"

#include "models/evm/Abi.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QRegularExpression>

namespace proverdeck::models::evm {

using namespace Qt::StringLiterals;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr qsizetype MaxMessage = 200;
constexpr qint64 MaxWaitSeconds = 3600;

QString tr(const char *text)
{
    return QCoreApplication::translate("Rpc", text);
}

std::optional<qint64> integerOf(const QJsonValue &value)
{
    // Qt keeps a whole number of JSON as 64 bits; anything else gives the default.
    const qint64 first = value.toInteger(0);
    return first == value.toInteger(1) ? std::optional(first) : std::nullopt;
}

milliseconds limited(qint64 waitSeconds)
{
    return seconds(std::clamp<qint64>(waitSeconds, 0, MaxWaitSeconds));
}

/// Seconds, or a date of HTTP.
std::optional<milliseconds> retryAfter(const QByteArray &header, const QDateTime &now)
{
    const QByteArray text = header.trimmed();
    if (text.isEmpty()) {
        return std::nullopt;
    }
    bool isNumber = false;
    const qint64 count = text.toLongLong(&isNumber);
    if (isNumber && count >= 0) {
        return limited(count);
    }
    const QDateTime date
        = QLocale::c().toDateTime(QString::fromLatin1(text), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s);
    if (!date.isValid()) {
        return std::nullopt;
    }
    return limited(now.secsTo(QDateTime(date.date(), date.time(), Qt::UTC)));
}

bool matches(const QString &text, const QRegularExpression &expression)
{
    return expression.match(text).hasMatch();
}

bool speaksOfRange(const QString &text)
{
    static const QRegularExpression range(
        u"block range|\\brange\\b|limited to|\\d+ blocks|more than \\d+ (results|logs)|too many "
        u"(results|logs)"
        u"|results|response size|maximum.*blocks|query timeout exceeded|logs matched"_s,
        QRegularExpression::CaseInsensitiveOption);
    return matches(text, range);
}

bool speaksOfRate(const QString &text)
{
    static const QRegularExpression rate(
        u"rate limit|rate exceeded|too many requests|limit reached|credits? limit|capacity exceeded"
        u"|request count exceeded|quota|throughput"_s,
        QRegularExpression::CaseInsensitiveOption);
    return matches(text, rate);
}

bool speaksOfDay(const QString &text)
{
    static const QRegularExpression day(u"daily|per day|24 ?h"_s,
                                        QRegularExpression::CaseInsensitiveOption);
    return matches(text, day);
}

bool speaksOfRevert(const QString &text)
{
    return text.contains(u"revert", Qt::CaseInsensitive);
}

bool speaksOfLag(const QString &text)
{
    static const QRegularExpression lag(
        u"header not found|unknown block|block not found|missing trie node|could not find block"
        u"|block .*not available|beyond (the )?(current )?head"_s,
        QRegularExpression::CaseInsensitiveOption);
    return matches(text, lag);
}

/// The width of a range that the text says would work.
std::optional<quint64> namedRange(const QString &text)
{
    static const QRegularExpression pair(
        u"\\[\\s*(0x[0-9a-fA-F]+)\\s*,\\s*(0x[0-9a-fA-F]+)\\s*\\]"_s);
    if (const auto match = pair.match(text); match.hasMatch()) {
        const auto from = U256::fromHex(match.captured(1));
        const auto to = U256::fromHex(match.captured(2));
        const auto width = from && to ? to->minus(*from) : std::nullopt;
        const auto small = width ? width->toUInt64() : std::nullopt;
        return small && *small < 1'000'000'000 ? std::optional(*small + 1) : std::nullopt;
    }
    static const QRegularExpression number(
        u"(?:limit of|limited to|up to|maximum(?: of| is)?|exceeds?|max(?:imum)?:?)\\s*(?:a |an "
        u")?([0-9][0-9,]*)\\b(?! results| logs)"
        u"|([0-9][0-9,]*)[ -]?block"_s,
        QRegularExpression::CaseInsensitiveOption);
    const auto match = number.match(text);
    if (!match.hasMatch() || text.contains(u"results", Qt::CaseInsensitive)) {
        return std::nullopt;
    }
    bool isNumber = false;
    const QString digits = match.captured(match.captured(1).isEmpty() ? 2 : 1).remove(u',');
    const quint64 width = digits.toULongLong(&isNumber);
    return isNumber && width > 0 && width < 1'000'000'000 ? std::optional(width) : std::nullopt;
}

/// The revert's bytes: nodes put them into "data", as text or one level deeper.
std::optional<QByteArray> revertBytes(const QJsonValue &data)
{
    const QJsonValue inner = data.isObject() ? data.toObject().value(u"data"_s) : data;
    const QString text = inner.toString();
    static const QRegularExpression hex(u"0x[0-9a-fA-F]*"_s);
    const auto match = hex.match(text); // some write "Reverted 0x…"
    return match.hasMatch() ? bytesFromHex(match.captured()) : std::nullopt;
}

/// The order decides: codes mean different things with different providers, so texts come first
/// where one code has two meanings.
RpcFault faultOf(const RpcError &error, const QString &method, const QString &text)
{
    const int status = error.httpStatus;
    const qint64 code = error.code.value_or(0);
    const bool isLogs = method == u"eth_getLogs";
    if (isLogs && ((speaksOfRange(text) && !speaksOfRate(text)) || status == 413)) {
        return RpcFault::Narrow;
    }
    const bool isFast = status == 429 || code == 429 || code == -32005 || code == -32007
        || code == -32012 || code == -32016 || speaksOfRate(text);
    if (isFast) {
        return speaksOfDay(text) ? RpcFault::DailyQuota : RpcFault::Throttled;
    }
    if (code == 3 || speaksOfRevert(text)) {
        return RpcFault::Contract;
    }
    if (status >= 500 || speaksOfLag(text) || code == -32001 || code == -32603) {
        return RpcFault::Transient;
    }
    if (status == 401 || status == 403) {
        return RpcFault::Refused;
    }
    if (status >= 300 && status < 400) {
        return RpcFault::Transient;
    }
    return error.code || status >= 400 ? RpcFault::Rejected : RpcFault::Transient;
}

RpcError errorOf(const QJsonObject &said, const HttpAnswer &answer, const QString &method,
                 const QDateTime &now)
{
    const QString message = said.value(u"message"_s).toString();
    RpcError error;
    error.httpStatus = answer.status;
    error.code = integerOf(said.value(u"code"_s));
    error.detail = cleanMessage(message);
    error.fault = faultOf(error, method, message);
    if (error.fault == RpcFault::Contract) {
        error.revertData = revertBytes(said.value(u"data"_s));
    } else if (error.fault == RpcFault::Narrow) {
        error.namedRange = namedRange(message);
    }
    error.wait = retryAfter(answer.retryAfter, now);
    const auto backoff = integerOf(said.value(u"data"_s).toObject().value(u"backoff_seconds"_s));
    if (!error.wait && backoff) {
        error.wait = limited(*backoff);
    }
    return error;
}

/// An exchange without a usable JSON-RPC body.
RpcError httpError(const HttpAnswer &answer, const QString &method, const QDateTime &now)
{
    const QByteArray head = answer.body.left(400).trimmed();
    const bool isPage = head.startsWith('<');
    const QString text = isPage ? QString() : QString::fromUtf8(head);
    RpcError error;
    error.httpStatus = answer.status;
    error.fault = faultOf(error, method, text);
    error.wait = retryAfter(answer.retryAfter, now);
    if (answer.status >= 300 && answer.status < 400) {
        error.detail = tr("it answers with a redirect, which is not followed");
    } else if (answer.body.isEmpty()) {
        error.detail = tr("an empty answer");
    } else if (isPage) {
        error.detail = tr("a web page instead of an answer");
    } else {
        error.detail = answer.status == 200 ? tr("an answer that is cut off or no JSON")
                                            : cleanMessage(text);
    }
    return error;
}

/// One object of the answer, for a call that is known to be meant by it.
RpcAnswer answerOf(const QJsonObject &object, const HttpAnswer &answer, const QString &method,
                   const QDateTime &now)
{
    const bool hasResult = object.contains(u"result"_s);
    const QJsonValue said = object.value(u"error"_s);
    const bool hasError = !said.isUndefined() && !(said.isNull() && hasResult);
    if (hasResult && !hasError && answer.status < 300) {
        return object.value(u"result"_s);
    }
    if (hasError && !hasResult && said.isObject()) {
        return tl::unexpected(errorOf(said.toObject(), answer, method, now));
    }
    if (answer.status >= 300) {
        return tl::unexpected(httpError(answer, method, now));
    }
    return tl::unexpected(RpcError{RpcFault::Transient,
                                   answer.status,
                                   {},
                                   tr("an answer with neither one result nor one error")});
}

/// The objects of an answer, each to the call whose id it has.
void readList(const QJsonArray &list, const HttpAnswer &answer, const QList<SentCall> &sent,
              const QDateTime &now, RpcReading &reading)
{
    for (const auto &entry : list) {
        const QJsonObject object = entry.toObject();
        const QJsonValue id = object.value(u"id"_s);
        const auto number = id.isDouble() ? integerOf(id) : std::nullopt;
        for (const SentCall &call : sent) {
            if (number == call.id) {
                reading.answers.insert(call.id, answerOf(object, answer, call.method, now));
            }
        }
    }
}

/// What an object without our id means for the one call that was sent.
RpcError anonymousError(const QJsonObject &object, const HttpAnswer &answer, const QString &method,
                        const QDateTime &now)
{
    const QJsonValue id = object.value(u"id"_s);
    const QJsonValue said = object.value(u"error"_s);
    if ((id.isNull() || id.isUndefined()) && said.isObject()) {
        return errorOf(said.toObject(), answer, method, now);
    }
    if (answer.status >= 400) {
        return httpError(answer, method, now);
    }
    return {
        RpcFault::Transient, answer.status, {}, tr("an answer to another question than was asked")};
}

} // namespace

QString cleanMessage(const QString &message)
{
    QString text;
    for (const QChar letter : message) {
        if (text.size() >= MaxMessage) {
            text += u'…';
            break;
        }
        if (letter.isPrint()) {
            text += letter;
        } else if (letter.isSpace()) {
            text += u' ';
        }
    }
    return text.simplified();
}

QByteArray requestBody(const QList<SentCall> &ids, const QList<RpcCall> &calls, bool isBatch)
{
    QJsonArray list;
    for (qsizetype i = 0; i < ids.size(); ++i) {
        list << QJsonObject{{u"jsonrpc"_s, u"2.0"_s},
                            {u"id"_s, ids.at(i).id},
                            {u"method"_s, calls.at(i).method},
                            {u"params"_s, calls.at(i).params}};
    }
    return (isBatch ? QJsonDocument(list) : QJsonDocument(list.first().toObject()))
        .toJson(QJsonDocument::Compact);
}

RpcReading readRpcAnswer(const HttpAnswer &answer, const QList<SentCall> &sent, bool isBatch,
                         const QDateTime &now)
{
    RpcReading reading;
    const QJsonDocument document = QJsonDocument::fromJson(answer.body);
    const auto failAll = [&](const auto &errorFor) {
        for (const SentCall &call : sent) {
            reading.answers.insert(call.id, tl::unexpected(errorFor(call.method)));
        }
        return reading;
    };
    if (document.isNull() || (answer.status >= 300 && answer.status < 400)) {
        return failAll([&](const QString &method) { return httpError(answer, method, now); });
    }
    if (document.isObject() && isBatch) {
        const QJsonObject said = document.object().value(u"error"_s).toObject();
        const auto errorFor
            = [&](const QString &method) { return errorOf(said, answer, method, now); };
        reading.isBatchRefused = errorFor(sent.first().method).fault == RpcFault::Rejected;
        return reading.isBatchRefused ? reading : failAll(errorFor);
    }
    readList(document.isArray() ? document.array() : QJsonArray{document.object()}, answer, sent,
             now, reading);
    // A single call whose error carries no id (it could not be read, or is refused before reading).
    if (reading.answers.isEmpty() && !isBatch) {
        const QJsonObject object
            = document.isArray() ? document.array().first().toObject() : document.object();
        const RpcError error = anonymousError(object, answer, sent.first().method, now);
        return failAll([&](const QString & /*method*/) { return error; });
    }
    return reading;
}

QString errorText(const RpcError &error)
{
    const QString said = error.detail.isEmpty() ? QString() : tr(" (%1)").arg(error.detail);
    switch (error.fault) {
    case RpcFault::Throttled:
        return tr("The endpoint asks for slower requests%1. Proverdeck waits and goes on.")
            .arg(said);
    case RpcFault::DailyQuota:
        return tr("The endpoint's requests for today are used up%1. It is asked again every few "
                  "minutes; "
                  "quotas usually end at midnight UTC. Use another endpoint or plan to go on now.")
            .arg(said);
    case RpcFault::Narrow:
        return tr("The endpoint answers for fewer blocks at once%1.").arg(said);
    case RpcFault::Transient:
        return error.httpStatus > 0
            ? tr("The endpoint gave no usable answer: HTTP %1%2. It is asked again.")
                  .arg(error.httpStatus)
                  .arg(said)
            : tr("The endpoint cannot be reached%1. It is asked again.").arg(said);
    case RpcFault::Timeout:
        return tr("The endpoint did not answer in time%1. It is asked again.").arg(said);
    case RpcFault::Refused:
        return tr("The endpoint refuses this key or network: HTTP %1%2. Check the address and the "
                  "plan.")
            .arg(error.httpStatus)
            .arg(said);
    case RpcFault::Contract:
        return error.revertData ? decodeRevert(*error.revertData).text
                                : tr("The contract refused%1.").arg(said);
    case RpcFault::Rejected:
        break;
    }
    return tr("The endpoint does not accept the question%1. It may not offer this method.")
        .arg(said);
}

} // namespace proverdeck::models::evm
