// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/Plan.h"

#include <QCoreApplication>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

QString localWord(const QString &text)
{
    return shellWord(text, InputType::Text);
}

QString functionName(QString stepId)
{
    return u"step_"_s + stepId.replace(u'-', u'_');
}

QString functionName(const Step &step)
{
    return functionName(step.id);
}

QString logName(const Step &step)
{
    return step.log.isEmpty() ? u"steps.log"_s : step.log;
}

/// A remote bash script as a quoted here-document, so that nothing in it is touched on this side.
QString remote(const QByteArray &script)
{
    const QString body = QString::fromUtf8(script).trimmed();
    QString mark = u"PROVERDECK"_s;
    while (body.contains(mark)) {
        mark += u'_';
    }
    return u"remote <<'%1'\n%2\n%1\n"_s.arg(mark, body);
}

QString withOutputs(QString command, const Plan &plan)
{
    for (const PlannedStep &planned : plan.steps) {
        if (!planned.step.output.isEmpty()) {
            command.replace(u'{' + planned.step.output + u'}',
                            u"\"$%1\""_s.arg(planned.step.output));
        }
    }
    return command.replace(u"{run_id}"_s, u"by-hand"_s);
}

QString serviceScript(const PlannedStep &planned)
{
    const QString id = planned.step.id;
    QString text = u"d=\"$HOME/.local/state/proverdeck/by-hand\"; mkdir -p \"$d\" || exit 1\n"
                   u"cat >\"$d/%1.sh\" <<'COMMAND'\n%2\nCOMMAND\n"
                   u"setsid bash -l \"$d/%1.sh\" >\"$HOME/%3\" 2>&1 </dev/null &\n"
                   u"echo $! >\"$d/%1.pid\""_s;
    return text.arg(id, planned.command, logName(planned.step));
}

QString stopScript(const Step &step)
{
    return u"f=\"$HOME/.local/state/proverdeck/by-hand/%1.pid\"; [ -s \"$f\" ] || exit 0; read -r "
           u"p <\"$f\"\n"
           u"alive() { kill -0 \"-$p\" 2>/dev/null; }\n"
           u"for s in INT TERM KILL; do\n"
           u"  alive || break\n"
           u"  kill -$s \"-$p\" 2>/dev/null; i=0\n"
           u"  while alive && [ $i -lt %2 ]; do sleep 0.5; i=$((i+1)); done\n"
           u"done\n"
           u"if alive; then echo \"process group $p is still there\"; exit 1; fi\nrm -f \"$f\""_s
               .arg(step.service)
               .arg(step.grace.count());
}

QString readyLoop(const PlannedStep &planned)
{
    QByteArray script = probeScript(planned.probes);
    script.chop(qsizetype(sizeof("exit 0\n") - 1));
    for (const Probe &probe : planned.probes) {
        if (!probe.log.isEmpty()) {
            script += "grep -qE " + localWord(probe.log).toUtf8() + " \"$HOME/"
                + logName(planned.step).toUtf8()
                + "\" 2>/dev/null || { echo 'not in the log yet'; exit 1; }\n";
        }
    }
    if (planned.step.kind == StepKind::Service) {
        script += "read -r p <\"$HOME/.local/state/proverdeck/by-hand/" + planned.step.id.toUtf8()
            + ".pid\"; kill -0 \"$p\" 2>/dev/null || { echo 'it has ended'; exit 9; }\n";
    }
    script += "exit 0\n";
    const auto seconds
        = std::chrono::duration_cast<std::chrono::seconds>(planned.step.timeout).count();
    return u"ready_%1() { %2}\nwait_ready ready_%1 %3 || exit 1\n"_s.arg(
        functionName(planned.step), remote(script), QString::number(seconds));
}

QString checkText(const PlannedStep &planned, const Plan &plan)
{
    const Step &step = planned.step;
    QString text = u"%1() { %2}\n"_s.arg(functionName(step),
                                         remote(scriptFor(withOutputs(planned.command, plan))));
    if (!step.output.isEmpty()) {
        text += u"%1=$(%2 | head -n 1); "_s.arg(step.output, functionName(step));
        text += step.fact.isEmpty()
            ? u":\n"_s
            : u"[ -n \"$%1\" ] && %2=true || %2=false\n"_s.arg(step.output, step.fact);
        return text;
    }
    if (!step.fact.isEmpty()) {
        return text
            + u"if %1; then %2=true; else %2=false; fi\n"_s.arg(functionName(step), step.fact);
    }
    return text
        + u"check %1 %2 %3\n"_s.arg(
            functionName(step), step.required ? u"required"_s : u"optional"_s, localWord(step.fix));
}

QString waitText(const PlannedStep &planned)
{
    QString text
        = u"%1() { %2}\n"_s.arg(functionName(planned.step), remote(scriptFor(planned.command)));
    const QString limit = planned.endless ? u"999999999"_s : QString::number(planned.count);
    return text
        + u"while n=$(%1) && [ \"${n:-0}\" -lt %2 ]; do echo \"$n of %3 batches proved\"; sleep "
          u"\"${INTERVAL:-10}\"; "
          u"ready_%4 >/dev/null || { echo 'the prover has ended'; exit 1; }; done\necho \"$n batches proved\"\n"_s
              .arg(functionName(planned.step), limit, planned.endless ? u"endless"_s : limit,
                   functionName(planned.step.service));
}

