// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/HeadlessRun.h"

#include "app/RunExport.h"
#include "app/TeamHistory.h"
#include "app/Terminal.h"
#include "models/run/ForeignRun.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>

#include <unistd.h>

#include <cstdio>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using models::RunState;
using models::StepOutcome;

namespace {

} // namespace

HeadlessRun::HeadlessRun(Request request, models::Plan plan, QObject *parent)
    : QObject(parent)
    , m_request(std::move(request))
    , m_plan(std::move(plan))
    , m_isDoctor(m_request.command == Request::Command::Doctor)
    , m_terminal(isatty(STDERR_FILENO) != 0)
{
    m_tick.setInterval(500);
    connect(&m_tick, &QTimer::timeout, this, &HeadlessRun::showProgress);
    m_save.setInterval(5000);
    connect(&m_save, &QTimer::timeout, this, &HeadlessRun::saveRun);
}

HeadlessRun::~HeadlessRun() = default;

bool HeadlessRun::prepareOut()
{
    if (m_request.out.isEmpty()) {
        return true;
    }
    if (const QString why = m_request.overwrite ? QString() : occupiedBy(m_request.out);
        !why.isEmpty()) {
        say(why);
        return false;
    }
    if (!QDir().mkpath(m_request.out)) {
        say(tr("The folder %1 cannot be created: check its path and permissions.")
                .arg(m_request.out));
        return false;
    }
    return true;
}

void HeadlessRun::start()
{
    if (!prepareOut()) {
        emit finished(2);
        return;
    }
    if (!m_isDoctor) {
        if (const auto opened = m_store.open(models::store::RunStore::defaultPath()); !opened) {
            say(opened.error());
            emit finished(1);
            return;
        }
    }
    if (m_request.command == Request::Command::Attach) {
        attach();
    } else if (m_request.demo) {
        startDemo();
    } else {
        startRun(m_request.sshConfig);
    }
}

void HeadlessRun::startDemo()
{
    m_demo = std::make_unique<demo::DemoProcess>();
    connect(m_demo.get(), &demo::DemoProcess::ready, this,
            [this] { startRun(m_demo->sshConfigPath()); });
    connect(m_demo.get(), &demo::DemoProcess::failed, this, [this](const QString &why) {
        say(why);
        emit finished(1);
    });
    say(tr("Starting the demo host"));
    m_demo->start({m_request.speed, m_request.faults});
}

void HeadlessRun::startRun(const QString &sshConfig)
{
    m_plan.sshConfigFile = sshConfig;
    models::RunOptions options;
    if (m_isDoctor) {
        options.id
            = models::store::RunStore::newRunId(m_plan.values.value(u"backend"_s).toString());
        options.checksOnly = true;
    } else {
        options = newRunOptions(m_plan, m_store);
        options.keepRunning = m_request.keepRunning;
        m_lock = lockRun(options.folder);
    }
    makeRun(options);
    say(m_isDoctor ? tr("Checking %1").arg(m_plan.host)
                   : tr("Run %1 on %2").arg(options.id, m_plan.host));
    for (const models::Finding &remark : std::as_const(m_plan.remarks)) {
        onFinding(remark);
    }
    if (!m_isDoctor) {
        saveRun();
        m_save.start();
    }
    m_run->start();
}

void HeadlessRun::makeRun(const models::RunOptions &options)
{
    m_shell = std::make_unique<ssh::SshShell>(
        ssh::HostTarget{m_plan.host, m_plan.sshConfigFile, m_request.trusted, false});
    m_run = std::make_unique<models::Run>(m_plan, *m_shell, options);
    connect(m_run.get(), &models::Run::stepChanged, this, &HeadlessRun::onStep);
    connect(m_run.get(), &models::Run::findingAdded, this, &HeadlessRun::onFinding);
    connect(m_run.get(), &models::Run::finished, this, &HeadlessRun::onFinished);
    connect(m_run.get(), &models::Run::saveWanted, this, &HeadlessRun::saveRun);
    connect(m_run.get(), &models::Run::connectionNote, this, [this](const QString &text) {
        if (!text.isEmpty() && text != m_lastNote) {
            say(text);
        }
        m_lastNote = text;
    });
    if (m_terminal) {
        m_tick.start();
    }
}

