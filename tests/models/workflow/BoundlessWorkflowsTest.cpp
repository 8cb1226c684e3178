// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/BenchmarkFigures.h"
#include "models/boundless/SettingsMigration.h"
#include "models/boundless/SettingsSchema.h"
#include "models/workflow/Plan.h"
#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>

namespace proverdeck::models {
namespace {

const QStringList Ids{"boundless-doctor", "boundless-setup", "boundless-start",
                      "boundless-update", "boundless-clean", "boundless-benchmark"};

struct Ran
{
    int code = -1;
    QByteArray out;
};

Ran bash(const QStringList &arguments, const QByteArray &script, const QString &temporary = {})
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (!temporary.isEmpty()) {
        environment.insert("TMPDIR", temporary);
    }
    process.setProcessEnvironment(environment);
    process.start("bash", arguments);
    process.write(script);
    process.closeWriteChannel();
    EXPECT_TRUE(process.waitForFinished(20'000));
    return {process.exitCode(), process.readAllStandardOutput() + process.readAllStandardError()};
}

tl::expected<Plan, QString> planOf(const QString &id, InputValues given = {})
{
    const auto workflow = loadWorkflow(id);
    if (!workflow) {
        return tl::unexpected(workflow.error());
    }
    given.insert("host", "server");
    for (const Input &input : workflow->inputs) {
        if (!input.defaultValue.isValid() && !input.optional && !given.contains(input.id)) {
            given.insert(input.id, input.type == InputType::GitRef ? "v0.13.2" : "it's $x");
        }
    }
    const auto values = checkValues(*workflow, given);
    if (!values) {
        return tl::unexpected(values.error().first().text);
    }
    return makePlan(*workflow, *values);
}

TEST(BoundlessWorkflowsTest, EveryCommandIsValidBash)
{
    for (const QString &id : Ids) {
        const auto plan = planOf(id);
        ASSERT_TRUE(plan) << id.toStdString() << ": " << plan.error().toStdString();
        for (const PlannedStep &step : plan->steps) {
            if (step.command.isEmpty()) {
                continue;
            }
            const Ran parsed = bash({"-n"}, scriptFor(step.command));
            EXPECT_EQ(parsed.code, 0) << id.toStdString() << '/' << step.step.id.toStdString()
                                      << ": " << parsed.out.toStdString();
            for (const QString &name : placeholders(step.command)) {
                EXPECT_EQ(name, "run_id") << step.step.id.toStdString();
            }
        }
    }
}

TEST(BoundlessWorkflowsTest, CleaningNeedsItsConsequenceTyped)
{
    for (const auto &[typed, code] : {qMakePair("yes", 1), qMakePair("delete broker.db", 0)}) {
        const auto plan = planOf("boundless-clean", {{"consequence", typed}});
        ASSERT_TRUE(plan) << plan.error().toStdString();
        EXPECT_EQ(bash({}, scriptFor(plan->step("typed")->command)).code, code) << typed;
    }
}

class BoundlessFigureTest : public ::testing::Test
{
protected:
    /// The result step of the benchmark, on what the programs have printed.
    Ran result(const QStringList &files)
    {
        const auto plan = planOf("boundless-benchmark");
        EXPECT_TRUE(plan) << plan.error().toStdString();
        QFile file(folder.filePath("proverdeck-1.bench"));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        for (const QString &name : files) {
            file.write(testing::readData("boundless/" + name));
        }
        file.close();
        QString command = plan->step("result")->command;
        return bash({}, command.replace("{run_id}", "1").toUtf8(), folder.path());
    }

    QTemporaryDir folder;
};

TEST_F(BoundlessFigureTest, ThreeQuartersOfTheSlowestProof)
{
    for (const char *file :
         {"cli/0.13-proving-benchmark.stdout", "cli/1.1-prover-benchmark.stdout"}) {
        const Ran ran = result({file});
        EXPECT_EQ(ran.code, 0) << file << ran.out.toStdString();
        EXPECT_TRUE(ran.out.startsWith("431.38 kHz (351")) << ran.out.toStdString();
        EXPECT_TRUE(ran.out.contains("peak_prove_khz = 323")) << ran.out.toStdString();
    }
}

TEST_F(BoundlessFigureTest, TheFiguresOfASyntheticJob)
{
    const Ran old = result({"cli/bento_cli.stdout", "cli/job_status-0.13.stdout"});
    EXPECT_EQ(old.code, 0);
    EXPECT_EQ(old.out,
              "264.89 kHz (34603008 cycles in 130.63 s); proposal: peak_prove_khz = 198\n");
    const Ran recent = result({"cli/bento_cli.stdout", "rest/bento-session-succeeded.json"});
    EXPECT_EQ(recent.code, 0);
    EXPECT_TRUE(recent.out.startsWith("424.94 kHz (34603008 cycles in 81.43 s)"))
        << recent.out.toStdString();
}

TEST_F(BoundlessFigureTest, IsReadFromTheHistoryAsItWasPrinted)
{
    RunRecord run;
    run.id = "one";
    run.host = "prover";
    run.workflow = "boundless-benchmark";
    run.ended = QDateTime(QDate(2026, 1, 2), QTime(3, 4), Qt::UTC);
    run.values = {{"kind", "synthetic"}, {"iterations", 1024}};
    StepState state;
    state.note = QString::fromUtf8(result({"cli/0.13-proving-benchmark.stdout"}).out);
    run.steps = {{"Prove", {}}, {"Result", state}};
    RunRecord other = run;
    other.workflow = "boundless-start";
    RunRecord failed = run;
    failed.steps = {{"Result", {}}};
    const auto figures = boundless::benchmarkFigures({other, run, failed});
    ASSERT_EQ(figures.size(), 1);
    EXPECT_EQ(figures.first().khz, 431.38);
    EXPECT_EQ(figures.first().proposal(), 323);
    EXPECT_EQ(figures.first().host, "prover");
    EXPECT_EQ(figures.first().what, "1024 iterations");
    EXPECT_EQ(figures.first().when, run.ended);
    EXPECT_GT(figures.first().cycles, 1'000'000);
    EXPECT_GT(figures.first().seconds, 1);
    const auto synthetic = boundless::parseFigure(
        QString::fromUtf8(result({"cli/bento_cli.stdout", "cli/job_status-0.13.stdout"}).out));
    ASSERT_TRUE(synthetic);
    EXPECT_EQ(synthetic->cycles, 34603008);
    EXPECT_EQ(synthetic->seconds, 130.63);
    EXPECT_EQ(synthetic->proofs, 1);
    for (const char *bad :
         {"", "no proof with a figure", "0.00 kHz (0 cycles in 0.00 s); proposal: x",
          "1e9 kHz (1 cycles in 1.00 s); proposal: x"}) {
        EXPECT_FALSE(boundless::parseFigure(bad)) << bad;
    }
}

TEST_F(BoundlessFigureTest, WithoutAFigureThereIsNone)
{
    EXPECT_EQ(result({"cli/bento_cli.stdout", "cli/job_status-0.13-running.stdout"}).code, 1);
    const Ran small = result({"cli/0.13-proving-benchmark-nopg.stdout"});
    EXPECT_EQ(small.code, 2) << "under a million cycles it says little";
}

using namespace boundless;

/// A checkout with releases of three eras, and the steps of an update on it.
class BoundlessUpdateTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        QByteArray script = "set -e; export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a "
                            "GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b\n"
                            "cd '"
            + folder.path().toUtf8() + "'; git init -q origin; cd origin\n";
        for (const auto &[tag, era] :
             {qMakePair("v0.13.2", BrokerEra::V013), qMakePair("v1.2.0", BrokerEra::V11),
              qMakePair("v2.0.0", BrokerEra::V20)}) {
            QFile out(folder.filePath(QString(tag)));
            ASSERT_TRUE(out.open(QIODevice::WriteOnly));
            const QList<SettingKey> keys = SettingsSchema::builtIn()->keys(era);
            for (const SettingKey &key : keys) {
                out.write("# " + key.name.toUtf8() + " = x\n");
            }
            script += QByteArray("cp ../") + tag
                + " broker-template.toml; git add .; git commit -qm " + tag + "; git tag " + tag
                + '\n';
        }
        script += "cd ..; git clone -q origin checkout\n";
        const Ran made = bash({}, script);
        ASSERT_EQ(made.code, 0) << made.out.toStdString();
    }

