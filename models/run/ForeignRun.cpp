// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/ForeignRun.h"

#include "models/run/RunPast.h"

#include <QJsonDocument>

#include <utility>

namespace proverdeck::models {

ForeignRun::ForeignRun(ssh::RemoteShell &shell, QObject *parent)
    : QObject(parent)
    , m_shell(shell)
    , m_caller(shell)
{
    connect(&m_shell, &ssh::RemoteShell::opened, this, &ForeignRun::onOpened);
    connect(&m_shell, &ssh::RemoteShell::openFailed, this, [this](const ssh::Error &error) {
        end([this, problem = error.detail] { emit failed(problem, false); });
    });
}

void ForeignRun::ask(const QString &runId)
{
    m_runId = runId;
    m_shell.open();
}

/// Not within a signal of the shell: whoever is told may delete it.
void ForeignRun::end(std::function<void()> tell)
{
    QMetaObject::invokeMethod(this, std::move(tell), Qt::QueuedConnection);
}

void ForeignRun::onOpened()
{
    m_caller.call(m_shell.installJobHelper(), [this](const Reply &) {
        m_caller.call(m_shell.readNote(m_runId.toUtf8()),
                      [this](const Reply &reply) { onNote(reply); });
    });
}

void ForeignRun::onNote(const Reply &reply)
{
    auto plan = planFrom(QJsonDocument::fromJson(reply.out).object());
    if (!reply.ok() || !plan) {
        end([this] {
            emit failed(tr("There is no run %1 on %2 that could be watched: it has ended, or it "
                           "belongs to another account there.")
                            .arg(m_runId, m_shell.hostName()),
                        true);
        });
        return;
    }
    plan->host = m_shell.hostName();
    end([this, plan] { emit found(*plan); });
}

} // namespace proverdeck::models
