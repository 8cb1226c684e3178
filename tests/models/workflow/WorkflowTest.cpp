// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/Workflow.h"

#include "support/Test.h"

#include <QFile>
#include <QTemporaryDir>

namespace proverdeck::models {
namespace {

using ::testing::HasSubstr;

Workflow builtIn()
{
    const auto loaded = loadWorkflow("ethrex-benchmark");
    EXPECT_TRUE(loaded) << loaded.error().toStdString();
    return loaded.value_or(Workflow());
}

TEST(WorkflowTest, LoadsTheBuiltInBenchmark)
{
    const Workflow workflow = builtIn();
    EXPECT_EQ(workflow.id, "ethrex-benchmark");
    EXPECT_EQ(workflow.origin, "built in");
    QStringList questions;
    for (const Input &input : workflow.inputs) {
        if (!input.advanced) {
            questions << input.id;
        }
    }
    EXPECT_EQ(questions,
              (QStringList{"host", "backend", "gpu", "tx_count", "batches", "endless", "ref",
                           "already_running", "tx_type"}));
    ASSERT_NE(workflow.step("l2"), nullptr);
    EXPECT_EQ(workflow.step("l2")->ready.size(), 3);
    EXPECT_EQ(workflow.step("l2")->timeout, std::chrono::minutes(45));
    EXPECT_EQ(workflow.step("nonsense"), nullptr);
    // A check never belongs to the run's log, and a teardown never comes before the run.
    Phase phase = Phase::Preflight;
    for (const Step &step : workflow.steps) {
        EXPECT_GE(int(step.phase), int(phase)) << step.id.toStdString();
        phase = step.phase;
    }
}

TEST(WorkflowTest, EveryTrapThatEndsTheRunIsOneTheReadersKnow)
{
    const Workflow workflow = builtIn();
    for (const Step &step : workflow.steps) {
        EXPECT_TRUE(step.fatal.isEmpty() || !step.reader.isEmpty()) << step.id.toStdString();
    }
}

TEST(WorkflowTest, AFileOfOnesOwnIsReadByItsPath)
{
    const QTemporaryDir folder;
    const QString path = folder.filePath("mine.toml");
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(
        "[workflow]\nid = \"mine\"\ntitle = \"Mine\"\n[[step]]\nid = \"a\"\nrun = \"true\"\n");
    file.close();
    const auto loaded = loadWorkflow(path);
    ASSERT_TRUE(loaded) << loaded.error().toStdString();
    EXPECT_EQ(loaded->origin, path);
    const auto missing = loadWorkflow(path + ".toml");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().toStdString(), HasSubstr("cannot be read"));
}

// ---- mistakes ----

const char *const kHead = "[workflow]\nid = \"x\"\ntitle = \"X\"\n"; // three lines
const char *const kStep = "[[step]]\nid = \"a\"\nrun = \"true\"\n";

struct Mistake
{
    const char *name;
    QByteArray text; ///< follows kHead, so that its first line is line 4
    int line; ///< 0: none is said
    QStringList says;
};

class WorkflowMistakes : public ::testing::TestWithParam<Mistake>
{
};

TEST_P(WorkflowMistakes, SayLineKeyAndExpectation)
{
    const auto parsed = parseWorkflow(kHead + GetParam().text, "mine.toml");
    ASSERT_FALSE(parsed);
    const std::string error = parsed.error().toStdString();
    EXPECT_THAT(error, ::testing::StartsWith("Workflow file mine.toml"));
    if (GetParam().line > 0) {
        EXPECT_THAT(error, HasSubstr("line " + std::to_string(GetParam().line) + ':'));
    }
    for (const QString &part : GetParam().says) {
        EXPECT_THAT(error, HasSubstr(part.toStdString()));
    }
    EXPECT_TRUE(error.ends_with('.')) << error;
}

QByteArray step(const QByteArray &lines)
{
    return kStep + lines;
}

INSTANTIATE_TEST_SUITE_P(
    All, WorkflowMistakes,
    ::testing::Values(
        Mistake{"SyntaxError", "[[step]\nid = 1\n", 4, {}},
        Mistake{"KeyTwice", step("id = \"b\"\n"), 7, {"id"}},
        Mistake{"NoQuotes", "[[step]]\nid = a\n", 5, {}}, Mistake{"NotUtf8", "# \xff\xfe\n", 0, {}},
        Mistake{"NoSteps", "", 1, {"[[step]]"}},
        Mistake{"StepIsNoList", "[step]\nid = \"a\"\n", 4, {"[[step]]"}},
        Mistake{"UnknownTable",
                QByteArray(kStep) + "[[stepp]]\nid = \"b\"\n",
                7,
                {"\"stepp\"", "Known keys"}},
        Mistake{"UnknownKey", step("tiemout = \"3s\"\n"), 7, {"\"tiemout\"", "timeout"}},
        Mistake{
            "UnknownHeadKey", QByteArray("vesion = \"1\"\n") + kStep, 4, {"\"vesion\"", "version"}},
        Mistake{"NoId", "[[step]]\nrun = \"true\"\n", 4, {"\"id\"", "text"}},
        Mistake{"WrongTypeText", step("title = 3\n"), 7, {"\"title\"", "text"}},
        Mistake{
            "WrongTypeBoolean", step("may_fail = \"yes\"\n"), 7, {"\"may_fail\"", "true or false"}},
        Mistake{"WrongTypeDuration", step("timeout = 45\n"), 7, {"\"timeout\"", "45m"}},
        Mistake{"DurationWithoutUnit", step("timeout = \"45\"\n"), 7, {"\"timeout\"", "45m"}},
        Mistake{"DurationTooLong", step("timeout = \"999999999h\"\n"), 7, {"\"timeout\""}},
        Mistake{"WrongKind", step("kind = \"deamon\"\n"), 7, {"\"kind\"", "service"}},
        Mistake{"WrongPhase", step("phase = \"end\"\n"), 7, {"\"phase\"", "teardown"}},
        Mistake{"WrongCondition", step("when = \"gpu\"\n"), 7, {"\"when\"", "backend"}},
        Mistake{"UnknownConditionName",
                step("when = { gpuu = true }\n"),
                4,
                {"\"a\"", "\"gpuu\"", "no input"}},
        Mistake{"ConditionOnALaterFact",
                step("when = { f = true }\n")
                    + "[[step]]\nid = \"b\"\nkind = \"check\"\nrun = \"true\"\nfact = \"f\"\n",
                4,
                {"\"f\"", "earlier"}},
        Mistake{"UnknownPlaceholder",
                "[[step]]\nid = \"a\"\nrun = \"echo {repoo}\"\n",
                4,
                {"{repoo}", "no input"}},
        Mistake{"UnknownPlaceholderInProbe",
                step("ready = { all = [ { rpc = \"{prot}\" } ] }\n"),
                4,
                {"{prot}"}},
        Mistake{"StepTwice", QByteArray(kStep) + kStep, 7, {"two steps", "\"a\""}},
        Mistake{"InputTwice",
                "[[input]]\nid = \"i\"\n[[input]]\nid = \"i\"\n",
                6,
                {"two inputs", "\"i\""}},
        Mistake{"InputNameNotUsable",
                "[[input]]\nid = \"txCount\"\n",
                4,
                {"\"txCount\"", "small letters"}},
        Mistake{"FactNameNotUsable",
                "[[step]]\nid = \"a\"\nkind = \"check\"\nrun = \"true\"\nfact = \"is-up\"\n",
                4,
                {"\"is-up\""}},
        Mistake{"StepNameNotUsable",
                "[[step]]\nid = \"a b\"\nrun = \"true\"\n",
                4,
                {"\"a b\"", "small letters"}},
        Mistake{"StepNameWithLineBreak",
                "[[step]]\nid = \"ab\\n\"\nrun = \"true\"\n",
                4,
                {"small letters"}},
        Mistake{"MissingRun", "[[step]]\nid = \"a\"\n", 4, {"\"run\""}},
        Mistake{"RunIsANumber", "[[step]]\nid = \"a\"\nrun = 3\n", 6, {"\"run\"", "command"}},
        Mistake{"VariantWithoutCommand",
                "[[step]]\nid = \"a\"\nrun = [ { when = {} } ]\n",
                6,
                {"\"command\""}},
        Mistake{"VariantOnUnknownName",
                "[[step]]\nid = \"a\"\nrun = [ { when = { gpuu = true }, command = \"x\" } ]\n",
                6,
                {"\"gpuu\""}},
        Mistake{"EndlessOnUnknownName",
                "[[step]]\nid = \"a\"\nkind = \"wait\"\nendless_when = { endles = true }\n",
                4,
                {"\"endles\""}},
        Mistake{"StopWithoutService",
                "[[step]]\nid = \"a\"\nkind = \"stop\"\nservice = \"b\"\n",
                4,
                {"\"service\"", "earlier"}},
        Mistake{"WaitForUnknownService",
                "[[step]]\nid = \"a\"\nkind = \"wait\"\nservice = \"provr\"\n",
                4,
                {"\"service\""}},
        Mistake{"LogIsAPath", step("log = \"../x.log\"\n"), 4, {"\"log\"", ".log"}},
        Mistake{"BadRegex",
                step("ready = { all = [ { log = \"(\" } ] }\n"),
                7,
                {"regular expression", "("}},
        Mistake{"BadExpectedAfter",
                step("expected_after = \"(\"\nexpected_within = \"3s\"\n"),
                4,
                {"\"expected_after\""}},
        Mistake{"ExpectedAfterAlone", step("expected_after = \"x\"\n"), 4, {"\"expected_within\""}},
        Mistake{"ReadyIsNoTable", step("ready = 3\n"), 7, {"\"ready\"", "all"}},
        Mistake{
            "ReadyAny", step("ready = { all = [ { tcp = 1 } ], any = [] }\n"), 7, {"\"ready\""}},
        Mistake{"ProbeOfTwoKinds",
                step("ready = { all = [ { tcp = 1, rpc = 2 } ] }\n"),
                7,
                {"exactly one"}},
        Mistake{"ProbeOfNoKnownKind", step("ready = { all = [ { udp = 1 } ] }\n"), 7, {"\"udp\""}},
        Mistake{"FatalIsNoTable", step("fatal = 3\n"), 7, {"\"fatal\""}},
        Mistake{"FatalCountIsText", step("fatal = { x = \"3\" }\n"), 7, {"\"fatal\"", "counts"}},
        Mistake{"UnknownReader",
                step("reader = \"ethrex-provr\"\n"),
                7,
                {"\"reader\"", "ethrex-prover"}},
        Mistake{"CollectsUnknown",
                step("kind = \"collect\"\ncollects = \"batch\"\n"),
                8,
                {"\"collects\"", "batches"}},
        Mistake{"CollectsNothing", step("kind = \"collect\"\n"), 4, {"\"collects\""}},
        Mistake{"ChoiceWithoutChoices",
                "[[input]]\nid = \"i\"\ntype = \"choice\"\n",
                4,
                {"\"choices\""}},
        Mistake{"ChoiceNotPlain",
                "[[input]]\nid = \"i\"\ntype = \"choice\"\nchoices = [\"$(x)\"]\n",
                4,
                {"$(x)"}},
        Mistake{"DefaultNotAChoice",
                "[[input]]\nid = \"i\"\ntype = \"choice\"\nchoices = [\"a\"]\ndefault = \"b\"\n",
                4,
                {"default", "not one of a"}},
        Mistake{"DefaultOutOfRange",
                "[[input]]\nid = \"i\"\ntype = \"integer\"\nmax = 3\ndefault = 4\n",
                4,
                {"default", "out of range"}},
        Mistake{
            "UnknownType", "[[input]]\nid = \"i\"\ntype = \"int\"\n", 6, {"\"type\"", "integer"}},
        Mistake{"EnvironmentOfAText",
                "[[input]]\nid = \"i\"\nenvironment = \"X\"\n",
                4,
                {"\"environment\""}},
        Mistake{"EnvironmentNotAName",
                "[[input]]\nid = \"i\"\ntype = \"integer\"\nenvironment = \"X}$(y)\"\n",
                4,
                {"\"environment\""}},
        Mistake{"EnabledWithoutOtherValue",
                "[[input]]\nid = \"i\"\n[[input]]\nid = \"j\"\nenabled_when = { i = \"x\" }\n",
                6,
                {"\"value_when_disabled\""}},
        Mistake{
            "EnabledOnUnknownName",
            QByteArray(
                "[[input]]\nid = \"j\"\nenabled_when = { i = \"x\" }\nvalue_when_disabled = \"\"\n")
                + kStep,
            0,
            {"\"j\"", "\"i\""}},
        Mistake{"AdviceOnUnknownName",
                QByteArray("[[advice]]\nwhen = { i = \"x\" }\ncode = \"c\"\ntext = \"t\"\n")
                    + kStep,
                0,
                {"\"c\"", "\"i\""}},
        Mistake{"AdviceBesideUnknownInput",
                QByteArray("[[advice]]\ninput = \"i\"\ncode = \"c\"\ntext = \"t\"\n") + kStep,
                0,
                {"\"c\"", "\"i\""}},
        Mistake{"AdviceSeverity",
                QByteArray("[[advice]]\nseverity = \"bad\"\ncode = \"c\"\ntext = \"t\"\n") + kStep,
                5,
                {"\"severity\"", "warning"}}),
    [](const ::testing::TestParamInfo<Mistake> &one) { return std::string(one.param.name); });

TEST(WorkflowTest, AFileWithoutAHeadSaysWhatIsMissing)
{
    const auto parsed = parseWorkflow(kStep, "mine.toml");
    ASSERT_FALSE(parsed);
    EXPECT_THAT(parsed.error().toStdString(), HasSubstr("[workflow]"));
}

TEST(WorkflowTest, AKeyOfThousandsOfPartsIsRefused)
{
    for (const QByteArray &start : {QByteArray("a"), QByteArray("x = \"\"\"\"\"\"\"\"\na")}) {
        const auto loaded
            = parseWorkflow(start + QByteArray(".a").repeated(100'000) + " = 1\n", "x");
        ASSERT_FALSE(loaded);
        EXPECT_THAT(loaded.error().toStdString(), HasSubstr("so many dots"));
    }
    // Dots in commands and remarks are none of keys.
    const QByteArray dots = QByteArray(".").repeated(2000);
    const auto loaded = parseWorkflow(
        "# " + dots + "\n[workflow]\nid = \"w\"\ntitle = 'a \"" + dots
            + "'\n[[step]]\nid = \"s\"\nrun = \"\"\"echo \\\"\"\"\\\" " + dots + "\"\"\"\n",
        "x");
    EXPECT_TRUE(loaded) << loaded.error().toStdString();
}

TEST(WorkflowTest, WhatIsWrongIsSaidWithoutItsEscapes)
{
    const auto loaded
        = parseWorkflow("[workflow]\nid = \"w\"\ntitle = \"t\"\n\"\\u001b]0;x\\u0007\\u202e"
                            + QByteArray(5000, 'y') + "\" = 1\n",
                        "%3.toml");
    ASSERT_FALSE(loaded);
    EXPECT_TRUE(loaded.error().startsWith("Workflow file %3.toml, line 4: "));
    EXPECT_FALSE(loaded.error().contains(u'\x1b') || loaded.error().contains(QChar(0x202e)));
    EXPECT_LT(loaded.error().size(), 1100);
    EXPECT_FALSE(parseWorkflow(QByteArray(2 << 20, '\n'), "x"));
}

TEST(WorkflowTest, GarbageNeverLoads)
{
    EXPECT_FALSE(parseWorkflow({}, "x"));
    EXPECT_FALSE(parseWorkflow(QByteArray(1000, '\0'), "x"));
    QFile file(":/workflows/ethrex-benchmark.toml");
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QByteArray whole = file.readAll();
    for (qsizetype cut = 0; cut < whole.size(); cut += 997) {
        (void)parseWorkflow(whole.first(cut), "cut"); // loads or complains
    }
}

// ---- values ----

Input inputOf(InputType type, bool isOptional = false)
{
    Input input;
    input.id = "i";
    input.title = "Title";
    input.type = type;
    input.optional = isOptional;
    input.choices = {"sp1", "risc0"};
    return input;
}

QString errorOf(const Input &input, const QVariant &value)
{
    const auto checked = checkValue(input, value);
    if (checked) {
        return {};
    }
    EXPECT_EQ(checked.error().input, input.id);
    EXPECT_TRUE(checked.error().text.startsWith("Title: ")) << checked.error().text.toStdString();
    return checked.error().text;
}

TEST(CheckValueTest, RefusesWhatCouldPassForAnOptionOrBreakALine)
{
    for (const InputType type :
         {InputType::Text, InputType::GitRef, InputType::RemotePath, InputType::Host}) {
        for (const char *bad :
             {"-x", "--upload-pack=x", " -x", "a\nb", "a\rb", "a\tb", "a\x7f", "a\x1b[31m", "-"}) {
            EXPECT_NE(errorOf(inputOf(type), QString::fromLatin1(bad)), QString()) << bad;
        }
        EXPECT_NE(errorOf(inputOf(type), QString("a%1b").arg(QChar(0))), QString());
        EXPECT_NE(errorOf(inputOf(type), QString()), QString());
        EXPECT_NE(errorOf(inputOf(type), QString("  ")), QString());
        EXPECT_EQ(errorOf(inputOf(type, true), QString("  ")), QString());
    }
}

TEST(CheckValueTest, LetsShellTextThroughAsItIsQuotedLater)
{
    EXPECT_EQ(*checkValue(inputOf(InputType::Text), "$(reboot) 'a' `b` ; c"),
              QVariant("$(reboot) 'a' `b` ; c"));
    EXPECT_EQ(*checkValue(inputOf(InputType::GitRef), " feat/$(reboot)'x "),
              QVariant("feat/$(reboot)'x"));
    EXPECT_EQ(*checkValue(inputOf(InputType::RemotePath), "~/a b'c"), QVariant("~/a b'c"));
    const QString veryLong = '/' + QString(100'000, 'x');
    EXPECT_EQ(*checkValue(inputOf(InputType::RemotePath), veryLong), QVariant(veryLong));
}

TEST(CheckValueTest, GitNames)
{
    for (const char *good : {"main", "v1.2.3", "feat/sp1-gpu", "a1b2c3d", "user@x"}) {
        EXPECT_EQ(errorOf(inputOf(InputType::GitRef), good), QString()) << good;
    }
    for (const char *bad : {"..", "a..b", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[b", "a\\b",
                            "@{u}", "a//b", "a/", "a.", "a.lock"}) {
        EXPECT_NE(errorOf(inputOf(InputType::GitRef), bad), QString()) << bad;
    }
}

TEST(CheckValueTest, Paths)
{
    for (const char *good : {"/", "/srv/ethrex", "~", "~/ethrex", "~/.."}) {
        EXPECT_EQ(errorOf(inputOf(InputType::RemotePath), good), QString()) << good;
    }
    for (const char *bad : {"ethrex", "..", "./x", "~root", "$HOME/x"}) {
        EXPECT_NE(errorOf(inputOf(InputType::RemotePath), bad), QString()) << bad;
    }
}

TEST(CheckValueTest, Integers)
{
    Input input = inputOf(InputType::Integer);
    EXPECT_EQ(*checkValue(input, " 42 "), QVariant(qint64(42)));
    EXPECT_EQ(checkValue(input, 42)->typeId(), int(QMetaType::LongLong));
    for (const char *bad :
         {"", "x", "1.5", "1e3", "0x10", "1 000", "99999999999999999999", "1;2", "$(id)"}) {
        EXPECT_NE(errorOf(input, bad), QString()) << bad;
    }
    EXPECT_NE(errorOf(input, true), QString());
    input.minimum = 1;
    EXPECT_EQ(errorOf(input, "1"), QString());
    EXPECT_THAT(errorOf(input, "0").toStdString(), HasSubstr("at least 1"));
    input.maximum = 65535;
    EXPECT_THAT(errorOf(input, "65536").toStdString(), HasSubstr("between 1 and 65535"));
    EXPECT_EQ(errorOf(input, "65535"), QString());
}

TEST(CheckValueTest, BooleansAndChoices)
{
    for (const char *yes : {"true", "Yes", " on ", "1"}) {
        EXPECT_EQ(*checkValue(inputOf(InputType::Boolean), yes), QVariant(true)) << yes;
    }
    for (const char *no : {"false", "NO", "off", "0"}) {
        EXPECT_EQ(*checkValue(inputOf(InputType::Boolean), no), QVariant(false)) << no;
    }
    EXPECT_NE(errorOf(inputOf(InputType::Boolean), "maybe"), QString());
    EXPECT_EQ(*checkValue(inputOf(InputType::Choice), "sp1"), QVariant("sp1"));
    EXPECT_THAT(errorOf(inputOf(InputType::Choice), "SP1").toStdString(), HasSubstr("sp1, risc0"));
    EXPECT_NE(errorOf(inputOf(InputType::Choice), "sp1; reboot"), QString());
}

TEST(CheckValuesTest, FillsDefaultsAndReportsEveryProblemAtOnce)
{
    const Workflow workflow = builtIn();
    const auto good = checkValues(workflow, {{"host", "gpu1"}});
    ASSERT_TRUE(good);
    EXPECT_EQ(good->size(), workflow.inputs.size());
    EXPECT_EQ(good->value("tx_count"), QVariant(qint64(50)));
    EXPECT_EQ(good->value("ref"), QVariant(QString()));
    const auto bad = checkValues(
        workflow, {{"tx_count", "0"}, {"backend", "spl"}, {"repo", "-x"}, {"nonsense", 1}});
    ASSERT_FALSE(bad);
    QStringList inputs;
    for (const InputError &error : bad.error()) {
        inputs << error.input;
    }
    inputs.sort();
    EXPECT_EQ(inputs, (QStringList{"backend", "host", "nonsense", "repo", "tx_count"}));
}

TEST(CheckValuesTest, ADisabledInputTakesItsOtherValue)
{
    const auto values = checkValues(builtIn(), {{"host", "h"}, {"backend", "exec"}, {"gpu", true}});
    ASSERT_TRUE(values);
    EXPECT_EQ(values->value("gpu"), QVariant(false));
}

TEST(ConditionTest, DecidesComparesAndSpeaks)
{
    Condition condition;
    EXPECT_EQ(condition.holds({}), true);
    condition.terms = {{"backend", {"sp1", "risc0"}}, {"gpu", {true}}};
    EXPECT_EQ(condition.holds({{"backend", "sp1"}, {"gpu", true}}), true);
    EXPECT_EQ(condition.holds({{"backend", "exec"}}), false) << "one term is enough for no";
    EXPECT_EQ(condition.holds({{"backend", "sp1"}}), std::nullopt);
    EXPECT_EQ(condition.toText(), QString("backend is sp1 or risc0, gpu is on"));
    const auto compares = [](const QString &wanted, qint64 value) {
        Condition one;
        one.terms = {{"n", {wanted}}};
        return one.holds({{"n", value}});
    };
    EXPECT_EQ(compares(">=59", 59), true);
    EXPECT_EQ(compares(">=59", 58), false);
    EXPECT_EQ(compares(">59", 59), false);
    EXPECT_EQ(compares("<=59", 59), true);
    EXPECT_EQ(compares("< 59", 58), true);
    EXPECT_EQ(compares("59", 59), false) << "not a comparison";
}

TEST(DurationTest, Parses)
{
    using std::chrono::milliseconds;
    EXPECT_EQ(parseDuration("90s"), milliseconds(90'000));
    EXPECT_EQ(parseDuration(" 45 m "), milliseconds(2'700'000));
    EXPECT_EQ(parseDuration("2h"), milliseconds(7'200'000));
    EXPECT_EQ(parseDuration("0ms"), milliseconds(0));
    for (const char *bad : {"", "s", "5", "-5s", "5d", "1.5h", "5s5", "600h"}) {
        EXPECT_EQ(parseDuration(bad), std::nullopt) << bad;
    }
}

} // namespace
} // namespace proverdeck::models