    /// From one release to another with these settings.
    Ran check(const QByteArray &from, const QString &to, const QByteArray &settings)
    {
        EXPECT_EQ(bash({}, "cd '" + checkout().toUtf8() + "' && git checkout -q " + from).code, 0);
        QFile file(checkout() + "/broker.toml");
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(settings);
        file.close();
        const auto made = planOf("boundless-update", {{"repo", checkout()}, {"ref", to}});
        EXPECT_TRUE(made) << made.error().toStdString();
        plan = *made;
        return step("settings");
    }

    Ran step(const QString &id) { return bash({}, scriptFor(plan.step(id)->command)); }

    [[nodiscard]] QString checkout() const { return folder.filePath("checkout"); }
    [[nodiscard]] QByteArray settings() const
    {
        QFile file(checkout() + "/broker.toml");
        EXPECT_TRUE(file.open(QIODevice::ReadOnly));
        return file.readAll();
    }

    QTemporaryDir folder;
    Plan plan;
};

TEST_F(BoundlessUpdateTest, RenamesWhatOnlyHasAnotherNameAndTouchesNothingElse)
{
    const QByteArray before = "# mine\r\n[market]\r\nmcycle_price = \"1\"  # low\r\n"
                              "max_stake = \"5\"\r\n# mcycle_price = 7\r\n[batcher]\r\n"
                              "  batch_size=2\r\n";
    const Ran checked = check("v1.2.0", "v2.0.0", before);
    EXPECT_EQ(checked.code, 2) << checked.out.toStdString();
    for (const char *said : {"mcycle_price > min_mcycle_price;", "max_stake > max_collateral;",
                             "batch_size > min_batch_size;"}) {
        EXPECT_TRUE(checked.out.contains(said)) << checked.out.toStdString();
    }
    ASSERT_EQ(step("checkout").code, 0);
    const Ran renamed = step("rename");
    ASSERT_EQ(renamed.code, 0) << renamed.out.toStdString();
    EXPECT_TRUE(
        renamed.out.contains("mcycle_price is called min_mcycle_price from this release on"));
    QByteArray after = before;
    after.replace("\nmcycle_price", "\nmin_mcycle_price");
    after.replace("max_stake", "max_collateral").replace("  batch_size", "  min_batch_size");
    EXPECT_EQ(settings(), after);
    const QStringList kept = QDir(checkout()).entryList({"broker.toml.before-*"});
    ASSERT_EQ(kept.size(), 1);
    QFile old(checkout() + '/' + kept.first());
    ASSERT_TRUE(old.open(QIODevice::ReadOnly));
    EXPECT_EQ(old.readAll(), before);
    EXPECT_EQ(step("rename").out, "no setting has another name in this release\n");
}

TEST_F(BoundlessUpdateTest, AnAmountInAnotherTokenNeedsThePerson)
{
    const Ran old = check("v0.13.2", "v2.0.0", "[market]\nmax_stake = \"5\"\n");
    EXPECT_EQ(old.code, 1);
    EXPECT_TRUE(old.out.contains("max_stake (now max_collateral, in another token)"))
        << old.out.toStdString();
    const Ran both
        = check("v1.2.0", "v2.0.0", "[market]\nmax_stake = \"5\"\nmax_collateral = \"6\"\n");
    EXPECT_EQ(both.code, 1);
    EXPECT_TRUE(both.out.contains("max_stake (beside max_collateral: delete one)"))
        << both.out.toStdString();
    const Ran none = check("v0.13.2", "v0.13.2", "[market]\nmax_stake = \"5\"\n");
    EXPECT_EQ(none.code, 0) << none.out.toStdString();
}

TEST_F(BoundlessUpdateTest, ABranchIsJudgedByWhatOriginHasAndNotByTheCopyHere)
{
    ASSERT_EQ(bash({},
                   "cd '" + folder.path().toUtf8()
                       + "/origin' && git branch -f release v0.13.2 && cd ../checkout && "
                         "git fetch -q && git checkout -q release && cd ../origin && "
                         "git branch -f release v2.0.0 && cd ../checkout && git fetch -q")
                  .code,
              0);
    const Ran checked = check("release", "release", "[market]\nmax_stake = \"5\"\n");
    EXPECT_EQ(checked.code, 1) << checked.out.toStdString();
    EXPECT_TRUE(checked.out.contains("in another token")) << checked.out.toStdString();
    // Whoever goes on all the same is stopped before anything is renamed.
    ASSERT_EQ(step("checkout").code, 0);
    EXPECT_EQ(step("rename").code, 1);
    EXPECT_EQ(settings(), "[market]\nmax_stake = \"5\"\n");
}

TEST_F(BoundlessUpdateTest, AmountsFromBeforeAreKnownByANameThatOnlyThoseReleasesHad)
{
    const Ran checked = check("v1.2.0", "v2.0.0",
                              "[market]\nmcycle_price_stake_token = \"1\"\nmax_stake = \"5\"\n");
    EXPECT_EQ(checked.code, 1);
    EXPECT_TRUE(checked.out.contains("max_stake (now max_collateral, in another token)"))
        << checked.out.toStdString();
}

TEST_F(BoundlessUpdateTest, ALinkToTheSettingsStaysOne)
{
    (void)check("v1.2.0", "v2.0.0", "[market]\nmcycle_price = \"1\"\n");
    ASSERT_EQ(bash({},
                   "cd '" + checkout().toUtf8()
                       + "' && mv broker.toml ../mine.toml && "
                         "ln -s ../mine.toml broker.toml")
                  .code,
              0);
    ASSERT_EQ(step("checkout").code, 0);
    const Ran renamed = step("rename");
    EXPECT_EQ(renamed.code, 0) << renamed.out.toStdString();
    EXPECT_TRUE(QFileInfo(checkout() + "/broker.toml").isSymLink());
    EXPECT_EQ(settings(), "[market]\nmin_mcycle_price = \"1\"\n");
}

TEST_F(BoundlessUpdateTest, RenamesAsTheListOfSettingsDoes)
{
    // Each key that the checks of settings would rename, and no other, is renamed by the step.
    QMap<QString, QByteArray> sections;
    for (const char *old :
         {"allow_skip_mcycle_limit_addresses", "mcycle_price_stake_token", "mcycle_price",
          "max_stake", "stake_balance_warn_threshold", "stake_balance_error_threshold",
          "max_concurrent_locks", "expired_order_fulfillment_priority", "batch_size",
          "min_mcycle_price_collateral_token", "mcycle_price_collateral_token",
          "lockin_priority_gas", "peak_prove_khz"}) {
        for (const char *section : {"market", "batcher"}) {
            if (const auto *key = SettingsSchema::builtIn()->find(BrokerEra::V11, section, old)) {
                sections[section]
                    += QByteArray(old) + " = " + tomlFor(*key, key->choices.value(0, "1")) + '\n';
            }
        }
    }
    const QByteArray settings
        = "[market]\n" + sections["market"] + "[batcher]\n" + sections["batcher"];
    const auto wanted = migrateSettings(settings, BrokerEra::V11, BrokerEra::V20);
    ASSERT_TRUE(wanted) << wanted.error().toStdString();
    (void)check("v1.2.0", "v2.0.0", settings);
    ASSERT_EQ(step("checkout").code, 0);
    const Ran renamed = step("rename");
    ASSERT_EQ(renamed.code, 0) << renamed.out.toStdString();
    EXPECT_EQ(this->settings(), wanted->text) << renamed.out.toStdString();
    EXPECT_NE(wanted->text, settings);
}

} // namespace
} // namespace proverdeck::models
