// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/RpcCheck.h"

#include "support/FaultyProxy.h"
#include "support/Test.h"

#include <QSignalSpy>
#include <QTest>

namespace proverdeck::models::boundless {
namespace {

using namespace std::chrono_literals;
using testing::FaultyProxy;

/// A node that answers by itself.
QJsonObject answer(const QString &method, const QJsonArray & /*params*/)
{
    if (method == "eth_chainId") {
        return {{"result", "0x2105"}};
    }
    if (method == "eth_blockNumber") {
        return {{"result", "0x989680"}};
    }
    if (method == "eth_newBlockFilter") {
        return {{"result", "0xf1"}};
    }
    return {{"result", QJsonArray()}};
}

class RpcCheckTest : public ::testing::Test
{
protected:
    RpcReport check()
    {
        evm::RpcLimits limits;
        limits.exchange = 700ms;
        limits.patience = 900ms;
        limits.waitScale = 0.02;
        RpcCheck one(evm::RpcUrl::fromText(proxy.url().toString()).value(), limits);
        QSignalSpy finished(&one, &RpcCheck::finished);
        one.start();
        EXPECT_TRUE(QTest::qWaitFor([&] { return !finished.isEmpty(); }, 10'000));
        EXPECT_EQ(finished.size(), 1);
        EXPECT_FALSE(one.report().problem.contains("SECRETKEY"));
        return one.report();
    }
    [[nodiscard]] QStringList codes(const RpcReport &report, quint64 chain = 8453) const
    {
        QStringList list;
        for (const Finding &finding : judgeRpc(report, chain)) {
            list << finding.code;
        }
        return list;
    }

    FaultyProxy proxy{answer};
};

TEST_F(RpcCheckTest, AGoodEndpoint)
{
    const RpcReport report = check();
    EXPECT_EQ(report.chainId, 8453U);
    EXPECT_EQ(report.logBlocks, 499U);
    EXPECT_EQ(report.hasFilters, true);
    EXPECT_TRUE(report.latency);
    EXPECT_EQ(codes(report), QStringList{"rpc-good"});
    EXPECT_EQ(codes(report, 84532), QStringList{"rpc-chain"});
}

TEST_F(RpcCheckTest, WhatItCannotDo)
{
    proxy.fail({"range-limit", -1, "eth_getLogs", 10});
    RpcReport report = check();
    EXPECT_EQ(report.logBlocks, 10U);
    EXPECT_EQ(codes(report), QStringList{"rpc-log-range"});
    proxy.clear();
    proxy.fail({"range-limit", -1, "eth_getLogs", 0});
    EXPECT_EQ(codes(check()), QStringList{"rpc-no-logs"});
    proxy.clear();
    proxy.fail({"unauthorized", -1});
    report = check();
    EXPECT_EQ(codes(report), QStringList{"rpc-no-answer"});
    EXPECT_FALSE(report.chainId);
    proxy.clear();
    proxy.fail({"hang", -1, "eth_getLogs"});
    report = check();
    EXPECT_FALSE(report.logBlocks) << "not known is not none";
    EXPECT_EQ(report.chainId, 8453U);
}

TEST_F(RpcCheckTest, AReportOfASlowOneWithoutFilters)
{
    RpcReport report{8453, 5, 900ms, false, 499, {}};
    EXPECT_EQ(codes(report), (QStringList{"rpc-slow", "rpc-no-filters"}));
}

} // namespace
} // namespace proverdeck::models::boundless
