// SPDX-License-Identifier: GPL-3.0-or-later
// The program as a user calls it: arguments, output, exit status. Everything on the real binary.
#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace proverdeck {
namespace {

struct Answer
{
    int code = -1;
    QByteArray out;
    QByteArray err;

    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    [[nodiscard]] bool hasFinding(const QString &code_) const
    {
        return err.contains(('[' + code_ + ']').toUtf8());
    }
};

class CommandsTest : public ::testing::Test
{
protected:
    Answer call(const QStringList &arguments, int limitMs = 30'000)
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("XDG_DATA_HOME", home.path() + "/data");
        environment.insert("XDG_CONFIG_HOME", home.path() + "/config");
        environment.remove("DISPLAY");
        environment.remove("QT_QPA_PLATFORM");
        process.setProcessEnvironment(environment);
        process.start(PROVERDECK_BINARY_DIR "/proverdeck", arguments);
        process.closeWriteChannel();
        EXPECT_TRUE(process.waitForFinished(limitMs))
            << "it did not end: " << arguments.join(' ').toStdString();
        Answer answer{process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                      process.readAllStandardOutput(), process.readAllStandardError()};
        if (process.state() != QProcess::NotRunning) {
            process.kill();
            process.waitForFinished();
        }
        return answer;
    }

