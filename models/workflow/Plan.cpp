// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/Plan.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Plan", text);
}

const QRegularExpression &placeholderPattern()
{
    static const QRegularExpression pattern(u"(?<![${^@])\\{([a-z][a-z0-9_]*)\\}(?!\\})"_s);
    return pattern;
}

QString quoted(const QString &text)
{
    static const QRegularExpression plain(u"^[A-Za-z0-9_@%+=:,./-]+\\z"_s);
    if (plain.match(text).hasMatch()) {
        return text;
    }
    QString escaped = text;
    escaped.replace(u'\'', u"'\\''"_s);
    return u'\'' + escaped + u'\'';
}

QList<Probe> expandProbes(const Step &step, const Workflow &workflow, const InputValues &values)
{
    QList<Probe> probes = step.ready;
    for (Probe &probe : probes) {
        probe.rpc = expand(probe.rpc, workflow, values);
        probe.tcp = expand(probe.tcp, workflow, values);
        probe.http = expand(probe.http, workflow, values);
    }
    return probes;
}

PlannedStep planStep(const Step &step, const Workflow &workflow, const InputValues &values)
{
    PlannedStep planned;
    planned.step = step;
    const std::optional<bool> wanted = step.when.holds(values);
    if (wanted && !*wanted) {
        planned.skipped = tr("only when %1").arg(step.when.toText());
        return planned;
    }
    if (!wanted) {
        Condition open;
        for (auto term = step.when.terms.begin(); term != step.when.terms.end(); ++term) {
            if (!values.contains(term.key())) {
                open.terms.insert(term.key(), term.value());
            }
        }
        planned.conditional = open.toText();
    }
    const auto variant = std::find_if(step.run.begin(), step.run.end(), [&](const Variant &one) {
        return one.when.holds(values).value_or(false);
    });
    if (variant != step.run.end()) {
        planned.command = expand(variant->command, workflow, values).trimmed();
    } else if (!step.run.isEmpty()) {
        planned.skipped = tr("no command for these answers");
        return planned;
    }
    planned.probes = expandProbes(step, workflow, values);
    planned.endless = !step.endless.isEmpty() && step.endless.holds(values).value_or(false);
    const QStringList names = placeholders(step.count);
    planned.count = names.isEmpty() ? step.count.toInt() : values.value(names.first()).toInt();
    return planned;
}

} // namespace

const PlannedStep *Plan::step(const QString &id) const
{
    const auto found = std::find_if(steps.begin(), steps.end(),
                                    [&](const PlannedStep &one) { return one.step.id == id; });
    return found == steps.end() ? nullptr : &*found;
}

Plan makePlan(const Workflow &workflow, const InputValues &values, const QString &sshConfigFile)
{
    Plan plan;
    plan.workflow = workflow;
    plan.values = values;
    plan.sshConfigFile = sshConfigFile;
    for (const Input &input : workflow.inputs) {
        if (input.type == InputType::Host) {
            plan.host = values.value(input.id).toString();
        }
    }
    for (const Step &step : workflow.steps) {
        plan.steps << planStep(step, workflow, values);
    }
    for (const Advice &advice : workflow.advice) {
        if (advice.when.holds(values).value_or(false)) {
            plan.remarks << advice.finding;
        }
    }
    return plan;
}

QStringList placeholders(const QString &text)
{
    QStringList names;
    QRegularExpressionMatchIterator it = placeholderPattern().globalMatch(text);
    while (it.hasNext()) {
        names << it.next().captured(1);
    }
    return names;
}

QString shellWord(const QVariant &value, InputType type)
{
    if (value.typeId() == QMetaType::Bool) {
        return value.toBool() ? u"true"_s : u"false"_s;
    }
    const QString text = value.toString();
    if (type == InputType::RemotePath && (text == u"~" || text.startsWith(u"~/"_s))) {
        const QString rest = text.mid(2);
        return rest.isEmpty() ? u"\"$HOME\""_s : u"\"$HOME\"/"_s + quoted(rest);
    }
    return text.isEmpty() ? u"''"_s : quoted(text);
}

