// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/Caller.h"
#include "models/workflow/Plan.h"

#include <QObject>

#include <functional>

namespace proverdeck::models {

/// Asks a server for the plan of a run that another person or machine began there, so that it can
/// be watched. The server keeps the plan while the run lasts.
class ForeignRun : public QObject
{
    Q_OBJECT

public:
    /// @p shell is opened; it must outlive this.
    explicit ForeignRun(ssh::RemoteShell &shell, QObject *parent = nullptr);

    /// Ends with one of the signals, which may delete the shell.
    void ask(const QString &runId);

signals:
    /// With the server's name as the shell has it.
    void found(const proverdeck::models::Plan &plan);
    /// @p problem is a sentence for a person. @p isReached: the server could be logged in to.
    void failed(const QString &problem, bool isReached);

private:
    void onOpened();
    void end(std::function<void()> tell);
    void onNote(const Reply &reply);

    ssh::RemoteShell &m_shell;
    Caller m_caller;
    QString m_runId;
};

} // namespace proverdeck::models