/// Goes on with a run of the history; one that another process drives is watched.
void HeadlessRun::attach()
{
    auto attachment = prepareAttach(m_store, m_request.runId);
    if (!attachment) {
        if (!m_request.host.isEmpty()) {
            watchElsewhere();
            return;
        }
        say(attachment.error());
        emit finished(2);
        return;
    }
    if (!models::isAttachable(attachment->record.state)) {
        say(tr("Run %1 is over: %2.")
                .arg(m_request.runId, models::runStateWord(attachment->record.state)));
        m_exitCode = models::exitCodeFor(attachment->record.state);
        printResults(attachment->record);
        exportResults(attachment->record);
        emit finished(m_exitCode);
        return;
    }
    m_plan = attachment->plan;
    if (!m_request.sshConfig.isEmpty()) {
        m_plan.sshConfigFile = m_request.sshConfig;
    }
    if (!attachment->lock && !m_request.watch) {
        say(tr("Run %1 is driven by %2: watching.").arg(m_request.runId, attachment->holder));
    }
    const auto begin = [this, watch = m_request.watch || !attachment->lock,
                        shared = std::make_shared<Attachment>(std::move(*attachment))] {
        models::RunOptions options = shared->options;
        options.watch = watch;
        if (watch) {
            options.folder.clear();
            options.journal = nullptr;
        } else {
            m_lock = std::move(shared->lock);
        }
        makeRun(options);
        say(tr("Run %1 on %2").arg(options.id, m_plan.host));
        if (!watch) {
            m_run->restore(shared->past, shared->record);
            saveRun();
            m_save.start();
        }
        m_isWatching = watch;
        m_run->start();
    };
    const QString demoDir = demo::DemoProcess::dirOf(m_plan.sshConfigFile);
    if (demoDir.isEmpty()) {
        begin();
        return;
    }
    m_demo = std::make_unique<demo::DemoProcess>();
    connect(m_demo.get(), &demo::DemoProcess::ready, this, begin);
    connect(m_demo.get(), &demo::DemoProcess::failed, this, [this](const QString &why) {
        say(why);
        emit finished(3);
    });
    m_demo->join(demoDir);
}

/// A run that the history does not know: the server has its plan.
void HeadlessRun::watchElsewhere()
{
    m_shell = std::make_unique<ssh::SshShell>(
        ssh::HostTarget{m_request.host, m_request.sshConfig, m_request.trusted, false});
    auto *foreign = new models::ForeignRun(*m_shell, this);
    connect(foreign, &models::ForeignRun::failed, this,
            [this](const QString &problem, bool isReached) {
                say(problem);
                emit finished(isReached ? 2 : 3);
            });
    connect(foreign, &models::ForeignRun::found, this, [this, foreign](const models::Plan &plan) {
        foreign->deleteLater();
        m_plan = plan;
        m_plan.host = m_request.host;
        m_plan.sshConfigFile = m_request.sshConfig;
        m_isWatching = true;
        models::RunOptions options;
        options.id = m_request.runId;
        options.watch = true;
        makeRun(options);
        m_run->start();
    });
    foreign->ask(m_request.runId);
}

void HeadlessRun::interrupt()
{
    if (++m_interrupts == 1 && m_run && !models::isFinal(m_run->state())) {
        say(m_isWatching
                ? tr("No longer watching; the run goes on.")
                : tr("Stopping: everything of this run is taken down. Ctrl-C again leaves it as it "
                     "is; then \"proverdeck attach %1\" goes on with it.")
                      .arg(m_run->options().id));
        m_run->stop(models::StopMode::TearDown);
        return;
    }
    if (m_run && !m_isDoctor && !m_isWatching && !models::isFinal(m_run->state())) {
        m_run->stop(models::StopMode::Detach);
        return;
    }
    leave(5);
}

void HeadlessRun::say(const QString &line)
{
    if (m_terminal) {
        wipeLine(stderr);
    }
    printText(stderr, line + u'\n');
}

void HeadlessRun::showProgress()
{
    const int index = m_run->currentStep();
    if (index < 0 || index >= m_run->steps().size() || models::isFinal(m_run->state())) {
        return;
    }
    const models::StepState &state = m_run->steps().at(index);
    const auto [done, wanted] = m_run->progress();
    QString line = m_plan.steps.at(index).step.title;
    if (state.started.isValid()) {
        line += u"  "_s
            + models::report::durationText(state.started.msecsTo(QDateTime::currentDateTimeUtc())
                                           / 1000 * 1000);
    }
    if (done > 0) {
        line += wanted > 0 ? tr("  %1/%2 batches").arg(done).arg(wanted)
                           : tr("  %1 batches").arg(done);
    }
    if (const auto left = m_run->timeLeft()) {
        line += tr("  about %1 left").arg(models::report::durationText(left->count() * 1000));
    }
    wipeLine(stderr);
    printText(stderr, line);
}

