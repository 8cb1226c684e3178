// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/CommandLine.h"

#include "app/AztecDoctor.h"
#include "app/demo/DemoFleet.h"

#include <QCommandLineParser>
#include <QCoreApplication>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using Command = Request::Command;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("CommandLine", text);
}

QString overview()
{
    return tr(
        "Usage: proverdeck [COMMAND]\n"
        "\n"
        "Without a command the window opens; with --demo it opens on a demo host of its own.\n"
        "\n"
        "  doctor HOST [--for ethrex|boundless|aztec]\n"
        "                                     check a server, change nothing\n"
        "  plan BENCHMARK [--format text|sh|json]\n"
        "                                     show every command that a run would execute\n"
        "  run BENCHMARK [--out DIR]          benchmark without a window\n"
        "  attach RUN [--out DIR] [--watch]   go on with a run that this program left, or look on\n"
        "  runs list | show RUN | export RUN --out DIR\n"
        "                                     the history\n"
        "  history status | sync | move --to FILE|postgresql://USER@HOST/DATABASE\n"
        "                                     where it is kept, and a team's\n"
        "  bundle RUN --out FILE.tar.gz       logs, findings and versions for a bug report, "
        "redacted\n"
        "  analyse ethrex PROVER_LOG [L2_LOG] [LOAD_TEST_LOG] [--metrics FILE]\n"
        "                                     results and findings from logs\n"
        "  analyse boundless FILE…            orders and findings from a broker's logs\n"
        "  broker config check FILE [--compose FILE]\n"
        "  broker config set FILE KEY=VALUE…  look over a broker.toml, or change it\n"
        "  broker config migrate FILE --to ERA [--write]\n"
        "  broker status | stop --safe        a Boundless prover: what runs, and a stop that "
        "loses nothing\n"
        "  stake balance | history | deposit AMOUNT | withdraw AMOUNT\n"
        "                                     a Boundless prover's collateral, from the chain\n"
        "  analyse aztec [MACHINE=]FILE…      jobs, epochs and findings from logs of many "
        "machines\n"
        "  demo-host [--fleet aztec] [--dir DIR] [--port N] [--speed N] [--fault NAME]…\n"
        "                                     a server to try everything on, until Ctrl-C\n"
        "\n"
        "Each command has --help. --format json prints one JSON document on standard output.\n"
        "\n"
        "Exit status: 0 done, 1 the job failed, 2 bad arguments or input file, 3 host "
        "unreachable,\n"
        "host key or login refused, 4 a preflight check failed, 5 cancelled, 6 state unknown.\n");
}

/// QCommandLineParser prints and exits by itself; this one only parses.
class Parser
{
public:
    explicit Parser(QString usage)
        : m_usage(std::move(usage))
    {
        flag(u"help"_s, tr("Show this help"));
    }

    void flag(const QString &name, const QString &text)
    {
        add(QCommandLineOption(name, text), name, text);
    }

    void value(const QString &name, const QString &word, const QString &text)
    {
        add(QCommandLineOption(name, text, word), name + u' ' + word, text);
    }

    [[nodiscard]] tl::expected<void, QString> parse(const QStringList &arguments)
    {
        if (!m_parser.parse(QStringList{u"proverdeck"_s} + arguments)) {
            QString problem = m_parser.errorText();
            while (problem.endsWith(u'.')) {
                problem.chop(1);
            }
            return tl::unexpected(problem + u". "_s + tr("--help lists the options."));
        }
        return {};
    }

    [[nodiscard]] bool isSet(const QString &name) const { return m_parser.isSet(name); }
    [[nodiscard]] QString text(const QString &name) const { return m_parser.value(name); }
    [[nodiscard]] QStringList texts(const QString &name) const { return m_parser.values(name); }
    [[nodiscard]] QStringList positional() const { return m_parser.positionalArguments(); }
    [[nodiscard]] QString help() const
    {
        return tr("Usage: proverdeck %1\n\nOptions:\n%2").arg(m_usage, m_lines);
    }

private:
    void add(const QCommandLineOption &option, const QString &name, const QString &text)
    {
        m_parser.addOption(option);
        m_lines += u"  --%1  %2\n"_s.arg(name.leftJustified(24), text);
    }

