// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QHostAddress>
#include <QObject>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

namespace proverdeck::testing {

/// The network between the panel and a server on loopback: it can be cut, frozen and thawed.
class FlakyRelay : public QObject
{
public:
    explicit FlakyRelay(quint16 serverPort)
        : m_serverPort(serverPort)
    {
        connect(&m_listener, &QTcpServer::newConnection, this, &FlakyRelay::accept);
        m_listener.listen(QHostAddress::LocalHost);
    }

    ~FlakyRelay() override { qDeleteAll(findChildren<QTcpSocket *>()); }
    Q_DISABLE_COPY_MOVE(FlakyRelay)

    [[nodiscard]] quint16 port() const { return m_listener.serverPort(); }

    /// Every connection is reset.
    void cut()
    {
        const QList<QTcpSocket *> all = findChildren<QTcpSocket *>();
        for (QTcpSocket *socket : all) {
            socket->abort();
        }
    }

    /// Nothing passes, and nothing is closed: bytes wait until thaw().
    void freeze() { m_frozen = true; }
    void thaw()
    {
        m_frozen = false;
        const QList<QTcpSocket *> all = findChildren<QTcpSocket *>();
        for (QTcpSocket *socket : all) {
            pass(socket);
        }
    }

private:
    void accept()
    {
        while (QTcpSocket *client = m_listener.nextPendingConnection()) {
            auto *server = new QTcpSocket(this);
            client->setParent(this);
            join(client, server);
            join(server, client);
            server->connectToHost(QHostAddress::LocalHost, m_serverPort);
        }
    }

    void join(QTcpSocket *from, QTcpSocket *to)
    {
        from->setReadBufferSize(1 << 18);
        m_peers.insert(from, to);
        connect(from, &QObject::destroyed, this, [this, from] { m_peers.remove(from); });
        connect(from, &QTcpSocket::readyRead, this, [this, from] { pass(from); });
        connect(from, &QTcpSocket::connected, this, [this, to] { pass(to); });
        connect(from, &QTcpSocket::bytesWritten, this, [this, to] { pass(to); });
        connect(from, &QTcpSocket::disconnected, to, [this, from, to] {
            pass(from);
            to->disconnectFromHost();
            from->deleteLater();
        });
        connect(from, &QTcpSocket::errorOccurred, to, [from, to] {
            if (from->state() == QAbstractSocket::UnconnectedState) {
                to->abort();
                from->deleteLater();
                to->deleteLater();
            }
        });
    }

    void pass(QTcpSocket *from)
    {
        const QPointer<QTcpSocket> to = m_peers.value(from);
        if (m_frozen || to.isNull() || !from->isOpen()
            || to->state() != QAbstractSocket::ConnectedState || to->bytesToWrite() > (1 << 20)) {
            return;
        }
        const QByteArray bytes = from->readAll();
        if (!bytes.isEmpty()) {
            to->write(bytes);
        }
    }

    QTcpServer m_listener;
    quint16 m_serverPort;
    QHash<QTcpSocket *, QPointer<QTcpSocket>> m_peers;
    bool m_frozen = false;
};

} // namespace proverdeck::testing
