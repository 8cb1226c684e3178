// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/Plan.h"

#include "support/Test.h"

#include <QJsonArray>
#include <QProcess>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

namespace proverdeck::models {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Outcome
{
    int code = -1;
    QByteArray out;
    QByteArray err;
};

/// Runs bash in a child process; the event loop goes on, so that a server in the test can answer.
Outcome bash(const QByteArray &script, const QStringList &arguments = {},
             const QStringList &environment = {})
{
    QProcess process;
    process.setEnvironment(QProcess::systemEnvironment() + environment);
    process.start("bash", arguments);
    process.write(script);
    process.closeWriteChannel();
    EXPECT_TRUE(QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 30'000));
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            process.readAllStandardOutput(), process.readAllStandardError()};
}

const Workflow &builtIn()
{
    static const Workflow workflow = loadWorkflow("ethrex-benchmark").value_or(Workflow());
    return workflow;
}

InputValues answers(const InputValues &given = {})
{
    InputValues all = given;
    all.insert("host", given.value("host", "gpu1"));
    const auto values = checkValues(builtIn(), all);
    EXPECT_TRUE(values) << (values ? std::string() : values.error().first().text.toStdString());
    return values.value_or(InputValues());
}

Plan planFor(const InputValues &given = {})
{
    return makePlan(builtIn(), answers(given));
}

QStringList skippedSteps(const Plan &plan)
{
    QStringList ids;
    for (const PlannedStep &planned : plan.steps) {
        if (!planned.skipped.isEmpty()) {
            ids << planned.step.id;
        }
    }
    return ids;
}

QStringList codes(const Plan &plan)
{
    QStringList list;
    for (const Finding &remark : plan.remarks) {
        list << remark.code;
    }
    return list;
}

// ---- quoting ----

QString randomText(QRandomGenerator &random)
{
    static const QString alphabet
        = QString::fromUtf8("abzAZ09 _-./~'\"$`\\!{}()[]<>|&;*?#%^=+,:@\n\t üλ🙂");
    QString text;
    const int length = random.bounded(1, 40);
    const QList<uint> characters = alphabet.toUcs4();
    for (int i = 0; i < length; ++i) {
        const char32_t one = characters.at(random.bounded(int(characters.size())));
        text += QString::fromUcs4(&one, 1);
    }
    return text;
}

TEST(ShellWordTest, ThreeHundredRandomTextsComeBackFromBash)
{
    QRandomGenerator random(20261121);
    QByteArray script;
    QByteArrayList expected;
    for (int i = 0; i < 300; ++i) {
        const QString text = i % 10 == 0 ? randomText(random).append('\n') : randomText(random);
        expected << text.toUtf8();
        script += "printf '%s\\0' " + shellWord(text, InputType::Text).toUtf8() + '\n';
    }
    const Outcome outcome = bash(script);
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.err, QByteArray());
    QByteArrayList words = outcome.out.split('\0');
    words.removeLast();
    ASSERT_EQ(words.size(), expected.size());
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(words.at(i), expected.at(i));
    }
}