    QCommandLineParser m_parser;
    QString m_usage;
    QString m_lines;
};

void addHostOptions(Parser &parser)
{
    parser.value(u"ssh-config"_s, u"FILE"_s, tr("Use this ssh configuration, as ssh -F"));
    parser.value(u"trust-host"_s, u"SHA256:…"_s, tr("Accept an unknown host that shows this key"));
}

void addDemoOptions(Parser &parser)
{
    parser.flag(u"demo"_s, tr("Run on a demo host of its own"));
    parser.value(u"fault"_s, u"NAME"_s,
                 tr("Demo host: make one thing go wrong (%1)")
                     .arg(demo::DemoHost::knownFaults().join(u", "_s)));
    parser.value(u"speed"_s, u"N"_s, tr("Demo host: simulated seconds per second (60)"));
    parser.value(u"fleet"_s, u"aztec"_s,
                 tr("Demo host: two machines with Aztec provers instead (faults: %1)")
                     .arg(demo::DemoFleet::knownFaults().join(u", "_s)));
}

tl::expected<void, QString> readDemoOptions(const Parser &parser, Request &request)
{
    request.demo = parser.isSet(u"demo"_s);
    request.faults = parser.texts(u"fault"_s);
    request.fleet = parser.text(u"fleet"_s);
    if (!request.fleet.isEmpty() && request.fleet != u"aztec") {
        return tl::unexpected(
            tr("--fleet: there is no fleet \"%1\", only aztec.").arg(request.fleet));
    }
    const QStringList known
        = request.fleet.isEmpty() ? demo::DemoHost::knownFaults() : demo::DemoFleet::knownFaults();
    for (const QString &fault : std::as_const(request.faults)) {
        if (!known.contains(fault)) {
            return tl::unexpected(tr("The demo host knows no fault \"%1\". Known: %2.")
                                      .arg(fault, known.join(u", "_s)));
        }
    }
    if (parser.isSet(u"speed"_s)) {
        bool ok = false;
        request.speed = parser.text(u"speed"_s).toDouble(&ok);
        if (!ok || request.speed < 0.1 || request.speed > 10000) {
            return tl::unexpected(tr("--speed: \"%1\" is no number between 0.1 and 10000.")
                                      .arg(parser.text(u"speed"_s)));
        }
    }
    return {};
}

void addInputs(Parser &parser, const models::Workflow &workflow)
{
    for (const models::Input &input : workflow.inputs) {
        const QString fallback
            = input.defaultValue.isValid() && input.type != models::InputType::Boolean
            ? tr(" (default %1)").arg(input.defaultValue.toString())
            : QString();
        if (input.type == models::InputType::Boolean) {
            parser.flag(input.option, input.help);
            parser.flag(u"no-"_s + input.option,
                        tr("The opposite%1")
                            .arg(input.defaultValue.toBool() ? QString() : tr(" (default)")));
            continue;
        }
        const QString word = input.type == models::InputType::Choice ? input.choices.join(u'|')
            : input.type == models::InputType::Integer               ? u"N"_s
                                                                     : input.option.toUpper();
        parser.value(input.option, word, input.help + fallback);
    }
}

void readInputs(const Parser &parser, Request &request)
{
    for (const models::Input &input : request.workflow.inputs) {
        if (input.type == models::InputType::Boolean) {
            if (parser.isSet(input.option)) {
                request.given.insert(input.id, true);
            }
            if (parser.isSet(u"no-"_s + input.option)) {
                request.given.insert(input.id, false);
            }
        } else if (parser.isSet(input.option)) {
            request.given.insert(input.id, parser.text(input.option));
        }
    }
}

