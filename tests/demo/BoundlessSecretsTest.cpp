// SPDX-License-Identifier: GPL-3.0-or-later
// Operates a broker whose server holds a key and an RPC address, and looks for them afterwards in
// everything that the panel has left, printed or started.
#include "app/demo/DemoHost.h"
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
