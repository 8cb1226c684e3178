// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/SshSession.h"

#include "ssh/Authenticator.h"
#include "ssh/Connector.h"
#include "ssh/HostAddress.h"
#include "ssh/HostConfig.h"
#include "ssh/Text.h"

#include <QTcpSocket>
#include <QThread>

#ifdef Q_OS_LINUX
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::seconds kDefaultInterval{30};
constexpr int kSilentIntervals = 3;

Result<> checkProxy(const HostConfig &config)
{
    if (config.proxyJump.isEmpty() && config.proxyCommand.isEmpty()) {
        return {};
    }
    const QString name = config.proxyJump.isEmpty() ? u"ProxyCommand"_s : u"ProxyJump"_s;
    return fail(
        ErrorCode::Config,
        Text::tr("The ssh configuration reaches %1 by %2 (\"%3\"), which this version does "
                 "not support yet. Open a tunnel with ssh itself (ssh -N -L 2222:%4:%5 "
                 "JUMPHOST) and use 127.0.0.1:2222 as the host.")
            .arg(
                config.typedHost, name,
                plainText(config.proxyJump.isEmpty() ? config.proxyCommand : config.proxyJump, 200),
                config.hostName, QString::number(config.port)));
}

void limitUnacknowledged(const Transport &transport, std::chrono::seconds interval)
{
#ifdef Q_OS_LINUX
    if (const QTcpSocket *socket = transport.socket()) {
        const auto limit = unsigned(std::chrono::milliseconds(interval * kSilentIntervals).count());
        ::setsockopt(int(socket->socketDescriptor()), IPPROTO_TCP, TCP_USER_TIMEOUT, &limit,
                     sizeof limit);
    }
#else
    Q_UNUSED(transport)
    Q_UNUSED(interval)
#endif
}

} // namespace

SshSession::SshSession(HostTarget target, std::shared_ptr<LoginControl> control)
    : m_target(std::move(target))
    , m_control(std::move(control))
    , m_keepAlive(this)
{
    connect(&m_keepAlive, &QTimer::timeout, this, &SshSession::onKeepAlive);
}

SshSession::~SshSession()
{
    tearDown();
}

void SshSession::open()
{
    Q_ASSERT(QThread::currentThread() == thread());
    m_isLoggingIn = true;
    m_mustClose = false;
    const Result<> result = logIn();
    m_isLoggingIn = false;
    if (result) {
        emit opened();
    } else {
        tearDown();
        emit openFailed(result.error());
    }
    if (m_mustClose) {
        close();
    }
}

Result<> SshSession::logIn()
{
    emit stateChanged(ConnectionState::Connecting);
    const Result<HostAddress> address = parseHostAddress(m_target.host);
    if (!address) {
        return tl::unexpected(address.error());
    }
    const Result<HostConfig> config = lookUpHostConfig(*address, m_target.sshConfigFile,
                                                       [this] { return m_control->isAborted(); });
    if (!config) {
        return tl::unexpected(config.error());
    }
    if (const Result<> direct = checkProxy(*config); !direct) {
        return direct;
    }
    Connector connector(m_target, *config, *m_control,
                        [this](const HostKeyQuestion &question) { emit hostKeyAsked(question); });
    Result<std::unique_ptr<Transport>> transport = connector.connect();
    if (!transport) {
        return tl::unexpected(transport.error());
    }
    m_transport = std::move(*transport);
    emit stateChanged(ConnectionState::Authenticating);
    Authenticator authenticator(*m_transport, *config, [this](const SecretQuestion &question) {
        emit secretAsked(question);
    });
    if (const Result<> loggedIn = authenticator.run(); !loggedIn) {
        return loggedIn;
    }
    goOnline(config->serverAliveInterval.count() > 0 ? config->serverAliveInterval
                                                     : kDefaultInterval);
    return {};
}

