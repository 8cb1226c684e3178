// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/RunPast.h"

#include "models/store/RunJson.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace proverdeck::models {

using namespace Qt::StringLiterals;
using ssh::JobStatus;

namespace {

std::optional<int> codeOf(const QJsonObject &data)
{
    const QJsonValue code = data.value(u"code"_s);
    return code.isDouble() ? std::optional(code.toInt()) : std::nullopt;
}

JobStatus statusOf(const QJsonObject &data)
{
    JobStatus status;
    status.state = JobStatus::State(
        std::clamp(data.value(u"state"_s).toInt(), 0, int(JobStatus::State::Rebooted)));
    status.exitCode = codeOf(data);
    status.size = data.value(u"size"_s).toString().toULongLong();
    return status;
}

void readFinish(RunPast &past, const JournalEntry &entry)
{
    StepState &state = past.steps[entry.step];
    state.outcome = stepOutcomeFromWord(entry.data.value(u"outcome"_s).toString());
    state.note = entry.data.value(u"note"_s).toString();
    state.exitCode = codeOf(entry.data);
    if (state.outcome != StepOutcome::Serving) {
        state.ended = entry.at;
    }
    past.stopping.clear();
    if (entry.data.contains(u"text"_s)) {
        past.sessionText = entry.data.value(u"text"_s).toString().toUtf8();
    }
    const QJsonObject known = entry.data.value(u"known"_s).toObject();
    for (auto one = known.begin(); one != known.end(); ++one) {
        past.known.insert(one.key(), one->toVariant());
    }
}

} // namespace

RunPast readPast(const QList<JournalEntry> &entries)
{
    RunPast past;
    for (const JournalEntry &entry : entries) {
        const QString &what = entry.what;
        RunPast::Job *job = past.jobs.contains(entry.step) ? &past.jobs[entry.step] : nullptr;
        past.flags = entry.data.value(u"flags"_s).toVariant().toStringList();
        if (what == u"begin") {
            past.started = entry.at;
            past.token = entry.data.value(u"token"_s).toString().toLatin1();
        } else if (what == u"attached") {
            past.end.reset();
        } else if (what == u"step") {
            past.current = entry.step;
            past.stopping.clear();
            past.steps[entry.step] = {StepOutcome::Running, {}, entry.at, {}, {}};
            past.end.reset();
        } else if (what == u"job") {
            past.jobs[entry.step] = {entry.data.value(u"id"_s).toString().toLatin1(),
                                     entry.data.value(u"log"_s).toString()};
        } else if (what == u"started" && job) {
            job->started = true;
        } else if (what == u"ended" && job) {
            job->ended = statusOf(entry.data);
        } else if (what == u"stopping") {
            past.stopping = entry.data.value(u"why"_s).toString();
        } else if (what == u"finish") {
            readFinish(past, entry);
        } else if (what == u"finding") {
            mergeFinding(past.findings, store::findingsFromJson({entry.data}).first());
        } else if (what == u"compared" && job) {
            job->compared = true;
        } else if (what == u"removing" && job) {
            job->removed = true;
        } else if (what == u"end") {
            past.end = runStateFromWord(entry.data.value(u"state"_s).toString());
        }
    }
    return past;
}

QJsonObject blueprintOf(const Plan &plan)
{
    return {{u"workflow"_s, QString::fromUtf8(plan.workflow.source)},
            {u"origin"_s, plan.workflow.origin},
            {u"host"_s, plan.host},
            {u"ssh_config"_s, plan.sshConfigFile},
            {u"values"_s, store::valuesToJson(plan.values)}};
}

tl::expected<Plan, QString> planFrom(const QJsonObject &blueprint)
{
    const QByteArray source = blueprint.value(u"workflow"_s).toString().toUtf8();
    if (source.isEmpty()) {
        return tl::unexpected(
            QCoreApplication::translate("RunPast",
                                        "The history does not hold this run's workflow: an older "
                                        "version of this program began it. Its logs and results "
                                        "are kept; it cannot be attached to."));
    }
    const auto workflow = parseWorkflow(source, blueprint.value(u"origin"_s).toString());
    if (!workflow) {
        return tl::unexpected(workflow.error());
    }
    const auto values
        = checkValues(*workflow, store::valuesFromJson(blueprint.value(u"values"_s).toObject()));
    if (!values) {
        return tl::unexpected(values.error().first().text);
    }
    Plan plan = makePlan(*workflow, *values, blueprint.value(u"ssh_config"_s).toString());
    plan.host = blueprint.value(u"host"_s).toString();
    return plan;
}

bool isAttachable(RunState state)
{
    return !isFinal(state) || state == RunState::Unknown || state == RunState::Detached;
}

} // namespace proverdeck::models
