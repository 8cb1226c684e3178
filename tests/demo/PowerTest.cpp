// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/DemoHost.h"
#include "ssh/JobProtocol.h"
#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

#include <memory>

namespace proverdeck::app::demo {
namespace {

using ssh::JobProtocol;
using ssh::JobStatus;
using Verb = JobProtocol::Verb;
using State = JobStatus::State;

constexpr int StartLimit = 30'000;
constexpr int CommandLimit = 20'000;

class PowerTest : public ::testing::Test
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
            const QString dir = demo->dir();
            QSignalSpy stopped(demo.get(), &DemoHost::stopped);
            demo->stop();
            EXPECT_TRUE(QTest::qWaitFor([&] { return !stopped.isEmpty(); }, StartLimit));
            EXPECT_EQ(processes(dir), QStringList()) << "the warden has left something";
            EXPECT_FALSE(QDir(dir).exists());
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
        EXPECT_EQ(ssh(JobProtocol::installLine(), JobProtocol::script()).right(3), "ok\n");
    }

    [[nodiscard]] std::unique_ptr<QProcess> begin(const QByteArray &command,
                                                  const QByteArray &input = {}) const
    {
        auto process = std::make_unique<QProcess>();
        process->start("ssh", {"-F", demo->sshConfigPath(), "demo", QString::fromUtf8(command)});
        process->write(input);
        process->closeWriteChannel();
        return process;
    }
    [[nodiscard]] QByteArray ssh(const QByteArray &command, const QByteArray &input = {}) const
    {
        const auto process = begin(command, input);
        EXPECT_TRUE(process->waitForFinished(CommandLimit)) << command.toStdString();
        return process->readAllStandardOutput();
    }
    [[nodiscard]] JobStatus status(const QByteArray &id) const
    {
        const QByteArray answer = ssh(JobProtocol::verbLine(Verb::Status, id, 0));
        const auto found = ssh::parseJobStatus(answer);
        EXPECT_TRUE(found) << answer.toStdString();
        return found.value_or(JobStatus{});
    }
    JobStatus startJob(const QByteArray &id, const QByteArray &script) const
    {
        const QByteArray answer
            = ssh(JobProtocol::verbLine(Verb::Start, id, quint64(script.size())), script);
        const auto found = ssh::parseJobStatus(answer);
        EXPECT_TRUE(found) << answer.toStdString();
        return found.value_or(JobStatus{});
    }
    [[nodiscard]] QString path(const QString &name) const { return demo->dir() + '/' + name; }
    [[nodiscard]] QByteArray read(const QString &name) const
    {
        QFile content(path(name));
        return content.open(QIODevice::ReadOnly) ? content.readAll() : QByteArray();
    }

    /// Processes whose program or environment is in the demo's folder.
    [[nodiscard]] static QStringList processes(const QString &dir)
    {
        QStringList found;
        const QStringList all = QDir("/proc").entryList({"[0-9]*"}, QDir::Dirs);
        for (const QString &entry : all) {
            QFile environment("/proc/" + entry + "/environ");
            const bool isMarked = environment.open(QIODevice::ReadOnly)
                && environment.readAll().contains(QString(dir + "/bin:").toUtf8());
            if (isMarked || QFile::symLinkTarget("/proc/" + entry + "/exe").startsWith(dir + '/')) {
                found << entry;
            }
        }
        return found;
    }