tl::expected<models::Workflow, QString> workflowFor(const QStringList &arguments)
{
    qsizetype at = arguments.indexOf(u"--workflow"_s);
    QString name = at >= 0 && at + 1 < arguments.size() ? arguments.at(at + 1) : QString();
    for (const QString &argument : arguments) {
        if (argument.startsWith(u"--workflow="_s)) {
            name = argument.mid(11);
        }
    }
    const bool isBoundless = arguments.contains(u"--for=boundless"_s)
        || (arguments.contains(u"--for"_s)
            && arguments.value(arguments.indexOf(u"--for"_s) + 1) == u"boundless");
    return models::loadWorkflow(!name.isEmpty()   ? name
                                    : isBoundless ? u"boundless-doctor"_s
                                                  : u"ethrex-benchmark"_s);
}

tl::expected<Request, QString> helpRequest(const Parser &parser)
{
    Request request;
    request.command = Command::Help;
    request.help = parser.help();
    return request;
}

tl::expected<Request, QString> checkFormat(Request request, const Parser &parser,
                                           const QStringList &formats)
{
    request.format = parser.isSet(u"format"_s) ? parser.text(u"format"_s) : formats.first();
    if (!formats.contains(request.format)) {
        return tl::unexpected(
            tr("--format: \"%1\" is not one of %2.").arg(request.format, formats.join(u", "_s)));
    }
    return request;
}

tl::expected<Request, QString> parseBenchmark(Command command, const QStringList &arguments)
{
    const auto workflow = workflowFor(arguments);
    if (!workflow) {
        return tl::unexpected(workflow.error());
    }
    Request request;
    request.command = command;
    request.workflow = *workflow;
    const bool isPlan = command == Command::Plan;
    const QStringList formats
        = isPlan ? QStringList{u"text"_s, u"sh"_s, u"json"_s} : QStringList{u"text"_s, u"json"_s};
    Parser parser(isPlan ? u"plan BENCHMARK"_s : u"run BENCHMARK"_s);
    addInputs(parser, *workflow);
    parser.value(u"workflow"_s, u"FILE"_s,
                 tr("A workflow file, or the id of one in %1").arg(models::userWorkflowFolder()));
    addHostOptions(parser);
    addDemoOptions(parser);
    parser.value(u"format"_s, formats.join(u'|'), tr("What to print"));
    if (!isPlan) {
        parser.value(u"out"_s, u"DIR"_s,
                     tr("Write results.md, results.csv, results.json and the logs there"));
        parser.flag(u"overwrite"_s, tr("Replace results of an earlier run in DIR"));
        parser.flag(u"keep-running"_s, tr("Leave L1, L2, load and prover running at the end"));
    }
    if (const auto parsed = parser.parse(arguments); !parsed) {
        return tl::unexpected(parsed.error());
    }
    if (parser.isSet(u"help"_s)) {
        return helpRequest(parser);
    }
    if (!parser.positional().isEmpty()) {
        return tl::unexpected(tr("\"%1\" is not expected here; the server is named with --host.")
                                  .arg(parser.positional().first()));
    }
    readInputs(parser, request);
    if (const auto demo = readDemoOptions(parser, request); !demo) {
        return tl::unexpected(demo.error());
    }
    if (!request.fleet.isEmpty()) {
        return tl::unexpected(tr("--fleet belongs to demo-host, or to --demo without a command."));
    }
    if (request.demo) {
        request.given.insert(u"host"_s, u"demo"_s);
    } else if (!request.faults.isEmpty()) {
        return tl::unexpected(tr("--fault belongs to --demo or to the command demo-host."));
    }
    request.sshConfig = parser.text(u"ssh-config"_s);
    request.trusted = parser.texts(u"trust-host"_s);
    if (!isPlan) {
        request.out = parser.text(u"out"_s);
        request.overwrite = parser.isSet(u"overwrite"_s);
        request.keepRunning = parser.isSet(u"keep-running"_s);
    }
    return checkFormat(request, parser, formats);
}