TEST(ShellWordTest, SurvivesBashCWithOneWord)
{
    for (const char *text : {"$(touch x)", "`id`", "a'b", "a\nb", "a\n", "", "*", "~", "~root",
                             "#x", "a=b", "!!", "\\", "'"}) {
        QProcess process;
        process.start("bash", {"-c", "printf %s " + shellWord(QString(text), InputType::Text)});
        ASSERT_TRUE(
            QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 10'000));
        EXPECT_EQ(process.readAllStandardOutput(), QByteArray(text));
    }
}

TEST(ShellWordTest, HomeIsTheServersHome)
{
    EXPECT_EQ(shellWord("~", InputType::RemotePath), QString("\"$HOME\""));
    EXPECT_EQ(shellWord("~/", InputType::RemotePath), QString("\"$HOME\""));
    EXPECT_EQ(shellWord("~/a b", InputType::RemotePath), QString("\"$HOME\"/'a b'"));
    EXPECT_EQ(shellWord("/srv/x", InputType::RemotePath), QString("/srv/x"));
    EXPECT_EQ(shellWord(true, InputType::Boolean), QString("true"));
    EXPECT_EQ(shellWord(qint64(-3), InputType::Integer), QString("-3"));
}

TEST(ExpandTest, LeavesTheShellsOwnBracesAlone)
{
    const InputValues values{{"x", "V"}, {"u", "V"}, {"commit", "V"}};
    for (const char *text : {"${x}", "${x:-1}", "{{.Names}}", "{{x}}", "{ x; }", "@{u}",
                             "^{commit}", "{X}", "{x y}", "{1..3}", "{a,b}", "{}", "{ x }"}) {
        EXPECT_EQ(expand(text, {}, values), QString(text));
        EXPECT_EQ(placeholders(text), QStringList()) << text;
    }
    EXPECT_EQ(expand("{x}{x} a{x}b \"$p\"={x}", {}, values), QString("VV aVb \"$p\"=V"));
    EXPECT_EQ(expand("{unknown} {x}", {}, values), QString("{unknown} V"));
    EXPECT_EQ(placeholders("{x} ${y} {z}"), (QStringList{"x", "z"}));
}

TEST(ExpandTest, AValueIsNeverExpandedAgain)
{
    const InputValues values{{"a", "{b}"}, {"b", "no"}};
    EXPECT_EQ(expand("{a}", {}, values), QString("'{b}'"));
}

TEST(ExpandTest, AnUntouchedPortComesFromTheServersEnvironment)
{
    EXPECT_EQ(expand("{rpc_port}", builtIn(), answers()), QString("\"${ETHREX_HTTP_PORT:-1729}\""));
    EXPECT_EQ(expand("{rpc_port}", builtIn(), answers({{"rpc_port", 1800}})), QString("1800"));
    const QByteArray script = "printf %s " + expand("{rpc_port}", builtIn(), answers()).toUtf8();
    EXPECT_EQ(bash(script, {}, {"ETHREX_HTTP_PORT=4444"}).out, QByteArray("4444"));
    EXPECT_EQ(bash("unset ETHREX_HTTP_PORT; " + script).out, QByteArray("1729"));
}

// ---- plans ----

struct Combination
{
    const char *backend;
    bool gpu;
    bool running;
    bool endless;
};

void PrintTo(const Combination &one, std::ostream *out)
{
    *out << one.backend << (one.gpu ? " gpu" : "") << (one.running ? " running" : "")
         << (one.endless ? " endless" : "");
}

QList<Combination> combinations()
{
    QList<Combination> all;
    for (const char *backend : {"sp1", "risc0", "exec"}) {
        for (int bits = 0; bits < 8; ++bits) {
            all << Combination{backend, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
        }
    }
    return all;
}

class PlanCombinations : public ::testing::TestWithParam<Combination>
{
protected:
    [[nodiscard]] static Plan plan(const InputValues &more = {})
    {
        InputValues given = more;
        given.insert("backend", GetParam().backend);
        given.insert("gpu", GetParam().gpu);
        given.insert("already_running", GetParam().running);
        given.insert("endless", GetParam().endless);
        return planFor(given);
    }
    [[nodiscard]] static bool isExec() { return GetParam().backend == QByteArray("exec"); }
};

TEST_P(PlanCombinations, SkipsWhatDoesNotApplyAndSaysWhy)
{
    const Plan made = plan();
    QSet<QString> expected;
    const bool gpu = GetParam().gpu && !isExec();
    if (GetParam().running) {
        expected += QSet<QString>{"docker",
                                  "worktree",
                                  "ref",
                                  "solc",
                                  "ports-free",
                                  "leftovers",
                                  "l1-running",
                                  "old-database",
                                  "checkout",
                                  "build-load-test",
                                  "l1",
                                  "deploy",
                                  "remove-old-database",
                                  "l2",
                                  "stop-l2",
                                  "make-down",
                                  "remove-l1",
                                  "nothing-left"};
    } else {
        expected += QSet<QString>{"l2-answers", "load-test-binary"};
    }
    if (!gpu) {
        expected += QSet<QString>{"cuda", "gpus"};
    }
    if (GetParam().backend != QByteArray("risc0")) {
        expected += QSet<QString>{"risc0-toolchain"};
    }
    const QStringList skipped = skippedSteps(made);
    EXPECT_EQ(QSet<QString>(skipped.begin(), skipped.end()), expected)
        << skipped.join(' ').toStdString();
    for (const PlannedStep &planned : made.steps) {
        if (!planned.skipped.isEmpty()) {
            EXPECT_TRUE(planned.skipped.startsWith("only when ")) << planned.skipped.toStdString();
            EXPECT_TRUE(planned.command.isEmpty());
        }
    }
}

TEST_P(PlanCombinations, CommandsSayWhatWasAnswered)
{
    const Plan made = plan();
    const QString prover = made.step("prover")->command;
    const QString expected = isExec() || !GetParam().gpu ? "env -u GPU " : "GPU=true ";
    EXPECT_THAT(prover.toStdString(), HasSubstr(expected.toStdString()));
    if (isExec() || !GetParam().gpu) {
        EXPECT_THAT(prover.toStdString(), Not(HasSubstr("GPU="))) << "the value does not matter";
    }
    EXPECT_TRUE(prover.endsWith(QString("make init-prover-") + GetParam().backend));
    const QString load = made.step("load-test")->command;
    EXPECT_EQ(load.contains("LOAD_TEST_ENDLESS=true"), GetParam().endless);
    EXPECT_EQ(made.step("wait")->endless, GetParam().endless);
    EXPECT_EQ(made.step("wait")->count, 10);
    if (!GetParam().running) {
        EXPECT_EQ(made.step("deploy")->command.contains("deploy-l1-sp1"),
                  GetParam().backend == QByteArray("sp1"));
        EXPECT_EQ(made.step("l1")->conditional, QString("l1 running is off"));
    }
}

TEST_P(PlanCombinations, AdvisesOnWhatFollowsFromTheAnswers)
{
    QStringList expected;
    if (GetParam().backend == QByteArray("risc0") && !GetParam().running) {
        expected << "risc0-verifier";
    }
    if (isExec()) {
        expected << "exec-no-proof";
    }
    if (GetParam().backend == QByteArray("sp1") && !GetParam().gpu) {
        expected << "cpu-proving";
    }
    EXPECT_EQ(codes(plan()), expected);
    EXPECT_EQ(codes(plan({{"tx_count", 58}})), expected);
    EXPECT_EQ(codes(plan({{"tx_count", 59}})), QStringList("mempool-too-small") + expected);
}

/// Names in braces that are an answer, a fact or an output and are left over in @p text.
QStringList leftOver(const QString &text)
{
    QStringList names;
    for (const QString &name : placeholders(text)) {
        bool isKnown = builtIn().input(name) != nullptr || name == "run_id";
        for (const Step &step : builtIn().steps) {
            isKnown = isKnown || step.output == name || step.fact == name;
        }
        if (isKnown) {
            names << name;
        }
    }
    return names;
}

TEST_P(PlanCombinations, TheExportedScriptIsValidAndComplete)
{
    for (const InputValues &more :
         {InputValues{},
          InputValues{
              {"ref", "feat/$(reboot)'x"}, {"repo", "~/a b'c$(reboot)"}, {"host", "gpu 1'x"}}}) {
        const QString script = planToScript(plan(more));
        const Outcome outcome = bash(script.toUtf8(), {"-n"});
        EXPECT_EQ(outcome.code, 0) << outcome.err.toStdString();
        EXPECT_EQ(outcome.err, QByteArray());
        EXPECT_EQ(leftOver(script), QStringList());
    }
}

TEST_P(PlanCombinations, EveryCommandIsValidBash)
{
    const Plan made = plan({{"ref", "feat/$(reboot)'x\"y"}, {"repo", "~/a b'c\"$(reboot)"}});
    InputValues known = made.values;
    known.insert("gpu_servers_before", "ids:a' $(reboot)");
    QByteArray all; // one after another, each in braces, as it is sent
    for (const PlannedStep &planned : made.steps) {
        const QString command = expand(planned.command, made.workflow, known);
        EXPECT_EQ(leftOver(command), QStringList()) << planned.step.id.toStdString();
        for (const QByteArray &script : {scriptFor(command), probeScript(planned.probes)}) {
            all += "{ : " + planned.step.id.toUtf8() + '\n'
                + (script.trimmed().isEmpty() ? ":" : script) + "\n}\n";
        }
    }
    const Outcome outcome = bash(all, {"-n"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.err, QByteArray());
}

TEST_P(PlanCombinations, TextAndJsonNameEveryStep)
{
    const Plan made = plan();
    const QString text = planToText(made);
    const QJsonObject json = planToJson(made);
    QStringList keys = json.keys();
    EXPECT_EQ(
        keys,
        (QStringList{"findings", "host", "inputs", "origin", "steps", "version", "workflow"}));
    const QJsonArray steps = json.value("steps").toArray();
    ASSERT_EQ(steps.size(), made.steps.size());
    for (int i = 0; i < steps.size(); ++i) {
        const QJsonObject step = steps.at(i).toObject();
        EXPECT_EQ(step.keys(),
                  (QStringList{"command", "id", "kind", "only_if", "phase", "skipped", "title"}));
        EXPECT_EQ(step.value("id").toString(), made.steps.at(i).step.id);
        EXPECT_EQ(step.value("skipped").isNull(), made.steps.at(i).skipped.isEmpty());
        EXPECT_TRUE(text.contains(made.steps.at(i).step.title));
    }
    EXPECT_EQ(json.value("inputs").toObject().value("tx_count").toInt(), 50);
    EXPECT_TRUE(json.value("inputs").toObject().value("gpu").isBool());
}

INSTANTIATE_TEST_SUITE_P(All, PlanCombinations, ::testing::ValuesIn(combinations()));

TEST(PlanTest, LocalChangesAndOldDatabase)
{
    const QStringList skipped
        = skippedSteps(planFor({{"allow_dirty", true}, {"remove_old_database", false}}));
    EXPECT_TRUE(skipped.contains("worktree"));
    EXPECT_TRUE(skipped.contains("checkout"));
    EXPECT_TRUE(skipped.contains("remove-old-database"));
}

TEST(PlanTest, AHostileAnswerRunsNothing)
{
    const QTemporaryDir folder;
    const QString marker = folder.filePath("marker");
    for (const QString value : {"/x/$(touch %1)", "/x/`touch %1`", "/x/'; touch %1; '",
                                "/x/\"; touch %1; \"", "/x/{ref}; touch %1"}) {
        const QString hostile = value.arg(marker);
        const Plan plan = planFor({{"repo", hostile}, {"already_running", false}});
        for (const char *id : {"repository", "worktree", "ref", "leftovers"}) {
            (void)bash("export HOME=" + folder.path().toUtf8()
                       + " PATH=/usr/bin:/bin\n"
                         "docker() { :; }\n"
                       + scriptFor(plan.step(id)->command));
        }
        EXPECT_FALSE(QFile::exists(marker)) << hostile.toStdString();
    }
}

// ---- the functions that checks and probes use, against a real server ----

class PreludeTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        ASSERT_TRUE(server.listen(QHostAddress::LocalHost));
        port = QByteArray::number(server.serverPort());
        QTcpServer unused;
        ASSERT_TRUE(unused.listen(QHostAddress::LocalHost));
        closedPort = QByteArray::number(unused.serverPort());
        QObject::connect(&server, &QTcpServer::newConnection, &server, [this] { accept(); });
    }

    void accept()
    {
        QTcpSocket *socket = server.nextPendingConnection();
        QObject::connect(socket, &QTcpSocket::readyRead, socket,
                         [this, socket] { answer(*socket); });
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }

    void answer(QTcpSocket &socket)
    {
        const QByteArray so_far = socket.property("text").toByteArray() + socket.readAll();
        socket.setProperty("text", so_far);
        const qsizetype end = so_far.indexOf("\r\n\r\n");
        static const QRegularExpression length("Content-Length: (\\d+)");
        const int wanted = length.match(QString::fromLatin1(so_far)).captured(1).toInt();
        if (end < 0 || so_far.size() < end + 4 + wanted) {
            return;
        }
        request = so_far;
        socket.write(response);
        socket.disconnectFromHost();
    }

    Outcome call(const QByteArray &command) { return bash(shellPrelude() + command + '\n'); }

    QTcpServer server;
    QByteArray port;
    QByteArray closedPort;
    QByteArray request;
    QByteArray response = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nline one\nline two\n";
};

TEST_F(PreludeTest, TcpTellsAnOpenPortFromAClosedOne)
{
    EXPECT_EQ(call("pd_tcp " + port).code, 0);
    const Outcome closed = call("pd_tcp " + closedPort);
    EXPECT_NE(closed.code, 0);
    EXPECT_EQ(closed.err, QByteArray());
    EXPECT_EQ(request, QByteArray()) << "nothing is sent";
}

TEST_F(PreludeTest, HttpPrintsTheBodyOfA200)
{
    const Outcome outcome = call("pd_http " + port + " /metrics");
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, QByteArray("line one\nline two\n"));
    EXPECT_TRUE(request.startsWith("GET /metrics HTTP/1.0\r\n"));
}

