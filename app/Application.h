// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/BrokerStops.h"
#include "app/CommandLine.h"
#include "app/KeychainSecretStore.h"
#include "app/RunSetup.h"
#include "app/SampleSealer.h"
#include "app/StakeSettings.h"
#include "app/TableSettings.h"
#include "app/TeamHistory.h"
#include "app/demo/DemoLeash.h"
#include "ui/Services.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <memory>

namespace proverdeck::ui {
class MainWindow;
}

namespace proverdeck::app {

/// Makes every object of the window's program, connects them, and ends them in order.
class Application : public QObject, public ui::Services
{
    Q_OBJECT

public:
    explicit Application(Request request, QObject *parent = nullptr);
    ~Application() override;

    /// Opens the window; false if it cannot (said on standard error).
    [[nodiscard]] bool start();
    void quit();
    [[nodiscard]] ui::MainWindow *window() const { return m_window.get(); }

    [[nodiscard]] QStringList hosts() const override;
    void addHost(const QString &host) override;
    [[nodiscard]] std::unique_ptr<ssh::RemoteShell> shellFor(const QString &host) override;
    [[nodiscard]] QString sshConfigFor(const QString &host) const override;
    models::Run *startRun(const models::Plan &plan) override;
    models::Run *watchRun(const models::Plan &plan, const QString &id) override;
    models::Run *attachRun(const QString &id, QString *problem) override;
    [[nodiscard]] models::Run *liveRun(const QString &id) const override;
    [[nodiscard]] models::store::RunStore &store() override { return m_store; }
    [[nodiscard]] QString exportRun(const models::RunRecord &record, const QString &folder,
                                    bool overwrite) override;
    [[nodiscard]] std::unique_ptr<ui::BundleMaker> bundleMaker(const QString &runId) override;
    void startDemo(const DemoAnswer &answer) override;
    [[nodiscard]] models::boundless::StakeStore *stakeStore() override { return &m_stake; }
    [[nodiscard]] models::SecretStore *secrets() override { return &m_secrets; }
    [[nodiscard]] QStringList watchedServers() const override;
    void setWatchedServers(const QStringList &texts) override;
    [[nodiscard]] ui::OperationsServices *operations() override { return &m_operations; }
    [[nodiscard]] ui::TableMemory *tableMemory() override { return &m_tables; }
    [[nodiscard]] ui::TeamHistory *teamHistory() override { return &m_team; }

private:
    [[nodiscard]] std::unique_ptr<ssh::RemoteShell> shellFor(const QString &host,
                                                             const QString &sshConfig);
    struct Session
    {
        std::unique_ptr<QLockFile> lock;
        std::unique_ptr<ssh::RemoteShell> shell;
        std::unique_ptr<models::Run> run; // after the shell: it ends first
    };
    void attachUnfinished();
    void startDemoFleet();
    models::Run *beginSession(const models::Plan &plan, const models::RunOptions &options,
                              std::unique_ptr<QLockFile> lock);
    void joinDemo(const QString &dir);
    void saveRun(models::Run &run);
    void saveRuns();

    Request m_request;
    models::store::RunStore m_store;
    KeychainSecretStore m_secrets;
    StakeSettings m_stake;
    BrokerOperations m_operations{m_store, &m_stake};
    TableSettings m_tables;
    TeamHistory m_team{m_store, m_secrets};
    SampleSealer m_sealer;
    std::unique_ptr<demo::DemoProcess> m_demo;
    bool m_demoReady = false;
    std::map<QString, Session> m_sessions;
    QTimer m_save;
    QTimer m_hourly; ///< seals samples
    std::unique_ptr<ui::MainWindow> m_window;
};

} // namespace proverdeck::app
