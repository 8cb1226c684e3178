// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/Plan.h"
#include "support/Test.h"

#include <QFile>
#include <QProcess>
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

TEST_F(BoundlessFigureTest, WithoutAFigureThereIsNone)
{
    EXPECT_EQ(result({"cli/bento_cli.stdout", "cli/job_status-0.13-running.stdout"}).code, 1);
    const Ran small = result({"cli/0.13-proving-benchmark-nopg.stdout"});
    EXPECT_EQ(small.code, 2) << "under a million cycles it says little";
}

} // namespace
} // namespace proverdeck::models
