// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/DemoHost.h"

#include "support/Test.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

#include <memory>

namespace proverdeck::app::demo {
namespace {

constexpr int StartLimit = 30'000;
constexpr int CommandLimit = 40'000;

struct Reply
{
    int code = -1;
    QString out;
    QString err;
};

class DemoHostTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        if (QStandardPaths::findExecutable("ssh").isEmpty()) {
            GTEST_SKIP() << "no ssh client here";
        }
    }

    void TearDown() override
    {
        if (demo && demo->isReady()) {
            stop();
        }
    }

    void start(const QStringList &faults = {}, double speed = 600)
    {
        demo = std::make_unique<DemoHost>(DemoHost::Options{.speed = speed, .faults = faults});
        QSignalSpy ready(demo.get(), &DemoHost::ready);
        QSignalSpy failed(demo.get(), &DemoHost::failed);
        demo->start();
        ASSERT_TRUE(
            QTest::qWaitFor([&] { return !ready.isEmpty() || !failed.isEmpty(); }, StartLimit));
        if (!failed.isEmpty()) {
            const QString sentence = failed.at(0).at(0).toString();
            if (sentence.contains("openssh-server")) {
                GTEST_SKIP() << "no OpenSSH server here";
            }
            FAIL() << sentence.toStdString();
        }
        line = ready.at(0).at(0).toByteArray();
    }

    void stop()
    {
        QSignalSpy stopped(demo.get(), &DemoHost::stopped);
        demo->stop();
        ASSERT_TRUE(QTest::qWaitFor([&] { return !stopped.isEmpty(); }, StartLimit));
    }

    [[nodiscard]] Reply ssh(const QString &command, const QByteArray &input = {}) const
    {
        return run("ssh", {"-F", demo->sshConfigPath(), "demo", command}, input);
    }

    /// As the benchmark's steps run: in a login shell.
    [[nodiscard]] Reply login(const QString &command) const
    {
        return ssh("bash -l", command.toUtf8());
    }

    [[nodiscard]] static Reply run(const QString &program, const QStringList &arguments,
                                   const QByteArray &input = {})
    {
        QProcess process;
        process.start(program, arguments);
        process.write(input);
        process.closeWriteChannel();
        EXPECT_TRUE(process.waitForFinished(CommandLimit)) << arguments.last().toStdString();
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                QString::fromUtf8(process.readAllStandardOutput()),
                QString::fromUtf8(process.readAllStandardError())};
    }

    /// A service as the panel starts it: a session of its own, no channel held.
    void startService(const QString &command, const QString &log) const
    {
        const Reply reply = login("cd ~/ethrex/crates/l2 || exit 3\n(setsid " + command + " >~/"
                                  + log + " 2>&1 </dev/null; echo $? >~/" + log
                                  + ".exit) >/dev/null 2>&1 </dev/null &\n");
        EXPECT_EQ(reply.code, 0) << reply.err.toStdString();
    }

    [[nodiscard]] QString file(const QString &name) const
    {
        QFile content(demo->dir() + "/home/" + name);
        return content.open(QIODevice::ReadOnly) ? QString::fromUtf8(content.readAll()) : QString();
    }

    [[nodiscard]] bool waitForLine(const QString &name, const QString &pattern,
                                   int limit = CommandLimit) const
    {
        const QRegularExpression expression(pattern, QRegularExpression::MultilineOption);
        return QTest::qWaitFor([&] { return expression.match(file(name)).hasMatch(); }, limit);
    }

    [[nodiscard]] qsizetype count(const QString &name, const QString &pattern) const
    {
        return file(name).count(QRegularExpression(pattern));
    }

    void deployAndStartL2(const QString &target = "deploy-l1-sp1") const
    {
        const Reply deploy = login("cd ~/ethrex/crates/l2 && make init-l1-docker && "
                                   "ETHREX_DEPLOYER_RANDOMIZE_CONTRACT_DEPLOYMENT=true make "
                                   + target);
        ASSERT_EQ(deploy.code, 0) << deploy.err.toStdString();
        EXPECT_THAT(deploy.out.toStdString(),
                    ::testing::HasSubstr("Deployer binary finished successfully"));
        startService("env ETHREX_NO_MONITOR=true make init-l2", "l2.log");
    }

    void startProver(const QString &backend = "sp1",
                     const QString &variables = "PROVER_CLIENT_TIMED=true GPU=true") const
    {
        startService("env " + variables + " make init-prover-" + backend, "prover.log");
    }

    /// Only that of this demo host: other tests run provers at the same time.
    [[nodiscard]] Reply signalProver(const QString &signal) const
    {
        return login("for p in $(pgrep -f '[l]2 prover'); do tr '\\0' '\\n' <\"/proc/$p/environ\" "
                     "| grep -qxF \"HOME=$HOME\" && kill -"
                     + signal + " \"$p\" && done=1; done; [ -n \"$done\" ]");
    }

    /// Processes whose program or environment is in the demo's folder.
    [[nodiscard]] static QStringList processesOf(const QString &dir)
    {
        QStringList found;
        for (const QString &entry : QDir("/proc").entryList(QDir::Dirs)) {
            QFile environment("/proc/" + entry + "/environ");
            const bool isMarked = environment.open(QIODevice::ReadOnly)
                && environment.readAll().contains(QString(dir + "/bin:").toUtf8());
            if (isMarked || QFile::symLinkTarget("/proc/" + entry + "/exe").startsWith(dir + '/')) {
                found << entry;
            }
        }
        return found;
    }

    std::unique_ptr<DemoHost> demo;
    QByteArray line;
};

