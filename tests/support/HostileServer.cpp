// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/HostileServer.h"

#include <QFile>
#include <QTcpSocket>
#include <QtEndian>

#include <sys/socket.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace proverdeck::testing {

namespace {

constexpr qint64 kAhead = 256 * 1024; // bytes that wait for the client

QByteArray bigEndian(quint32 number)
{
    QByteArray bytes(4, '\0');
    qToBigEndian(number, bytes.data());
    return bytes;
}

} // namespace

HostileServer::HostileServer(Script script, QObject *parent)
    : QObject(parent)
    , m_script(std::move(script))
{
    if (!m_script.endless.isEmpty()) {
        m_piece = m_script.endless.repeated(1 + 65536 / m_script.endless.size());
    }
    connect(&m_listener, &QTcpServer::newConnection, this, &HostileServer::accept);
    connect(&m_drip, &QTimer::timeout, this, &HostileServer::drip);
    m_listener.listen(QHostAddress::LocalHost);
}

HostileServer::~HostileServer()
{
    const QList<QTcpSocket *> sockets = m_listener.findChildren<QTcpSocket *>();
    for (QTcpSocket *socket : sockets) {
        socket->disconnect();
        socket->abort();
    }
}

void HostileServer::accept()
{
    while (QTcpSocket *socket = m_listener.nextPendingConnection()) {
        ++m_connections;
        connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->readAll(); });
        connect(socket, &QTcpSocket::bytesWritten, this, [this, socket](qint64 bytes) {
            m_sent += bytes;
            goOn(socket);
        });
        if (m_script.pace.count() > 0) {
            m_dripping.append({socket, 0});
            m_drip.start(m_script.pace);
            continue;
        }
        socket->write(m_script.opening);
        if (m_script.opening.isEmpty()) {
            goOn(socket);
        }
    }
}

void HostileServer::goOn(QTcpSocket *socket)
{
    if (!m_piece.isEmpty()) {
        while (socket->state() == QAbstractSocket::ConnectedState
               && socket->bytesToWrite() < kAhead) {
            socket->write(m_piece);
        }
    } else if (socket->bytesToWrite() == 0 && m_script.pace.count() == 0) {
        end(socket);
    }
}

void HostileServer::drip()
{
    for (auto &[socket, next] : m_dripping) {
        if (socket->state() == QAbstractSocket::ConnectedState && next < m_script.opening.size()) {
            socket->write(m_script.opening.mid(next++, 1));
        }
    }
}

void HostileServer::end(QTcpSocket *socket) const
{
    if (m_script.end == End::Close) {
        socket->disconnectFromHost();
    } else if (m_script.end == End::Reset) {
        const linger now{1, 0};
        ::setsockopt(int(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        socket->abort();
    }
}

QByteArray sshString(const QByteArray &text)
{
    return bigEndian(quint32(text.size())) + text;
}

QByteArray sshPacket(const QByteArray &payload)
{
    qsizetype padding = 8 - (payload.size() + 5) % 8;
    padding += padding < 4 ? 8 : 0;
    return bigEndian(quint32(payload.size() + padding + 1)) + char(padding) + payload
        + QByteArray(padding, '\0');
}

QByteArray kexInit(const QList<QByteArray> &lists)
{
    QByteArray payload = QByteArray(1, char(20)) + QByteArray(16, 'c');
    for (int i = 0; i < 10; ++i) {
        payload += sshString(lists.value(i));
    }
    return payload + QByteArray(5, '\0');
}

qint64 residentBytes()
{
#ifdef __GLIBC__
    ::malloc_trim(0); // what is free is not in use
#endif
    QFile statm(QStringLiteral("/proc/self/statm"));
    if (!statm.open(QIODevice::ReadOnly)) {
        return 0;
    }
    return statm.readAll().split(' ').value(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
}

} // namespace proverdeck::testing
