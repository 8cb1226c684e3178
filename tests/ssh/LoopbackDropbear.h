// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/LoopbackSshd.h"

#include <QProcess>
#include <QString>
#include <QStringList>

namespace proverdeck::testing {

/// A private Dropbear on a loopback port (dropbear-bin). It reads its keys and runs its commands in
/// the home folder of whoever runs the test, so it gets a mount namespace in which that is a
/// temporary one. Writes an ssh_config with the alias "bear". Lives in the test's thread.
class LoopbackDropbear
{
public:
    ~LoopbackDropbear();

    /// Without @p hasSftp the server finds no program for it.
    [[nodiscard]] bool start(bool hasSftp);
    [[nodiscard]] QString whyNot() const { return m_whyNot; }
    /// "Dropbear v2022.83"
    [[nodiscard]] static QString version();

    [[nodiscard]] quint16 port() const { return m_port; }
    [[nodiscard]] QString path(const QString &name) const { return m_keys.path(name); }
    [[nodiscard]] QString configFile() const { return path(QStringLiteral("ssh_config")); }
    [[nodiscard]] QByteArray log() const { return m_keys.read(QStringLiteral("dropbear.log")); }
    /// Makes a key pair that may log in.
    [[nodiscard]] QString makeKey(const QString &name, const QString &type);
    void writeConfig(const QStringList &lines = {}) const;

private:
    [[nodiscard]] bool launch(bool hasSftp);

    LoopbackSshd m_keys; // only its folder
    QProcess m_process;
    quint16 m_port = 0;
    QString m_whyNot;
};

} // namespace proverdeck::testing
