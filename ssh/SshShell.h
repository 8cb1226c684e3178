// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/HostTarget.h"
#include "ssh/RemoteShell.h"

#include <memory>
#include <set>

class QThread;

namespace proverdeck::ssh {

class FileTransfer;
class LoginControl;
class SshSession;
class SystemWatch;

/// RemoteShell over libssh2. Lives in the GUI thread and owns a worker thread with the session.
///
/// A question (hostKeyAsked, secretAsked) that nobody is connected to is answered with no. The
/// destructor ends the connection and waits up to two seconds for the worker; it emits nothing.
///
/// A server that falls silent is noticed after 27 s, or after the ServerAliveInterval and
/// ServerAliveCountMax of the user's configuration.
class SshShell : public RemoteShell
{
    Q_OBJECT

public:
    /// @p watch may be shared with other shells; without one it makes its own.
    explicit SshShell(HostTarget target, QObject *parent = nullptr,
                      std::shared_ptr<SystemWatch> watch = {});
    ~SshShell() override;

    [[nodiscard]] ConnectionState state() const override { return m_state; }
    [[nodiscard]] QString hostName() const override { return m_target.host; }

    void open() override;
    void close() override;
    void answerHostKey(bool trust) override;
    void answerSecret(const std::optional<QString> &secret) override;
    [[nodiscard]] CommandId run(const Command &command) override;
    void cancel(CommandId id) override;
    [[nodiscard]] CommandId readFile(const QString &path) override;
    [[nodiscard]] CommandId writeFile(const QString &path, const QByteArray &data) override;
    /// Lost if no byte comes from the server within 5 s. The shell calls it by itself when this
    /// machine has slept or its network has changed.
    void verify() override;

private:
    void startOpening();
    void connectSession();
    [[nodiscard]] CommandId nextId();
    [[nodiscard]] bool isUsable() const;
    void failLater(CommandId id);
    [[nodiscard]] CommandId transfer(const FileTransfer &file, const QByteArray &data);
    void setState(ConnectionState state);
    void onOpened();
    void onOpenFailed(const Error &error);
    void onLost(const Error &error);
    void onClosed();
    void onHostKeyAsked(const HostKeyQuestion &question);
    void onSecretAsked(const SecretQuestion &question);
    void onOutput(CommandId id, Stream stream, const QByteArray &bytes);
    void onFinished(CommandId id, const Result<ExitStatus> &result);
    void onSystemChanged();

    HostTarget m_target;
    std::shared_ptr<SystemWatch> m_watch;
    std::shared_ptr<LoginControl> m_control;
    QThread *m_thread = nullptr; // without a parent: it may outlive a worker that hangs
    SshSession *m_session = nullptr; // lives in m_thread
    ConnectionState m_state = ConnectionState::Disconnected;
    std::set<CommandId> m_running;
    quint64 m_lastId = 0;
    bool m_isOpening = false; // open() has not been answered yet
    bool m_isClosing = false; // the worker has not said closed() yet
    bool m_mustReopen = false;
};

} // namespace proverdeck::ssh