TEST_F(PreludeTest, HttpFailsOnAnyOtherAnswer)
{
    response = "HTTP/1.1 404 Not Found\r\n\r\nno\n";
    const Outcome missing = call("pd_http " + port + " /metrics");
    EXPECT_NE(missing.code, 0);
    EXPECT_EQ(missing.out, QByteArray());
    response = "";
    EXPECT_NE(call("pd_http " + port + " /metrics").code, 0) << "closed without an answer";
    EXPECT_NE(call("pd_http " + closedPort + " /metrics").code, 0);
}

TEST_F(PreludeTest, HttpKeepsALargeBody)
{
    const QByteArray body = QByteArray("metric{label=\"a b\"} 1\\n\n").repeated(20'000);
    response = "HTTP/1.0 200 OK\r\n\r\n" + body;
    EXPECT_TRUE(call("pd_http " + port + " /metrics").out == body);
}

TEST_F(PreludeTest, RpcPostsTheCall)
{
    response = "HTTP/1.1 200 OK\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}";
    EXPECT_EQ(call("pd_rpc " + port + " eth_chainId | grep -q '\"result\"'").code, 0);
    EXPECT_TRUE(request.startsWith("POST / HTTP/1.0\r\n"));
    EXPECT_TRUE(request.endsWith(
        "\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"params\":[]}"))
        << request.toStdString();
    EXPECT_EQ(call("pd_rpc " + port + " x '[\"0x1\",false]'").code, 0);
    EXPECT_TRUE(request.endsWith("\"params\":[\"0x1\",false]}"));
    EXPECT_NE(call("pd_rpc " + closedPort + " eth_chainId").code, 0);
}

TEST_F(PreludeTest, AProbeSaysWhichOneDoesNotHold)
{
    response = "HTTP/1.1 200 OK\r\n\r\n{\"result\":\"0x1\"}";
    const QString open = QString::fromLatin1(port);
    const Probe rpc{open, {}, {}, {}};
    const Probe tcp{{}, open, {}, {}};
    const Probe http{{}, {}, open + "/health", {}};
    const Probe log{{}, {}, {}, "never"};
    EXPECT_EQ(bash(probeScript({rpc, tcp, http, log})).code, 0);
    const Outcome closed = bash(probeScript({rpc, {{}, QString::fromLatin1(closedPort), {}, {}}}));
    EXPECT_EQ(closed.code, 1);
    EXPECT_EQ(closed.out, QByteArray("port " + closedPort + " does not accept\n"));
    response = "HTTP/1.1 503 No\r\n\r\n";
    EXPECT_EQ(bash(probeScript({http})).out,
              QByteArray("port " + port + " does not answer HTTP\n"));
    EXPECT_EQ(bash(probeScript({rpc})).out,
              QByteArray("no JSON-RPC answer on port " + port + '\n'));
}

TEST_F(PreludeTest, AProbeFollowsTheServersEnvironment)
{
    response = "HTTP/1.1 200 OK\r\n\r\n{\"result\":\"0x1\"}";
    const Plan plan = planFor();
    const QStringList environment{
        QString::fromLatin1("ETHREX_HTTP_PORT=" + port),
        QString::fromLatin1("ETHREX_METRICS_PORT=" + port),
        QString::fromLatin1("ETHREX_PROOF_COORDINATOR_LISTEN_PORT=" + port)};
    const Outcome outcome = bash(probeScript(plan.step("l2")->probes), {}, environment);
    EXPECT_EQ(outcome.code, 0) << outcome.out.toStdString();
}

TEST(ScriptTest, ThePreludeComesOnlyWhereItIsUsed)
{
    EXPECT_EQ(scriptFor("echo hi"), QByteArray("echo hi\n"));
    EXPECT_TRUE(scriptFor("pd_tcp 1").startsWith(shellPrelude()));
}

} // namespace
} // namespace proverdeck::models
