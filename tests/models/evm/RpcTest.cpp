// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evm/Rpc.h"

#include "models/evm/Backoff.h"
#include "models/evm/RpcUrl.h"
#include "support/Test.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace proverdeck::models::evm {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

const QDateTime Now(QDate(2026, 3, 1), QTime(12, 0), Qt::UTC);

RpcAnswer read(int status, const QByteArray &body, const QString &method = u"eth_call"_s,
               const QByteArray &retryAfter = {})
{
    const RpcReading reading = readRpcAnswer({status, retryAfter, body}, {{7, method}}, false, Now);
    return reading.answers.value(7, tl::unexpected(RpcError{}));
}

RpcError error(int status, const QByteArray &said, const QString &method = u"eth_call"_s,
               const QByteArray &retryAfter = {})
{
    const RpcAnswer answer
        = read(status, R"({"jsonrpc":"2.0","id":7,"error":)" + said + '}', method, retryAfter);
    EXPECT_FALSE(answer.has_value());
    return answer ? RpcError{} : answer.error();
}

TEST(RpcTest, TheSameCodeMeansDifferentThings)
{
    const QString logs = u"eth_getLogs"_s;
    EXPECT_EQ(
        error(200, R"({"code":-32005,"message":"query returned more than 10000 results"})", logs)
            .fault,
        RpcFault::Narrow);
    EXPECT_EQ(
        error(429, R"({"code":-32005,"message":"project ID request rate exceeded"})", logs).fault,
        RpcFault::Throttled);
    EXPECT_EQ(
        error(429,
              R"({"code":-32005,"message":"daily request count exceeded, request rate limited"})",
              logs)
            .fault,
        RpcFault::DailyQuota);
    EXPECT_EQ(
        error(200, R"({"code":-32007,"message":"50/second request limit reached"})", logs).fault,
        RpcFault::Throttled);
    const RpcError ranged = error(
        400, R"({"code":-32600,"message":"eth_getLogs is limited to a 500 block range"})", logs);
    EXPECT_EQ(ranged.fault, RpcFault::Narrow);
    EXPECT_EQ(ranged.namedRange, 500u);
    EXPECT_EQ(
        error(400, R"({"code":-32600,"message":"eth_getLogs is limited to a 500 block range"})")
            .fault,
        RpcFault::Rejected)
        << "only a log query has a range";
    EXPECT_EQ(
        error(200, R"({"code":-32602,"message":"range exceeds limit of 10000"})", logs).namedRange,
        10000u);
    EXPECT_EQ(
        error(
            400,
            R"({"code":-32600,"message":"Under the Free tier plan, you can make eth_getLogs requests with up to a 500 block range."})",
            logs)
            .namedRange,
        500u);
    EXPECT_EQ(
        error(
            400,
            R"({"code":-32600,"message":"Log response size exceeded. this block range should work: [0x10, 0x19]"})",
            logs)
            .namedRange,
        10u);
    EXPECT_EQ(
        error(200, R"({"code":-32005,"message":"query returned more than 10000 results"})", logs)
            .namedRange,
        std::nullopt)
        << "a number of results is no number of blocks";
    EXPECT_EQ(error(413, R"({"code":-32000,"message":"too big"})", logs).fault, RpcFault::Narrow);
}

TEST(RpcTest, EveryOtherMeaning)
{
    EXPECT_EQ(error(200, R"({"code":-32016,"message":"over rate limit"})").fault,
              RpcFault::Throttled);
    EXPECT_EQ(error(200, R"({"code":-32012,"message":"credits limited"})").fault,
              RpcFault::Throttled);
    EXPECT_EQ(error(200, R"({"code":-32000,"message":"header not found"})").fault,
              RpcFault::Transient);
    EXPECT_EQ(error(503, R"({"code":-32001,"message":"unable to complete"})").fault,
              RpcFault::Transient);
    EXPECT_EQ(error(401, R"({"code":-32000,"message":"must be authenticated"})").fault,
              RpcFault::Refused);
    EXPECT_EQ(error(403, R"({"code":-32000,"message":"not on this network"})").fault,
              RpcFault::Refused);
    EXPECT_EQ(error(200, R"({"code":-32601,"message":"method not found"})").fault,
              RpcFault::Rejected);
    EXPECT_EQ(error(200, R"({"code":-32602,"message":"invalid params"})").fault,
              RpcFault::Rejected);
    const RpcError absent = error(200, R"({"code":3,"message":"execution reverted","data":"0x"})");
    EXPECT_EQ(absent.fault, RpcFault::Contract);
    EXPECT_EQ(absent.revertData, QByteArray());
    const RpcError other = error(
        200, R"({"code":-32015,"message":"VM execution error.","data":"Reverted 0x897f6c58"})");
    EXPECT_EQ(other.fault, RpcFault::Rejected) << "nothing but the data says so";
    const RpcError deep = error(
        200, R"({"code":-32000,"message":"execution reverted","data":{"data":"0x90b8ec18"}})");
    EXPECT_EQ(deep.fault, RpcFault::Contract);
    EXPECT_EQ(deep.revertData, QByteArray::fromHex("90b8ec18"));
    EXPECT_EQ(error(200, R"({"code":-32000,"message":"execution reverted"})").revertData,
              std::nullopt);
}