#define START(...)                                                                                 \
    start(__VA_ARGS__);                                                                            \
    if (HasFatalFailure() || IsSkipped()) {                                                        \
        return;                                                                                    \
    }

TEST_F(DemoHostTest, SaysHowToLogIn)
{
    START();
    const QJsonObject said = QJsonDocument::fromJson(line).object();
    EXPECT_EQ(said["host"].toString(), "demo");
    EXPECT_EQ(said["ssh_config"].toString(), demo->sshConfigPath());
    EXPECT_EQ(said["port"].toInt(), demo->port());
    EXPECT_FALSE(line.contains('\n'));
}

TEST_F(DemoHostTest, EveryLoginLandsInTheScratchHome)
{
    START();
    const QString home = demo->dir() + "/home";
    EXPECT_EQ(ssh("echo $HOME; pwd").out, home + '\n' + home + '\n');
    EXPECT_EQ(login("command -v make cargo docker nvidia-smi").out.count(demo->dir() + "/bin/"), 4);
    EXPECT_EQ(ssh("exit 7").code, 7);
    const Reply sftp = run("sftp", {"-q", "-b", "-", "-F", demo->sshConfigPath(), "demo"}, "pwd\n");
    EXPECT_EQ(sftp.code, 0) << sftp.err.toStdString();
    EXPECT_TRUE(sftp.out.contains(home)) << sftp.out.toStdString();
}

TEST_F(DemoHostTest, TheRepositoryIsRealGit)
{
    START();
    const Reply reply = login("cd ~/ethrex && git fetch -q origin && git status --short && git log "
                              "--format=%s && git tag && "
                              "git checkout -q feat/batch-size && git checkout -q main && git pull "
                              "-q origin main; echo rc $?");
    EXPECT_EQ(reply.out.count('\n'), 8) << reply.out.toStdString() << reply.err.toStdString();
    EXPECT_TRUE(reply.out.endsWith("v9.0.0\nv9.1.0\nrc 0\n"));
    EXPECT_EQ(login("wc -l < ~/ethrex/fixtures/keys/private_keys.txt").out.trimmed(), "172");
}

TEST_F(DemoHostTest, RefusesAnUnknownFault)
{
    DemoHost host({.faults = {"gremlins"}});
    QSignalSpy failed(&host, &DemoHost::failed);
    host.start();
    ASSERT_EQ(failed.count(), 1);
    EXPECT_TRUE(failed.at(0).at(0).toString().contains("gpu-oom"));
}