    /// Cuts the power and waits until the host is back.
    void cut()
    {
        QSignalSpy off(demo.get(), &DemoHost::powerCut);
        QSignalSpy back(demo.get(), &DemoHost::powerCameBack);
        demo->cutPower();
        ASSERT_TRUE(QTest::qWaitFor([&] { return !off.isEmpty(); }, 10'000));
        EXPECT_EQ(processes(demo->dir()).size(), 1) << "the warden, and nothing else";
        EXPECT_FALSE(QFile::exists(path("state/sshd.pid")));
        ASSERT_TRUE(QTest::qWaitFor([&] { return !back.isEmpty(); }, StartLimit));
    }

    std::unique_ptr<DemoHost> demo;
};

#define START(...)                                                                                 \
    start(__VA_ARGS__);                                                                            \
    if (HasFatalFailure() || IsSkipped()) {                                                        \
        return;                                                                                    \
    }

TEST_F(PowerTest, ACutKillsEverythingAndChangesTheBootId)
{
    START();
    EXPECT_EQ(startJob("j",
                       "echo run >>~/count; trap 'echo tidy >>~/count' EXIT HUP INT TERM; "
                       "while :; do echo x; sleep 0.1; done")
                  .state,
              State::Running);
    EXPECT_TRUE(QTest::qWaitFor([&] { return read("home/count") == "run\n"; }, 10'000));
    const JobStatus before = status("j");
    const QByteArray bootId = ssh("cat /proc/sys/kernel/random/boot_id");
    const auto connection = begin("sleep 300");
    const QByteArray key = read("host_key");
    const int port = demo->port();

    cut();
    if (HasFatalFailure()) {
        return;
    }
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return connection->state() == QProcess::NotRunning; }, 10'000))
        << "a connection has outlived the power";
    const JobStatus after = status("j");
    EXPECT_EQ(after.state, State::Rebooted);
    EXPECT_FALSE(after.exitCode);
    EXPECT_GE(after.bootedSecs, before.nowSecs);
    EXPECT_GE(after.bootedSecs, after.beatSecs);
    EXPECT_GE(after.size, before.size);
    EXPECT_NE(ssh("cat /proc/sys/kernel/random/boot_id"), bootId);
    EXPECT_EQ(read("home/count"), "run\n") << "nothing is tidied up, nothing runs twice";
    EXPECT_EQ(read("host_key"), key);
    EXPECT_EQ(demo->port(), port);
    EXPECT_NE(startJob("next", "exit 3").state, State::None);
    EXPECT_TRUE(QTest::qWaitFor([&] { return status("next").exitCode == 3; }, 10'000));

    const QByteArray second = ssh("cat /proc/sys/kernel/random/boot_id");
    cut();
    EXPECT_NE(ssh("cat /proc/sys/kernel/random/boot_id"), second);
    EXPECT_EQ(status("next").exitCode, 3) << "what has ended stays so";
}

TEST_F(PowerTest, CatIsTheRealOneOtherwise)
{
    START();
    EXPECT_EQ(ssh("bash -l",
                  "command -v cat; printf 'a\\nb' | cat -n - /dev/null; cat -- /nowhere; "
                  "echo $?; cat /proc/stat | grep -c btime; cat /proc/stat /dev/null | "
                  "grep -c btime")
                  .replace(demo->dir().toUtf8(), "DIR"),
              "DIR/bin/cat\n     1\ta\n     2\tb1\n1\n1\n");
    QFile own("/proc/sys/kernel/random/boot_id");
    ASSERT_TRUE(own.open(QIODevice::ReadOnly));
    const QByteArray real = own.readAll();
    EXPECT_EQ(ssh("cat /proc/sys/kernel/random/boot_id"), real);
    cut();
    EXPECT_NE(ssh("cat /proc/sys/kernel/random/boot_id"), real);
    EXPECT_EQ(ssh("cat /proc/sys/kernel/random/boot_id").size(), real.size());
    EXPECT_EQ(ssh("cat /proc/stat | grep -c '^cpu '"), "1\n");
}

TEST_F(PowerTest, OnlyConnectionsCanDie)
{
    START();
    (void)startJob("j", "for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.2; done; exit 4");
    const auto connection = begin("sleep 300");
    EXPECT_TRUE(connection->waitForStarted());
    const QByteArray bootId = ssh("cat /proc/sys/kernel/random/boot_id"); // it is logged in by now
    QSignalSpy off(demo.get(), &DemoHost::powerCut);
    demo->cutConnections();
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return connection->state() == QProcess::NotRunning; }, 10'000));
    EXPECT_NE(connection->exitCode(), 0);
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return !QFile::exists(path("state/cut-connections")); }, 5000));
    EXPECT_TRUE(QTest::qWaitFor([&] { return status("j").exitCode == 4; }, 10'000));
    EXPECT_EQ(ssh("cat /proc/sys/kernel/random/boot_id"), bootId);
    EXPECT_TRUE(off.isEmpty());
}

TEST_F(PowerTest, ACutWhileItBootsIsAnotherCut)
{
    START();
    QSignalSpy off(demo.get(), &DemoHost::powerCut);
    QSignalSpy back(demo.get(), &DemoHost::powerCameBack);
    demo->cutPower();
    ASSERT_TRUE(QTest::qWaitFor([&] { return off.count() == 1; }, 10'000));
    demo->cutPower();
    ASSERT_TRUE(QTest::qWaitFor([&] { return off.count() == 2; }, 10'000));
    ASSERT_TRUE(QTest::qWaitFor([&] { return !back.isEmpty(); }, StartLimit));
    EXPECT_EQ(ssh("echo up"), "up\n");
}

TEST_F(PowerTest, StopsWithoutPower)
{
    START();
    QSignalSpy off(demo.get(), &DemoHost::powerCut);
    demo->cutPower();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !off.isEmpty(); }, 10'000));
}

TEST_F(PowerTest, FaultRebootCutsItOnceAfterTheProverHasStarted)
{
    START({"reboot"});
    QSignalSpy off(demo.get(), &DemoHost::powerCut);
    QSignalSpy back(demo.get(), &DemoHost::powerCameBack);
    const QByteArray prover = "cd ~/ethrex/crates/l2 && exec env GPU=true make init-prover-sp1";
    const QByteArray l2 = "cd ~/ethrex/crates/l2 && make init-l1-docker && make deploy-l1-sp1 && "
                          "exec env ETHREX_NO_MONITOR=true make init-l2";
    (void)startJob("l2", l2);
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return read("home/.local/state/proverdeck/jobs/l2/log").contains("TCP server"); },
        CommandLimit));
    EXPECT_TRUE(off.isEmpty());
    (void)startJob("prover", prover);
    ASSERT_TRUE(QTest::qWaitFor([&] { return !back.isEmpty(); }, StartLimit));
    EXPECT_EQ(off.count(), 1);
    EXPECT_EQ(status("l2").state, State::Rebooted);
    EXPECT_EQ(status("prover").state, State::Rebooted);
    const QByteArray log = read("home/.local/state/proverdeck/jobs/prover/log");
    EXPECT_TRUE(log.contains("Received Response for batch_number: 1")) << log.toStdString();
    // The second prover runs on.
    (void)startJob("l2-again", l2);
    (void)startJob("prover-again", prover);
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            return read("home/.local/state/proverdeck/jobs/prover-again/log")
                .contains("Received submit ack for batch_number: 3");
        },
        CommandLimit));
    EXPECT_EQ(off.count(), 1);
}

} // namespace
} // namespace proverdeck::app::demo