tl::expected<Request, QString> parseDoctor(const QStringList &arguments)
{
    const auto workflow = workflowFor(arguments);
    if (!workflow) {
        return tl::unexpected(workflow.error());
    }
    Request request;
    request.command = Command::Doctor;
    request.workflow = *workflow;
    Parser parser(u"doctor HOST [--for ethrex|boundless|aztec]"_s);
    parser.value(u"for"_s, u"ethrex|boundless|aztec"_s, tr("For which kind of prover"));
    addInputs(parser, *workflow);
    parser.value(u"workflow"_s, u"FILE"_s, tr("A workflow file"));
    addHostOptions(parser);
    addDemoOptions(parser);
    parser.value(u"format"_s, u"text|json"_s, tr("What to print"));
    if (const auto parsed = parser.parse(arguments); !parsed) {
        return tl::unexpected(parsed.error());
    }
    if (parser.isSet(u"help"_s)) {
        return helpRequest(parser);
    }
    if (parser.isSet(u"for"_s) && parser.text(u"for"_s) != u"ethrex"
        && parser.text(u"for"_s) != u"boundless") {
        return tl::unexpected(tr("--for: servers are checked for ethrex, boundless or aztec."));
    }
    readInputs(parser, request);
    if (const auto demo = readDemoOptions(parser, request); !demo) {
        return tl::unexpected(demo.error());
    }
    const QStringList hosts = parser.positional();
    if (hosts.size() > 1
        || (hosts.isEmpty() && !request.demo && !request.given.contains(u"host"_s))) {
        return tl::unexpected(tr("doctor needs exactly one server: proverdeck doctor HOST."));
    }
    if (request.demo) {
        request.given.insert(u"host"_s, u"demo"_s);
    } else if (!hosts.isEmpty()) {
        request.given.insert(u"host"_s, hosts.first());
    }
    request.sshConfig = parser.text(u"ssh-config"_s);
    request.trusted = parser.texts(u"trust-host"_s);
    return checkFormat(request, parser, {u"text"_s, u"json"_s});
}

tl::expected<Request, QString> parseAttach(const QStringList &arguments)
{
    Request request;
    request.command = Command::Attach;
    Parser parser(u"attach RUN [--out DIR] [--watch]"_s);
    parser.value(u"out"_s, u"DIR"_s,
                 tr("Write results.md, results.csv, results.json and the logs there"));
    parser.flag(u"overwrite"_s, tr("Replace results of an earlier run in DIR"));
    parser.flag(u"watch"_s, tr("Look on and touch nothing, also while another program drives it"));
    parser.value(u"host"_s, u"HOST"_s,
                 tr("Where the run is, if another person or machine began it (implies --watch)"));
    addHostOptions(parser);
    parser.value(u"format"_s, u"text|json"_s, tr("What to print"));
    if (const auto parsed = parser.parse(arguments); !parsed) {
        return tl::unexpected(parsed.error());
    }
    if (parser.isSet(u"help"_s)) {
        return helpRequest(parser);
    }
    if (parser.positional().size() != 1) {
        return tl::unexpected(
            tr("attach needs exactly one run; \"proverdeck runs list\" shows them."));
    }
    request.runId = parser.positional().first();
    request.out = parser.text(u"out"_s);
    request.overwrite = parser.isSet(u"overwrite"_s);
    request.host = parser.text(u"host"_s);
    request.watch = parser.isSet(u"watch"_s) || !request.host.isEmpty();
    request.sshConfig = parser.text(u"ssh-config"_s);
    request.trusted = parser.texts(u"trust-host"_s);
    return checkFormat(request, parser, {u"text"_s, u"json"_s});
}

