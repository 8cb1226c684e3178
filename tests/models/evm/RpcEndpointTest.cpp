// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evm/RpcEndpoint.h"

#include "support/FaultyProxy.h"
#include "support/Test.h"

#include <QSignalSpy>
#include <QTest>

namespace proverdeck::models::evm {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using testing::Fault;
using testing::FaultyProxy;

class RpcEndpointTest : public ::testing::Test
{
protected:
    static QJsonObject node(const QString &method, const QJsonArray & /*params*/)
    {
        if (method == u"bad") {
            return {{u"error"_s, QJsonObject{{u"code"_s, -32601}}}};
        }
        return {{u"result"_s, QString(u"answer of "_s + method)}};
    }
    static RpcLimits limits()
    {
        RpcLimits limits;
        limits.exchange = 400ms;
        limits.waitScale = 0.02;
        limits.patience = 3s;
        return limits;
    }

    RpcAnswer ask(const QString &method = u"eth_chainId"_s)
    {
        std::optional<RpcAnswer> got;
        endpoint.call({method, {}}, &context, [&](const RpcAnswer &answer) { got = answer; });
        EXPECT_TRUE(QTest::qWaitFor([&] { return got.has_value(); }, 10'000));
        return got.value_or(tl::unexpected(RpcError{}));
    }
    QList<RpcAnswer> askAll(const QStringList &methods)
    {
        QList<RpcCall> calls;
        for (const QString &method : methods) {
            calls << RpcCall{method, {}};
        }
        std::optional<QList<RpcAnswer>> got;
        endpoint.batch(calls, &context, [&](const QList<RpcAnswer> &answers) { got = answers; });
        EXPECT_TRUE(QTest::qWaitFor([&] { return got.has_value(); }, 10'000));
        return got.value_or(QList<RpcAnswer>());
    }

    FaultyProxy proxy{&RpcEndpointTest::node};
    RpcUrl url = RpcUrl::fromText(proxy.url().toString()).value();
    RpcEndpoint endpoint{url, limits()};
    QObject context;
};

TEST_F(RpcEndpointTest, AsksAsJson)
{
    EXPECT_EQ(ask()->toString(), u"answer of eth_chainId"_s);
    EXPECT_EQ(proxy.seen().first().contentType, "application/json");
    EXPECT_EQ(proxy.seen().first().path, u"/v2/SECRETKEY123"_s);
    EXPECT_EQ(endpoint.state().kind, EndpointState::Kind::Good);
    EXPECT_FALSE(endpoint.name().contains(u"SECRET"));
}

TEST_F(RpcEndpointTest, WaitsOutEveryPassingTrouble)
{
    for (const QString &kind :
         {u"throttle-http"_s, u"throttle-bare"_s, u"throttle-backoff"_s, u"throttle-200"_s,
          u"html-502"_s, u"busy-503"_s, u"html-200"_s, u"redirect"_s, u"empty-200"_s,
          u"header-not-found"_s, u"hang"_s, u"truncate"_s, u"wrong-id"_s}) {
        proxy.clear();
        proxy.fail({kind, 1, {}, 1});
        QSignalSpy changes(&endpoint, &RpcEndpoint::stateChanged);
        const RpcAnswer answer = ask();
        EXPECT_TRUE(answer.has_value()) << kind.toStdString();
        EXPECT_EQ(proxy.seen().size(), 2) << kind.toStdString();
        EXPECT_GE(changes.count(), 2) << kind.toStdString();
        EXPECT_EQ(endpoint.state().kind, EndpointState::Kind::Good);
    }
    proxy.clear();
    proxy.fail({u"reset"_s, 2}); // Qt itself repeats the first one
    EXPECT_TRUE(ask().has_value());
}

TEST_F(RpcEndpointTest, TheOverallTimeIsLimitedNotOnlySilence)
{
    proxy.fail({u"drip"_s, 1, {}, 0, 150});
    QElapsedTimer clock;
    clock.start();
    EXPECT_TRUE(ask().has_value());
    EXPECT_EQ(proxy.seen().size(), 2);
}

TEST_F(RpcEndpointTest, PausesHoldForEverythingQueued)
{
    proxy.fail({u"throttle-backoff"_s, 1, {}, 20}); // 20 s, scaled to 400 ms
    int answered = 0;
    for (int i = 0; i < 3; ++i) {
        endpoint.call({u"eth_blockNumber"_s, {}}, &context, [&](const RpcAnswer &answer) {
            EXPECT_TRUE(answer.has_value());
            ++answered;
        });
    }
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return endpoint.state().kind == EndpointState::Kind::Waiting; }));
    EXPECT_EQ(proxy.seen().size(), 1) << "the others wait, too";
    EXPECT_TRUE(endpoint.state().problem.contains(u"slower"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return answered == 3; }));
    EXPECT_GE(proxy.seen().at(0).at.msecsTo(proxy.seen().at(1).at), 390);
}

TEST_F(RpcEndpointTest, ADailyQuotaIsSaidAtOnce)
{
    proxy.fail({u"throttle-daily"_s, -1});
    EXPECT_EQ(ask().error().fault, RpcFault::DailyQuota);
    const RpcAnswer again = ask();
    EXPECT_EQ(again.error().fault, RpcFault::DailyQuota);
    EXPECT_EQ(proxy.seen().size(), 1) << "it is not asked again before the pause ends";
    proxy.clear();
    endpoint.retry();
    EXPECT_TRUE(ask().has_value());
}

TEST_F(RpcEndpointTest, AfterPatienceTheLastErrorIsTheAnswer)
{
    proxy.fail({u"html-502"_s, -1});
    const RpcAnswer answer = ask();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().fault, RpcFault::Transient);
    EXPECT_EQ(answer.error().httpStatus, 502);
    EXPECT_GE(endpoint.state().failures, 3);
}

