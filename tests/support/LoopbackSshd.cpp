// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/LoopbackSshd.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>

#include <pwd.h>
#include <unistd.h>

#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

#include <csignal>

namespace proverdeck::testing {

using namespace Qt::StringLiterals;

namespace {

const QString kServer = QStringLiteral("/usr/sbin/sshd");

quint16 freePort()
{
    QTcpServer probe;
    return probe.listen(QHostAddress::LocalHost) ? probe.serverPort() : quint16(0);
}

bool answers(quint16 port)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
    return socket.waitForConnected(500) && socket.waitForReadyRead(1000);
}

} // namespace

QByteArray runProgram(const QString &program, const QStringList &arguments, const QByteArray &input)
{
    QProcess process;
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(20'000) || process.exitStatus() != QProcess::NormalExit
        || process.exitCode() != 0) {
        return {};
    }
    const QByteArray output = process.readAllStandardOutput();
    return output.isNull() ? QByteArray("") : output;
}

LoopbackSshd::LoopbackSshd() = default;

LoopbackSshd::~LoopbackSshd()
{
    stop();
}

QString LoopbackSshd::user() const
{
    const passwd *entry = getpwuid(getuid());
    return entry == nullptr ? QString() : QString::fromLocal8Bit(entry->pw_name);
}

bool LoopbackSshd::start(const QStringList &options)
{
    if (!QFileInfo(kServer).isExecutable()) {
        m_whyNot = u"there is no /usr/sbin/sshd (openssh-server)"_s;
        return false;
    }
    if (getuid() == 0) {
        QDir().mkpath(u"/run/sshd"_s); // sshd does not start as root without it
    }
    m_port = freePort();
    if (!m_folder.isValid() || m_port == 0) {
        m_whyNot = u"no temporary folder or no free port"_s;
        return false;
    }
    const bool hasKeys = !makeKey(u"host_ed25519"_s, u"ed25519"_s, {}, false).isEmpty()
        && !makeKey(u"host_ecdsa"_s, u"ecdsa"_s, {}, false).isEmpty()
        && !makeKey(u"id_ed25519"_s, u"ed25519"_s).isEmpty();
    if (!hasKeys) {
        m_whyNot = u"ssh-keygen made no keys"_s;
        return false;
    }
    for (const QString &name : {u"home"_s, u"state"_s}) {
        QDir(m_folder.path()).mkdir(name);
    }
    writeConfig();
    return launch(options);
}

bool LoopbackSshd::restart(const QStringList &options)
{
    stop();
    return launch(options);
}

