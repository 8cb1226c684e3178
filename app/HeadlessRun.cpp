// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/HeadlessRun.h"

#include "app/RunExport.h"

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

void print(FILE *stream, const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stream);
    std::fflush(stream);
}

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

void HeadlessRun::start()
{
    if (!m_request.out.isEmpty() && !m_request.overwrite) {
        if (const QString why = occupiedBy(m_request.out); !why.isEmpty()) {
            say(why);
            emit finished(2);
            return;
        }
    }
    if (!m_request.out.isEmpty() && !QDir().mkpath(m_request.out)) {
        say(tr("The folder %1 cannot be created: check its path and permissions.")
                .arg(m_request.out));
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
    if (!m_request.demo) {
        startRun(m_request.sshConfig);
        return;
    }
    m_demo = std::make_unique<demo::DemoHost>(
        demo::DemoHost::Options{{}, 0, m_request.speed, m_request.faults});
    connect(m_demo.get(), &demo::DemoHost::ready, this,
            [this] { startRun(m_demo->sshConfigPath()); });
    connect(m_demo.get(), &demo::DemoHost::failed, this, [this](const QString &why) {
        say(why);
        emit finished(1);
    });
    say(tr("Starting the demo host"));
    m_demo->start();
}

void HeadlessRun::startRun(const QString &sshConfig)
{
    m_plan.sshConfigFile = sshConfig;
    m_shell = std::make_unique<ssh::SshShell>(
        ssh::HostTarget{m_plan.host, sshConfig, m_request.trusted, false});
    models::RunOptions options;
    options.id = models::store::RunStore::newRunId(m_plan.values.value(u"backend"_s).toString());
    options.folder
        = m_isDoctor ? QString() : models::store::RunStore::runsFolder() + u'/' + options.id;
    options.checksOnly = m_isDoctor;
    options.keepRunning = m_request.keepRunning;
    m_run = std::make_unique<models::Run>(m_plan, *m_shell, options);
    connect(m_run.get(), &models::Run::stepChanged, this, &HeadlessRun::onStep);
    connect(m_run.get(), &models::Run::findingAdded, this, &HeadlessRun::onFinding);
    connect(m_run.get(), &models::Run::finished, this, &HeadlessRun::onFinished);
    connect(m_run.get(), &models::Run::connectionNote, this, [this](const QString &text) {
        if (!text.isEmpty()) {
            say(text);
        }
    });
    say(m_isDoctor ? tr("Checking %1").arg(m_plan.host)
                   : tr("Run %1 on %2").arg(options.id, m_plan.host));
    for (const models::Finding &remark : std::as_const(m_plan.remarks)) {
        onFinding(remark);
    }
    if (m_terminal) {
        m_tick.start();
    }
    if (!m_isDoctor) {
        saveRun();
        m_save.start();
    }
    m_run->start();
}

void HeadlessRun::interrupt()
{
    if (++m_interrupts == 1 && m_run && !models::isFinal(m_run->state())) {
        say(tr("Stopping: everything of this run is taken down. Ctrl-C again leaves it as it is."));
        m_run->stop(models::StopMode::TearDown);
        return;
    }
    leave(5);
}

void HeadlessRun::say(const QString &line)
{
    print(stderr, (m_terminal ? u"\r\x1b[K"_s : QString()) + line + u'\n');
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
    print(stderr, u"\r\x1b[K"_s + line);
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
    say(tr("Run %1: %2").arg(m_run->options().id, models::runStateWord(state)));
    printResults();
    if (!m_request.out.isEmpty()) {
        const QString why = exportRun(m_run->record(), m_request.out, true);
        say(why.isEmpty() ? tr("Results and logs are in %1").arg(m_request.out) : why);
        if (!why.isEmpty() && m_exitCode == 0) {
            m_exitCode = 1;
        }
    }
    leave(m_exitCode);
}

void HeadlessRun::printResults() const
{
    const models::RunRecord record = m_run->record();
    if (m_request.format == u"json") {
        QJsonObject json = models::report::toJson(record.result, true);
        json.insert(u"id"_s, record.id);
        json.insert(u"state"_s, models::runStateWord(record.state));
        print(stdout, QString::fromUtf8(QJsonDocument(json).toJson()));
    } else if (!record.result.rows.isEmpty()) {
        print(stdout, models::report::toMarkdown(record.result));
    }
}

void HeadlessRun::printDoctor(RunState state) const
{
    if (m_request.format != u"json") {
        print(stdout,
              state == RunState::Done
                  ? tr("%1 is ready for the benchmark.\n").arg(m_plan.host)
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
    print(
        stdout,
        QString::fromUtf8(QJsonDocument(QJsonObject{{u"host"_s, m_plan.host},
                                                    {u"state"_s, models::runStateWord(state)},
                                                    {u"checks"_s, checks},
                                                    {u"findings"_s, findings.value(u"findings"_s)}})
                              .toJson()));
}

void HeadlessRun::leave(int code)
{
    m_tick.stop();
    m_save.stop();
    if (m_terminal) {
        print(stderr, u"\r\x1b[K"_s);
    }
    if (!m_demo) {
        emit finished(code);
        return;
    }
    connect(m_demo.get(), &demo::DemoHost::stopped, this, [this, code] { emit finished(code); });
    m_demo->stop();
}

} // namespace proverdeck::app
