// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/DemoHost.h"

#include "app/Version.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHostAddress>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QUuid>

#include <pwd.h>
#include <shadow.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace proverdeck::app::demo {
namespace {

constexpr auto ProbeInterval = 40ms;
constexpr auto BootTime = 1s;
constexpr qint64 ProbeLimitMs = 15'000;
constexpr int ServerTries = 5;
constexpr int EndLimitMs = 10'000;

const QString PowerOff = u"/state/power-off"_s;
const QString ToolName = u"proverdeck-demo-tool"_s;
const QString BasePath = u"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"_s;

QString findProgram(const QString &name, const QStringList &more)
{
    const QString found = QStandardPaths::findExecutable(name);
    return found.isEmpty() ? QStandardPaths::findExecutable(name, more) : found;
}

QString userName()
{
    const passwd *entry = getpwuid(geteuid());
    return entry == nullptr ? qEnvironmentVariable("USER") : QString::fromLocal8Bit(entry->pw_name);
}

/// Without PAM, sshd refuses an account whose password is locked; only root's sshd can see that.
bool isLocked()
{
    const spwd *entry = geteuid() == 0 ? getspnam("root") : nullptr;
    return entry != nullptr && entry->sp_pwdp != nullptr && entry->sp_pwdp[0] == '!';
}

bool writeText(const QString &path, const QString &text)
{
    QFile file(path);
    const QByteArray bytes = text.toUtf8();
    return file.open(QIODevice::WriteOnly | QIODevice::Truncate)
        && file.write(bytes) == bytes.size();
}

QByteArray readBytes(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Away from the caller's terminal; @p diesWithUs also ends with this process.
void detach(QProcess &process, bool diesWithUs)
{
    process.setChildProcessModifier([diesWithUs] {
        setsid();
        if (diesWithUs) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
        }
    });
}

/// "PID STARTTIME", as the stand-ins identify the server.
QString identity(qint64 pid)
{
    const QByteArray stat = readBytes(u"/proc/%1/stat"_s.arg(pid));
    const QList<QByteArray> words = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
    return u"%1 %2\n"_s.arg(pid).arg(QString::fromLatin1(words.value(19)));
}

} // namespace

