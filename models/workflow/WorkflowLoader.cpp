// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogText.h"
#include "models/workflow/Plan.h"
#include "models/workflow/Toml.h"
#include "models/workflow/TomlDepth.h"
#include "models/workflow/Workflow.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>
#include <QStandardPaths>

#include <exception>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 MaxFile = 1 << 20; // bytes; the built-in one has 30 thousand
constexpr qsizetype MaxComplaint = 1000;

/// Thrown inside this file only: the first thing that is wrong in the workflow file.
struct Problem : std::exception
{
    Problem(int atLine, QString saying)
        : line(atLine)
        , text(std::move(saying))
    {
    }
    int line;
    QString text;
};

QString tr(const char *text)
{
    return QCoreApplication::translate("Workflow", text);
}

QString qstring(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

int lineOf(const toml::node &node)
{
    return int(node.source().begin.line);
}

[[noreturn]] void problem(const toml::node &node, const QString &text)
{
    throw Problem(lineOf(node), text);
}

/// One table of the file; remembers which keys were read, so that a misspelt one is an error.
class Table
{
public:
    Table(const toml::table &table, QString where)
        : m_table(table)
        , m_where(std::move(where))
    {
    }

    [[nodiscard]] const toml::table &node() const { return m_table; }
    [[nodiscard]] const QString &where() const { return m_where; }

    const toml::node *find(const char *key)
    {
        m_known.insert(QString::fromLatin1(key));
        return m_table.get(key);
    }

    QString text(const char *key, const QString &fallback = {})
    {
        const toml::node *node = find(key);
        if (!node) {
            return fallback;
        }
        if (!node->is_string()) {
            wrong(*node, key, tr("a text in quotes"));
        }
        return qstring(node->as_string()->get());
    }

    QString requiredText(const char *key)
    {
        const QString value = text(key);
        if (value.isEmpty()) {
            throw Problem(lineOf(m_table),
                          tr("%1 needs the key \"%2\", a text in quotes.")
                              .arg(m_where, QString::fromLatin1(key)));
        }
        return value;
    }

    bool boolean(const char *key, bool fallback)
    {
        const toml::node *node = find(key);
        if (!node) {
            return fallback;
        }
        if (!node->is_boolean()) {
            wrong(*node, key, tr("true or false"));
        }
        return node->as_boolean()->get();
    }

    std::optional<qint64> integer(const char *key)
    {
        const toml::node *node = find(key);
        if (!node) {
            return std::nullopt;
        }
        if (!node->is_integer()) {
            wrong(*node, key, tr("a whole number"));
        }
        return qint64(node->as_integer()->get());
    }

    std::chrono::milliseconds duration(const char *key, std::chrono::milliseconds fallback)
    {
        const toml::node *node = find(key);
        if (!node) {
            return fallback;
        }
        const auto value
            = node->is_string() ? parseDuration(qstring(node->as_string()->get())) : std::nullopt;
        if (!value) {
            wrong(*node, key, tr("a duration such as \"90s\", \"45m\" or \"2h\""));
        }
        return *value;
    }

    QStringList texts(const char *key)
    {
        QStringList list;
        const toml::node *node = find(key);
        if (!node) {
            return list;
        }
        if (!node->is_array()) {
            wrong(*node, key, tr("a list of texts"));
        }
        for (const toml::node &item : *node->as_array()) {
            if (!item.is_string()) {
                wrong(item, key, tr("a list of texts"));
            }
            list << qstring(item.as_string()->get());
        }
        return list;
    }

    /// One of @p words; the index of it.
    int choice(const char *key, const QStringList &words, int fallback)
    {
        const toml::node *node = find(key);
        if (!node) {
            return fallback;
        }
        const int index
            = node->is_string() ? int(words.indexOf(qstring(node->as_string()->get()))) : -1;
        if (index < 0) {
            wrong(*node, key, tr("one of %1").arg(words.join(u", "_s)));
        }
        return index;
    }

    Condition condition(const char *key);

    QVariant scalar(const char *key)
    {
        const toml::node *node = find(key);
        return node ? toVariant(*node, key) : QVariant();
    }

    void refuseUnknownKeys() const
    {
        for (const auto &[key, value] : m_table) {
            if (!m_known.contains(qstring(key.str()))) {
                problem(value,
                        tr("%1 has the key \"%2\", which is not known here. Known keys: %3.")
                            .arg(m_where, qstring(key.str()), sorted().join(u", "_s)));
            }
        }
    }

    [[noreturn]] void wrong(const toml::node &node, const char *key, const QString &expected) const
    {
        problem(
            node,
            tr("%1: the key \"%2\" must be %3.").arg(m_where, QString::fromLatin1(key), expected));
    }

private:
    QVariant toVariant(const toml::node &node, const char *key) const
    {
        if (node.is_string()) {
            return qstring(node.as_string()->get());
        }
        if (node.is_integer()) {
            return qint64(node.as_integer()->get());
        }
        if (node.is_boolean()) {
            return node.as_boolean()->get();
        }
        wrong(node, key, tr("a text, a whole number, or true or false"));
    }

    [[nodiscard]] QStringList sorted() const
    {
        QStringList keys(m_known.begin(), m_known.end());
        keys.sort();
        return keys;
    }

    const toml::table &m_table;
    QString m_where;
    QSet<QString> m_known;
};

Condition Table::condition(const char *key)
{
    Condition result;
    const toml::node *node = find(key);
    if (!node) {
        return result;
    }
    if (!node->is_table()) {
        wrong(*node, key, tr("a table of names and values, for example { backend = \"sp1\" }"));
    }
    for (const auto &[name, value] : *node->as_table()) {
        QVariantList wanted;
        if (value.is_array()) {
            for (const toml::node &item : *value.as_array()) {
                wanted << toVariant(item, key);
            }
        } else {
            wanted << toVariant(value, key);
        }
        result.terms.insert(qstring(name.str()), wanted);
    }
    return result;
}

template<class Reader> void forEachTable(Table &parent, const char *key, Reader reader)
{
    const toml::node *node = parent.find(key);
    if (!node) {
        return;
    }
    if (!node->is_array_of_tables()) {
        parent.wrong(*node, key,
                     tr("a list of tables, written as [[%1]]").arg(QString::fromLatin1(key)));
    }
    int index = 0;
    for (const toml::node &item : *node->as_array()) {
        Table table(*item.as_table(),
                    u"[[%1]] number %2"_s.arg(QString::fromLatin1(key)).arg(++index));
        reader(table);
        table.refuseUnknownKeys();
    }
}

Severity severityOf(Table &table, const char *key)
{
    return Severity(
        table.choice(key, {u"info"_s, u"warning"_s, u"error"_s}, int(Severity::Warning)));
}

/// A name that a command can use in {braces}.
void requireName(const Table &table, const char *key, const QString &name)
{
    static const QRegularExpression plain(u"^[a-z][a-z0-9_]*\\z"_s);
    if (!plain.match(name).hasMatch()) {
        problem(table.node(),
                tr("%1: \"%2\" is \"%3\", but may hold small letters, digits and underscores only.")
                    .arg(table.where(), QString::fromLatin1(key), name));
    }
}

Input readInput(Table &table)
{
    Input input;
    input.id = table.requiredText("id");
    requireName(table, "id", input.id);
    input.type = InputType(table.choice("type",
                                        {u"text"_s, u"integer"_s, u"boolean"_s, u"choice"_s,
                                         u"git-ref"_s, u"remote-path"_s, u"host"_s},
                                        int(InputType::Text)));
    input.title = table.text("title", input.id);
    input.help = table.text("help");
    QString option = input.id;
    input.option = table.text("option", option.replace(u'_', u'-'));
    input.choices = table.texts("choices");
    if (input.type == InputType::Choice && input.choices.isEmpty()) {
        problem(table.node(),
                tr("%1: an input of type choice needs the key \"choices\".").arg(table.where()));
    }
    for (const QString &choice : std::as_const(input.choices)) {
        static const QRegularExpression plain(u"^[A-Za-z0-9_.][A-Za-z0-9_.-]*\\z"_s);
        if (!plain.match(choice).hasMatch()) {
            problem(table.node(),
                    tr("%1: the choice \"%2\" may hold letters, digits, dots, dashes and "
                       "underscores only.")
                        .arg(table.where(), choice));
        }
    }
    input.defaultValue = table.scalar("default");
    input.minimum = table.integer("min");
    input.maximum = table.integer("max");
    input.advanced = table.boolean("advanced", false);
    input.optional = table.boolean("optional", false);
    input.page = table.text("page", u"prove"_s);
    input.environment = table.text("environment");
    static const QRegularExpression variable(u"^[A-Z][A-Z0-9_]*\\z"_s);
    if (!input.environment.isEmpty()
        && (input.type != InputType::Integer || !variable.match(input.environment).hasMatch())) {
        problem(table.node(),
                tr("%1: \"environment\" is the name of a variable in capitals and belongs to "
                   "an integer input.")
                    .arg(table.where()));
    }
    input.enabledWhen = table.condition("enabled_when");
    input.valueWhenDisabled = table.scalar("value_when_disabled");
    input.disabledHelp = table.text("disabled_help");
    if (!input.enabledWhen.isEmpty() && !input.valueWhenDisabled.isValid()) {
        problem(table.node(),
                tr("%1: with \"enabled_when\" the key \"value_when_disabled\" is needed.")
                    .arg(table.where()));
    }
    if (input.defaultValue.isValid()) {
        const auto checked = checkValue(input, input.defaultValue);
        if (!checked) {
            problem(table.node(),
                    tr("%1: the default is not a valid value: %2")
                        .arg(table.where(), checked.error().text));
        }
        input.defaultValue = *checked;
    }
    return input;
}

Advice readAdvice(Table &table)
{
    Advice advice;
    advice.input = table.text("input");
    advice.when = table.condition("when");
    advice.finding.code = table.requiredText("code");
    advice.finding.severity = severityOf(table, "severity");
    advice.finding.text = table.requiredText("text");
    advice.finding.advice = table.text("advice");
    return advice;
}

QList<Variant> readRun(Table &table)
{
    QList<Variant> variants;
    const toml::node *node = table.find("run");
    if (!node) {
        return variants;
    }
    if (node->is_string()) {
        return {Variant{{}, qstring(node->as_string()->get()), lineOf(*node)}};
    }
    if (!node->is_array()) {
        table.wrong(*node, "run",
                    tr("a command in quotes, or a list of { when = …, command = … }"));
    }
    for (const toml::node &item : *node->as_array()) {
        if (!item.is_table()) {
            table.wrong(item, "run",
                        tr("a command in quotes, or a list of { when = …, command = … }"));
        }
        Table variant(*item.as_table(), table.where() + u", run"_s);
        const Condition when = variant.condition("when");
        variants << Variant{when, variant.requiredText("command"), lineOf(item)};
        variant.refuseUnknownKeys();
    }
    return variants;
}

QString portText(Table &table, const char *key)
{
    const toml::node *node = table.find(key);
    if (node && node->is_integer()) {
        return QString::number(node->as_integer()->get());
    }
    return table.text(key);
}

QList<Probe> readProbes(Table &table)
{
    QList<Probe> probes;
    const toml::node *node = table.find("ready");
    if (!node) {
        return probes;
    }
    const toml::table *outer = node->as_table();
    const toml::node *all = outer ? outer->get("all") : nullptr;
    if (!all || !all->is_array()) {
        table.wrong(*node, "ready", u"{ all = [ { rpc = 1729 }, … ] }"_s);
    }
    if (outer->size() != 1) {
        table.wrong(*node, "ready", u"{ all = [ { rpc = 1729 }, … ] }"_s);
    }
    for (const toml::node &item : *all->as_array()) {
        if (!item.is_table()) {
            table.wrong(item, "ready", u"{ all = [ { rpc = 1729 }, … ] }"_s);
        }
        Table one(*item.as_table(), table.where() + u", ready"_s);
        Probe probe;
        probe.rpc = portText(one, "rpc");
        probe.tcp = portText(one, "tcp");
        probe.http = one.text("http");
        probe.log = one.text("log");
        one.refuseUnknownKeys();
        const int set = int(!probe.rpc.isEmpty()) + int(!probe.tcp.isEmpty())
            + int(!probe.http.isEmpty()) + int(!probe.log.isEmpty());
        if (set != 1) {
            problem(
                item,
                tr("%1: each probe has exactly one of rpc, tcp, http and log.").arg(table.where()));
        }
        if (!probe.log.isEmpty() && !QRegularExpression(probe.log).isValid()) {
            problem(
                item,
                tr("%1: \"%2\" is not a regular expression: %3.")
                    .arg(table.where(), probe.log, QRegularExpression(probe.log).errorString()));
        }
        probes << probe;
    }
    return probes;
}

Step readStep(Table &table)
{
    Step step;
    step.line = lineOf(table.node());
    step.id = table.requiredText("id");
    static const QRegularExpression plain(u"^[a-z][a-z0-9-]*\\z"_s);
    if (!plain.match(step.id).hasMatch()) {
        problem(table.node(),
                tr("%1: the id \"%2\" may hold small letters, digits and dashes only.")
                    .arg(table.where(), step.id));
    }
    step.title = table.text("title", step.id);
    step.kind = StepKind(table.choice(
        "kind", {u"check"_s, u"command"_s, u"service"_s, u"wait"_s, u"collect"_s, u"stop"_s},
        int(StepKind::Command)));
    const bool isCheck = step.kind == StepKind::Check;
    step.phase = Phase(table.choice("phase", {u"preflight"_s, u"main"_s, u"teardown"_s},
                                    int(isCheck ? Phase::Preflight : Phase::Main)));
    step.run = readRun(table);
    const bool needsRun = step.kind != StepKind::Wait && step.kind != StepKind::Stop;
    if (needsRun && step.run.isEmpty()) {
        problem(table.node(),
                tr("%1: a step of this kind needs the key \"run\".").arg(table.where()));
    }
    step.log = table.text("log");
    static const QRegularExpression file(u"^[A-Za-z0-9_-]+\\.log\\z"_s);
    if (!step.log.isEmpty() && !file.match(step.log).hasMatch()) {
        problem(table.node(),
                tr("%1: \"log\" is a plain file name that ends in .log.").arg(table.where()));
    }
    step.when = table.condition("when");
    step.ready = readProbes(table);
    step.timeout
        = table.duration("timeout", isCheck ? std::chrono::seconds(60) : std::chrono::minutes(10));
    step.expectedAfter = table.text("expected_after");
    step.expectedWithin = table.duration("expected_within", step.expectedWithin);
    if (step.expectedAfter.isEmpty() != (step.expectedWithin.count() == 0)
        || !QRegularExpression(step.expectedAfter).isValid()) {
        problem(
            table.node(),
            tr("%1: \"expected_after\" is a regular expression and comes with \"expected_within\".")
                .arg(table.where()));
    }
    step.fact = table.text("fact");
    step.output = table.text("output");
    for (const auto &[key, name] :
         {qMakePair("fact", step.fact), qMakePair("output", step.output)}) {
        if (!name.isEmpty()) {
            requireName(table, key, name);
        }
    }
    step.required = table.boolean("required", true);
    step.code = table.text("code", step.id);
    step.fix = table.text("fix");
    step.service = table.text("service");
    step.grace
        = std::chrono::duration_cast<std::chrono::seconds>(table.duration("grace", step.grace));
    step.mayFail = table.boolean("may_fail", false);
    step.failure = table.text("failure");
    static const QStringList readers{u"ethrex-prover"_s, u"ethrex-l2"_s, u"ethrex-loadtest"_s};
    step.reader = readers.value(table.choice("reader", readers, -1));
    step.count = portText(table, "count");
    step.endless = table.condition("endless_when");
    step.stall = table.duration("stall", step.stall);
    static const QStringList collections{u"session"_s, u"batches"_s};
    step.collects = collections.value(table.choice("collects", collections, -1));
    if (step.kind == StepKind::Collect && step.collects.isEmpty()) {
        problem(
            table.node(),
            tr("%1: a step of kind collect needs the key \"collects\", \"session\" or \"batches\".")
                .arg(table.where()));
    }
    if (const toml::node *fatal = table.find("fatal")) {
        if (!fatal->is_table()) {
            table.wrong(
                *fatal, "fatal",
                tr("a table of finding codes and counts, for example { wrong-backend = 3 }"));
        }
        for (const auto &[code, count] : *fatal->as_table()) {
            if (!count.is_integer()) {
                table.wrong(
                    count, "fatal",
                    tr("a table of finding codes and counts, for example { wrong-backend = 3 }"));
            }
            const qint64 number = count.as_integer()->get();
            if (number < 1 || number > 1'000'000) {
                table.wrong(count, "fatal", tr("a count from 1 on for each finding code"));
            }
            step.fatal.insert(qstring(code.str()), int(number));
        }
    }
    return step;
}

/// These conditions are decided before the run, so that facts are not known to them.
void requireAnswers(const Condition &condition, const QSet<QString> &answers, int line,
                    const QString &where)
{
    for (const QString &name : condition.terms.keys()) {
        if (!answers.contains(name)) {
            throw Problem(
                line, tr("%1: its condition names \"%2\", which is no input.").arg(where, name));
        }
    }
}

/// Every name that a step uses must exist; a misspelt one would otherwise never hold.
void checkReferences(const Workflow &workflow)
{
    QSet<QString> names{u"run_id"_s};
    QSet<QString> services;
    for (const Input &input : workflow.inputs) {
        names.insert(input.id);
    }
    const QSet<QString> answers = names;
    for (const Input &input : workflow.inputs) {
        requireAnswers(input.enabledWhen, answers, 0, tr("Input \"%1\"").arg(input.id));
    }
    for (const Advice &advice : workflow.advice) {
        requireAnswers(advice.when, answers, 0, tr("Advice \"%1\"").arg(advice.finding.code));
        if (!advice.input.isEmpty() && !answers.contains(advice.input)) {
            throw Problem(0,
                          tr("Advice \"%1\": there is no input \"%2\".")
                              .arg(advice.finding.code, advice.input));
        }
    }
    QSet<QString> ids;
    for (const Step &step : workflow.steps) {
        if (ids.contains(step.id)) {
            throw Problem(step.line, tr("There are two steps with the id \"%1\".").arg(step.id));
        }
        ids.insert(step.id);
        for (const QString &name : step.when.terms.keys()) {
            if (!names.contains(name)) {
                throw Problem(
                    step.line,
                    tr("Step \"%1\": its condition names \"%2\", which is no input and no "
                       "fact of an earlier step.")
                        .arg(step.id, name));
            }
        }
        requireAnswers(step.endless, answers, step.line, tr("Step \"%1\"").arg(step.id));
        QStringList texts{step.count};
        for (const Variant &variant : step.run) {
            requireAnswers(variant.when, answers, variant.line, tr("Step \"%1\"").arg(step.id));
            texts << variant.command;
        }
        for (const Probe &probe : step.ready) {
            texts << probe.rpc << probe.tcp << probe.http;
        }
        for (const QString &text : std::as_const(texts)) {
            for (const QString &name : placeholders(text)) {
                if (!names.contains(name)) {
                    throw Problem(
                        step.line,
                        tr("Step \"%1\": the placeholder {%2} is no input and no output of "
                           "an earlier step.")
                            .arg(step.id, name));
                }
            }
        }
        if (step.kind == StepKind::Service) {
            services.insert(step.id);
        }
        const bool waitsForService = step.kind == StepKind::Wait && !step.service.isEmpty();
        if ((step.kind == StepKind::Stop || waitsForService) && !services.contains(step.service)) {
            throw Problem(step.line,
                          tr("Step \"%1\": \"service\" must name an earlier step of kind service.")
                              .arg(step.id));
        }
        for (const QString &name : {step.fact, step.output}) {
            if (!name.isEmpty()) {
                names.insert(name);
            }
        }
    }
}

Workflow readDocument(const toml::table &document, const QString &origin)
{
    Table root(document, tr("the file"));
    Workflow workflow;
    workflow.origin = origin;
    const toml::node *head = root.find("workflow");
    if (!head || !head->is_table()) {
        throw Problem(1,
                      tr("The table [workflow] with the keys id, title and version is missing."));
    }
    Table header(*head->as_table(), u"[workflow]"_s);
    workflow.id = header.requiredText("id");
    workflow.title = header.requiredText("title");
    workflow.version = header.text("version", u"1"_s);
    header.refuseUnknownKeys();
    forEachTable(root, "input", [&](Table &table) {
        const Input input = readInput(table);
        if (workflow.input(input.id)) {
            problem(table.node(), tr("There are two inputs with the id \"%1\".").arg(input.id));
        }
        workflow.inputs << input;
    });
    forEachTable(root, "advice", [&](Table &table) { workflow.advice << readAdvice(table); });
    forEachTable(root, "step", [&](Table &table) { workflow.steps << readStep(table); });
    root.refuseUnknownKeys();
    if (workflow.steps.isEmpty()) {
        throw Problem(1, tr("The file has no [[step]]."));
    }
    checkReferences(workflow);
    return workflow;
}

} // namespace

