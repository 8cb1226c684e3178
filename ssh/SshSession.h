// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/CommandQueue.h"
#include "ssh/HostTarget.h"
#include "ssh/LoginControl.h"
#include "ssh/RemoteShell.h"
#include "ssh/Transport.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace proverdeck::ssh {

struct HostConfig;

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
    /// Asks the server for a sign of life; without one within 5 s the connection is lost.
    void verify();
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
    void goOnline(const HostConfig &config);
    void onReadyRead();
    void onEnded();
    void onKeepAlive();
    void noteSignOfLife();
    void armKeepAlive();
    void lose(const QString &why);
    void tearDown();

    HostTarget m_target;
    std::shared_ptr<LoginControl> m_control;
    std::unique_ptr<Transport> m_transport;
    std::unique_ptr<CommandQueue> m_queue; // destroyed before the transport
    QList<QByteArray> m_leftovers; // parts of files that the last connection left on the server
    QTimer m_keepAlive; // due when the next sign of life or the verdict is
    std::chrono::milliseconds m_interval{0}; // silence after which a sign of life is asked for
    std::chrono::milliseconds m_limit{0}; // silence after which the connection is lost
    quint64 m_received = 0; // bytes when the last sign of life came
    QElapsedTimer m_silence; // since then
    std::optional<QDeadlineTimer>
        m_verdict; // a sign of life was asked for: until when it must come
    QDeadlineTimer m_due; // of the timer
    bool m_hasAsked = false; // for one
    bool m_isLoggingIn = false;
    bool m_mustClose = false;
};

} // namespace proverdeck::ssh
