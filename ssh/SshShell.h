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

/// RemoteShell over libssh2. Lives in the GUI thread and owns a worker thread with the session.
///
/// A question (hostKeyAsked, secretAsked) that nobody is connected to is answered with no. The
/// destructor ends the connection and waits up to two seconds for the worker; it emits nothing.
class SshShell : public RemoteShell
{
    Q_OBJECT

public:
    explicit SshShell(HostTarget target, QObject *parent = nullptr);
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

    HostTarget m_target;
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
