// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/Application.h"

#include "app/Commands.h"
#include "app/RunBundleMaker.h"
#include "app/RunExport.h"
#include "app/RunSetup.h"
#include "app/Settings.h"
#include "ssh/ConfiguredHosts.h"
#include "ssh/SshShell.h"
#include "ui/MainWindow.h"
#include "ui/benchmark/RunPage.h"
#include "ui/common/Theme.h"
#include "ui/dialogs/Questions.h"

#include <QApplication>
#include <QFileInfo>

#include <chrono>

namespace proverdeck::app {

using namespace Qt::StringLiterals;

Application::Application(Request request, QObject *parent)
    : QObject(parent)
    , m_request(std::move(request))
{
    m_save.setInterval(5000);
    connect(&m_save, &QTimer::timeout, this, &Application::saveRuns);
    m_hourly.start(std::chrono::hours(1));
    connect(&m_hourly, &QTimer::timeout, this, [this] {
        for (const auto &session : m_sessions) {
            m_sealer.seal(session.second.run->options().folder);
        }
    });
}

Application::~Application()
{
    saveRuns();
    // A demo host stays for a while when a run on it is not over.
    const bool isNeeded
        = std::any_of(m_sessions.begin(), m_sessions.end(), [](const auto &session) {
              return models::isAttachable(session.second.run->state());
          });
    m_window.reset();
    m_sessions.clear();
    if (m_demo && !isNeeded) {
        m_demo->end();
    }
}

bool Application::start()
{
    ui::applyAppearance(*qApp, ui::Appearance::System);
    QApplication::setWindowIcon(QIcon(u":/icons/dev.proverdeck.Proverdeck.svg"_s));
    if (const auto opened = m_store.open(models::store::RunStore::defaultPath()); !opened) {
        complain(opened.error());
        return false;
    }
    m_window = std::make_unique<ui::MainWindow>(*this);
    m_window->show();
    m_team.start();
    attachUnfinished();
    m_window->offerOpenStops();
    if (!m_request.demo) {
        return true;
    }
    if (!m_request.fleet.isEmpty()) {
        startDemoFleet();
        return true;
    }
    // --demo: the demo host and a benchmark with the guide's small load, at once.
    startDemo([this](const QString &host, const QString &problem) {
        if (!problem.isEmpty()) {
            complain(problem);
            return;
        }
        const auto workflow = models::loadWorkflow(u"ethrex-benchmark"_s);
        const auto values = workflow
            ? models::checkValues(*workflow,
                                  {{u"host"_s, host}, {u"tx_count"_s, 5}, {u"batches"_s, 8}})
            : tl::unexpected(QList<models::InputError>());
        if (values) {
            m_window->showRun(*startRun(models::makePlan(*workflow, *values, sshConfigFor(host))));
        }
    });
    return true;
}

/// --demo --fleet aztec: two machines, and the page that watches both.
void Application::startDemoFleet()
{
    startDemo([this](const QString & /*host*/, const QString &problem) {
        if (!problem.isEmpty()) {
            complain(problem);
            return;
        }
        QList<models::aztec::WatchChoice> choices;
        for (const QString &host : m_demo->hosts()) {
            models::aztec::WatchChoice choice;
            choice.host = host;
            choices << choice;
        }
        m_window->watchAztec(choices);
    });
}

QStringList Application::watchedServers() const
{
    return Settings::watchedServers();
}

void Application::setWatchedServers(const QStringList &texts)
{
    if (!m_demo) { // a demo is gone tomorrow
        Settings::setWatchedServers(texts);
    }
}

void Application::quit()
{
    if (m_window) {
        m_window->close();
    }
}

QStringList Application::hosts() const
{
    QStringList names = Settings::servers() + ssh::configuredHosts(m_request.sshConfig);
    names.removeDuplicates();
    const QList<models::RunRecord> records = m_store.list();
    for (const models::RunRecord &record : records) {
        if (!names.contains(record.host) && record.host != u"demo") {
            names << record.host;
        }
    }
    for (const QString &host : m_demoReady ? m_demo->hosts() : QStringList()) {
        if (!names.contains(host)) {
            names.prepend(host);
        }
    }
    return names;
}

void Application::addHost(const QString &host)
{
    Settings::addServer(host);
}

QString Application::sshConfigFor(const QString &host) const
{
    return m_demoReady && m_demo->hosts().contains(host) ? m_demo->sshConfigPath()
                                                         : m_request.sshConfig;
}

std::unique_ptr<ssh::RemoteShell> Application::shellFor(const QString &host)
{
    return shellFor(host, sshConfigFor(host));
}

std::unique_ptr<ssh::RemoteShell> Application::shellFor(const QString &host,
                                                        const QString &sshConfig)
{
    auto shell = std::make_unique<ssh::SshShell>(
        ssh::HostTarget{host, sshConfig, m_request.trusted, true});
    const auto parent = [this]() -> QWidget * {
        QWidget *active = QApplication::activeModalWidget();
        return active ? active : m_window.get();
    };
    ui::answerWithDialogs(*shell, parent, &m_secrets);
    return shell;
}

models::Run *Application::beginSession(const models::Plan &plan, const models::RunOptions &options,
                                       std::unique_ptr<QLockFile> lock)
{
    Session &session = m_sessions[options.id];
    session.run.reset(); // of an attempt before this one
    session.lock = std::move(lock);
    session.shell = shellFor(plan.host, plan.sshConfigFile);
    session.run = std::make_unique<models::Run>(plan, *session.shell, options);
    models::Run *run = session.run.get();
    connect(run, &models::Run::saveWanted, this, [this, run] { saveRun(*run); });
    connect(run, &models::Run::finished, this, [this, run] {
        saveRun(*run);
        m_sealer.seal(run->options().folder);
        m_sessions[run->options().id].lock.reset();
    });
    m_save.start();
    return run;
}

models::Run *Application::startRun(const models::Plan &plan)
{
    const models::RunOptions options = newRunOptions(plan, m_store);
    models::Run *run = beginSession(plan, options, lockRun(options.folder));
    saveRun(*run);
    // Started by the event loop, so that the page that shows it misses nothing.
    QMetaObject::invokeMethod(run, &models::Run::start, Qt::QueuedConnection);
    return run;
}

models::Run *Application::attachRun(const QString &id, QString *problem)
{
    if (models::Run *live = liveRun(id); live && !models::isFinal(live->state())) {
        return live;
    }
    auto attachment = prepareAttach(m_store, id);
    if (!attachment || !models::isAttachable(attachment->record.state)) {
        *problem = attachment ? tr("Run %1 is over.").arg(id) : attachment.error();
        return nullptr;
    }
    models::RunOptions options = attachment->options;
    options.watch = !attachment->lock;
    if (options.watch) {
        options.folder.clear();
        options.journal = nullptr;
    }
    if (const QString dir = demo::DemoProcess::dirOf(attachment->plan.sshConfigFile);
        !dir.isEmpty()) {
        joinDemo(dir);
    }
    models::Run *run = beginSession(attachment->plan, options, std::move(attachment->lock));
    if (!options.watch) {
        run->restore(attachment->past, attachment->record);
        saveRun(*run);
    }
    QMetaObject::invokeMethod(run, &models::Run::start, Qt::QueuedConnection);
    return run;
}

models::Run *Application::watchRun(const models::Plan &plan, const QString &id)
{
    if (models::Run *live = liveRun(id); live && !models::isFinal(live->state())) {
        return live;
    }
    models::Plan here = plan;
    here.sshConfigFile = sshConfigFor(plan.host);
    models::RunOptions options;
    options.id = id;
    options.watch = true;
    models::Run *run = beginSession(here, options, nullptr);
    QMetaObject::invokeMethod(run, &models::Run::start, Qt::QueuedConnection);
    return run;
}

/// Runs that the last window left behind, or lost, go on.
void Application::attachUnfinished()
{
    const QStringList ids = m_store.unfinished();
    for (const QString &id : ids) {
        const models::RunState state = m_store.storedState(id);
        if (state == models::RunState::Unknown) {
            continue; // it was given up once: the person decides
        }
        auto record = m_store.load(id);
        const QString config
            = record ? record->blueprint.value(u"ssh_config"_s).toString() : QString();
        if (record && !config.isEmpty() && !QFileInfo::exists(config)) {
            record->state = models::RunState::Unknown; // a demo host that is gone
            (void)m_store.save(*record);
            continue;
        }
        QString problem;
        if (models::Run *run = attachRun(id, &problem)) {
            m_window->showRun(*run);
        } else {
            complain(problem);
        }
    }
}

void Application::joinDemo(const QString &dir)
{
    if (m_demo) {
        return;
    }
    m_demo = std::make_unique<demo::DemoProcess>();
    connect(m_demo.get(), &demo::DemoProcess::ready, this, [this] { m_demoReady = true; });
    connect(m_demo.get(), &demo::DemoProcess::failed, this,
            [this] { QMetaObject::invokeMethod(this, [this] { m_demo.reset(); }); });
    m_demo->join(dir);
}

void Application::saveRun(models::Run &run)
{
    if (run.options().watch) {
        return;
    }
    if (const auto saved = m_store.save(run.record()); !saved) {
        complain(saved.error());
    }
}

models::Run *Application::liveRun(const QString &id) const
{
    const auto found = m_sessions.find(id);
    return found == m_sessions.end() ? nullptr : found->second.run.get();
}

QString Application::exportRun(const models::RunRecord &record, const QString &folder,
                               bool overwrite)
{
    return app::exportRun(record, folder, overwrite);
}

std::unique_ptr<ui::BundleMaker> Application::bundleMaker(const QString &runId)
{
    BundleSources sources;
    sources.record = m_store.load(runId).value_or(models::RunRecord());
    sources.journal = m_store.journal(runId);
    sources.servers = Settings::servers();
    return std::make_unique<RunBundleMaker>(std::move(sources));
}

void Application::startDemo(const DemoAnswer &answer)
{
    if (m_demoReady) {
        answer(m_demo->host(), {});
        return;
    }
    m_demo = std::make_unique<demo::DemoProcess>();
    connect(m_demo.get(), &demo::DemoProcess::ready, this, [this, answer] {
        m_demoReady = true;
        answer(m_demo->host(), {});
    });
    connect(m_demo.get(), &demo::DemoProcess::failed, this,
            [answer](const QString &why) { answer({}, why); });
    m_demo->start({m_request.speed, m_request.faults, m_request.fleet});
}

void Application::saveRuns()
{
    bool any = false;
    for (const auto &[id, session] : m_sessions) {
        if (!models::isFinal(session.run->state())) {
            any = true;
            saveRun(*session.run);
        }
    }
    if (!any) {
        m_save.stop();
    }
}

} // namespace proverdeck::app