void SshSession::goOnline(std::chrono::seconds interval)
{
    m_interval = interval;
    m_queue = std::make_unique<CommandQueue>(*m_transport);
    m_queue->removeLeftovers(std::exchange(m_leftovers, {}));
    connect(m_queue.get(), &CommandQueue::output, this, &SshSession::output);
    connect(m_queue.get(), &CommandQueue::progress, this, &SshSession::progress);
    connect(m_queue.get(), &CommandQueue::finished, this, &SshSession::finished);
    QIODevice &device = m_transport->device();
    connect(&device, &QIODevice::readyRead, this, &SshSession::onReadyRead);
    connect(&device, &QIODevice::bytesWritten, m_queue.get(), &CommandQueue::pump);
    if (const QTcpSocket *socket = m_transport->socket()) {
        // Queued: it must not tear down what is on the stack.
        connect(socket, &QTcpSocket::disconnected, this, &SshSession::onDisconnected,
                Qt::QueuedConnection);
    }
    limitUnacknowledged(*m_transport, interval);
    // The library counts the time itself and sends nothing when less has passed.
    libssh2_keepalive_config(m_transport->session(), 1,
                             unsigned(qMax<qint64>(interval.count(), 2)));
    m_lastReceived.start();
    m_keepAlive.start(interval);
    m_transport->acknowledgeQuickly();
    if (!m_transport->isDeviceOpen()) {
        QMetaObject::invokeMethod(this, &SshSession::onDisconnected, Qt::QueuedConnection);
    }
}

void SshSession::onReadyRead()
{
    if (m_queue == nullptr) {
        return;
    }
    m_lastReceived.restart();
    m_transport->acknowledgeQuickly();
    m_queue->pump();
}

void SshSession::resume()
{
    if (m_queue != nullptr) {
        m_lastReceived.restart(); // silence while we did not read proves nothing
        m_queue->pump();
    }
}

void SshSession::onDisconnected()
{
    if (m_queue == nullptr || m_transport->isDeviceOpen()) {
        return; // of a connection before this one
    }
    // What the server still said comes first: a command whose end arrived has ended.
    for (quint64 before = 0; m_transport->received() != before;) {
        before = m_transport->received();
        m_queue->pump();
    }
    const QString reason = m_transport->disconnectReason();
    lose(reason.isEmpty() ? Text::tr("the server or the network closed it") : reason);
}

void SshSession::onKeepAlive()
{
    if (m_queue == nullptr) {
        return;
    }
    if (m_queue->isPaused()) {
        m_lastReceived.restart();
    } else if (std::chrono::milliseconds(m_lastReceived.elapsed())
               > m_interval * kSilentIntervals) {
        lose(Text::tr("nothing came from the server for %1 seconds")
                 .arg(QString::number((m_interval * kSilentIntervals).count())));
        return;
    }
    m_queue->ping();
}

void SshSession::lose(const QString &why)
{
    const Error error{ErrorCode::ConnectionLost,
                      Text::tr("The connection to %1 was lost: %2.").arg(m_target.host, why)};
    m_transport->markClosed();
    m_queue->endAll(error);
    m_leftovers += m_queue->leftovers();
    tearDown();
    emit lost(error);
}

void SshSession::close()
{
    if (m_isLoggingIn) { // called from the event loop that waits for the connection
        m_mustClose = true;
        return;
    }
    if (m_queue != nullptr) {
        m_queue->endAll({ErrorCode::Cancelled, Text::tr("The connection was closed.")});
        m_leftovers += m_queue->leftovers();
    }
    tearDown();
    emit closed();
}

void SshSession::tearDown()
{
    m_keepAlive.stop();
    if (m_transport != nullptr) {
        m_transport->device().disconnect(this);
    }
    m_queue.reset();
    m_transport.reset();
}

void SshSession::run(CommandId id, const Command &command)
{
    if (m_queue == nullptr) {
        emit finished(id, fail(ErrorCode::ConnectionLost, Text::tr("There is no connection.")));
        return;
    }
    m_queue->run(id, command);
}

void SshSession::transfer(CommandId id, const FileTransfer &file, const QByteArray &data)
{
    if (m_queue == nullptr) {
        emit finished(id, fail(ErrorCode::ConnectionLost, Text::tr("There is no connection.")));
        return;
    }
    m_queue->transfer(id, file, data);
}

void SshSession::cancel(CommandId id)
{
    if (m_queue != nullptr) {
        m_queue->cancel(id, {ErrorCode::Cancelled, Text::tr("The command was cancelled.")});
    }
}

} // namespace proverdeck::ssh
