// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/Application.h"

#include "app/Commands.h"
#include "app/RunExport.h"
#include "app/Settings.h"
#include "ssh/ConfiguredHosts.h"
#include "ssh/SshShell.h"
#include "ui/MainWindow.h"
#include "ui/benchmark/RunPage.h"
#include "ui/common/Theme.h"
#include "ui/dialogs/Questions.h"

#include <QApplication>

namespace proverdeck::app {

using namespace Qt::StringLiterals;

Application::Application(Request request, QObject *parent)
    : QObject(parent)
    , m_request(std::move(request))
{
    m_save.setInterval(5000);
    connect(&m_save, &QTimer::timeout, this, &Application::saveRuns);
}

Application::~Application()
{
    saveRuns();
    m_window.reset();
    m_sessions.clear();
    m_demo.reset();
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
    if (!m_request.demo) {
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
    if (m_demoReady && !names.contains(m_demo->host())) {
        names.prepend(m_demo->host());
    }
    return names;
}

void Application::addHost(const QString &host)
{
    Settings::addServer(host);
}

QString Application::sshConfigFor(const QString &host) const
{
    return m_demoReady && host == m_demo->host() ? m_demo->sshConfigPath() : m_request.sshConfig;
}

std::unique_ptr<ssh::RemoteShell> Application::shellFor(const QString &host)
{
    auto shell = std::make_unique<ssh::SshShell>(
        ssh::HostTarget{host, sshConfigFor(host), m_request.trusted, true});
    ui::answerWithDialogs(*shell, [this]() -> QWidget * {
        QWidget *active = QApplication::activeModalWidget();
        return active ? active : m_window.get();
    });
    return shell;
}

models::Run *Application::startRun(const models::Plan &plan)
{
    models::RunOptions options;
    options.id = models::store::RunStore::newRunId(plan.values.value(u"backend"_s).toString());
    options.folder = models::store::RunStore::runsFolder() + u'/' + options.id;
    Session &session = m_sessions[options.id];
    session.shell = shellFor(plan.host);
    session.run = std::make_unique<models::Run>(plan, *session.shell, options);
    models::Run *run = session.run.get();
    connect(run, &models::Run::finished, this, [this, run] { (void)m_store.save(run->record()); });
    m_save.start();
    (void)m_store.save(run->record());
    // Started by the event loop, so that the page that shows it misses nothing.
    QMetaObject::invokeMethod(run, &models::Run::start, Qt::QueuedConnection);
    return run;
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

void Application::startDemo(const DemoAnswer &answer)
{
    if (m_demoReady) {
        answer(m_demo->host(), {});
        return;
    }
    m_demo = std::make_unique<demo::DemoHost>(
        demo::DemoHost::Options{{}, 0, m_request.speed, m_request.faults});
    connect(m_demo.get(), &demo::DemoHost::ready, this, [this, answer] {
        m_demoReady = true;
        answer(m_demo->host(), {});
    });
    connect(m_demo.get(), &demo::DemoHost::failed, this,
            [answer](const QString &why) { answer({}, why); });
    m_demo->start();
}

void Application::saveRuns()
{
    bool any = false;
    for (const auto &[id, session] : m_sessions) {
        if (!models::isFinal(session.run->state())) {
            any = true;
            if (const auto saved = m_store.save(session.run->record()); !saved) {
                complain(saved.error());
            }
        }
    }
    if (!any) {
        m_save.stop();
    }
}

} // namespace proverdeck::app