TEST(RpcTest, OnlyACompleteAnswerToThisQuestionCounts)
{
    const auto fault = [](int status, const QByteArray &body) {
        const RpcAnswer answer = read(status, body);
        EXPECT_FALSE(answer.has_value()) << body.toStdString();
        return answer ? RpcFault::Contract : answer.error().fault;
    };
    EXPECT_EQ(read(200, R"({"jsonrpc":"2.0","id":7,"result":"0x5"})")->toString(), u"0x5"_s);
    EXPECT_TRUE(read(200, R"({"jsonrpc":"2.0","id":7,"result":null})")->isNull());
    EXPECT_TRUE(read(200, R"({"jsonrpc":"2.0","id":7,"result":"0x5","error":null})").has_value());
    EXPECT_EQ(fault(200, ""), RpcFault::Transient);
    EXPECT_EQ(fault(200, "<html>Sign in</html>"), RpcFault::Transient);
    EXPECT_EQ(fault(200, R"({"jsonrpc":"2.0","id":7,"resu)"), RpcFault::Transient);
    EXPECT_EQ(fault(200, R"({"jsonrpc":"2.0","id":8,"result":"0x5"})"), RpcFault::Transient);
    EXPECT_EQ(fault(200, R"({"jsonrpc":"2.0","id":"7","result":"0x5"})"), RpcFault::Transient);
    EXPECT_EQ(fault(200, R"({"jsonrpc":"2.0","id":7.5,"result":"0x5"})"), RpcFault::Transient);
    EXPECT_EQ(fault(200, R"({"jsonrpc":"2.0","id":7})"), RpcFault::Transient);
    EXPECT_EQ(fault(200, R"({"jsonrpc":"2.0","id":7,"result":"0x5","error":{"code":1}})"),
              RpcFault::Transient);
    EXPECT_EQ(fault(200, "[]"), RpcFault::Transient);
    EXPECT_EQ(fault(200, "7"), RpcFault::Transient);
    EXPECT_EQ(fault(301, ""), RpcFault::Transient);
    EXPECT_EQ(fault(502, "<html>"), RpcFault::Transient);
    EXPECT_EQ(fault(429, "Too Many Requests"), RpcFault::Throttled);
    EXPECT_EQ(fault(401, ""), RpcFault::Refused);
    EXPECT_EQ(fault(404, "not found"), RpcFault::Rejected);
    EXPECT_EQ(
        fault(200,
              R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request"}})"),
        RpcFault::Rejected);
}

TEST(RpcTest, WaitsAsTheProviderAsks)
{
    const QByteArray fast = R"({"code":429,"message":"slow down"})";
    EXPECT_EQ(error(429, fast, u"eth_call"_s, "7").wait, 7s);
    EXPECT_EQ(error(429, fast, u"eth_call"_s, "Sun, 01 Mar 2026 12:00:30 GMT").wait, 30s);
    EXPECT_EQ(error(429, fast, u"eth_call"_s, "Sun, 01 Mar 2026 11:00:00 GMT").wait, 0s);
    EXPECT_EQ(error(429, fast, u"eth_call"_s, "soon").wait, std::nullopt);
    EXPECT_EQ(error(429, fast, u"eth_call"_s, "99999999999").wait, 1h);
    EXPECT_EQ(error(429, R"({"code":-32005,"message":"rate","data":{"backoff_seconds":2}})").wait,
              2s);

    Backoff backoff;
    RpcError failure;
    QList<qint64> pauses;
    for (int i = 0; i < 9; ++i) {
        pauses << backoff.afterFailure(failure, 0).count() / 1000;
    }
    EXPECT_EQ(pauses, (QList<qint64>{1, 2, 4, 8, 16, 32, 60, 60, 60}));
    EXPECT_EQ(backoff.failures(), 9);
    backoff.succeeded();
    EXPECT_EQ(backoff.afterFailure(failure, 1), 1250ms);
    failure.wait = 7s;
    EXPECT_EQ(backoff.afterFailure(failure, 1), 7s);
    failure = {};
    failure.fault = RpcFault::DailyQuota;
    EXPECT_EQ(backoff.afterFailure(failure, 0), 5min);
}

TEST(RpcTest, BatchesAreMatchedById)
{
    const QList<SentCall> sent{
        {1, u"eth_chainId"_s}, {2, u"eth_call"_s}, {3, u"eth_blockNumber"_s}};
    const RpcReading reading = readRpcAnswer({200, {}, R"([{"jsonrpc":"2.0","id":3,"result":"0x3"},
                      {"jsonrpc":"2.0","id":2,"error":{"code":3,"message":"execution reverted","data":"0x"}},
                      {"jsonrpc":"2.0","id":99,"result":"0x9"}])"},
                                             sent, true, Now);
    EXPECT_FALSE(reading.isBatchRefused);
    EXPECT_EQ(reading.answers.size(), 2);
    EXPECT_EQ(reading.answers.value(3)->toString(), u"0x3"_s);
    EXPECT_EQ(reading.answers.value(2).error().fault, RpcFault::Contract);

    EXPECT_TRUE(
        readRpcAnswer(
            {400,
             {},
             R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch requests are not allowed on this plan"}})"},
            sent, true, Now)
            .isBatchRefused);
    const RpcReading slow = readRpcAnswer(
        {429,
         {},
         R"({"jsonrpc":"2.0","id":null,"error":{"code":429,"message":"too many requests"}})"},
        sent, true, Now);
    EXPECT_FALSE(slow.isBatchRefused);
    EXPECT_EQ(slow.answers.value(1).error().fault, RpcFault::Throttled);
}