QString expand(const QString &text, const Workflow &workflow, const InputValues &values)
{
    QString result;
    qsizetype last = 0;
    QRegularExpressionMatchIterator it = placeholderPattern().globalMatch(text);
    while (it.hasNext()) {
        const QRegularExpressionMatch match = it.next();
        result += QStringView(text).mid(last, match.capturedStart() - last);
        last = match.capturedEnd();
        const QString name = match.captured(1);
        if (!values.contains(name)) {
            result += match.captured();
            continue;
        }
        const QVariant value = values.value(name);
        const Input *input = workflow.input(name);
        const bool fromServer
            = input && !input->environment.isEmpty() && value == input->defaultValue;
        result += fromServer ? u"\"${%1:-%2}\""_s.arg(input->environment, value.toString())
                             : shellWord(value, input ? input->type : InputType::Text);
    }
    result += QStringView(text).mid(last);
    return result;
}

QByteArray shellPrelude()
{
    return R"SH(pd_tcp() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
pd_request() { # PORT METHOD PATH BODY: prints the body of a 200 answer
  timeout 10 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 7
    printf "%s %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\nContent-Type: application/json\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s" "$2" "$3" "$1" "${#4}" "$4" >&3
    IFS= read -r status <&3 || exit 8
    case $status in *" 200"*) ;; *) exit 9 ;; esac
    while IFS= read -r header <&3; do header=${header%$'"'\r'"'}; [ -n "$header" ] || break; done
    cat <&3' pd_request "$1" "$2" "$3" "${4-}" 2>/dev/null
}
pd_http() { pd_request "$1" GET "$2"; }
pd_rpc() { pd_request "$1" POST / "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$2\",\"params\":${3:-[]}}"; }
)SH";
}

QByteArray scriptFor(const QString &command)
{
    const QByteArray text = command.toUtf8();
    const bool usesPrelude
        = text.contains("pd_tcp") || text.contains("pd_http") || text.contains("pd_rpc");
    return (usesPrelude ? shellPrelude() : QByteArray()) + text + '\n';
}

QByteArray probeScript(const QList<Probe> &probes)
{
    QByteArray script = shellPrelude();
    for (const Probe &probe : probes) {
        if (!probe.rpc.isEmpty()) {
            script += "p=" + probe.rpc.toUtf8()
                + "; pd_rpc $p eth_chainId | grep -q '\"result\"' "
                  "|| { echo \"no JSON-RPC answer on port $p\"; exit 1; }\n";
        } else if (!probe.tcp.isEmpty()) {
            script += "p=" + probe.tcp.toUtf8()
                + "; pd_tcp $p || { echo \"port $p does not accept\"; exit 1; }\n";
        } else if (!probe.http.isEmpty()) {
            const qsizetype slash = probe.http.indexOf(u'/');
            script += "p=" + probe.http.left(slash).toUtf8() + "; pd_http $p "
                + shellWord(probe.http.mid(slash), InputType::Text).toUtf8()
                + " >/dev/null || { echo \"port $p does not answer HTTP\"; exit 1; }\n";
        }
    }
    return script + "exit 0\n";
}

QString stepKindWord(StepKind kind)
{
    static const QStringList words{u"check"_s, u"command"_s, u"service"_s,
                                   u"wait"_s,  u"collect"_s, u"stop"_s};
    return words.at(int(kind));
}

QString phaseWord(Phase phase)
{
    static const QStringList words{u"preflight"_s, u"main"_s, u"teardown"_s};
    return words.at(int(phase));
}

namespace {

QString stopText(const Plan &plan, const Step &step)
{
    const PlannedStep *service = plan.step(step.service);
    return tr("signal the process group of \"%1\": INT, after %2 s TERM, then KILL")
        .arg(service ? service->step.title : step.service)
        .arg(step.grace.count() / 2);
}

QString waitText(const PlannedStep &planned)
{
    return planned.endless ? tr("until you stop it")
                           : tr("until %1 batches are proved").arg(planned.count);
}

} // namespace