QString collectText(const PlannedStep &planned, const Plan &plan)
{
    QString text;
    if (planned.step.collects == u"batches") {
        for (const PlannedStep &service : plan.steps) {
            if (service.step.kind == StepKind::Service && service.skipped.isEmpty()) {
                text += u"remote <<<'cat \"$HOME/%1\" 2>/dev/null' >\"$OUT/%1\"\n"_s.arg(
                    logName(service.step));
            }
        }
        text += u"%1() { %2}\n%1 >\"$OUT/metrics.txt\" || rm -f \"$OUT/metrics.txt\"\n"_s.arg(
            functionName(planned.step), remote(scriptFor(planned.command)));
        return text
            + u"echo \"Logs are in $OUT. The table: proverdeck analyse ethrex $OUT/prover.log --metrics $OUT/metrics.txt\"\n"_s;
    }
    return u"%1() { %2}\n%1 | tee \"$OUT/%3.txt\"\n"_s.arg(
        functionName(planned.step), remote(scriptFor(planned.command)), planned.step.collects);
}

QString stepBody(const PlannedStep &planned, const Plan &plan)
{
    switch (planned.step.kind) {
    case StepKind::Check:
        return checkText(planned, plan);
    case StepKind::Wait:
        return waitText(planned);
    case StepKind::Collect:
        return collectText(planned, plan);
    case StepKind::Service:
        return remote(serviceScript(planned).toUtf8()) + readyLoop(planned);
    case StepKind::Stop:
        return remote(stopScript(planned.step).toUtf8());
    case StepKind::Command:
        break;
    }
    QString text = u"%1() { %2}\n%1"_s.arg(functionName(planned.step),
                                           remote(scriptFor(withOutputs(planned.command, plan))));
    text += planned.step.mayFail || planned.step.phase == Phase::Teardown
        ? u" || echo \"failed, going on\"\n"_s
        : u" || { echo \"failed\"; exit 1; }\n"_s;
    return planned.probes.isEmpty() ? text : text + readyLoop(planned);
}

QString condition(const PlannedStep &planned, const Plan &plan)
{
    QStringList tests;
    for (auto term = planned.step.when.terms.begin(); term != planned.step.when.terms.end();
         ++term) {
        if (!plan.values.contains(term.key())) {
            tests << u"[ \"${%1-}\" = %2 ]"_s.arg(term.key(),
                                                  shellWord(term->first(), InputType::Text));
        }
    }
    return tests.join(u" && "_s);
}

QString stepText(const PlannedStep &planned, const Plan &plan)
{
    QString text = u"\n# %1\n"_s.arg(planned.step.title);
    if (!planned.skipped.isEmpty()) {
        return text + u"# skipped: %1\n"_s.arg(planned.skipped);
    }
    text += u"say %1\n"_s.arg(localWord(planned.step.title));
    const QString test = condition(planned, plan);
    const QString body = stepBody(planned, plan);
    return text + (test.isEmpty() ? body : u"if %1; then\n%2fi\n"_s.arg(test, body));
}

} // namespace

QString planToScript(const Plan &plan)
{
    QString ssh = u"ssh"_s;
    if (!plan.sshConfigFile.isEmpty()) {
        ssh += u" -F "_s + localWord(plan.sshConfigFile);
    }
    QString outputs;
    for (const PlannedStep &planned : plan.steps) {
        if (!planned.step.output.isEmpty()) {
            outputs
                += u"  printf '%s=%q\\n' %1 \"${%1-}\"\n"_s.replace(u"%1"_s, planned.step.output);
        }
    }
    QString text
        = u"#!/usr/bin/env bash\n"
          u"# %1 on %2 (workflow %3, version %4). Run it with: bash THIS_FILE "
          u"[FOLDER_FOR_RESULTS]\n"
          u"# It stops everything that it started when it ends, also by Ctrl-C.\n"
          u"set -u\nHOST=%2\nSSH=(%5)\nOUT=${1:-proverdeck-results}\nmkdir -p \"$OUT\" || exit "
          u"2\n\n"
          u"say() { printf '== %s\\n' \"$1\"; }\n"
          u"remote() { # bash login shell on the server; the script comes on standard input\n"
          u"  { echo '{'\n%6  cat\n  printf '\\n} </dev/null\\n'; } | \"${SSH[@]}\" -- \"$HOST\" "
          u"'exec bash -l'\n}\n"
          u"check() { # FUNCTION required|optional FIX\n"
          u"  \"$1\"; case $? in 0|2|3) ;; *) echo \"   what to do: $3\"; [ \"$2\" = optional ] || "
          u"exit 4 ;; esac\n}\n"
          u"wait_ready() { # FUNCTION SECONDS\n"
          u"  local end=$((SECONDS+$2)) answer code\n"
          u"  while :; do answer=$(\"$1\"); code=$?; [ $code = 0 ] && return 0\n"
          u"    [ $code = 9 ] && { echo \"$answer\"; return 1; }\n"
          u"    [ $SECONDS -lt $end ] || { echo \"not ready in time: $answer\"; return 1; }; sleep 1; done\n}\n"_s
              .arg(plan.workflow.title, localWord(plan.host), plan.workflow.id,
                   plan.workflow.version, ssh)
              .replace(u"%6"_s, outputs);
    QString teardown;
    QString main;
    bool inMain = false;
    for (const PlannedStep &planned : plan.steps) {
        if (planned.step.phase == Phase::Teardown) {
            teardown += stepText(planned, plan);
            continue;
        }
        if (planned.step.phase == Phase::Main && !inMain) {
            inMain = true;
            main += u"\ntrap 'exit 5' INT TERM\ntrap teardown EXIT\n"_s;
        }
        main += stepText(planned, plan);
    }
    text += u"\nteardown() {\ntrap - EXIT INT TERM\n%1}\n"_s.arg(teardown);
    return text + main + u"\nsay 'All steps are done'\n"_s;
}

} // namespace proverdeck::models