TEST_F(DemoHostTest, TwoHostsNeverShareAPort)
{
    START();
    DemoHost other({.speed = 600});
    QSignalSpy ready(&other, &DemoHost::ready);
    other.start();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !ready.isEmpty(); }, StartLimit));
    EXPECT_NE(other.port(), demo->port());
    const Reply mine = login("echo $ETHREX_HTTP_PORT $ETHREX_L1_RPC_PORT");
    const Reply others = run(
        "ssh", {"-F", other.sshConfigPath(), "demo", "echo $ETHREX_HTTP_PORT $ETHREX_L1_RPC_PORT"});
    EXPECT_NE(mine.out, others.out);
    EXPECT_EQ(others.out.split(' ').size(), 2);
}

TEST_F(DemoHostTest, AWholeBenchmarkProvesBatches)
{
    START({}, 300);
    EXPECT_EQ(
        login("cd ~/ethrex && cargo build --release --manifest-path ./tooling/load_test/Cargo.toml")
            .code,
        0);
    deployAndStartL2();
    ASSERT_TRUE(waitForLine("l2.log", "Starting TCP server"));
    startService("env LOAD_TEST_RPC_URL=http://localhost:$ETHREX_HTTP_PORT LOAD_TEST_TX_AMOUNT=5 "
                 "../../tooling/target/release/load_test -k ../../fixtures/keys/private_keys.txt "
                 "-t eth-transfers",
                 "loadtest.log");
    startProver();
    ASSERT_TRUE(waitForLine("prover.log", "Received submit ack for batch_number: 6"));

    EXPECT_EQ(count("prover.log", "Proved batch 3 in .* proving_time_ms="), 2);
    EXPECT_EQ(count("prover.log", "Proved batch 4 in "), 1);
    EXPECT_EQ(
        count(
            "prover.log",
            R"(WARN Failed to submit proof: Failed to get SubmitAck: Connection reset by peer \(os error 104\) endpoint=tcp)"),
        1);
    ASSERT_TRUE(
        waitForLine("loadtest.log", "^Load test round 1 finished. Elapsed time: \\d+ seconds$"));
    EXPECT_EQ(
        count("loadtest.log",
              "All transactions sent from [0-9a-f]{40} have been included in blocks. Nonce: 5"),
        172);
    EXPECT_EQ(file("loadtest.log.exit").trimmed(), "0");

    const QString metrics = login("curl -s -m 5 localhost:$ETHREX_METRICS_PORT/metrics; "
                                  "curl -s localhost:$ETHREX_METRICS_PORT/health")
                                .out;
    EXPECT_TRUE(metrics.contains("batch_gas_used{batch_number=\"1\"} 11984844\n"));
    EXPECT_TRUE(metrics.contains("batch_tx_count{batch_number=\"1\"} 192\n"));
    EXPECT_TRUE(metrics.contains("batch_size{batch_number=\"1\"} 1\n"));
    EXPECT_TRUE(metrics.endsWith("Service Up"));
    const QString call
        = R"(curl -s localhost:$ETHREX_HTTP_PORT -d '{"jsonrpc":"2.0","id":1,"method":"%1","params":[%2]}')";
    EXPECT_TRUE(login(call.arg("eth_chainId", "")).out.contains("\"0x3e803e7\""));
    EXPECT_TRUE(login(call.arg("ethrex_getBatchByNumber", "\"0x1\",false"))
                    .out.contains("\"first_block\":1,\"last_block\":2"));
    EXPECT_TRUE(login(call.arg("no_such", "")).out.contains("-32601"));
    EXPECT_TRUE(login("docker ps --format '{{.Names}} {{.Status}}'").out.contains("sp1-gpu Up "));
    EXPECT_TRUE(login("nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits")
                    .out.trimmed()
                    .toInt()
                > 10000);

    // down leaves the prover; TERM leaves its container.
    const Reply down = login("cd ~/ethrex/crates/l2 && make down");
    EXPECT_TRUE(down.out.contains("localnet successfully stopped"));
    EXPECT_TRUE(waitForLine("l2.log.exit", "^0$"));
    EXPECT_FALSE(QFile::exists(demo->dir() + "/home/prover.log.exit"));
    EXPECT_TRUE(waitForLine("prover.log",
                            "ERROR Failed to request new data: .*refused \\(os error 111\\)"));
    EXPECT_EQ(signalProver("TERM").code, 0);
    EXPECT_TRUE(waitForLine("prover.log.exit", "."));
    EXPECT_EQ(
        login("docker ps -q --filter ancestor=public.ecr.aws/succinct-labs/moongate").out.size(),
        13);
}