TEST_F(RpcEndpointTest, ARefusalStopsUntilAPersonActs)
{
    proxy.fail({u"forbidden"_s, 1});
    const RpcAnswer answer = ask();
    EXPECT_EQ(answer.error().fault, RpcFault::Refused);
    EXPECT_FALSE(errorText(answer.error()).contains(u"SECRETKEY123")) << "what a provider echoes";
    EXPECT_EQ(endpoint.state().kind, EndpointState::Kind::Blocked);
    EXPECT_EQ(ask().error().fault, RpcFault::Refused);
    EXPECT_EQ(proxy.seen().size(), 1);
    endpoint.retry();
    EXPECT_TRUE(ask().has_value());
}

TEST_F(RpcEndpointTest, BatchesInAnyOrderAndWithHoles)
{
    const QStringList methods{u"a"_s, u"bad"_s, u"c"_s};
    proxy.fail({u"batch-shuffle"_s, 1});
    QList<RpcAnswer> answers = askAll(methods);
    EXPECT_EQ(answers.at(0)->toString(), u"answer of a"_s);
    EXPECT_EQ(answers.at(1).error().fault, RpcFault::Rejected);
    EXPECT_EQ(answers.at(2)->toString(), u"answer of c"_s);
    EXPECT_EQ(proxy.seen().size(), 1);

    proxy.clear();
    proxy.fail({u"batch-drop"_s, 1});
    answers = askAll(methods);
    EXPECT_EQ(answers.at(2)->toString(), u"answer of c"_s);
    ASSERT_EQ(proxy.seen().size(), 2);
    EXPECT_EQ(proxy.seen().at(1).methods, QStringList{u"c"_s}) << "only the missing one";
    EXPECT_TRUE(endpoint.state().takesBatches);
}

TEST_F(RpcEndpointTest, ARefusedBatchMeansSingleCallsForGood)
{
    proxy.fail({u"batch-refuse"_s, -1});
    EXPECT_EQ(askAll({u"a"_s, u"b"_s}).at(1)->toString(), u"answer of b"_s);
    EXPECT_FALSE(endpoint.state().takesBatches);
    proxy.clear();
    EXPECT_EQ(askAll({u"a"_s, u"b"_s}).at(0)->toString(), u"answer of a"_s);
    EXPECT_EQ(proxy.seen().size(), 2);
    EXPECT_FALSE(proxy.seen().first().isBatch);
}

TEST_F(RpcEndpointTest, NothingThereIsSaidWithoutTheAddress)
{
    const RpcUrl gone = RpcUrl::fromText(u"http://127.0.0.1:1/v2/SECRETKEY123"_s).value();
    RpcLimits short_ = limits();
    short_.patience = 10ms;
    RpcEndpoint nobody(gone, short_);
    std::optional<RpcAnswer> got;
    nobody.call({u"eth_chainId"_s, {}}, &context, [&](const RpcAnswer &answer) { got = answer; });
    ASSERT_TRUE(QTest::qWaitFor([&] { return got.has_value(); }));
    EXPECT_EQ(got->error().fault, RpcFault::Transient);
    EXPECT_TRUE(errorText(got->error()).contains(u"refused"));
    EXPECT_FALSE(nobody.state().problem.contains(u"SECRET"));
}

TEST_F(RpcEndpointTest, ADestroyedAskerIsNotAnswered)
{
    auto asker = std::make_unique<QObject>();
    endpoint.call({u"a"_s, {}}, asker.get(), [](const RpcAnswer &) { ADD_FAILURE(); });
    asker.reset();
    EXPECT_TRUE(ask().has_value());
    EXPECT_EQ(proxy.seen().size(), 1);
}

} // namespace
} // namespace proverdeck::models::evm
