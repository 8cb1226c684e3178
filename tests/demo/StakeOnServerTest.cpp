// SPDX-License-Identifier: GPL-3.0-or-later
// "stake deposit|withdraw --host" as a person runs it: the program itself, a server that really
// sends, and a real node.
#include "app/demo/DemoHost.h"
#include "support/Anvil.h"
#include "support/Test.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace proverdeck::app::demo {
namespace {

constexpr int Limit = 60'000;
constexpr char Key[] = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

class StakeOnServerTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        if (QStandardPaths::findExecutable("ssh").isEmpty()
            || !testing::Anvil::whyNot().isEmpty()) {
            GTEST_SKIP() << "no ssh client or no node here";
        }
        demo = std::make_unique<DemoHost>(DemoHost::Options{.speed = 60});
        QSignalSpy ready(demo.get(), &DemoHost::ready);
        QSignalSpy failed(demo.get(), &DemoHost::failed);
        demo->start();
        ASSERT_TRUE(QTest::qWaitFor([&] { return !ready.isEmpty() || !failed.isEmpty(); }, Limit));
        if (!failed.isEmpty()) {
            GTEST_SKIP() << failed.at(0).at(0).toString().toStdString();
        }
        node = std::make_unique<testing::Anvil>();
        market = testing::TestMarket::deploy(*node, 1, 6, "USDC");
        node->send(account, market.token,
                   testing::callData("mint(address,uint256)",
                                     {account.mid(2), testing::hexNumber(1'000'000'000).mid(2)}));
        setEnvironment(node->url().toString().toUtf8(), Key);
    }

    void TearDown() override
    {
        if (demo && demo->isReady()) {
            QSignalSpy stopped(demo.get(), &DemoHost::stopped);
            demo->stop();
            EXPECT_TRUE(QTest::qWaitFor([&] { return !stopped.isEmpty(); }, Limit));
        }
    }

    void setEnvironment(const QByteArray &url, const QByteArray &key) const
    {
        QProcess ssh;
        ssh.start("ssh", {"-F", demo->sshConfigPath(), "demo", "bash -l"});
        ssh.write(
            "printf '%s\\n' 'export BOUNDLESS_MARKET_ADDRESS=" + market.market.toUtf8()
            + "' 'export RPC_URL=" + url + "' 'export PRIVATE_KEY=" + key
            + "' 'export TX_TIMEOUT=2' >~/boundless/.env.base\nrm -f ~/boundless/.env.broker\n");
        ssh.closeWriteChannel();
        EXPECT_TRUE(ssh.waitForFinished(Limit));
    }

    struct Run
    {
        int code = -1;
        QByteArray out;
        QByteArray err;
        [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    };
    [[nodiscard]] Run run(const QStringList &arguments, const QByteArray &input = {}) const
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *variable : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"}) {
            environment.insert(variable, home.path());
        }
        environment.insert("PROVERDECK_RPC_URL", node->url().toString());
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(PROVERDECK_BINARY_DIR "/proverdeck"),
                      QStringList{"stake"} + arguments
                          + QStringList{"--network", "custom", "--market", market.market,
                                        "--account", account, "--host", "demo", "--ssh-config",
                                        demo->sshConfigPath()});
        process.write(input);
        process.closeWriteChannel();
        EXPECT_TRUE(
            QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, Limit));
        const Run result{process.exitCode(), process.readAllStandardOutput(),
                         process.readAllStandardError()};
        EXPECT_FALSE(result.out.contains(Key));
        EXPECT_FALSE(result.err.contains(Key));
        return result;
    }
    [[nodiscard]] quint64 credit() const
    {
        const QString data = testing::callData("balanceOfStake(address)", {account.mid(2)});
        return node
            ->call("eth_call", {QJsonObject{{"to", market.market}, {"data", data}}, "latest"})
            .toString()
            .right(16)
            .toULongLong(nullptr, 16);
    }

    const QString account = QString::fromLatin1(testing::Anvil::Account0);
    QTemporaryDir home;
    std::unique_ptr<DemoHost> demo;
    std::unique_ptr<testing::Anvil> node;
    testing::TestMarket market;
};