tl::expected<Workflow, QString> parseWorkflow(const QByteArray &toml, const QString &origin)
{
    const auto complain = [&](int line, const QString &said) {
        const QString what = plainLine(said, MaxComplaint); // it repeats what the file holds
        return tl::unexpected<QString>(
            line > 0 ? tr("Workflow file %1, line %2: %3").arg(origin, QString::number(line), what)
                     : tr("Workflow file %1: %2").arg(origin, what));
    };
    if (toml.size() > MaxFile) {
        return complain(0, tr("it is larger than 1 MiB, so it is no workflow."));
    }
    const std::string_view text(toml.constData(), size_t(toml.size()));
    if (const std::optional<int> line = lineOfTooDeepKey(text)) {
        return complain(*line, tr("a key with so many dots is no key of a workflow."));
    }
    try {
        const toml::table document = toml::parse(text, origin.toStdString());
        Workflow workflow = readDocument(document, origin);
        workflow.source = toml;
        return workflow;
    } catch (const toml::parse_error &error) {
        return complain(int(error.source().begin.line), qstring(error.description()) + u'.');
    } catch (const Problem &found) {
        return complain(found.line, found.text);
    }
}

QString userWorkflowFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + u"/proverdeck/workflows"_s;
}

tl::expected<Workflow, QString> loadWorkflow(const QString &idOrPath)
{
    const bool isPath = idOrPath.contains(u'/') || idOrPath.endsWith(u".toml");
    const QString own = userWorkflowFolder() + u'/' + idOrPath + u".toml";
    const QString builtIn = u":/workflows/"_s + idOrPath + u".toml";
    const QString path = isPath ? idOrPath : QFileInfo::exists(own) ? own : builtIn;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return tl::unexpected<QString>(
            tr("The workflow file %1 cannot be read: %2.").arg(path, file.errorString()));
    }
    return parseWorkflow(file.read(MaxFile + 1), path == builtIn ? tr("built in") : path);
}

} // namespace proverdeck::models