DemoHost::DemoHost(Options options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_id(QUuid::createUuid().toString(QUuid::WithoutBraces))
{
    connect(&m_warden, &QProcess::finished, this, &DemoHost::onWardenFinished);
    connect(&m_warden, &QProcess::readyReadStandardOutput, this, &DemoHost::onWardenSaid);
    connect(&m_setup, &QProcess::finished, this, &DemoHost::onSetupFinished);
    connect(&m_server, &QProcess::finished, this, &DemoHost::onServerFinished);
    connect(&m_probe, &QTcpSocket::readyRead, this, &DemoHost::onProbeRead);
    connect(&m_probeTimer, &QTimer::timeout, this, &DemoHost::probe);
    connect(&m_bootTimer, &QTimer::timeout, this, &DemoHost::boot);
    m_probeTimer.setInterval(ProbeInterval);
    m_bootTimer.setInterval(BootTime);
    m_bootTimer.setSingleShot(true);
}

DemoHost::~DemoHost()
{
    for (QProcess *process : {&m_warden, &m_setup, &m_server}) {
        process->disconnect(this);
    }
    m_warden.closeWriteChannel();
    if (m_warden.state() != QProcess::NotRunning) {
        m_warden.waitForFinished(EndLimitMs);
    }
    for (QProcess *process : {&m_setup, &m_server, &m_warden}) {
        if (process->state() != QProcess::NotRunning) {
            process->kill();
            process->waitForFinished(EndLimitMs);
        }
    }
}

QStringList DemoHost::knownFaults()
{
    return {u"bad-ref"_s,
            u"coordinator-down"_s,
            u"deploy-fails"_s,
            u"dirty-tree"_s,
            u"disk-full"_s,
            u"gpu-oom"_s,
            u"hang"_s,
            u"host-oom"_s,
            u"l2-never-ready"_s,
            u"metrics-silent"_s,
            u"no-docker"_s,
            u"no-metrics"_s,
            u"no-repo"_s,
            u"port-in-use"_s,
            u"prover-exits"_s,
            u"reboot"_s,
            u"slow"_s,
            u"version-mismatch"_s,
            u"wrong-backend"_s,
            u"broker-oom"_s,
            u"deposit-unconfirmed"_s,
            u"lost-lock"_s,
            u"locked-order-stuck"_s,
            u"no-boundless"_s,
            u"proof-fails"_s,
            u"no-nvidia-runtime"_s,
            u"too-many-files"_s};
}

QString DemoHost::sshConfigPath() const
{
    return m_dir + u"/ssh_config"_s;
}

QString DemoHost::host() const
{
    return m_options.name;
}

void DemoHost::start()
{
    for (const QString &fault : std::as_const(m_options.faults)) {
        if (m_options.settings.isEmpty() && !knownFaults().contains(fault)) {
            fail(tr("There is no fault called \"%1\". The demo host knows: %2.")
                     .arg(fault, knownFaults().join(u", "_s)));
            return;
        }
    }
    if (!(m_options.speed > 0)) {
        fail(tr("The speed must be greater than 0."));
        return;
    }
    for (const auto &step :
         {&DemoHost::missingProgram, &DemoHost::reservePorts, &DemoHost::prepareFolder}) {
        const QString problem = (this->*step)();
        if (!problem.isEmpty()) {
            fail(problem);
            return;
        }
    }
    if (!writeSettings()) {
        fail(tr("Cannot write to %1.").arg(m_dir));
        return;
    }
    startWarden();
    startSetup();
}

void DemoHost::stop()
{
    if (m_isEnding) {
        return;
    }
    m_isEnding = true;
    m_isReady = false;
    m_bootTimer.stop();
    m_probeTimer.stop();
    m_probe.abort();
    if (m_warden.state() == QProcess::NotRunning) {
        QMetaObject::invokeMethod(this, &DemoHost::onWardenFinished, Qt::QueuedConnection);
        return;
    }
    m_warden.closeWriteChannel();
}

void DemoHost::fail(const QString &sentence)
{
    if (!m_hasReported) {
        m_hasReported = true;
        emit failed(sentence);
    }
    stop();
}

QString DemoHost::missingProgram()
{
    const QStringList system{u"/usr/sbin"_s, u"/usr/local/sbin"_s, u"/usr/lib/ssh"_s, u"/usr/bin"_s,
                             u"/bin"_s};
    m_sshd = findProgram(u"sshd"_s, system);
    m_sftp = QStandardPaths::findExecutable(u"sftp-server"_s,
                                            {u"/usr/lib/openssh"_s, u"/usr/libexec/openssh"_s,
                                             u"/usr/libexec"_s, u"/usr/lib/ssh"_s,
                                             u"/usr/lib/misc"_s, u"/usr/local/libexec"_s});
    if (m_sshd.isEmpty()) {
        return tr("The demo host needs the OpenSSH server: install the package openssh-server.");
    }
    m_sshd = QFileInfo(m_sshd).canonicalFilePath();
    for (const QString &name : {u"ssh-keygen"_s, u"git"_s, u"bash"_s}) {
        if (findProgram(name, system).isEmpty()) {
            return tr("The demo host needs the program %1, which was not found.").arg(name);
        }
    }
    const QString own = QCoreApplication::applicationDirPath();
    m_tool = QStandardPaths::findExecutable(
        ToolName, {own, own + u'/' + QString::fromLatin1(LibexecFromBin)});
    return m_tool.isEmpty() ? tr("The helper program %1 is missing beside %2.").arg(ToolName, own)
                            : QString();
}

QString DemoHost::reservePorts()
{
    const QList<QPair<QString, int>> wanted{{u"ETHREX_HTTP_PORT"_s, 1729},
                                            {u"ETHREX_PROOF_COORDINATOR_LISTEN_PORT"_s, 3900},
                                            {u"ETHREX_METRICS_PORT"_s, 3702},
                                            {u"ETHREX_L1_RPC_PORT"_s, 8545}};
    for (const auto &[name, port] : wanted) {
        m_reservations.push_back(PortReservation::near(port));
        if (!m_reservations.back().isHeld()) {
            return tr("No free loopback port was found.");
        }
        m_settings.append({name, QString::number(m_reservations.back().port())});
    }
    return chooseOwnPort();
}

QString DemoHost::chooseOwnPort()
{
    m_reservations.push_back(m_options.port == 0 ? PortReservation::near(0)
                                                 : PortReservation::of(m_options.port));
    m_port = m_reservations.back().port();
    return m_port != 0 ? QString() : tr("Port %1 is taken by another program.").arg(m_options.port);
}

QString DemoHost::prepareFolder()
{
    if (m_options.dir.isEmpty()) {
        QTemporaryDir folder(QDir::tempPath() + u"/proverdeck-demo-XXXXXX"_s);
        folder.setAutoRemove(false);
        m_isTemporary = folder.isValid();
        m_dir = QFileInfo(folder.path()).canonicalFilePath();
    } else {
        QDir().mkpath(m_options.dir);
        m_dir = QFileInfo(m_options.dir).canonicalFilePath();
        if (m_dir.isEmpty()) {
            return tr("The folder %1 cannot be made.").arg(m_options.dir);
        }
        QDir folder(m_dir);
        if (!folder.exists(u"state/settings"_s) && !folder.isEmpty()) {
            return tr("The folder %1 is not empty and was not made by a demo host.").arg(m_dir);
        }
        for (const QString &name :
             {u"state"_s, u"home"_s, u"bin"_s, u"libexec"_s, u"origin.git"_s, u"seed"_s,
              u"shadow"_s, u"boundless.git"_s, u"seed-boundless"_s}) {
            QDir(folder.filePath(name)).removeRecursively();
        }
        for (const QString &name :
             {u"host_key"_s, u"host_key.pub"_s, u"user_key"_s, u"user_key.pub"_s}) {
            folder.remove(name);
        }
        QFile::setPermissions(m_dir, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    // A space would do in most places, but not in every line of sshd's configuration.
    static const QString forbidden = u"\"'%\\ \t\n=:,"_s;
    if (std::any_of(forbidden.begin(), forbidden.end(),
                    [this](QChar c) { return m_dir.contains(c); })) {
        return tr("The folder name %1 holds a character that OpenSSH's configuration cannot carry.")
            .arg(m_dir);
    }
    const QString copy = m_dir + u"/libexec/"_s + ToolName;
    QDir(m_dir).mkpath(u"libexec"_s);
    const bool isCopied = QFile::copy(m_tool, copy);
    m_tool = copy;
    return isCopied ? QString() : tr("Cannot write to %1.").arg(m_dir);
}

QString DemoHost::searchPath() const
{
    QStringList path = BasePath.split(u':');
    for (const QString &name : {u"git"_s, u"bash"_s, u"ssh-keygen"_s}) {
        const QString found = QFileInfo(QStandardPaths::findExecutable(name)).path();
        if (found.startsWith(u'/') && !path.contains(found)) {
            path.append(found);
        }
    }
    return path.join(u':');
}

QStringList DemoHost::shadows(QStringList &path) const
{
    QStringList result;
    for (QString &folder : path) {
        if (m_options.faults.contains(u"no-docker"_s) && QFileInfo::exists(folder + u"/docker"_s)) {
            const QString shadow = m_dir + u"/shadow/%1"_s.arg(result.size());
            result.append(shadow + u'=' + folder);
            folder = shadow;
        }
    }
    return result;
}

bool DemoHost::writeSettings()
{
    QStringList path = searchPath().split(u':');
    const QStringList shadowed = shadows(path);
    m_settings.append({{u"id"_s, m_id},
                       {u"PROVERDECK_DEMO_ID"_s, m_id},
                       {u"PATH"_s, m_dir + u"/bin:"_s + path.join(u':')},
                       {u"GIT_CONFIG_GLOBAL"_s, m_dir + u"/home/.gitconfig"_s},
                       {u"GIT_CONFIG_SYSTEM"_s, u"/dev/null"_s},
                       {u"shadows"_s, shadowed.join(u':')},
                       {u"faults"_s, m_options.faults.join(u',')},
                       {u"speed"_s, QString::number(m_options.speed, 'g', 12)},
                       {u"start_ms"_s, QString::number(QDateTime::currentMSecsSinceEpoch())},
                       {u"sshd"_s, m_sshd},
                       {u"sftp"_s, m_sftp}});
    m_settings.append(m_options.settings);
    QString text;
    for (const auto &[name, value] : std::as_const(m_settings)) {
        text += name + u'=' + value + u'\n';
    }
    return QDir(m_dir).mkpath(u"state"_s) && QDir(m_dir).mkpath(u"home"_s)
        && writeText(m_dir + u"/state/settings"_s, text);
}

bool DemoHost::writeSshFiles()
{
    QString environment = u"SetEnv HOME=%1/home"_s.arg(m_dir);
    for (const auto &[name, value] : std::as_const(m_settings)) {
        if (name.at(0).isUpper()) {
            environment += u' ' + name + u'=' + value;
        }
    }
    const QString server
        = u"Port %2\nListenAddress 127.0.0.1\nHostKey %1/host_key\nPidFile none\n"
          "AuthorizedKeysFile %1/authorized_keys\nStrictModes no\nUsePAM "
          "%3\nPasswordAuthentication no\n"
          "KbdInteractiveAuthentication no\nPubkeyAuthentication yes\nPermitRootLogin "
          "prohibit-password\n"
          "PermitUserRC no\nPermitUserEnvironment no\nPrintMotd no\nPrintLastLog no\nUseDNS no\n"
          "X11Forwarding no\nMaxStartups 200\nMaxSessions 200\nMaxAuthTries 20\nLogLevel VERBOSE\n"
          "ForceCommand %1/login.sh\n"_s.arg(m_dir)
              .arg(m_port)
              .arg(isLocked() ? u"yes"_s : u"no"_s)
        + (m_sftp.isEmpty() ? QString() : QString(u"Subsystem sftp "_s + m_sftp + u'\n'))
        + environment + u'\n';
    const QString client
        = u"Host %4\n    HostName 127.0.0.1\n    Port %2\n    User %3\n    IdentityFile "
          u"%1/user_key\n"
          "    IdentitiesOnly yes\n    IdentityAgent none\n    UserKnownHostsFile %1/known_hosts\n"
          "    GlobalKnownHostsFile /dev/null\n    StrictHostKeyChecking yes\n"_s.arg(m_dir)
              .arg(m_port)
              .arg(userName(), host());
    const QList<QByteArray> key = readBytes(m_dir + u"/host_key.pub"_s).split(' ');
    const QString known = (m_port == 22 ? u"127.0.0.1 "_s : u"[127.0.0.1]:%1 "_s.arg(m_port))
        + QString::fromLatin1(key.value(0) + ' ' + key.value(1).trimmed()) + u'\n';
    return writeText(m_dir + u"/sshd_config"_s, server) && writeText(sshConfigPath(), client)
        && writeText(m_dir + u"/known_hosts"_s, known);
}

void DemoHost::startWarden()
{
    QStringList arguments{u"warden"_s};
    if (m_isTemporary) {
        arguments.append(u"remove"_s);
    }
    detach(m_warden, false);
    m_warden.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_warden.start(m_tool, arguments);
}

void DemoHost::startSetup()
{
    QProcessEnvironment environment;
    environment.insert(u"HOME"_s, m_dir + u"/home"_s);
    for (const auto &[name, value] : std::as_const(m_settings)) {
        if (name.at(0).isUpper()) {
            environment.insert(name, value);
        }
    }
    m_setup.setProcessEnvironment(environment);
    m_setup.setProcessChannelMode(QProcess::MergedChannels);
    detach(m_setup, true);
    m_setup.start(m_tool, {u"setup"_s}, QIODevice::ReadOnly);
}

void DemoHost::onSetupFinished(int exitCode)
{
    if (m_isEnding) {
        return;
    }
    if (exitCode != 0 || m_setup.exitStatus() != QProcess::NormalExit) {
        fail(tr("The demo host could not be set up: %1")
                 .arg(QString::fromLocal8Bit(m_setup.readAll()).trimmed()));
        return;
    }
    startServer();
}

void DemoHost::startServer()
{
    if (!m_isBooting && !writeSshFiles()) { // they may be read at this moment
        fail(tr("Cannot write to %1.").arg(m_dir));
        return;
    }
    if (geteuid() == 0) {
        // The privilege separation folder, which the distribution's service makes at boot.
        QDir().mkpath(u"/run/sshd"_s);
        QFile::setPermissions(u"/run/sshd"_s,
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner
                                  | QFile::ReadGroup | QFile::ExeGroup | QFile::ReadOther
                                  | QFile::ExeOther);
    }
    QProcessEnvironment environment;
    environment.insert(u"PATH"_s, BasePath);
    m_server.setProcessEnvironment(environment);
    m_server.setStandardOutputFile(QProcess::nullDevice());
    m_server.setStandardErrorFile(m_dir + u"/sshd.log"_s, QIODevice::Append);
    detach(m_server, true);
    m_server.start(m_sshd, {u"-D"_s, u"-e"_s, u"-f"_s, m_dir + u"/sshd_config"_s});
    m_probeTime.start();
    m_probeTimer.start();
}

void DemoHost::onServerFinished()
{
    m_probeTimer.stop();
    if (m_isEnding || QFile::exists(m_dir + PowerOff)) {
        return;
    }
    if (m_isBooting && ++m_serverTries < ServerTries) {
        m_bootTimer.start();
        return;
    }
    const QByteArray log = readBytes(m_dir + u"/sshd.log"_s).trimmed();
    const bool isTaken = !m_isReady && log.contains("Address already in use");
    if (isTaken && m_options.port == 0 && ++m_serverTries < ServerTries
        && chooseOwnPort().isEmpty()) {
        startServer();
        return;
    }
    fail(tr("The demo's SSH server ended: %1")
             .arg(QString::fromLocal8Bit(log.mid(log.lastIndexOf('\n') + 1))));
}

void DemoHost::probe()
{
    if (m_probeTime.hasExpired(ProbeLimitMs)) {
        fail(tr("The demo's SSH server did not answer on port %1.").arg(m_port));
        return;
    }
    if (m_probe.state() == QAbstractSocket::UnconnectedState) {
        m_probe.connectToHost(QHostAddress(QHostAddress::LocalHost), static_cast<quint16>(m_port));
    }
}

void DemoHost::onProbeRead()
{
    if (m_probe.peek(4) == "SSH-" && m_server.state() == QProcess::Running) {
        m_probeTimer.stop();
        m_probe.abort();
        becomeReady();
    }
}

void DemoHost::becomeReady()
{
    if (m_isEnding || (m_hasReported && !m_isBooting)) {
        return;
    }
    if (!writeText(m_dir + u"/state/sshd.pid"_s, identity(m_server.processId()))) {
        fail(tr("Cannot write to %1.").arg(m_dir));
        return;
    }
    if (std::exchange(m_isBooting, false)) {
        emit powerCameBack();
        return;
    }
    m_isReady = true;
    m_hasReported = true;
    const QJsonObject line{
        {u"host"_s, host()},           {u"ssh_config"_s, sshConfigPath()},
        {u"port"_s, m_port},           {u"dir"_s, m_dir},
        {u"speed"_s, m_options.speed}, {u"faults"_s, QJsonArray::fromStringList(m_options.faults)}};
    emit ready(QJsonDocument(line).toJson(QJsonDocument::Compact));
}

void DemoHost::cutPower()
{
    if (m_isReady) {
        writeText(m_dir + u"/state/cut-power"_s, {});
    }
}

void DemoHost::cutConnections()
{
    if (m_isReady) {
        writeText(m_dir + u"/state/cut-connections"_s, {});
    }
}

void DemoHost::onWardenSaid()
{
    if (m_warden.readAllStandardOutput().contains("off") && !m_isEnding) {
        m_probeTimer.stop();
        m_probe.abort();
        m_isBooting = true;
        m_serverTries = 0;
        m_bootTimer.start();
        emit powerCut();
    }
}

void DemoHost::boot()
{
    if (m_server.state() != QProcess::NotRunning) { // it was being started when the power went
        m_server.kill();
        m_bootTimer.start();
        return;
    }
    QFile::remove(m_dir + PowerOff);
    startServer();
}

void DemoHost::onWardenFinished()
{
    if (!m_isEnding) {
        fail(tr("The demo host's helper process ended."));
        return;
    }
    for (QProcess *process : {&m_setup, &m_server}) {
        if (process->state() != QProcess::NotRunning) {
            process->kill();
        }
    }
    emit stopped();
}

} // namespace proverdeck::app::demo
