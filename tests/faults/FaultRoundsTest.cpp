// SPDX-License-Identifier: GPL-3.0-or-later
// The benchmark on the demo host while panel, connection, network and server fail at random.
//
// One round is one fault. PROVERDECK_FAULT_SEED and PROVERDECK_FAULT_ROUNDS choose others than the
// fixed ones; see tests/faults/run.sh.
#include "FlakyRelay.h"
#include "models/ethrex/ResultCollector.h"
#include "models/logs/LogFile.h"
#include "models/run/RunPast.h"
#include "models/store/RunStore.h"
#include "support/Test.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QTime>

#include <unistd.h>

#include <iostream>
#include <map>
#include <random>
#include <vector>

namespace proverdeck {
namespace {

using proverdeck::testing::FlakyRelay;

enum class Fault { KillPanel, CutConnection, KillSshd, FreezeNetwork, CutPower };

const char *nameOf(Fault fault)
{
    switch (fault) {
    case Fault::KillPanel:
        return "panel killed";
    case Fault::CutConnection:
        return "connection cut";
    case Fault::KillSshd:
        return "sshd child killed";
    case Fault::FreezeNetwork:
        return "network frozen";
    case Fault::CutPower:
        return "power cut";
    }
    return "";
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

int variable(const char *name, int fallback)
{
    bool ok = false;
    const int value = qEnvironmentVariable(name).toInt(&ok);
    return ok ? value : fallback;
}

class FaultRounds : public ::testing::TestWithParam<int>
{
protected:
    void SetUp() override
    {
        ASSERT_TRUE(home.isValid());
        const unsigned seed
            = unsigned(variable("PROVERDECK_FAULT_SEED", 20261121)) * 31U + unsigned(GetParam());
        random.seed(seed);
        std::cout << "seed " << seed << '\n';
    }

    void TearDown() override
    {
        end(panel);
        end(demo);
    }

    static void end(std::unique_ptr<QProcess> &process)
    {
        if (process && process->state() != QProcess::NotRunning) {
            process->terminate();
            if (!QTest::qWaitFor([&] { return process->state() == QProcess::NotRunning; },
                                 30'000)) {
                process->kill();
                process->waitForFinished();
            }
        }
        process.reset();
    }

    int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

    [[nodiscard]] QProcessEnvironment environment() const
    {
        QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
        all.insert("XDG_DATA_HOME", home.path() + "/data");
        all.insert("XDG_CONFIG_HOME", home.path() + "/config");
        all.remove("DISPLAY");
        return all;
    }

    void startDemo()
    {
        demoDir = home.path() + "/demo" + QString::number(benchmarks);
        demo = std::make_unique<QProcess>();
        demo->setProcessEnvironment(environment());
        demo->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        demo->start(PROVERDECK_BINARY_DIR "/proverdeck",
                    {"demo-host", "--dir", demoDir, "--speed", "300"});
        ASSERT_TRUE(QTest::qWaitFor([&] { return demo->canReadLine(); }, 60'000));
        const QJsonObject ready = QJsonDocument::fromJson(demo->readLine()).object();
        relay = std::make_unique<FlakyRelay>(quint16(ready.value("port").toInt()));
        // The same configuration, through the relay, with a keepalive that notices a freeze soon.
        const QByteArray port = QByteArray::number(ready.value("port").toInt());
        const QByteArray relayed = QByteArray::number(relay->port());
        QByteArray text = contentOf(ready.value("ssh_config").toString());
        text.replace(QByteArray("Port " + port), QByteArray("Port " + relayed));
        text += "  ServerAliveInterval 1\n";
        QByteArray known = contentOf(demoDir + "/known_hosts");
        known.replace(port, relayed);
        text.replace(QString(demoDir + "/known_hosts").toUtf8(),
                     QString(home.path() + "/known_hosts").toUtf8());
        write(home.path() + "/ssh_config", text);
        write(home.path() + "/known_hosts", known);
    }

    static void write(const QString &path, const QByteArray &text)
    {
        QFile file(path);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(text);
    }

    void startPanel(const QStringList &arguments)
    {
        panel = std::make_unique<QProcess>();
        panel->setProcessEnvironment(environment());
        panel->setStandardOutputFile(home.path() + "/panel.out", QIODevice::Append);
        panel->setStandardErrorFile(home.path() + "/panel.err", QIODevice::Append);
        panel->start(PROVERDECK_BINARY_DIR "/proverdeck", arguments);
        ASSERT_TRUE(panel->waitForStarted());
    }

    [[nodiscard]] bool isPanelAlive() const { return panel->state() != QProcess::NotRunning; }

    /// The jobs' logs and exit codes on the server are deleted when the run ends: second names
    /// keep them.
    void keepServerFiles()
    {
        const QString jobs = demoDir + "/home/.local/state/proverdeck/jobs";
        const QStringList ids = QDir(jobs).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        QDir().mkpath(kept());
        for (const QString &id : ids) {
            for (const char *name : {"log", "rc"}) {
                const QString second = kept() + '/' + id + '.' + name;
                if (!QFile::exists(second)) {
                    (void)::link(qPrintable(jobs + '/' + id + '/' + name), qPrintable(second));
                }
            }
        }
    }

    [[nodiscard]] QString kept() const { return demoDir + ".kept"; }

    [[nodiscard]] QString runId() const
    {
        const QString runs = home.path() + "/data/proverdeck/runs";
        const QStringList ids = QDir(runs).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
        return ids.value(benchmarks);
    }

    void pause(int ms)
    {
        QElapsedTimer time;
        time.start();
        (void)QTest::qWaitFor(
            [&] {
                keepServerFiles();
                return time.elapsed() > ms || !isPanelAlive();
            },
            ms + 5000);
    }

    void doFault(Fault fault)
    {
        ++faults[fault];
        history.push_back(QTime::currentTime().toString("hh:mm:ss.zzz ").toStdString()
                          + nameOf(fault));
        switch (fault) {
        case Fault::KillPanel:
            panel->kill();
            panel->waitForFinished();
            pause(between(0, 400));
            if (runId().isEmpty()) { // before it had noted anything: as if never called
                startPanel(benchmark());
            } else {
                startPanel(attachment());
            }
            break;
        case Fault::CutConnection:
            relay->cut();
            break;
        case Fault::KillSshd:
            write(demoDir + "/state/cut-connections", {});
            break;
        case Fault::FreezeNetwork:
            relay->freeze();
            pause(between(500, 5000));
            if (between(0, 1) == 0) {
                relay->cut();
            }
            relay->thaw();
            break;
        case Fault::CutPower:
            powerWasCut = true;
            write(demoDir + "/state/cut-power", {});
            break;
        }
    }

    [[nodiscard]] QStringList benchmark() const
    {
        return {"run",
                "--host",
                "demo",
                "--ssh-config",
                home.path() + "/ssh_config",
                "--tx-count",
                "5",
                "--batches",
                "4",
                "--out",
                outDir(),
                "--overwrite"};
    }

    [[nodiscard]] QStringList attachment() const
    {
        return {"attach", runId(), "--out", outDir(), "--overwrite"};
    }

    [[nodiscard]] QString outDir() const
    {
        return home.path() + "/out" + QString::number(benchmarks);
    }

    /// One benchmark with a fault every now and then, to its end.
    void runBenchmark(int &roundsLeft)
    {
        powerWasCut = false;
        history.clear();
        ASSERT_NO_FATAL_FAILURE(startDemo());
        const qsizetype before = contentOf(home.path() + "/panel.err").size();
        startPanel(benchmark());
        // A first login that fails ends a run that has not begun, with 3: no fault before it.
        ASSERT_TRUE(QTest::qWaitFor(
            [&] {
                return contentOf(home.path() + "/panel.err").mid(before).contains("Login shell");
            },
            60'000));
        const bool mayLosePower = between(0, 3) == 0;
        QElapsedTimer time;
        time.start();
        while (isPanelAlive() && time.elapsed() < 240'000) {
            pause(between(100, 2500));
            if (!isPanelAlive() || roundsLeft <= 0) {
                continue;
            }
            const int choice = between(0, 99);
            const Fault fault = choice < 40 ? Fault::KillPanel
                : choice < 60               ? Fault::CutConnection
                : choice < 75               ? Fault::KillSshd
                : choice < 92 || !mayLosePower || powerWasCut || time.elapsed() < 4000
                ? Fault::FreezeNetwork
                : Fault::CutPower;
            --roundsLeft;
            ASSERT_NO_FATAL_FAILURE(doFault(fault));
        }
        keepServerFiles();
        EXPECT_FALSE(isPanelAlive()) << "it does not end";
        if (isPanelAlive()) {
            explain();
            FAIL();
        }
        judge();
        end(demo);
        relay.reset();
        ++benchmarks;
    }

    void judge()
    {
        SCOPED_TRACE("benchmark " + std::to_string(benchmarks)
                     + (powerWasCut ? ", power was cut" : ""));
        const QString id = runId();
        ASSERT_FALSE(id.isEmpty());
        models::store::RunStore store;
        ASSERT_TRUE(store.open(home.path() + "/data/proverdeck/history.db"));
        const auto record = store.load(id);
        ASSERT_TRUE(record);
        const int code = panel->exitCode();
        EXPECT_EQ(panel->exitStatus(), QProcess::NormalExit);
        if (powerWasCut) {
            EXPECT_TRUE(code == 0 || code == 1) << code;
        } else {
            EXPECT_EQ(code, 0);
        }
        judgeLogs(*record);
        judgeSteps(*record);
        if (!powerWasCut) {
            judgeTable(*record);
        }
        if (HasFailure()) {
            explain();
        }
    }

    /// The end comes last, where a shortened report still shows it.
    void explain()
    {
        home.setAutoRemove(!qEnvironmentVariableIsSet("PROVERDECK_FAULT_KEEP"));
        for (const std::string &line : history) {
            std::cerr << line << '\n';
        }
        std::cerr << contentOf(home.path() + "/panel.err").right(8000).toStdString()
                  << home.path().toStdString() << '\n';
    }

    /// The server's own file, of every job that wrote into this log, in the order of the steps.
    void judgeLogs(const models::RunRecord &record)
    {
        const auto plan = models::planFrom(record.blueprint);
        ASSERT_TRUE(plan);
        std::map<QString, QByteArray> server;
        for (const models::PlannedStep &one : plan->steps) {
            const QString path = kept() + '/' + record.id + '-' + one.step.id + ".log";
            if (QFile::exists(path)) {
                server[one.step.log.isEmpty() ? "steps.log" : one.step.log] += contentOf(path);
            }
        }
        for (const auto &[name, bytes] : server) {
            models::LogFile log(record.folder + '/' + name);
            ASSERT_TRUE(log.openExisting());
            const auto local = log.read(0, qsizetype(log.size()));
            ASSERT_TRUE(local);
            ASSERT_EQ(local->size(), bytes.size()) << name.toStdString();
            qsizetype differing = 0;
            for (qsizetype i = 0; i < bytes.size(); ++i) { // masked secrets are the only difference
                differing += int(local->at(i) != bytes.at(i) && local->at(i) != '*');
            }
            EXPECT_EQ(differing, 0) << name.toStdString();
            ++logs;
        }
    }

    void judgeSteps(const models::RunRecord &record)
    {
        const auto plan = models::planFrom(record.blueprint);
        ASSERT_TRUE(plan);
        ASSERT_EQ(plan->steps.size(), record.steps.size());
        for (int i = 0; i < record.steps.size(); ++i) {
            const models::StepState &state = record.steps.at(i).second;
            const QString rc = kept() + '/' + record.id + '-' + plan->steps.at(i).step.id + ".rc";
            if (!powerWasCut) {
                EXPECT_TRUE(state.outcome == models::StepOutcome::Done
                            || state.outcome == models::StepOutcome::Warning
                            || state.outcome == models::StepOutcome::Skipped)
                    << record.steps.at(i).first.toStdString() << ": "
                    << models::stepOutcomeWord(state.outcome).toStdString() << ' '
                    << state.note.toStdString();
            }
            if (state.exitCode && QFile::exists(rc)) {
                EXPECT_EQ(*state.exitCode, contentOf(rc).split(' ').value(0).toInt())
                    << record.steps.at(i).first.toStdString();
                ++statuses;
            }
        }
    }

    /// Every batch that the server proved, exactly once, with its first time.
    void judgeTable(const models::RunRecord &record)
    {
        models::ethrex::ResultCollector collector;
        collector.feedLog("ethrex-prover", "prover.log",
                          contentOf(kept() + '/' + record.id + "-prover.log"));
        collector.finishLog("prover.log");
        QList<quint64> expected;
        for (const models::ethrex::BatchRow &row : collector.rows()) {
            expected << row.batch;
        }
        const QJsonObject json
            = QJsonDocument::fromJson(contentOf(outDir() + "/results.json")).object();
        QList<quint64> shown;
        for (const QJsonValue &batch : json.value("batches").toArray()) {
            shown << quint64(batch.toObject().value("batch").toInteger());
            EXPECT_FALSE(batch.toObject().value("gas_used").isNull())
                << "batch " << shown.last() << " lost its facts";
        }
        EXPECT_EQ(shown, expected);
        EXPECT_GE(shown.size(), 4);
        batches += int(shown.size());
    }

    void report(int rounds)
    {
        std::string text
            = std::to_string(rounds) + " rounds in " + std::to_string(benchmarks) + " benchmarks:";
        for (const auto &[fault, count] : faults) {
            text += std::string(" ") + nameOf(fault) + ' ' + std::to_string(count) + ',';
        }
        text += " logs compared " + std::to_string(logs) + ", exit statuses "
            + std::to_string(statuses) + ", batches " + std::to_string(batches) + '\n';
        std::cout << text;
        const QString folder = qEnvironmentVariable("PROVERDECK_REPORT_DIR", PROVERDECK_BINARY_DIR);
        QFile file(folder + "/fault-rounds-" + QString::number(GetParam()) + ".txt");
        if (file.open(QIODevice::WriteOnly | QIODevice::Truncate)) {
            file.write(text.c_str());
        }
    }

    QTemporaryDir home;
    QString demoDir;
    std::mt19937 random;
    std::unique_ptr<QProcess> demo;
    std::unique_ptr<QProcess> panel;
    std::unique_ptr<FlakyRelay> relay;
    std::map<Fault, int> faults;
    std::vector<std::string> history; ///< of this benchmark
    int benchmarks = 0;
    int logs = 0;
    int statuses = 0;
    int batches = 0;
    bool powerWasCut = false;
};

TEST_P(FaultRounds, EndWithTheTruth)
{
    const int rounds = variable("PROVERDECK_FAULT_ROUNDS", 50);
    int left = rounds;
    while (left > 0 && !HasFailure()) {
        ASSERT_NO_FATAL_FAILURE(runBenchmark(left));
    }
    report(rounds - left);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FaultRounds, ::testing::Range(1, 5));

} // namespace
} // namespace proverdeck
