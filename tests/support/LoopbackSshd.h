// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>

namespace proverdeck::testing {

/// A private OpenSSH server on a free loopback port, with keys of its own in a temporary folder.
///
/// Runs as root and as an ordinary user; whoever runs the test logs in. It writes an ssh_config
/// whose alias host() logs in with the key "id_ed25519", without an agent. The sessions'
/// $HOME and $XDG_STATE_HOME are "home" and "state" in the folder, so no profile interferes. Lives
/// in the test's thread; start() waits.
class LoopbackSshd
{
public:
    LoopbackSshd();
    ~LoopbackSshd();
    Q_DISABLE_COPY_MOVE(LoopbackSshd)

    /// @p options are lines for the beginning of sshd_config, where they win. False: see whyNot().
    [[nodiscard]] bool start(const QStringList &options = {});
    /// Ends the server and every session.
    void stop();
    /// Kills the server's side of every connection, as a crash would.
    void killSessions();
    /// Stops the server's side of every connection without closing it, as a dead network would.
    void freezeSessions();
    /// Starts again on the same port with other options.
    [[nodiscard]] bool restart(const QStringList &options = {});
    [[nodiscard]] QString whyNot() const { return m_whyNot; }

    [[nodiscard]] QString host() const { return QStringLiteral("loop"); }
    [[nodiscard]] quint16 port() const { return m_port; }
    [[nodiscard]] QString user() const;
    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] QString configFile() const { return path(QStringLiteral("ssh_config")); }
    [[nodiscard]] QString knownHostsFile() const { return path(QStringLiteral("known_hosts")); }
    /// "type base64" of the host key "ed25519" or "ecdsa".
    [[nodiscard]] QByteArray hostKey(const QString &type) const;

    /// Makes the key pair path(name) and, if @p isAuthorized, lets it log in.
    [[nodiscard]] QString makeKey(const QString &name, const QString &type,
                                  const QString &passphrase = {}, bool isAuthorized = true);
    /// Writes the ssh_config anew: the usual lines for the alias, with @p lines before them.
    void writeConfig(const QStringList &lines = {});
    /// The usual lines of an ssh_config for this server under the name @p alias, with @p lines
    /// before them, for a file with several servers.
    [[nodiscard]] QByteArray section(const QString &alias, const QStringList &lines = {}) const;
    void write(const QString &name, const QByteArray &text) const;
    [[nodiscard]] QByteArray read(const QString &name) const;

private:
    [[nodiscard]] bool launch(const QStringList &options);
    [[nodiscard]] QList<qint64> sessionProcesses() const;

    QTemporaryDir m_folder;
    std::unique_ptr<QProcess> m_server;
    quint16 m_port = 0;
    QString m_whyNot;
};

/// Runs a program, waits up to 20 s, and gives its stdout; null if it failed.
[[nodiscard]] QByteArray runProgram(const QString &program, const QStringList &arguments,
                                    const QByteArray &input = {});

} // namespace proverdeck::testing
