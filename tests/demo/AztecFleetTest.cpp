// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/AztecDoctor.h"
#include "app/demo/DemoFleet.h"
#include "models/aztec/Analysis.h"
#include "models/aztec/live/MachineWatch.h"
#include "ssh/SshShell.h"
#include "support/Test.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include <map>
#include <memory>

using namespace std::chrono_literals;

namespace proverdeck::app::demo {
namespace {

using models::aztec::Diagnosis;
using models::aztec::Gathering;
using models::aztec::LiveSource;
using models::aztec::MachineWatch;
using models::aztec::SourceState;
using models::aztec::WatchChoice;

constexpr int Limit = 60'000;

/// A fleet, and a panel that watches it.
class AztecFleetTest : public ::testing::Test
{
protected:
    void begin(const QStringList &faults)
    {
        fleet = std::make_unique<DemoFleet>(DemoHost::Options{.speed = 60, .faults = faults});
        QSignalSpy ready(fleet.get(), &DemoFleet::ready);
        QSignalSpy failed(fleet.get(), &DemoFleet::failed);
        fleet->start();
        ASSERT_TRUE(QTest::qWaitFor([&] { return !ready.isEmpty() || !failed.isEmpty(); }, Limit));
        if (!failed.isEmpty()) {
            GTEST_SKIP() << failed.at(0).at(0).toString().toStdString();
        }
    }

    void TearDown() override
    {
        watches.clear();
        if (fleet) {
            QSignalSpy stopped(fleet.get(), &DemoFleet::stopped);
            fleet->stop();
            EXPECT_TRUE(QTest::qWaitFor([&] { return !stopped.isEmpty(); }, Limit));
        }
    }

    MachineWatch &watch(const QString &host, WatchChoice choice = {})
    {
        choice.host = host;
        auto shell = std::make_unique<ssh::SshShell>(
            ssh::HostTarget{host, fleet->sshConfigPath(), {}, false});
        watches.push_back(std::make_unique<MachineWatch>(std::move(shell), choice, 500ms));
        MachineWatch *made = watches.back().get();
        QObject::connect(made, &MachineWatch::bytesCame, made,
                         [this, host](const QString &source, const QByteArray &bytes) {
                             captured[host + '/' + source] += bytes;
                         });
        made->start();
        return *made;
    }

    /// What docker keeps of a container, in the form in which it is captured.
    [[nodiscard]] QByteArray kept(const QString &host, const QString &container) const
    {
        QFile file(fleet->machine(host)->dir() + "/state/fleet/" + container + ".lines");
        EXPECT_TRUE(file.open(QIODevice::ReadOnly));
        QByteArray out;
        const QList<QByteArray> lines = file.readAll().split('\n');
        for (const QByteArray &line : lines.first(lines.size() - 1)) {
            out += container.toUtf8() + " | " + line.left(30) + ' ' + line.mid(33) + '\n';
        }
        models::Redactor redactor;
        return redactor.feed(out);
    }

    void expectNothingLostOrDoubled(const QString &host, const QString &container)
    {
        const QByteArray expected = kept(host, container);
        const QString key = host + "/container:" + container;
        EXPECT_TRUE(
            QTest::qWaitFor([&] { return captured[key].size() >= expected.size(); }, Limit));
        EXPECT_GT(expected.count('\n'), 10) << container.toStdString();
        // As lines, so that a difference can be read.
        const QList<QByteArray> mine = captured[key].left(expected.size()).split('\n');
        const QList<QByteArray> theirs = expected.split('\n');
        for (qsizetype i = 0; i < std::min(mine.size(), theirs.size()); ++i) {
            ASSERT_EQ(mine.at(i), theirs.at(i)) << container.toStdString() << ", line " << i + 1;
        }
        EXPECT_EQ(mine.size(), theirs.size());
    }

    [[nodiscard]] models::aztec::Analysis analysed() const
    {
        Gathering gathering;
        for (const auto &[key, bytes] : captured) {
            const int log = gathering.addLog(key.section('/', 1), key.section('/', 0, 0));
            gathering.feed(log, bytes);
            gathering.finish(log);
        }
        return models::aztec::analyse(gathering);
    }

