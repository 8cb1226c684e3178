// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/CommandLine.h"
#include "app/RunSetup.h"
#include "app/demo/DemoLeash.h"
#include "ssh/SshShell.h"

#include <QObject>

#include <memory>

namespace proverdeck::app {

/// The commands run, attach and doctor: one run without a window, progress on stderr, results on
/// stdout.
///
/// Ends with exactly one finished(exit status).
class HeadlessRun : public QObject
{
    Q_OBJECT

public:
    HeadlessRun(Request request, models::Plan plan, QObject *parent = nullptr);
    ~HeadlessRun() override;

    void start();
    /// First Ctrl-C: stop and tear down; second: leave everything and end.
    void interrupt();

signals:
    void finished(int exitCode);

private:
    [[nodiscard]] bool prepareOut();
    void startDemo();
    void startRun(const QString &sshConfig);
    void attach();
    void watchElsewhere();
    void makeRun(const models::RunOptions &options);
    void onStep(int index);
    void onFinding(const models::Finding &finding);
    void onFinished(models::RunState state);
    void say(const QString &line); ///< a line of its own on stderr
    void showProgress(); ///< the live line of a terminal
    void saveRun();
    void leave(int code);
    void printDoctor(models::RunState state) const;
    void printResults(const models::RunRecord &record) const;
    void exportResults(const models::RunRecord &record);

    Request m_request;
    models::Plan m_plan;
    bool m_isDoctor = false;
    bool m_terminal = false;
    bool m_isWatching = false;
    QString m_lastNote; ///< on the connection
    int m_interrupts = 0;
    int m_exitCode = 0;
    std::unique_ptr<demo::DemoProcess> m_demo;
    models::store::RunStore m_store; // outlives the run that writes into it
    std::unique_ptr<QLockFile> m_lock;
    std::unique_ptr<ssh::SshShell> m_shell;
    std::unique_ptr<models::Run> m_run;
    QTimer m_tick;
    QTimer m_save;
};

} // namespace proverdeck::app