tl::expected<Request, QString> parseBundle(const QStringList &arguments)
{
    Request request;
    request.command = Command::Bundle;
    Parser parser(u"bundle RUN [--out FILE.tar.gz]"_s);
    parser.value(u"out"_s, u"FILE"_s, tr("The archive; default: proverdeck-RUN.tar.gz here"));
    parser.flag(u"overwrite"_s, tr("Replace a file that is there"));
    parser.flag(u"show-names"_s, tr("Leave host names, user names and addresses as they are"));
    if (const auto parsed = parser.parse(arguments); !parsed) {
        return tl::unexpected(parsed.error());
    }
    if (parser.isSet(u"help"_s)) {
        return helpRequest(parser);
    }
    if (parser.positional().size() != 1) {
        return tl::unexpected(
            tr("bundle needs exactly one run; \"proverdeck runs list\" shows them."));
    }
    request.runId = parser.positional().first();
    request.out = parser.text(u"out"_s);
    request.overwrite = parser.isSet(u"overwrite"_s);
    request.showNames = parser.isSet(u"show-names"_s);
    return request;
}

tl::expected<Request, QString> parseRuns(const QStringList &arguments)
{
    Request request;
    Parser parser(u"runs list | show RUN | export RUN --out DIR"_s);
    parser.value(u"format"_s, u"text|json"_s, tr("What to print"));
    parser.value(u"out"_s, u"DIR"_s, tr("export: where the files go"));
    parser.flag(u"overwrite"_s, tr("export: replace files that are there"));
    if (const auto parsed = parser.parse(arguments); !parsed) {
        return tl::unexpected(parsed.error());
    }
    if (parser.isSet(u"help"_s)) {
        return helpRequest(parser);
    }
    const QStringList words = parser.positional();
    const QString verb = words.value(0);
    request.runId = words.value(1);
    request.out = parser.text(u"out"_s);
    request.overwrite = parser.isSet(u"overwrite"_s);
    if (verb == u"list" && words.size() == 1) {
        request.command = Command::RunsList;
    } else if (verb == u"show" && words.size() == 2) {
        request.command = Command::RunsShow;
    } else if (verb == u"export" && words.size() == 2 && !request.out.isEmpty()) {
        request.command = Command::RunsExport;
    } else {
        return tl::unexpected(
            tr("Write: proverdeck runs list, runs show RUN, or runs export RUN --out DIR."));
    }
    return checkFormat(request, parser, {u"text"_s, u"json"_s});
}

tl::expected<Request, QString> parseAnalyseBoundless(const QStringList &arguments)
{
    Request request;
    request.command = Command::AnalyseBoundless;
    Parser parser(u"analyse boundless FILE…"_s);
    parser.value(u"format"_s, u"text|json"_s, tr("What to print"));
    if (const auto parsed = parser.parse(arguments); !parsed) {
        return tl::unexpected(parsed.error());
    }
    if (parser.isSet(u"help"_s)) {
        return helpRequest(parser);
    }
    request.files = parser.positional().mid(1);
    if (request.files.isEmpty()) {
        return tl::unexpected(tr("Write: proverdeck analyse boundless FILE…, with logs of a broker "
                                 "or copies of its broker.db."));
    }
    return checkFormat(request, parser, {u"text"_s, u"json"_s});
}