TEST_F(DemoHostTest, StopLeavesNothing)
{
    START();
    deployAndStartL2();
    ASSERT_TRUE(waitForLine("l2.log", "Starting TCP server"));
    startService("sleep 1000", "sleep.log");
    const QString dir = demo->dir();
    EXPECT_FALSE(processesOf(dir).isEmpty());
    stop();
    EXPECT_EQ(processesOf(dir), QStringList());
    EXPECT_FALSE(QDir(dir).exists());
}

TEST_F(DemoHostTest, InterruptEndsTheGpuProverAndItsContainer)
{
    START();
    deployAndStartL2();
    startProver();
    ASSERT_TRUE(waitForLine("prover.log", "Received Response for batch_number: 1"));
    EXPECT_EQ(signalProver("INT").code, 0);
    EXPECT_TRUE(waitForLine("prover.log.exit", "."));
    EXPECT_EQ(login("docker ps -aq --filter name=sp1").out, QString());
}

TEST_F(DemoHostTest, ExecBackendAndUntimed)
{
    START();
    deployAndStartL2("deploy-l1");
    startProver("exec", "PROVER_CLIENT_TIMED=false");
    ASSERT_TRUE(waitForLine("prover.log", "Proved batch 1 batch=1$"));
    EXPECT_EQ(count("prover.log", "proving_time"), 0);
    EXPECT_GE(count("prover.log", "WARN \"exec\" prover backend generates no proof, only executes"),
              1)
        << "one for each batch so far";
}

TEST_F(DemoHostTest, ASecondDeploymentWithTheSameSaltCollides)
{
    START();
    const Reply reply
        = login("cd ~/ethrex/crates/l2 && make init-l1-docker deploy-l1 && make deploy-l1");
    EXPECT_EQ(reply.code, 2);
    EXPECT_TRUE(reply.out.contains("Receipt status is false for tx_hash: 0x"));
    EXPECT_EQ(login("cd ~/ethrex/crates/l2 && make nonsense").err,
              QString("make: *** No rule to make target 'nonsense'.  Stop.\n"));
}

TEST_F(DemoHostTest, FaultsBeforeTheL2)
{
    START({"no-docker", "dirty-tree", "disk-full"});
    EXPECT_NE(login("command -v docker").code, 0);
    EXPECT_NE(ssh("command -v docker").code, 0);
    const Reply up = login("cd ~/ethrex/crates/l2 && make init-l1-docker");
    EXPECT_EQ(up.code, 2);
    EXPECT_TRUE(up.err.contains("docker: command not found\nmake: *** [Makefile:"))
        << up.err.toStdString();
    EXPECT_TRUE(up.err.endsWith(": init-l1-docker] Error 127\n"));
    EXPECT_EQ(login("cd ~/ethrex && git status --short").out, " M CHANGELOG.md\n");
    const Reply build = login(
        "cd ~/ethrex && cargo build --release --manifest-path ./tooling/load_test/Cargo.toml");
    EXPECT_EQ(build.code, 101);
    EXPECT_TRUE(build.err.contains("No space left on device"));
}

TEST_F(DemoHostTest, FaultNoRepo)
{
    START({"no-repo"});
    EXPECT_NE(login("test -d ~/ethrex").code, 0);
}

TEST_F(DemoHostTest, FaultBadRef)
{
    START({"bad-ref"});
    EXPECT_EQ(login("cd ~/ethrex && git fetch origin").code, 0);
    EXPECT_EQ(login("cd ~/ethrex && git symbolic-ref --short HEAD").out.trimmed(), "main");
    EXPECT_NE(login("cd ~/ethrex && git ls-remote --exit-code origin refs/heads/main").code, 0);
}