void HeadlessRun::onStep(int index)
{
    const models::StepState &state = m_run->steps().at(index);
    const models::Step &step = m_plan.steps.at(index).step;
    static const QMap<StepOutcome, QString> marks{
        {StepOutcome::Running, u"…"_s},      {StepOutcome::Serving, u"up"_s},
        {StepOutcome::Done, u"ok"_s},        {StepOutcome::Warning, u"warn"_s},
        {StepOutcome::Failed, u"FAIL"_s},    {StepOutcome::Skipped, u"skip"_s},
        {StepOutcome::Cancelled, u"stop"_s}, {StepOutcome::Unknown, u"????"_s}};
    const bool progressNote = state.outcome == StepOutcome::Running && !state.note.isEmpty();
    if (state.outcome == StepOutcome::Running && step.kind == models::StepKind::Check) {
        return;
    }
    if (progressNote && m_terminal) {
        return; // the live line shows it
    }
    QString line = u"%1 %2"_s.arg(marks.value(state.outcome).leftJustified(4), step.title);
    if (!state.note.isEmpty()) {
        line += u": "_s + state.note;
    }
    if (state.outcome != StepOutcome::Running && state.ended.isValid() && state.started.isValid()
        && step.kind != models::StepKind::Check) {
        line += u" ("_s + models::report::durationText(state.started.msecsTo(state.ended)) + u')';
    }
    say(line);
}

void HeadlessRun::onFinding(const models::Finding &finding)
{
    QString line = u"     %1 [%2] %3"_s.arg(models::severityWord(finding.severity), finding.code,
                                            finding.text);
    if (finding.evidence.line > 0) {
        line += tr(" (%1, line %2)").arg(finding.evidence.log).arg(finding.evidence.line);
    }
    say(line);
    if (!finding.advice.isEmpty()) {
        say(u"          → "_s + finding.advice);
    }
}

void HeadlessRun::saveRun()
{
    if (m_isDoctor || m_isWatching) {
        return;
    }
    if (const auto saved = m_store.save(m_run->record()); !saved) {
        say(saved.error());
    }
}

void HeadlessRun::onFinished(RunState state)
{
    m_tick.stop();
    m_save.stop();
    m_exitCode = models::exitCodeFor(state);
    if (m_isDoctor) {
        printDoctor(state);
        leave(m_exitCode);
        return;
    }
    saveRun();
    m_lock.reset();
    const models::RunRecord record = m_run->record();
    say(m_isWatching ? tr("Run %1: watched to its end here.").arg(record.id)
                     : tr("Run %1: %2").arg(record.id, models::runStateWord(state)));
    if (state == RunState::Unknown && !m_isWatching) {
        say(tr("\"proverdeck attach %1\" goes on with it.").arg(record.id));
    }
    printResults(record);
    exportResults(record);
    leave(m_interrupts > 1 ? 5 : m_exitCode);
}

void HeadlessRun::exportResults(const models::RunRecord &record)
{
    if (m_request.out.isEmpty()) {
        return;
    }
    const QString why = exportRun(record, m_request.out, true);
    say(why.isEmpty() ? tr("Results and logs are in %1").arg(m_request.out) : why);
    if (!why.isEmpty() && m_exitCode == 0) {
        m_exitCode = 1;
    }
}

void HeadlessRun::printResults(const models::RunRecord &record) const
{
    if (m_request.format == u"json") {
        QJsonObject json = models::report::toJson(record.result, true);
        json.insert(u"id"_s, record.id);
        json.insert(u"state"_s, models::runStateWord(record.state));
        printJson(stdout, json);
    } else if (!record.result.rows.isEmpty()) {
        printText(stdout, models::report::toMarkdown(record.result));
    }
}

void HeadlessRun::printDoctor(RunState state) const
{
    if (m_request.format != u"json") {
        printText(stdout,
                  state == RunState::Done
                      ? tr("%1 is ready.\n").arg(m_plan.host)
                      : tr("%1 is not ready: %2.\n").arg(m_plan.host, models::runStateWord(state)));
        return;
    }
    QJsonArray checks;
    for (int i = 0; i < m_plan.steps.size(); ++i) {
        const models::Step &step = m_plan.steps.at(i).step;
        const models::StepState &one = m_run->steps().at(i);
        if (step.phase == models::Phase::Preflight) {
            checks << QJsonObject{{u"id"_s, step.id},
                                  {u"title"_s, step.title},
                                  {u"state"_s, models::stepOutcomeWord(one.outcome)},
                                  {u"evidence"_s, one.note},
                                  {u"fix"_s, step.fix}};
        }
    }
    const QJsonObject findings = models::report::toJson(m_run->record().result, false);
    printJson(stdout,
              QJsonObject{{u"host"_s, m_plan.host},
                          {u"state"_s, models::runStateWord(state)},
                          {u"checks"_s, checks},
                          {u"findings"_s, findings.value(u"findings"_s)}});
}

void HeadlessRun::leave(int code)
{
    m_tick.stop();
    m_save.stop();
    if (m_terminal) {
        wipeLine(stderr);
    }
    if (m_run && !m_isDoctor && !m_isWatching) {
        if (const QString problem = exchangeWithTeam(m_store); !problem.isEmpty()) {
            say(problem);
        }
    }
    if (!m_demo || (m_run && m_run->state() == RunState::Unknown)) {
        emit finished(code); // the demo host stays for a while: the run can be attached to
        return;
    }
    connect(m_demo.get(), &demo::DemoProcess::ended, this, [this, code] { emit finished(code); });
    m_demo->end();
}

} // namespace proverdeck::app