    /// No process of a demo host may be left: they all carry the demo's id in their environment.
    static void expectNothingLeft()
    {
        QStringList left;
        const auto search = [&left] {
            left.clear();
            const QStringList pids = QDir("/proc").entryList({"[0-9]*"}, QDir::Dirs);
            for (const QString &pid : pids) {
                QFile command("/proc/" + pid + "/cmdline");
                if (command.open(QIODevice::ReadOnly)
                    && command.readAll().contains(ownMark().toUtf8())) {
                    left << pid;
                }
            }
            return left.isEmpty();
        };
        EXPECT_TRUE(QTest::qWaitFor(search, 10'000)) << left.join(' ').toStdString();
    }
    /// The temporary folder of this test's demo hosts; see SetUp().
    static QString ownMark() { return s_mark; }

    void SetUp() override
    {
        ASSERT_TRUE(home.isValid());
        s_mark = home.path() + "/tmp/";
        ASSERT_TRUE(QDir().mkpath(s_mark));
        qputenv("TMPDIR", s_mark.toUtf8());
    }
    void TearDown() override { qunsetenv("TMPDIR"); }

    static QString data(const QString &name) { return PROVERDECK_TEST_DATA "/ethrex/" + name; }

    QTemporaryDir home;
    static QString s_mark;
};

QString CommandsTest::s_mark;

TEST_F(CommandsTest, WrongArgumentsEndWithTwoAndASentence)
{
    const QList<QPair<QStringList, QByteArray>> cases{
        {{"frobnicate"}, "no command"},
        {{"run"}, "--host: Server: please give a value."},
        {{"run", "--host", "x", "--tx-count", "many"},
         "--tx-count: Transactions per account: \"many\" is not a whole number."},
        {{"run", "--host", "x", "--batches", "0"}, "must be between 1 and"},
        {{"run", "--host", "x", "--backend", "zisk"}, "not one of sp1, risc0, exec"},
        {{"run", "--host", "-oProxyCommand=x"}, "begins with a dash"},
        {{"run", "--host", "x", "--ref", "-q"}, "begins with a dash"},
        {{"run", "--host", "x", "--ref", "a b"}, "git does not allow"},
        {{"run", "--host", "x", "--repo", "ethrex"}, "must be an absolute path"},
        {{"run", "--host", "x", "--frob"}, "--help lists the options"},
        {{"plan", "--host", "x", "--format", "pdf"}, "not one of text, sh, json"},
        {{"plan", "--host", "x", "--workflow", "/nonexistent.toml"}, "cannot be read"},
        {{"analyse", "ethrex", "/nonexistent.log"}, "cannot be read"},
        {{"analyse", "ethrex", "/"}, "is a folder"},
        {{"runs", "show", "nothing"}, "There is no run nothing"},
        {{"demo-host", "--fault", "frob"}, "knows no fault"},
        {{"demo-host", "--port", "99999"}, "no port between"},
    };
    for (const auto &[arguments, sentence] : cases) {
        const Answer answer = call(arguments);
        EXPECT_EQ(answer.code, 2) << arguments.join(' ').toStdString();
        EXPECT_TRUE(answer.err.contains(sentence)) << answer.err.toStdString();
        EXPECT_TRUE(answer.out.isEmpty()) << answer.out.toStdString();
    }
}

TEST_F(CommandsTest, HelpNamesEveryCommandAndOption)
{
    const Answer overview = call({"--help"});
    EXPECT_EQ(overview.code, 0);
    for (const char *word :
         {"doctor", "plan", "run", "runs", "analyse", "demo-host", "Exit status"}) {
        EXPECT_TRUE(overview.out.contains(word)) << word;
    }
    const Answer run = call({"run", "--help"});
    for (const char *option :
         {"--host", "--backend", "--gpu", "--no-gpu", "--tx-count", "--batches", "--endless",
          "--ref", "--already-running", "--tx-type", "--repo", "--workflow", "--demo", "--out",
          "--keep-running", "--ssh-config", "--trust-host"}) {
        EXPECT_TRUE(run.out.contains(option)) << option;
    }
}

TEST_F(CommandsTest, AnalyseGivesTheDocumentedKeys)
{
    const Answer answer = call({"analyse", "ethrex", data("prover.log"), "--metrics",
                                data("metrics.txt"), "--format", "json"});
    ASSERT_EQ(answer.code, 0) << answer.err.toStdString();
    const QJsonObject json = answer.json();
    const QJsonArray batches = json.value("batches").toArray();
    ASSERT_EQ(batches.size(), 14);
    const QJsonObject eighth = batches.at(7).toObject();
    EXPECT_EQ(eighth.value("batch").toInt(), 8);
    EXPECT_EQ(eighth.value("proving_time_ms").toInt(), 144461);
    EXPECT_EQ(eighth.value("flags").toArray(), QJsonArray{"repeat"});
    EXPECT_EQ(eighth.value("blocks").toInt(), 2);
    const QJsonObject summary = json.value("summary").toObject();
    for (const char *key : {"batches", "avg_ms", "median_ms", "min_ms", "max_ms", "p95_ms",
                            "stddev_ms", "total_gas", "total_txs"}) {
        EXPECT_TRUE(summary.contains(key)) << key;
    }
    EXPECT_EQ(summary.value("total_gas").toInteger(), 192584844);
    EXPECT_EQ(summary.value("counted").toObject().value("batches").toInt(), 8);
    EXPECT_EQ(json.value("l2").toObject().value("committed_batch").toInt(), 32);
}

TEST_F(CommandsTest, UnknownIsNullAndNeverZero)
{
    const Answer answer
        = call({"analyse", "ethrex", data("prover-untimed.log"), "--format", "json"});
    const QJsonObject json = answer.json();
    const QJsonObject first = json.value("batches").toArray().at(0).toObject();
    EXPECT_TRUE(first.value("proving_time_ms").isNull());
    EXPECT_TRUE(first.value("gas_used").isNull());
    EXPECT_TRUE(json.value("summary").toObject().value("total_gas").isNull());
    EXPECT_TRUE(json.value("summary").toObject().value("avg_ms").isNull());
}

TEST_F(CommandsTest, UpstreamLayoutEqualsUpstreamsFile)
{
    const Answer answer = call({"analyse", "ethrex", data("prover.log"), "--metrics",
                                data("metrics.txt"), "--format", "upstream"});
    const QByteArray expected = testing::readData("ethrex/sp1_bench_results.md");
    EXPECT_EQ(answer.out.mid(answer.out.indexOf("| Batch |")),
              expected.mid(expected.indexOf("| Batch |")));
}

TEST_F(CommandsTest, OtherLogsAreRecognised)
{
    const Answer l2 = call({"analyse", "ethrex", data("l2.log"), "--format", "json"});
    EXPECT_EQ(l2.json().value("batches").toArray().size(), 14);
    EXPECT_EQ(l2.json().value("l2").toObject().value("last_block").toInt(), 190);
    const Answer taken
        = call({"analyse", "ethrex", data("l2-port-in-use.log"), "--format", "json"});
    EXPECT_EQ(taken.json().value("findings").toArray().at(0).toObject().value("code").toString(),
              "port-in-use");
    const Answer load = call({"analyse", "ethrex", data("loadtest-endless.log")});
    EXPECT_TRUE(load.out.contains("loadtest-round-failed")) << load.out.toStdString();
    EXPECT_EQ(call({"analyse", "ethrex", data("metrics.txt")}).code, 2);
}

TEST_F(CommandsTest, UnreachableAndUnknownHostsEndWithThree)
{
    const Answer refused = call({"run", "--host", "nobody@127.0.0.1:1"});
    EXPECT_EQ(refused.code, 3) << refused.err.toStdString();
    EXPECT_TRUE(refused.hasFinding("host-unreachable")) << refused.err.toStdString();
}

TEST_F(CommandsTest, ABenchmarkOnTheDemoHostEndsWithATableThatCanBeTrusted)
{
    const QString out = home.path() + "/out";
    const Answer answer = call({"run", "--demo", "--backend", "sp1", "--tx-count", "2", "--batches",
                                "6", "--out", out, "--format", "json"},
                               120'000);
    ASSERT_EQ(answer.code, 0) << answer.err.toStdString();
    const QJsonArray batches = answer.json().value("batches").toArray();
    ASSERT_GE(batches.size(), 6);
    QStringList flags;
    for (const QJsonValue &batch : batches) {
        flags += batch.toObject().value("flags").toVariant().toStringList();
        EXPECT_FALSE(batch.toObject().value("gas_used").isNull());
    }
    const QJsonObject cost
        = answer.json().value("session").toObject().value("server_cost").toObject();
    EXPECT_GE(cost.value("seconds").toDouble(), 1) << "what measuring took of the server";
    EXPECT_GT(cost.value("cpu_s").toDouble(), 0);
    EXPECT_TRUE(flags.contains("repeat") && flags.contains("empty") && flags.contains("warm-up"))
        << flags.join(' ').toStdString();
    for (const char *file :
         {"results.md", "results.csv", "results.json", "bench_results.md", "prover.log", "l2.log",
          "loadtest.log", "deploy.log", "build.log", "gpu.csv", "metrics.txt"}) {
        EXPECT_GT(QFile(out + '/' + file).size(), 0) << file;
    }
    QFile l2(out + "/l2.log");
    ASSERT_TRUE(l2.open(QIODevice::ReadOnly));
    EXPECT_FALSE(l2.readAll().contains("l1-private-key 0x1")) << "a private key in a log";
    expectNothingLeft();

    // The history has it, shows it, exports it, and does not overwrite.
    const QJsonObject newest = call({"runs", "list", "--format", "json"})
                                   .json()
                                   .value("runs")
                                   .toArray()
                                   .at(0)
                                   .toObject();
    EXPECT_EQ(newest.value("state").toString(), "done");
    EXPECT_EQ(newest.value("host").toString(), "demo");
    const QString id = newest.value("id").toString();
    EXPECT_EQ(call({"runs", "show", id, "--format", "json"}).json().value("batches").toArray(),
              batches);
    EXPECT_EQ(call({"runs", "export", id, "--out", out}).code, 2);
    EXPECT_EQ(call({"runs", "export", id, "--out", home.path() + "/again"}).code, 0);
    EXPECT_EQ(call({"run", "--demo", "--out", out}).code, 2);
}

TEST_F(CommandsTest, ThePlanRunByHandProvesBatches)
{
    QProcess demo;
    demo.start(PROVERDECK_BINARY_DIR "/proverdeck",
               {"demo-host", "--speed", "120", "--dir", home.path() + "/tmp/demo"});
    ASSERT_TRUE(demo.waitForReadyRead(30'000)) << demo.readAllStandardError().toStdString();
    const QString config
        = QJsonDocument::fromJson(demo.readLine()).object().value("ssh_config").toString();
    const Answer plan = call({"plan", "--host", "demo", "--ssh-config", config, "--tx-count", "5",
                              "--batches", "3", "--format", "sh"});
    ASSERT_EQ(plan.code, 0);
    QFile script(home.path() + "/plan.sh");
    ASSERT_TRUE(script.open(QIODevice::WriteOnly));
    script.write(plan.out);
    script.close();
    QProcess bash;
    bash.setWorkingDirectory(home.path());
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("INTERVAL", "1");
    bash.setProcessEnvironment(environment);
    bash.start("bash", {script.fileName(), "results"});
    bash.closeWriteChannel();
    EXPECT_TRUE(bash.waitForFinished(120'000));
    EXPECT_EQ(bash.exitCode(), 0) << bash.readAllStandardError().toStdString();
    EXPECT_TRUE(bash.readAllStandardOutput().contains("nothing of this run is left"));
    const Answer table
        = call({"analyse", "ethrex", home.path() + "/results/prover.log", "--metrics",
                home.path() + "/results/metrics.txt", "--format", "json"});
    EXPECT_GE(table.json().value("batches").toArray().size(), 3);
    demo.terminate();
    EXPECT_TRUE(demo.waitForFinished(20'000));
    EXPECT_EQ(demo.exitCode(), 0);
    expectNothingLeft();
}

TEST_F(CommandsTest, DoctorChecksAndChangesNothing)
{
    const Answer good = call({"doctor", "--demo", "--format", "json"});
    EXPECT_EQ(good.code, 0) << good.err.toStdString();
    EXPECT_GE(good.json().value("checks").toArray().size(), 15);
    EXPECT_EQ(call({"doctor", "--demo", "--fault", "no-docker"}).code, 4);
    expectNothingLeft();
}

TEST_F(CommandsTest, CtrlCTearsDownAndEndsWithFive)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("XDG_DATA_HOME", home.path() + "/data");
    process.setProcessEnvironment(environment);
    process.start(PROVERDECK_BINARY_DIR "/proverdeck",
                  {"run", "--demo", "--tx-count", "5", "--batches", "500"});
    QByteArray err;
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
            err += process.readAllStandardError();
            return err.contains("2 of 500");
        },
        90'000))
        << err.toStdString();
    process.terminate();
    ASSERT_TRUE(process.waitForFinished(60'000));
    err += process.readAllStandardError();
    EXPECT_EQ(process.exitCode(), 5) << err.toStdString();
    EXPECT_TRUE(err.contains("nothing of this run is left")) << err.toStdString();
    EXPECT_TRUE(process.readAllStandardOutput().contains("| 1 |"));
    expectNothingLeft();
}

/// What of a table must not depend on how the run went: everything but times.
QJsonArray factsOf(const QJsonArray &batches, int count)
{
    QJsonArray facts;
    for (int i = 0; i < std::min<int>(count, int(batches.size())); ++i) {
        const QJsonObject batch = batches.at(i).toObject();
        facts << QJsonObject{{"batch", batch.value("batch")},
                             {"hasTime", !batch.value("proving_time_ms").isNull()},
                             {"hasGas", !batch.value("gas_used").isNull()},
                             {"hasBlocks", !batch.value("blocks").isNull()}};
    }
    return facts;
}

TEST_F(CommandsTest, KilledAndAttachedItEndsWithTheSameTable)
{
    const QStringList benchmark{"run", "--demo", "--tx-count", "5", "--batches", "4"};
    const Answer undisturbed = call(benchmark + QStringList{"--format", "json"}, 120'000);
    ASSERT_EQ(undisturbed.code, 0) << undisturbed.err.toStdString();

    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("XDG_DATA_HOME", home.path() + "/data");
    environment.insert("XDG_CONFIG_HOME", home.path() + "/config");
    process.setProcessEnvironment(environment);
    process.start(PROVERDECK_BINARY_DIR "/proverdeck", benchmark);
    QByteArray err;
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
            err += process.readAllStandardError();
            return err.contains("2 of 4");
        },
        90'000))
        << err.toStdString();
    process.kill();
    ASSERT_TRUE(process.waitForFinished(10'000));
    const QJsonObject left = call({"runs", "list", "--format", "json"})
                                 .json()
                                 .value("runs")
                                 .toArray()
                                 .at(0)
                                 .toObject();
    const QString id = left.value("id").toString();
    const Answer attached
        = call({"attach", id, "--out", home.path() + "/out", "--format", "json"}, 120'000);
    EXPECT_EQ(attached.code, 0) << attached.err.toStdString();
    EXPECT_EQ(factsOf(attached.json().value("batches").toArray(), 4),
              factsOf(undisturbed.json().value("batches").toArray(), 4));
    EXPECT_EQ(attached.json().value("session").toObject().value("commit"),
              undisturbed.json().value("session").toObject().value("commit"));
    EXPECT_FALSE(attached.hasFinding("log-differs")) << attached.err.toStdString();
    expectNothingLeft();
    const Answer again = call({"attach", id});
    EXPECT_EQ(again.code, 0) << "it is over, and that is said";
    EXPECT_TRUE(again.err.contains("is over: done"));
    EXPECT_EQ(call({"attach", "no-such-run"}).code, 2);
}

TEST_F(CommandsTest, EndlessModeRunsUntilItIsStoppedAndIsThenDone)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("XDG_DATA_HOME", home.path() + "/data");
    process.setProcessEnvironment(environment);
    process.start(PROVERDECK_BINARY_DIR "/proverdeck",
                  {"run", "--demo", "--tx-count", "5", "--batches", "1", "--endless"});
    QByteArray err;
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
            err += process.readAllStandardError();
            return err.contains("Prove batches: 4 batches");
        },
        90'000))
        << err.toStdString();
    process.terminate();
    ASSERT_TRUE(process.waitForFinished(60'000));
    err += process.readAllStandardError();
    EXPECT_EQ(process.exitCode(), 0) << err.toStdString();
    EXPECT_TRUE(err.contains("nothing of this run is left")) << err.toStdString();
    EXPECT_TRUE(process.readAllStandardOutput().contains("| 4 |"));
    expectNothingLeft();
}

struct Fault
{
    const char *name;
    int code;
    const char *finding;
};

void PrintTo(const Fault &fault, std::ostream *out)
{
    *out << fault.name;
}

std::string faultName(const ::testing::TestParamInfo<Fault> &info)
{
    return QString(info.param.name).replace('-', '_').toStdString();
}

class FaultTest : public CommandsTest, public ::testing::WithParamInterface<Fault>
{
};

TEST_P(FaultTest, IsFoundAndTornDown)
{
    const Fault fault = GetParam();
    const Answer answer = call({"run", "--demo", "--fault", fault.name, "--tx-count", "5",
                                "--batches", "6", "--speed", "120"},
                               200'000);
    EXPECT_EQ(answer.code, fault.code) << answer.err.toStdString();
    EXPECT_TRUE(answer.hasFinding(fault.finding)) << answer.err.toStdString();
    const bool started = answer.err.contains("…    Start the L2");
    EXPECT_TRUE(!started || answer.err.contains("nothing of this run is left"))
        << answer.err.toStdString();
    expectNothingLeft();
}

INSTANTIATE_TEST_SUITE_P(
    Every, FaultTest,
    ::testing::Values(
        Fault{"no-docker", 4, "docker-missing"}, Fault{"no-repo", 4, "repository-missing"},
        Fault{"dirty-tree", 4, "dirty-tree"}, Fault{"bad-ref", 4, "git-unknown-ref"},
        Fault{"port-in-use", 4, "port-in-use"}, Fault{"deploy-fails", 1, "deploy-reverted"},
        Fault{"l2-never-ready", 1, "l2-not-ready"}, Fault{"no-metrics", 1, "l2-not-ready"},
        Fault{"gpu-oom", 1, "sp1-gpu-server-crashed"},
        Fault{"prover-exits", 1, "gpu-out-of-memory"}, Fault{"host-oom", 1, "host-out-of-memory"},
        Fault{"disk-full", 1, "disk-full"}, Fault{"wrong-backend", 1, "wrong-backend"},
        Fault{"version-mismatch", 1, "version-mismatch"},
        Fault{"coordinator-down", 1, "l2-not-ready"},
        Fault{"metrics-silent", 0, "metrics-from-rpc"}),
    faultName);

} // namespace
} // namespace proverdeck
