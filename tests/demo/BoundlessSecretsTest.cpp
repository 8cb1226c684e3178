// SPDX-License-Identifier: GPL-3.0-or-later
// Operates a broker whose server holds a key and an RPC address, and looks for them afterwards in
// everything that the panel has left, printed or started.
#include "app/demo/DemoHost.h"
#include "support/Anvil.h"
#include "support/FaultyProxy.h"
#include "support/SecretsSearch.h"
#include "support/Test.h"

#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace proverdeck::app::demo {
namespace {

constexpr int Limit = 120'000;

TEST(BoundlessSecretsTest, NeitherKeyNorRpcLeaveTheServer)
{
    if (QStandardPaths::findExecutable("ssh").isEmpty()) {
        GTEST_SKIP() << "no ssh client here";
    }
    DemoHost demo(DemoHost::Options{.speed = 300});
    QSignalSpy ready(&demo, &DemoHost::ready);
    QSignalSpy failed(&demo, &DemoHost::failed);
    demo.start();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !ready.isEmpty() || !failed.isEmpty(); }, Limit));
    if (!failed.isEmpty()) {
        GTEST_SKIP() << failed.at(0).at(0).toString().toStdString();
    }
    const QTemporaryDir home;
    QByteArray said;
    const auto run = [&](const QString &name, const QStringList &arguments,
                         const QByteArray &input = {}) {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *variable :
             {"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"}) {
            environment.insert(variable, home.path());
        }
        process.setProcessEnvironment(environment);
        process.start(name, arguments);
        process.write(input);
        process.closeWriteChannel();
        EXPECT_TRUE(QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, Limit))
            << arguments.join(' ').toStdString();
        said += process.readAllStandardOutput() + process.readAllStandardError();
        return process.exitCode();
    };
    const QByteArray key = testing::canary("prover key");
    const QByteArray url = "https://eth-mainnet.g.alchemy.com/v2/" + testing::canary("RPC key");
    QProcess server; // what an operator does there is not searched
    server.start("ssh", {"-F", demo.sshConfigPath(), "demo", "bash -l"});
    server.write("printf '%s\\n' PROVER_PRIVATE_KEY=" + key + " PROVER_RPC_URL=" + url
                 + " >~/boundless-2/.env\n");
    server.closeWriteChannel();
    ASSERT_TRUE(server.waitForFinished(Limit));

    testing::SecretsSearch search;
    search.watchProcesses();
    const QString panel = QStringLiteral(PROVERDECK_BINARY_DIR "/proverdeck");
    const QStringList config{"--ssh-config", demo.sshConfigPath()};
    const QStringList broker
        = QStringList{"--host", "demo", "--dir", "~/boundless-2", "--poll", "1"} + config;
    run(panel,
        QStringList{"doctor", "demo", "--for", "boundless", "--repo", "~/boundless-2"} + config);
    EXPECT_EQ(run(panel,
                  QStringList{"run", "--workflow", "boundless-start", "--host", "demo", "--repo",
                              "~/boundless-2", "--out", home.filePath("out")}
                      + config),
              0)
        << said.toStdString();
    EXPECT_EQ(
        run(panel, QStringList{"broker", "status", "--format", "json"} + broker.mid(0, 4) + config),
        0);
    EXPECT_EQ(run(panel, QStringList{"broker", "stop", "--safe", "--format", "json"} + broker), 0)
        << said.toStdString();
    EXPECT_TRUE(said.contains("\"state\": \"stopped\"")) << said.toStdString();

    // Deposits: the server's key and endpoint, and a key and an endpoint of this computer.
    if (testing::Anvil::whyNot().isEmpty()) {
        testing::Anvil node;
        testing::FaultyProxy proxy(node.url());
        const testing::TestMarket market = testing::TestMarket::deploy(node, 1, 6, "USDC");
        market.deposit(node, "5000000");
        const QByteArray serverUrl
            = proxy.url("/v2/" + QString::fromLatin1(testing::canary("RPC key")))
                  .toString()
                  .toUtf8();
        server.start("ssh", {"-F", demo.sshConfigPath(), "demo", "bash -l"});
        server.write("printf '%s\\n' PRIVATE_KEY=" + key + " RPC_URL=" + serverUrl
                     + " BOUNDLESS_MARKET_ADDRESS=" + market.market.toUtf8()
                     + " >~/boundless/.env.base; rm -f ~/boundless/.env.broker\n");
        server.closeWriteChannel();
        ASSERT_TRUE(server.waitForFinished(Limit));
        const QStringList stake = QStringList{"--network",      "custom",
                                              "--market",       market.market,
                                              "--account",      testing::Anvil::Account1,
                                              "--host",         "demo",
                                              "--rpc-url-file", "-"}
            + config;
        EXPECT_EQ(run(panel, QStringList{"stake", "withdraw", "1"} + stake, serverUrl + "\n1\n"),
                  1);
        EXPECT_EQ(run(panel, QStringList{"stake", "withdraw", "1", "--key-file", "-"} + stake,
                      serverUrl + '\n' + key + "\n1\n"),
                  1);
        EXPECT_TRUE(said.contains("belongs to")) << "the server was asked: " << said.toStdString();
    }
    search.searchFolder("what the panel keeps", home.path());
    search.searchText("what the panel printed", said);
    for (const testing::SecretsSearch::Place &place : search.finish()) {
        EXPECT_TRUE(place.found.isEmpty())
            << place.name.toStdString() << ": " << place.found.join("; ").toStdString();
    }
    QSignalSpy stopped(&demo, &DemoHost::stopped);
    demo.stop();
    EXPECT_TRUE(QTest::qWaitFor([&] { return !stopped.isEmpty(); }, Limit));
}

} // namespace
} // namespace proverdeck::app::demo