bool LoopbackSshd::launch(const QStringList &options)
{
    QStringList lines = options;
    lines << u"ListenAddress 127.0.0.1:%1"_s.arg(m_port);
    if (options.filter(u"HostKey "_s).isEmpty()) {
        lines << u"HostKey "_s + path(u"host_ed25519"_s) << u"HostKey "_s + path(u"host_ecdsa"_s);
    }
    if (options.filter(u"Subsystem "_s).isEmpty()) {
        lines << u"Subsystem sftp internal-sftp -d "_s + path(u"home"_s);
    }
    lines << u"AuthorizedKeysFile "_s + path(u"authorized_keys"_s) << u"PidFile none"_s
          << u"UsePAM no"_s << u"StrictModes no"_s << u"PermitRootLogin yes"_s
          << u"PasswordAuthentication no"_s << u"KbdInteractiveAuthentication no"_s
          << u"UseDNS no"_s << u"MaxStartups 200"_s << u"PrintMotd no"_s
          << u"SetEnv HOME=%1 XDG_STATE_HOME=%2"_s.arg(path(u"home"_s), path(u"state"_s));
    write(u"sshd_config"_s, lines.join(u'\n').toUtf8() + '\n');
    m_server = std::make_unique<QProcess>();
    m_server->setProcessChannelMode(QProcess::MergedChannels);
    m_server->setStandardOutputFile(path(u"sshd.log"_s));
#ifdef Q_OS_LINUX // a test that crashes leaves no server behind
    m_server->setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
#endif
    m_server->start(kServer, {u"-D"_s, u"-e"_s, u"-f"_s, path(u"sshd_config"_s)});
    const QDeadlineTimer deadline(10'000);
    while (!deadline.hasExpired() && !m_server->waitForFinished(20)) {
        if (answers(m_port)) {
            return true;
        }
    }
    m_whyNot = u"sshd does not start: "_s + QString::fromLocal8Bit(read(u"sshd.log"_s)).trimmed();
    return false;
}

QByteArray LoopbackSshd::section(const QString &alias, const QStringList &lines) const
{
    QStringList all{u"Host "_s + alias};
    all << lines << u"HostName 127.0.0.1"_s << u"Port %1"_s.arg(m_port) << u"User "_s + user()
        << u"IdentityFile "_s + path(u"id_ed25519"_s) << u"UserKnownHostsFile "_s + knownHostsFile()
        << u"GlobalKnownHostsFile /dev/null"_s << u"IdentityAgent none"_s;
    return all.join(u"\n  "_s).toUtf8() + '\n';
}

void LoopbackSshd::writeConfig(const QStringList &lines)
{
    write(u"ssh_config"_s, section(host(), lines));
}

QString LoopbackSshd::makeKey(const QString &name, const QString &type, const QString &passphrase,
                              bool isAuthorized)
{
    const QString file = path(name);
    const QByteArray made
        = runProgram(u"ssh-keygen"_s,
                     {u"-q"_s, u"-t"_s, type, u"-N"_s, passphrase, u"-C"_s, name, u"-f"_s, file});
    if (made.isNull()) {
        return {};
    }
    if (isAuthorized) {
        QFile keys(path(u"authorized_keys"_s));
        if (!keys.open(QIODevice::Append) || keys.write(read(name + u".pub"_s)) < 0) {
            return {};
        }
    }
    return file;
}

QByteArray LoopbackSshd::hostKey(const QString &type) const
{
    const QList<QByteArray> words = read(u"host_%1.pub"_s.arg(type)).split(' ');
    return words.value(0) + ' ' + words.value(1);
}

void LoopbackSshd::write(const QString &name, const QByteArray &text) const
{
    QFile file(path(name));
    if (file.open(QIODevice::WriteOnly)) {
        file.write(text);
    }
}

QByteArray LoopbackSshd::read(const QString &name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QList<qint64> LoopbackSshd::sessionProcesses() const
{
    QList<qint64> found;
    QList<qint64> parents{m_server == nullptr ? 0 : m_server->processId()};
    while (!parents.isEmpty()) {
        const QByteArray parent = QByteArray::number(parents.takeFirst());
        const QStringList processes = QDir(u"/proc"_s).entryList({u"[0-9]*"_s}, QDir::Dirs);
        for (const QString &process : processes) {
            QFile stat(u"/proc/"_s + process + u"/stat"_s);
            if (!stat.open(QIODevice::ReadOnly)) {
                continue;
            }
            const QByteArray text = stat.readAll();
            const QByteArray rest = text.mid(text.lastIndexOf(')') + 2);
            if (rest.split(' ').value(1) == parent && text.contains("(sshd")) {
                found << process.toLongLong();
                parents << process.toLongLong();
            }
        }
    }
    return found;
}

void LoopbackSshd::killSessions()
{
    const QList<qint64> processes = sessionProcesses();
    for (const qint64 process : processes) {
        ::kill(static_cast<pid_t>(process), SIGKILL);
    }
}

void LoopbackSshd::freezeSessions()
{
    const QList<qint64> processes = sessionProcesses();
    for (const qint64 process : processes) {
        ::kill(static_cast<pid_t>(process), SIGSTOP);
    }
}

void LoopbackSshd::stop()
{
    if (m_server != nullptr && m_server->state() != QProcess::NotRunning) {
        const QList<qint64> sessions = sessionProcesses();
        m_server->kill();
        m_server->waitForFinished(5000);
        for (const qint64 process : sessions) {
            ::kill(static_cast<pid_t>(process), SIGKILL);
        }
    }
    m_server.reset();
}

} // namespace proverdeck::testing
