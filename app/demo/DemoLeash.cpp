// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/DemoLeash.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include <signal.h>

namespace proverdeck::app::demo {

using namespace Qt::StringLiterals;

namespace {

constexpr int kRetryMs = 50;
constexpr int kStartMs = 90'000;
constexpr int kEndMs = 20'000;
const QString kSocket = u"/leash"_s;

/// The program itself: beside the tests in a build folder, or this very one.
QString programPath()
{
    const QString beside = QCoreApplication::applicationDirPath() + u"/proverdeck"_s;
    return QFileInfo(beside).isExecutable() ? beside : QCoreApplication::applicationFilePath();
}

} // namespace

DemoLeash::DemoLeash(QString path, std::chrono::seconds linger, QObject *parent)
    : QObject(parent)
    , m_path(std::move(path))
{
    m_linger.setSingleShot(true);
    m_linger.setInterval(linger);
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &DemoLeash::onConnection);
    connect(&m_linger, &QTimer::timeout, this, &DemoLeash::released);
}

bool DemoLeash::listen()
{
    QLocalServer::removeServer(m_path);
    m_linger.start();
    return m_server.listen(m_path);
}

void DemoLeash::tell(const QByteArray &line)
{
    m_line = line.trimmed() + '\n';
    for (QLocalSocket *panel : std::as_const(m_panels)) {
        panel->write(m_line);
    }
}

void DemoLeash::onConnection()
{
    while (QLocalSocket *panel = m_server.nextPendingConnection()) {
        m_panels << panel;
        m_linger.stop();
        connect(panel, &QLocalSocket::disconnected, this, &DemoLeash::onGone);
        connect(panel, &QLocalSocket::readyRead, this, [this, panel] { onRead(panel); });
        if (!m_line.isEmpty()) {
            panel->write(m_line);
        }
    }
}

void DemoLeash::onRead(QLocalSocket *panel)
{
    if (!panel->readAll().contains("bye") || !m_panels.removeOne(panel)) {
        return;
    }
    if (m_panels.isEmpty()) {
        emit released(); // its connection closes when this process ends: then all is gone
    } else {
        panel->disconnectFromServer();
    }
}

void DemoLeash::onGone()
{
    auto *panel = qobject_cast<QLocalSocket *>(sender());
    panel->deleteLater();
    if (m_panels.removeOne(panel) && m_panels.isEmpty()) {
        m_linger.start();
    }
}

DemoProcess::DemoProcess(QObject *parent)
    : QObject(parent)
{
    m_retry.setInterval(kRetryMs);
    connect(&m_retry, &QTimer::timeout, this, &DemoProcess::tryConnect);
    connect(&m_socket, &QLocalSocket::readyRead, this, &DemoProcess::onRead);
    connect(&m_socket, &QLocalSocket::disconnected, this, [this] {
        if (m_isEnding) {
            emit ended();
        }
    });
}

DemoProcess::~DemoProcess()
{
    m_socket.disconnect(this);
}

void DemoProcess::start(const Options &options)
{
    QTemporaryDir folder(QDir::tempPath() + u"/proverdeck-demo-XXXXXX"_s);
    folder.setAutoRemove(false);
    if (!folder.isValid()) {
        giveUp(tr("The demo host's folder cannot be created in %1: %2.")
                   .arg(QDir::tempPath(), folder.errorString()));
        return;
    }
    m_dir = folder.path();
    QStringList arguments{u"demo-host"_s,
                          u"--dir"_s,
                          m_dir + u"/host"_s,
                          u"--leash"_s,
                          m_dir + kSocket,
                          u"--speed"_s,
                          QString::number(options.speed)};
    for (const QString &fault : options.faults) {
        arguments << u"--fault"_s << fault;
    }
    if (!options.fleet.isEmpty()) {
        arguments << u"--fleet"_s << options.fleet;
    }
    QProcess process;
    process.setProgram(programPath());
    process.setArguments(arguments);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(m_dir + u"/demo-host.log"_s);
    m_waiting.start();
    if (!process.startDetached(&m_pid)) {
        QDir(m_dir).removeRecursively();
        giveUp(tr("The demo host could not be started: %1 does not run.").arg(programPath()));
        return;
    }
    m_retry.start();
}

void DemoProcess::join(const QString &dir)
{
    m_dir = dir;
    m_waiting.start();
    m_retry.start();
    tryConnect();
}

void DemoProcess::tryConnect()
{
    const bool isGone = m_pid > 0 ? ::kill(pid_t(m_pid), 0) != 0 : !QFile::exists(m_dir + kSocket);
    if (isGone || m_waiting.elapsed() > kStartMs) {
        QFile log(m_dir + u"/demo-host.log"_s);
        const QString why = log.open(QIODevice::ReadOnly)
            ? QString::fromUtf8(log.readAll()).trimmed()
            : QString();
        giveUp(m_pid == 0 ? tr("The demo host of this run has ended, and with it what ran there.")
                   : why.isEmpty() ? tr("The demo host ended before it was ready.")
                                   : why);
        return;
    }
    if (m_socket.state() == QLocalSocket::UnconnectedState) {
        m_socket.connectToServer(m_dir + kSocket);
    }
}

void DemoProcess::onRead()
{
    if (m_hasReported || !m_socket.canReadLine()) {
        return;
    }
    const QJsonObject answer = QJsonDocument::fromJson(m_socket.readLine()).object();
    const QString problem = answer.value(u"error"_s).toString();
    if (!problem.isEmpty()) {
        giveUp(problem);
        return;
    }
    QStringList hosts;
    const QJsonArray names = answer.value(u"hosts"_s).toArray();
    for (const QJsonValue &name : names) {
        hosts << name.toString();
    }
    m_hosts = hosts.isEmpty() ? m_hosts : hosts;
    m_hasReported = true;
    m_retry.stop();
    emit ready();
}

void DemoProcess::giveUp(const QString &sentence)
{
    m_hasReported = true;
    m_retry.stop();
    emit failed(sentence);
}

void DemoProcess::end()
{
    m_retry.stop();
    if (m_isEnding) {
        return;
    }
    m_isEnding = true;
    if (m_socket.state() != QLocalSocket::ConnectedState) {
        QMetaObject::invokeMethod(this, &DemoProcess::ended, Qt::QueuedConnection);
        return;
    }
    // It closes the connection when everything is gone; another panel's demo host stays.
    m_socket.write("bye\n");
    m_socket.flush();
    QTimer::singleShot(kEndMs, this, [this] { m_socket.abort(); });
}

QString DemoProcess::dirOf(const QString &sshConfigFile)
{
    const QString dir = QFileInfo(QFileInfo(sshConfigFile).path()).path();
    return !sshConfigFile.isEmpty() && QFile::exists(dir + kSocket) ? dir : QString();
}

} // namespace proverdeck::app::demo