tl::expected<Request, QString> parseBroker(const QStringList &arguments)
{
    Request request;
    Parser parser(
        u"broker config check FILE [--compose FILE] | config set FILE KEY=VALUE… | config "
        "migrate FILE --to ERA [--write]"_s);
    parser.value(u"compose"_s, u"FILE"_s, tr("Check it together with this compose file"));
    parser.value(u"era"_s, u"0.13|1.0|1.1|1.4|2.0"_s,
                 tr("The broker's generation; default: what the file looks like"));
    parser.value(u"to"_s, u"1.0|1.1|1.4|2.0"_s, tr("migrate: the generation that it shall fit"));
    parser.flag(u"write"_s, tr("migrate: write the file, not only show the change"));
    parser.value(u"format"_s, u"text|json"_s, tr("What to print"));
    if (const auto parsed = parser.parse(arguments); !parsed) {
        return tl::unexpected(parsed.error());
    }
    if (parser.isSet(u"help"_s)) {
        return helpRequest(parser);
    }
    const QStringList words = parser.positional();
    const QString verb = words.value(0) == "config"_L1 ? words.value(1) : QString();
    const bool isCheck = verb == "check"_L1 && words.size() == 3;
    const bool isMigrate = verb == "migrate"_L1 && words.size() == 3;
    if (!isCheck && !isMigrate && !(verb == "set"_L1 && words.size() > 3)) {
        return tl::unexpected(tr("Write: proverdeck broker config check FILE [--compose FILE], or "
                                 "proverdeck broker config set FILE KEY=VALUE…, or "
                                 "proverdeck broker config migrate FILE --to ERA [--write]."));
    }
    request.command = isCheck ? Command::BrokerConfigCheck
        : isMigrate           ? Command::BrokerConfigMigrate
                              : Command::BrokerConfigSet;
    request.targetEra = parser.text(u"to"_s);
    request.writes = parser.isSet(u"write"_s);
    if (isMigrate
        && !QStringList{u"1.0"_s, u"1.1"_s, u"1.4"_s, u"2.0"_s}.contains(request.targetEra)) {
        return tl::unexpected(
            tr("--to: \"%1\" is not one of 1.0, 1.1, 1.4, 2.0.").arg(request.targetEra));
    }
    request.files = {words.at(2)};
    request.assignments = words.mid(3);
    request.compose = parser.text(u"compose"_s);
    request.era = parser.text(u"era"_s);
    if (!QStringList{{}, u"0.13"_s, u"1.0"_s, u"1.1"_s, u"1.4"_s, u"2.0"_s}.contains(request.era)) {
        return tl::unexpected(
            tr("--era: \"%1\" is not one of 0.13, 1.0, 1.1, 1.4, 2.0.").arg(request.era));
    }
    return checkFormat(request, parser, {u"text"_s, u"json"_s});
}

tl::expected<Request, QString> parseAnalyse(const QStringList &arguments)
{
    if (arguments.contains(u"boundless"_s) && !arguments.contains(u"ethrex"_s)) {
        return parseAnalyseBoundless(arguments);
    }
    Request request;
    if (arguments.value(0) == u"aztec") {
        request.command = Command::AnalyseAztec;
        request.files = arguments.mid(1); // read by app/AnalyseAztec
        return request;
    }
    request.command = Command::AnalyseEthrex;
    Parser parser(u"analyse ethrex PROVER_LOG [L2_LOG] [LOAD_TEST_LOG] [--metrics FILE]"_s);
    parser.value(u"metrics"_s, u"FILE"_s, tr("A saved body of the L2's metrics (port 3702)"));
    parser.value(u"format"_s, u"text|json|markdown|upstream|csv"_s,
                 tr("What to print; upstream is the layout of upstream's own script"));
    if (const auto parsed = parser.parse(arguments); !parsed) {
        return tl::unexpected(parsed.error());
    }
    if (parser.isSet(u"help"_s)) {
        return helpRequest(parser);
    }
    const QStringList words = parser.positional();
    if (words.size() < 2 || words.first() != u"ethrex") {
        return tl::unexpected(tr("Write: proverdeck analyse ethrex PROVER_LOG [--metrics FILE], "
                                 "analyse boundless FILE…, or analyse aztec FILE…."));
    }
    request.files = words.mid(1);
    request.metrics = parser.text(u"metrics"_s);
    return checkFormat(request, parser,
                       {u"text"_s, u"json"_s, u"markdown"_s, u"upstream"_s, u"csv"_s});
}