TEST_F(DemoHostTest, FaultDeployFails)
{
    START({"deploy-fails"});
    const Reply reply = login("cd ~/ethrex/crates/l2 && make init-l1-docker deploy-l1-sp1");
    EXPECT_EQ(reply.code, 2);
    EXPECT_TRUE(reply.out.contains("Receipt status is false for tx_hash: 0x"));
    EXPECT_TRUE(reply.err.endsWith(": deploy-l1-sp1] Error 1\n")) << reply.err.toStdString();
}

TEST_F(DemoHostTest, FaultPortInUse)
{
    START({"port-in-use"});
    deployAndStartL2();
    EXPECT_TRUE(waitForLine(
        "l2.log",
        R"(ERROR Error starting Proof Coordinator: .*Address already in use \(os error 98\)$)"));
    EXPECT_TRUE(waitForLine("l2.log", "Stored new block"));
}

TEST_F(DemoHostTest, FaultL2NeverReady)
{
    START({"l2-never-ready"});
    deployAndStartL2();
    ASSERT_TRUE(waitForLine("l2.log", "Genesis Block Hash"));
    EXPECT_EQ(login("curl -s -m 1 localhost:$ETHREX_HTTP_PORT -d '{}'").code, 28);
    EXPECT_EQ(login("pgrep -f '[e]threx l2'").code, 0);
}

TEST_F(DemoHostTest, FaultNoMetrics)
{
    START({"no-metrics"});
    deployAndStartL2();
    ASSERT_TRUE(waitForLine("l2.log", "Starting TCP server"));
    EXPECT_EQ(login("curl -s -m 1 localhost:$ETHREX_METRICS_PORT/health").code, 7);
}

TEST_F(DemoHostTest, FaultMetricsSilent)
{
    START({"metrics-silent"});
    deployAndStartL2();
    ASSERT_TRUE(waitForLine("l2.log", "Starting TCP server"));
    EXPECT_EQ(login("curl -s -m 1 localhost:$ETHREX_METRICS_PORT/metrics").code, 28);
    EXPECT_EQ(login("curl -s -m 5 localhost:$ETHREX_METRICS_PORT/health").out, "Service Up");
}

TEST_F(DemoHostTest, FaultHang)
{
    START({"hang"});
    deployAndStartL2();
    startProver();
    ASSERT_TRUE(waitForLine("prover.log", "Received Response for batch_number: 2"));
    EXPECT_EQ(count("prover.log", "Proved batch 2"), 0);
}

struct ProverFault
{
    const char *fault;
    const char *line;
    const char *exitCode; // of make; empty: it goes on
};

class ProverFaultTest : public DemoHostTest, public ::testing::WithParamInterface<ProverFault>
{
};

TEST_P(ProverFaultTest, SaysWhatTheRealOneSays)
{
    START({GetParam().fault});
    deployAndStartL2();
    startProver();
    EXPECT_TRUE(waitForLine("prover.log", GetParam().line)) << file("prover.log").toStdString();
    const QString code = GetParam().exitCode;
    if (!code.isEmpty()) {
        EXPECT_TRUE(waitForLine("prover.log.exit", '^' + code + '$'))
            << file("prover.log.exit").toStdString();
        EXPECT_EQ(count("prover.log", "Proved batch"), 2);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, ProverFaultTest,
    ::testing::Values(
        ProverFault{"gpu-oom", R"(^make: \*\*\* \[Makefile:\d+: init-prover-sp1\] Error 101$)",
                    "2"},
        ProverFault{"prover-exits", "AllocError \\{ layout: Layout \\{ size: 6442450944", "0"},
        ProverFault{"host-oom", R"(^make: \*\*\* \[Makefile:\d+: init-prover-sp1\] Killed$)", "2"},
        ProverFault{"wrong-backend",
                    "ERROR Proof coordinator does not need SP1 proofs\\. This prover's backend",
                    ""},
        ProverFault{"version-mismatch", " WARN Version mismatch: the next batch to prove was built",
                    ""},
        ProverFault{"coordinator-down", R"(Connection refused \(os error 111\) endpoint=tcp://127)",
                    ""}),
    [](const auto &one) { return QString(one.param.fault).remove('-').toStdString(); });

} // namespace
} // namespace proverdeck::app::demo