QString planToText(const Plan &plan)
{
    QString text = tr("%1 (workflow %2 %3, %4)\n")
                       .arg(plan.workflow.title, plan.workflow.id, plan.workflow.version,
                            plan.workflow.origin);
    for (const Input &input : plan.workflow.inputs) {
        if (!input.advanced || plan.values.value(input.id) != input.defaultValue) {
            const QVariant value = plan.values.value(input.id);
            const QString shown = value.typeId() == QMetaType::Bool
                ? (value.toBool() ? tr("yes") : tr("no"))
                : value.toString().isEmpty() ? tr("(none)")
                                             : value.toString();
            text += u"  %1: %2\n"_s.arg(input.title, shown);
        }
    }
    for (const Finding &remark : plan.remarks) {
        text += u"  %1: %2 %3\n"_s.arg(severityWord(remark.severity), remark.text, remark.advice);
    }
    Phase phase = Phase::Preflight;
    bool first = true;
    for (const PlannedStep &planned : plan.steps) {
        if (first || planned.step.phase != phase) {
            phase = planned.step.phase;
            first = false;
            text += u"\n%1\n"_s.arg(phase == Phase::Preflight  ? tr("Checks (change nothing)")
                                        : phase == Phase::Main ? tr("Run")
                                                               : tr("Teardown (always)"));
        }
        text += u"  %1 [%2]"_s.arg(planned.step.title, stepKindWord(planned.step.kind));
        if (!planned.skipped.isEmpty()) {
            text += tr("  skipped: %1\n").arg(planned.skipped);
            continue;
        }
        text += planned.conditional.isEmpty() ? u"\n"_s : tr("  if %1\n").arg(planned.conditional);
        const QString body = planned.step.kind == StepKind::Stop ? stopText(plan, planned.step)
            : planned.step.kind == StepKind::Wait                ? waitText(planned)
            : planned.step.kind == StepKind::Check               ? QString()
                                                                 : planned.command;
        for (const QString &line : body.split(u'\n', Qt::SkipEmptyParts)) {
            text += u"      "_s + line + u'\n';
        }
    }
    return text;
}

QJsonObject planToJson(const Plan &plan)
{
    QJsonArray steps;
    for (const PlannedStep &planned : plan.steps) {
        QJsonObject step{
            {u"id"_s, planned.step.id},
            {u"title"_s, planned.step.title},
            {u"kind"_s, stepKindWord(planned.step.kind)},
            {u"phase"_s, phaseWord(planned.step.phase)},
            {u"command"_s, planned.command.isEmpty() ? QJsonValue() : QJsonValue(planned.command)},
            {u"skipped"_s, planned.skipped.isEmpty() ? QJsonValue() : QJsonValue(planned.skipped)},
            {u"only_if"_s,
             planned.conditional.isEmpty() ? QJsonValue() : QJsonValue(planned.conditional)}};
        steps << step;
    }
    QJsonObject inputs;
    for (auto it = plan.values.begin(); it != plan.values.end(); ++it) {
        inputs.insert(it.key(), QJsonValue::fromVariant(it.value()));
    }
    QJsonArray remarks;
    for (const Finding &remark : plan.remarks) {
        remarks << QJsonObject{{u"code"_s, remark.code},
                               {u"severity"_s, severityWord(remark.severity)},
                               {u"text"_s, remark.text},
                               {u"advice"_s, remark.advice}};
    }
    return {{u"workflow"_s, plan.workflow.id},
            {u"version"_s, plan.workflow.version},
            {u"origin"_s, plan.workflow.origin},
            {u"host"_s, plan.host},
            {u"inputs"_s, inputs},
            {u"steps"_s, steps},
            {u"findings"_s, remarks}};
}

} // namespace proverdeck::models