tl::expected<Request, QString> parseDemoHost(const QStringList &arguments)
{
    Request request;
    request.command = Command::DemoHost;
    Parser parser(
        u"demo-host [--fleet aztec] [--dir DIR] [--port N] [--speed N] [--fault NAME]…"_s);
    parser.value(u"dir"_s, u"DIR"_s, tr("Keep everything there; default: a temporary folder"));
    parser.value(u"leash"_s, u"SOCKET"_s,
                 tr("End when the programs connected to this socket no longer need it"));
    parser.value(u"port"_s, u"N"_s, tr("Port of its SSH server; default: a free one"));
    addDemoOptions(parser);
    if (const auto parsed = parser.parse(arguments); !parsed) {
        return tl::unexpected(parsed.error());
    }
    if (parser.isSet(u"help"_s)) {
        return helpRequest(parser);
    }
    if (!parser.positional().isEmpty()) {
        return tl::unexpected(
            tr("demo-host: \"%1\" is not expected here.").arg(parser.positional().first()));
    }
    request.dir = parser.text(u"dir"_s);
    request.leash = parser.text(u"leash"_s);
    if (parser.isSet(u"port"_s)) {
        bool ok = false;
        request.port = parser.text(u"port"_s).toInt(&ok);
        if (!ok || request.port < 1 || request.port > 65535) {
            return tl::unexpected(
                tr("--port: \"%1\" is no port between 1 and 65535.").arg(parser.text(u"port"_s)));
        }
    }
    if (const auto demo = readDemoOptions(parser, request); !demo) {
        return tl::unexpected(demo.error());
    }
    return request;
}

} // namespace

tl::expected<Request, QString> parseArguments(const QStringList &arguments)
{
    Request request;
    if (arguments.isEmpty()) {
        return request;
    }
    const QString first = arguments.first();
    const QStringList rest = arguments.mid(1);
    if (first == u"--help" || first == u"-h" || first == u"help") {
        request.command = Command::Help;
        request.help = overview();
        return request;
    }
    if (first == u"--version") {
        request.command = Command::Version;
        return request;
    }
    if (first == u"run" || first == u"plan") {
        return parseBenchmark(first == u"run" ? Command::Run : Command::Plan, rest);
    }
    if (first == u"doctor") {
        if (isAztecDoctor(rest)) {
            request.command = Command::AztecDoctor;
            request.words = rest;
            return request;
        }
        return parseDoctor(rest);
    }
    if (first == u"attach") {
        return parseAttach(rest);
    }
    if (first == u"bundle") {
        return parseBundle(rest);
    }
    if (first == u"runs") {
        return parseRuns(rest);
    }
    if (first == u"analyse" || first == u"analyze") {
        return parseAnalyse(rest);
    }
    if (first == u"broker" && rest.value(0) != u"config") {
        request.command = Command::Broker;
        request.words = rest;
        return request;
    }
    if (first == u"broker") {
        return parseBroker(rest);
    }
    if (first == u"history") {
        request.command = Command::History;
        request.words = rest;
        return request;
    }
    if (first == u"stake") {
        request.command = Command::Stake;
        request.words = rest;
        return request;
    }
    if (first == u"demo-host") {
        return parseDemoHost(rest);
    }
    if (!first.startsWith(u'-')) {
        return tl::unexpected(
            tr("There is no command \"%1\"; proverdeck --help lists them.").arg(first));
    }
    Parser parser(u"[--demo]"_s);
    addDemoOptions(parser);
    parser.value(u"ssh-config"_s, u"FILE"_s, tr("Use this ssh configuration, as ssh -F"));
    if (const auto parsed = parser.parse(arguments); !parsed) {
        return tl::unexpected(parsed.error());
    }
    if (!parser.positional().isEmpty()) {
        return tl::unexpected(tr("There is no command \"%1\"; proverdeck --help lists them.")
                                  .arg(parser.positional().first()));
    }
    request.sshConfig = parser.text(u"ssh-config"_s);
    if (const auto demo = readDemoOptions(parser, request); !demo) {
        return tl::unexpected(demo.error());
    }
    return request;
}

} // namespace proverdeck::app
