// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/LoopbackDropbear.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHostAddress>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>

#include <pwd.h>
#include <unistd.h>

#include <csignal>

#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

namespace proverdeck::testing {

using namespace Qt::StringLiterals;

namespace {

const QString kServer = QStringLiteral("/usr/sbin/dropbear");

} // namespace

LoopbackDropbear::~LoopbackDropbear()
{
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished(3000);
    }
}

QString LoopbackDropbear::version()
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(kServer, {u"-V"_s});
    process.waitForFinished(3000);
    return QString::fromLocal8Bit(process.readAll()).trimmed();
}

bool LoopbackDropbear::start(bool hasSftp)
{
    if (!QFileInfo(kServer).isExecutable()) {
        m_whyNot = u"there is no /usr/sbin/dropbear (dropbear-bin)"_s;
        return false;
    }
    QTcpServer probe;
    m_port = probe.listen(QHostAddress::LocalHost) ? probe.serverPort() : quint16(0);
    probe.close();
    const QString ssh = path(u"home/.ssh"_s);
    if (m_port == 0 || !QDir().mkpath(ssh)
        || runProgram(u"dropbearkey"_s, {u"-t"_s, u"ed25519"_s, u"-f"_s, path(u"host"_s)}).isNull()
        || makeKey(u"id_ed25519"_s, u"ed25519"_s).isEmpty()) {
        m_whyNot = u"no free port, or no keys"_s;
        return false;
    }
    writeConfig();
    return launch(hasSftp);
}

QString LoopbackDropbear::makeKey(const QString &name, const QString &type)
{
    const QString key = m_keys.makeKey(name, type);
    const QString list = path(u"home/.ssh/authorized_keys"_s);
    QFile::remove(list);
    const auto onlyMine = QFile::ReadOwner | QFile::WriteOwner;
    return QFile::copy(path(u"authorized_keys"_s), list) && QFile::setPermissions(list, onlyMine)
            && QFile::setPermissions(path(u"home"_s), onlyMine | QFile::ExeOwner)
            && QFile::setPermissions(path(u"home/.ssh"_s), onlyMine | QFile::ExeOwner)
        ? key
        : QString();
}

bool LoopbackDropbear::launch(bool hasSftp)
{
    const passwd *entry = getpwuid(getuid());
    // $0: the new home, $1: the old one, $2: the folder, $3: the port
    const QString script = u"set -e; mount --bind \"$0\" \"$1\"\n"_s
        + (hasSftp ? u""_s
                   : u"for f in /usr/lib/sftp-server /usr/libexec/sftp-server; do\n"
                     "if [ -e \"$f\" ]; then mount --bind /dev/null \"$(readlink -f \"$f\")\"; fi\n"
                     "done\n"_s)
        + u"exec %1 -F -E -m -s -r \"$2/host\" -p \"127.0.0.1:$3\" -P \"$2/pid\"\n"_s.arg(kServer);
    QStringList arguments = getuid() == 0
        ? QStringList{u"-m"_s}
        : QStringList{u"-Um"_s, u"--map-current-user"_s, u"--keep-caps"_s};
    arguments << u"sh"_s << u"-c"_s << script << path(u"home"_s)
              << QString::fromLocal8Bit(entry == nullptr ? "/" : entry->pw_dir) << path(u"."_s)
              << QString::number(m_port);
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setStandardOutputFile(path(u"dropbear.log"_s));
#ifdef Q_OS_LINUX // a test that crashes leaves no server behind
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
#endif
    m_process.start(u"unshare"_s, arguments);
    const QDeadlineTimer deadline(10'000);
    while (!deadline.hasExpired() && !m_process.waitForFinished(20)) {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress(QHostAddress::LocalHost), m_port);
        if (socket.waitForConnected(500) && socket.waitForReadyRead(1000)) {
            return true;
        }
    }
    m_whyNot = u"dropbear does not start in a mount namespace: "_s
        + QString::fromLocal8Bit(log()).trimmed();
    return false;
}

void LoopbackDropbear::writeConfig(const QStringList &lines) const
{
    QStringList all{u"Host bear"_s};
    all << lines << u"HostName 127.0.0.1"_s << u"Port %1"_s.arg(m_port)
        << u"User "_s + m_keys.user() << u"IdentityFile "_s + path(u"id_ed25519"_s)
        << u"IdentityAgent none"_s << u"UserKnownHostsFile "_s + path(u"known_hosts"_s)
        << u"GlobalKnownHostsFile /dev/null"_s;
    m_keys.write(u"ssh_config"_s, all.join(u"\n  "_s).toUtf8() + '\n');
}

} // namespace proverdeck::testing