    std::unique_ptr<DemoFleet> fleet;
    std::map<QString, QByteArray> captured;
    std::vector<std::unique_ptr<MachineWatch>> watches;
};

TEST_F(AztecFleetTest, TwoMachinesAreWatchedAndNoRecordIsLostOrDoubledWhenOneIsCut)
{
    begin({"container-restart", "job-stuck", "prover-killed"});
    MachineWatch &a = watch("machine-a");
    MachineWatch &b = watch("machine-b");
    const QString keyB = "machine-b/container:prover-agent-1";
    ASSERT_TRUE(QTest::qWaitFor([&] { return captured[keyB].count('\n') > 60; }, Limit));
    for (int cut = 0; cut < 3; ++cut) {
        fleet->machine("machine-b")->cutConnections();
        ASSERT_TRUE(
            QTest::qWaitFor([&] { return b.link() != MachineWatch::Link::Connected; }, Limit));
        EXPECT_EQ(b.link(), MachineWatch::Link::Reconnecting);
        EXPECT_TRUE(b.retryIn());
        // What was on its way when the connection was cut does not count.
        const auto before = captured[keyB].size();
        ASSERT_TRUE(QTest::qWaitFor([&] { return captured[keyB].size() > before + 2000; }, Limit));
        EXPECT_EQ(b.link(), MachineWatch::Link::Connected);
    }
    // Until the container was killed and has begun anew.
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return captured[keyB].count("Using cached CRS of size") >= 2; }, Limit));
    EXPECT_EQ(a.sources().size(), 3);
    for (const auto &source : a.sources()) {
        expectNothingLostOrDoubled("machine-a", source->source().name);
        EXPECT_EQ(source->state().gaps, 0);
    }
    ASSERT_EQ(b.sources().size(), 1);
    expectNothingLostOrDoubled("machine-b", "prover-agent-1");
    EXPECT_EQ(b.sources().front()->state().gaps, 0);
    EXPECT_GT(b.sources().front()->state().lines, 60);

    const auto analysis = analysed();
    ASSERT_EQ(analysis.machines.size(), 2);
    EXPECT_EQ(analysis.network->name, "alpha-testnet");
    int both = 0;
    for (const auto &job : analysis.jobs) {
        both += job.sawBroker && job.sawAgent;
    }
    EXPECT_GT(both, 20) << "broker and agents tell of the same jobs";
}

TEST_F(AztecFleetTest, ComposeLogsAndFilesAreFollowedToo)
{
    begin({});
    WatchChoice choice;
    choice.isAll = false;
    const QString path = fleet->machine("machine-a")->dir() + "/home/prover.log";
    choice.sources = {{LiveSource::Kind::Compose, "aztec-prover"}, {LiveSource::Kind::File, path}};
    MachineWatch &a = watch("machine-a", choice);
    const auto write = [&](const QByteArray &text) {
        QFile file(path);
        EXPECT_TRUE(file.open(QIODevice::WriteOnly | QIODevice::Append));
        file.write(text);
    };
    write("[10:03:26.403] INFO: x y\n");
    const QString compose = "machine-a/compose:aztec-prover";
    ASSERT_TRUE(QTest::qWaitFor([&] { return captured[compose].count('\n') > 40; }, Limit));
    fleet->machine("machine-a")->cutConnections();
    ASSERT_TRUE(QTest::qWaitFor([&] { return a.link() != MachineWatch::Link::Connected; }, Limit));
    write("[10:03:27.403] INFO: x z\n");
    const auto before = captured[compose].size();
    ASSERT_TRUE(QTest::qWaitFor([&] { return captured[compose].size() > before + 2000; }, Limit));
    const QString file = "machine-a/file:" + path;
    EXPECT_TRUE(QTest::qWaitFor([&] { return captured[file].count('\n') == 2; }, Limit));
    EXPECT_EQ(captured[file], "[10:03:26.403] INFO: x y\n[10:03:27.403] INFO: x z\n");
    QByteArrayList mine = captured[compose].split('\n');
    mine.removeLast();
    for (const auto &[service, container] : {std::pair("broker-1 | ", "aztec-prover-broker-1"),
                                             {"agent-1 | ", "aztec-prover-agent-1"},
                                             {"prover-node-1 | ", "aztec-prover-prover-node-1"}}) {
        QByteArrayList own;
        std::copy_if(mine.begin(), mine.end(), std::back_inserter(own),
                     [name = service](const QByteArray &line) { return line.startsWith(name); });
        const QByteArray prefix = QByteArray(container) + " | ";
        QByteArray all = kept("machine-a", container);
        const QByteArrayList theirs = all.replace(prefix, QByteArray(service)).split('\n');
        ASSERT_GE(theirs.size(), own.size());
        EXPECT_EQ(own, theirs.first(own.size())) << container;
    }
}

