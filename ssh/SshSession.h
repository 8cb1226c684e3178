// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/CommandQueue.h"
#include "ssh/HostTarget.h"
#include "ssh/LoginControl.h"
#include "ssh/RemoteShell.h"
#include "ssh/Transport.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <memory>

namespace proverdeck::ssh {

/// One connection to one host, from the configuration to the last command. Lives in the worker
/// thread of an SshShell, which calls it by queued calls only. open() blocks that thread until the
/// login is through or LoginControl::abort() ends it; everything after it is driven by events.
class SshSession : public QObject
{
    Q_OBJECT

public:
    SshSession(HostTarget target, std::shared_ptr<LoginControl> control);
    ~SshSession() override;

    void open();
    /// Ends every command with ErrorCode::Cancelled and says closed().
    void close();
    void run(proverdeck::ssh::CommandId id, const proverdeck::ssh::Command &command);
    void transfer(proverdeck::ssh::CommandId id, const proverdeck::ssh::FileTransfer &file,
                  const QByteArray &data);
    void cancel(proverdeck::ssh::CommandId id);
    /// The GUI thread has taken output, so more may be read.
    void resume();

signals:
    void stateChanged(proverdeck::ssh::ConnectionState state);
    void opened();
    void openFailed(const proverdeck::ssh::Error &error);
    void lost(const proverdeck::ssh::Error &error);
    void closed();
    void hostKeyAsked(const proverdeck::ssh::HostKeyQuestion &question);
    void secretAsked(const proverdeck::ssh::SecretQuestion &question);
    void output(proverdeck::ssh::CommandId id, proverdeck::ssh::Stream stream,
                const QByteArray &bytes);
    void progress(proverdeck::ssh::CommandId id, quint64 done, quint64 total);
    void finished(proverdeck::ssh::CommandId id,
                  const proverdeck::ssh::Result<proverdeck::ssh::ExitStatus> &result);

private:
    [[nodiscard]] Result<> logIn();
    void goOnline(std::chrono::seconds interval);
    void onReadyRead();
    void onDisconnected();
    void onKeepAlive();
    void lose(const QString &why);
    void tearDown();

    HostTarget m_target;
    std::shared_ptr<LoginControl> m_control;
    std::unique_ptr<Transport> m_transport;
    std::unique_ptr<CommandQueue> m_queue; // destroyed before the transport
    QList<QByteArray> m_leftovers; // parts of files that the last connection left on the server
    QTimer m_keepAlive;
    std::chrono::seconds m_interval{30};
    QElapsedTimer m_lastReceived;
    bool m_isLoggingIn = false;
    bool m_mustClose = false;
};

} // namespace proverdeck::ssh
