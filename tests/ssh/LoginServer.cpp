// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/LoginServer.h"

#include <QDir>

namespace proverdeck::testing {

using namespace Qt::StringLiterals;

namespace {

const QString kPython = QStringLiteral("/usr/bin/python3");
constexpr int kStartMs = 20'000;
constexpr int kEndMs = 3000;

} // namespace

LoginServer::~LoginServer()
{
    m_process.closeWriteChannel();
    if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(kEndMs)) {
        kill();
    }
}

bool LoginServer::start()
{
    if (runProgram(kPython, {u"-W"_s, u"ignore"_s, u"-c"_s, u"import asyncssh"_s}).isNull()) {
        m_whyNot = u"there is no python3-asyncssh"_s;
        return false;
    }
    if (m_keys.makeKey(u"host_ed25519"_s, u"ed25519"_s, {}, false).isEmpty()
        || m_keys.makeKey(u"id_ed25519"_s, u"ed25519"_s).isEmpty()
        || m_keys.makeKey(u"id_stranger"_s, u"ed25519"_s, {}, false).isEmpty()
        || !QDir().mkpath(path(u"home"_s))) {
        m_whyNot = u"ssh-keygen made no keys"_s;
        return false;
    }
    m_process.start(kPython,
                    {QStringLiteral(PROVERDECK_SOURCE_DIR "/tests/ssh/login_server.py"),
                     path(u"host_ed25519"_s), path(u"authorized_keys"_s), path(u"home"_s)});
    while (!m_process.canReadLine() && m_process.waitForReadyRead(kStartMs)) { }
    m_port = m_process.readLine().trimmed().toInt();
    if (m_port == 0) {
        m_whyNot = u"the login server does not start: "_s
            + QString::fromLocal8Bit(m_process.readAllStandardError());
    }
    return m_port != 0;
}

void LoginServer::kill()
{
    m_process.kill();
    m_process.waitForFinished(kEndMs);
}

void LoginServer::writeConfig(const QString &user, const QStringList &lines) const
{
    QStringList all{u"Host steps"_s};
    all << lines << u"HostName 127.0.0.1"_s << u"Port %1"_s.arg(m_port) << u"User "_s + user
        << u"IdentityFile "_s + path(u"id_stranger"_s) << u"IdentityFile "_s + path(u"id_ed25519"_s)
        << u"IdentityAgent none"_s << u"UserKnownHostsFile "_s + path(u"known_hosts"_s);
    m_keys.write(u"ssh_config"_s, all.join(u"\n  "_s).toUtf8() + '\n');
}

} // namespace proverdeck::testing