TEST_F(AztecFleetTest, DiagnosesTheWrongPortAndKeepsSecretsOnTheServer)
{
    begin({"wrong-port"});
    MachineWatch &b = watch("machine-b");
    MachineWatch &a = watch("machine-a");
    ASSERT_TRUE(QTest::qWaitFor([&] { return a.status() && b.status(); }, Limit));
    EXPECT_EQ(b.status()->containers.size(), 2);
    EXPECT_TRUE(b.status()->cores);
    for (const auto &container : a.status()->containers) {
        EXPECT_FALSE(container.role.isEmpty());
        for (const QString &variable : container.environment) {
            EXPECT_FALSE(variable.contains("PRIVATE_KEY") || variable.contains("rpc.example"))
                << variable.toStdString();
        }
    }
    std::optional<tl::expected<Diagnosis, QString>> result;
    const auto ask = [&](MachineWatch &machine) {
        result.reset();
        const auto connection = QObject::connect(
            &machine, &MachineWatch::diagnosed, &machine,
            [&](const tl::expected<Diagnosis, QString> &answer) { result = answer; });
        machine.diagnose();
        EXPECT_TRUE(QTest::qWaitFor([&] { return result.has_value(); }, Limit));
        QObject::disconnect(connection);
    };
    ask(b);
    ASSERT_TRUE(result && *result);
    const QList<models::Finding> found = models::aztec::findingsOf(**result);
    ASSERT_EQ(found.size(), 2);
    QStringList codes;
    for (const models::Finding &one : found) {
        codes << one.code;
    }
    codes.sort();
    EXPECT_EQ(codes, QStringList({"broker-reached", "wrong-service"}));
    AztecDoctor doctor({.host = "machine-b", .sshConfig = fleet->sshConfigPath(), .isJson = true});
    QSignalSpy finished(&doctor, &AztecDoctor::finished);
    doctor.start();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !finished.isEmpty(); }, Limit));
    EXPECT_EQ(finished.at(0).at(0).toInt(), 4);
    ask(a);
    ASSERT_TRUE(result && *result);
    EXPECT_EQ((*result)->workers.size(), 1);
    EXPECT_EQ((*result)->brokers.size(), 1);
}

TEST_F(AztecFleetTest, DiagnosesABrokerThatNobodyReaches)
{
    begin({"broker-unreachable"});
    MachineWatch &b = watch("machine-b");
    ASSERT_TRUE(QTest::qWaitFor([&] { return b.status().has_value(); }, Limit));
    std::optional<tl::expected<Diagnosis, QString>> result;
    QObject::connect(&b, &MachineWatch::diagnosed, &b,
                     [&](const tl::expected<Diagnosis, QString> &answer) { result = answer; });
    b.diagnose();
    ASSERT_TRUE(QTest::qWaitFor([&] { return result.has_value(); }, Limit));
    ASSERT_TRUE(*result);
    bool isFound = false;
    for (const models::Finding &one : models::aztec::findingsOf(**result)) {
        isFound = isFound || one.code == "broker-unreachable";
    }
    EXPECT_TRUE(isFound);
    const QString key = "machine-b/container:aztec-prover-agent-1";
    ASSERT_TRUE(QTest::qWaitFor([&] { return captured[key].contains("ECONNREFUSED"); }, Limit));
    const auto analysis = analysed();
    QStringList verdicts;
    for (const auto &agent : analysis.agents) {
        verdicts << agent.name + ' ' + agent.verdict;
    }
    EXPECT_TRUE(verdicts.contains("aztec-prover-agent-1 cannot-reach-broker"))
        << verdicts.join(", ").toStdString();
}

} // namespace
} // namespace proverdeck::app::demo
