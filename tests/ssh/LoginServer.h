// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/LoopbackSshd.h"

#include <QProcess>
#include <QString>
#include <QStringList>

namespace proverdeck::testing {

/// A server of its own making (login_server.py, needs python3-asyncssh) whose logins ask what the
/// user name says. Writes an ssh_config with the alias "steps". Lives in the test's thread.
class LoginServer
{
public:
    ~LoginServer();

    [[nodiscard]] bool start();
    /// Ends it at once, with every connection.
    void kill();
    [[nodiscard]] QString whyNot() const { return m_whyNot; }
    void writeConfig(const QString &user, const QStringList &lines = {}) const;

    [[nodiscard]] QString configFile() const { return path(QStringLiteral("ssh_config")); }
    /// "id_ed25519" is authorized, "id_stranger" is not.
    [[nodiscard]] QString path(const QString &name) const { return m_keys.path(name); }
    [[nodiscard]] static QString password() { return QStringLiteral("correct horse"); }
    [[nodiscard]] static QString code() { return QStringLiteral("123456"); }

private:
    LoopbackSshd m_keys; // only its folder
    QProcess m_process;
    int m_port = 0;
    QString m_whyNot;
};

} // namespace proverdeck::testing
