// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/SocketLink.h"

#include "ssh/Text.h"

#include <QEventLoop>
#include <QTimer>

#ifdef Q_OS_LINUX
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kReadBuffer = 1 << 20; // bounds how long one call of libssh2 can take
constexpr int kPollMs = 50;

QAbstractSocket::NetworkLayerProtocol protocolOf(const HostConfig &config)
{
    if (config.addressFamily == u"inet"_s) {
        return QAbstractSocket::IPv4Protocol;
    }
    return config.addressFamily == u"inet6"_s ? QAbstractSocket::IPv6Protocol
                                              : QAbstractSocket::AnyIPProtocol;
}

} // namespace

SocketLink::SocketLink()
    : m_socket(this)
{
    m_socket.setReadBufferSize(kReadBuffer);
    connect(&m_socket, &QTcpSocket::readyRead, this, &Link::readyRead);
    connect(&m_socket, &QTcpSocket::bytesWritten, this, &Link::written);
    connect(&m_socket, &QTcpSocket::disconnected, this, &Link::ended);
}

Result<std::unique_ptr<Link>>
SocketLink::open(const HostConfig &config, const LoginControl &control, std::chrono::seconds limit)
{
    auto link = std::make_unique<SocketLink>();
    QTcpSocket &socket = link->m_socket;
    QEventLoop loop; // the lookup of the name needs one
    QTimer poll; // notices the wish to stop
    connect(&poll, &QTimer::timeout, &loop, &QEventLoop::quit);
    connect(&socket, &QTcpSocket::connected, &loop, &QEventLoop::quit);
    connect(&socket, &QTcpSocket::errorOccurred, &loop, &QEventLoop::quit);
    const QDeadlineTimer deadline(limit);
    socket.connectToHost(config.hostName, config.port, QIODevice::ReadWrite, protocolOf(config));
    poll.start(kPollMs);
    while (socket.state() != QAbstractSocket::ConnectedState) {
        if (control.isAborted()) {
            return fail(ErrorCode::Cancelled, Text::tr("Connecting was cancelled."));
        }
        if (deadline.hasExpired()) {
            return fail(ErrorCode::Unreachable,
                        Text::tr("%1 did not answer within %2 seconds. Is the machine on, and may "
                                 "this network reach it?")
                            .arg(config.place(), QString::number(limit.count())));
        }
        if (socket.state() == QAbstractSocket::UnconnectedState) {
            return fail(
                ErrorCode::Unreachable,
                Text::tr("Could not connect to %1: %2.").arg(config.place(), socket.errorString()));
        }
        loop.exec();
    }
    socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
    return link;
}

qint64 SocketLink::read(char *buffer, qint64 size)
{
    return m_socket.isOpen() ? qMax<qint64>(m_socket.read(buffer, size), 0) : 0;
}

bool SocketLink::write(const char *bytes, qint64 size)
{
    return isOpen() && m_socket.write(bytes, size) == size;
}

bool SocketLink::isOpen() const
{
    return m_socket.state() == QAbstractSocket::ConnectedState;
}

void SocketLink::wait(std::chrono::milliseconds limit)
{
    m_socket.flush();
    if (isOpen()) {
        m_socket.waitForReadyRead(static_cast<int>(limit.count()));
    }
}

void SocketLink::setOption(int level, int option, int value) const
{
#ifdef Q_OS_LINUX
    ::setsockopt(static_cast<int>(m_socket.socketDescriptor()), level, option, &value,
                 sizeof value);
#else
    Q_UNUSED(level)
    Q_UNUSED(option)
    Q_UNUSED(value)
#endif
}

void SocketLink::acknowledgeQuickly()
{
#ifdef Q_OS_LINUX
    setOption(IPPROTO_TCP, TCP_QUICKACK, 1);
#endif
}

void SocketLink::limitSilence(std::chrono::milliseconds limit)
{
#ifdef Q_OS_LINUX
    setOption(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(limit.count()));
#else
    Q_UNUSED(limit)
#endif
}

} // namespace proverdeck::ssh