TEST_F(StakeOnServerTest, MovesMoneyOnlyAfterTheAmountWasTypedAndReadsTheResultFromTheChain)
{
    const Run untyped = run({"deposit", "2.5", "--yes"}, "2.6\n");
    EXPECT_EQ(untyped.code, 5) << untyped.err.toStdString();
    EXPECT_EQ(run({"deposit", "2.5"}).code, 5) << "standard input is empty";
    EXPECT_EQ(run({"deposit", "2000"}, "2000\n").code, 4) << "more than there is";
    EXPECT_EQ(credit(), 0U);

    const Run done = run({"deposit", "2.5", "--format", "json"}, "2.5\n");
    EXPECT_EQ(done.code, 0) << done.err.toStdString();
    EXPECT_EQ(credit(), 2'500'000U);
    const QJsonObject json = done.json();
    EXPECT_EQ(json["state"].toString(), "done");
    EXPECT_EQ(json["collateral_now"].toObject()["base_units"].toString(), "2500000");
    EXPECT_TRUE(done.err.contains("real money")) << "asked on standard error";
    const Run back = run({"withdraw", "1"}, "1\n");
    EXPECT_EQ(back.code, 0) << back.err.toStdString();
    EXPECT_TRUE(back.out.contains("Collateral: 1.5 USDC")) << back.out.toStdString();
    EXPECT_EQ(credit(), 1'500'000U);
}

TEST_F(StakeOnServerTest, AWrongChainAccountOrKeyOfTheServerSendsNothing)
{
    testing::Anvil other(QStringList{"--chain-id", "8453"});
    setEnvironment(other.url().toString().toUtf8(), Key);
    const Run chain = run({"deposit", "2.5"}, "2.5\n");
    EXPECT_EQ(chain.code, 1);
    EXPECT_TRUE(chain.err.contains("is on chain 8453, and this is for chain 31337"))
        << chain.err.toStdString();
    EXPECT_FALSE(run({"deposit", "2.5"}, "2.5\n").err.contains("held back")) << "it is certain";

    // No key there: one is handed over for this command, on standard input before the amount.
    setEnvironment(node->url().toString().toUtf8(), "");
    const Run none = run({"deposit", "2.5"}, "2.5\n");
    EXPECT_EQ(none.code, 1);
    EXPECT_TRUE(none.err.contains("no environment file")) << none.err.toStdString();
    const Run foreign = run({"deposit", "2.5", "--key-file", "-"}, QByteArray(64, '7') + "\n2.5\n");
    EXPECT_EQ(foreign.code, 1);
    EXPECT_TRUE(foreign.err.contains("belongs to")) << foreign.err.toStdString();
    EXPECT_EQ(credit(), 0U);
    const Run own = run({"deposit", "2.5", "--key-file", "-"}, QByteArray(Key) + "\n2.5\n");
    EXPECT_EQ(own.code, 0) << own.err.toStdString();
    EXPECT_EQ(credit(), 2'500'000U);
}

TEST_F(StakeOnServerTest, AnUnknownOutcomeHoldsTheSameOneBackUntilTheChainShowsIt)
{
    // Approved before, so that the deposit is one transaction that stays in the pool.
    EXPECT_EQ(run({"deposit", "1"}, "1\n").code, 0);
    EXPECT_EQ(run({"withdraw", "0.25"}, "0.25\n").code, 0);
    node->call("evm_setAutomine", {false});
    const Run unknown = run({"withdraw", "0.25", "--timeout", "6"}, "0.25\n");
    EXPECT_EQ(unknown.code, 6) << unknown.err.toStdString();
    const Run again = run({"withdraw", "0.25", "--timeout", "6"}, "0.25\n");
    EXPECT_EQ(again.code, 4);
    EXPECT_TRUE(again.err.contains("could move the amount twice")) << again.err.toStdString();
    node->call("evm_setAutomine", {true});
    node->mine(1);
    EXPECT_EQ(credit(), 500'000U);
    // It is found on the chain, so the next one is another one.
    const Run next = run({"withdraw", "0.25"}, "0.25\n");
    EXPECT_EQ(next.code, 0) << next.err.toStdString();
    EXPECT_EQ(credit(), 250'000U);
}

} // namespace
} // namespace proverdeck::app::demo