TEST(RpcTest, MessagesAreMadeSafe)
{
    EXPECT_EQ(cleanMessage(u"a\x1b[31mb\nc"_s + QChar(0) + u'd'), u"a[31mb cd"_s);
    EXPECT_LE(cleanMessage(QString(5000, u'x')).size(), 201);
    EXPECT_FALSE(cleanMessage(QString(QChar(1)) + QString(5000, u'x')).contains(QChar(0)));
}

TEST(RpcTest, TheAddressIsASecret)
{
    const auto url = RpcUrl::fromText(
        u" https://user:pass-word@base.example:8443/v2/AbCdEf012345?key=zyxw9876 \n"_s);
    ASSERT_TRUE(url);
    EXPECT_EQ(url->masked(), u"https://base.example:8443"_s);
    const QString text
        = url->redacted(u"bad key AbCdEf012345 or zyxw9876 of user:pass-word at /v2"_s);
    EXPECT_FALSE(text.contains(u"AbCdEf012345"));
    EXPECT_FALSE(text.contains(u"zyxw9876"));
    EXPECT_FALSE(text.contains(u"pass-word"));
    EXPECT_FALSE(url->isReadableOnTheWay());
    EXPECT_TRUE(RpcUrl::fromText(u"http://base.example/v2/x"_s)->isReadableOnTheWay());
    EXPECT_FALSE(RpcUrl::fromText(u"http://127.0.0.1:8545"_s)->isReadableOnTheWay());
    for (const QString &wrong :
         {u""_s, u"wss://base.example/SECRETKEY"_s, u"base.example/SECRETKEY"_s,
          u"https:///SECRETKEY"_s, u"https://a b/SECRETKEY"_s, u"file:///etc/SECRETKEY"_s,
          u"https://x/SECRETKEY\nY"_s}) {
        const auto refused = RpcUrl::fromText(wrong);
        ASSERT_FALSE(refused) << wrong.toStdString();
        EXPECT_FALSE(refused.error().contains(u"SECRETKEY"));
    }
}

TEST(RpcTest, EveryRecordedAnswerIsRead)
{
    const QJsonDocument calls
        = QJsonDocument::fromJson(testing::readData(u"boundless/rpc-calls.json"_s));
    int reverts = 0;
    int narrow = 0;
    for (const QJsonValue &call : calls.array()) {
        const RpcReading reading
            = readRpcAnswer({200, {}, QJsonDocument(call[u"response"_s].toObject()).toJson()},
                            {{1, call[u"request"_s][u"method"_s].toString()}}, false, Now);
        ASSERT_TRUE(reading.answers.contains(1)) << call[u"note"_s].toString().toStdString();
        const RpcAnswer answer = reading.answers.value(1);
        reverts += !answer && answer.error().fault == RpcFault::Contract ? 1 : 0;
        narrow += !answer && answer.error().fault == RpcFault::Narrow ? 1 : 0;
    }
    EXPECT_EQ(reverts, 2);
    EXPECT_EQ(narrow, 1);
}

} // namespace
} // namespace proverdeck::models::evm
