// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Relay.h"

#include <QHostAddress>

#include <algorithm>
#include <memory>

namespace proverdeck::testing {

Relay::Relay(quint16 serverPort, QObject *parent)
    : QObject(parent)
    , m_listener(this)
    , m_serverPort(serverPort)
{
    m_listener.listen(QHostAddress::LocalHost);
    connect(&m_listener, &QTcpServer::newConnection, this, &Relay::accept);
}

void Relay::setFault(Fault fault, qint64 bytes)
{
    m_fault = fault;
    m_limit = bytes;
}

void Relay::accept()
{
    const auto pair = std::make_shared<Pair>();
    pair->client = m_listener.nextPendingConnection();
    pair->server = new QTcpSocket(pair->client);
    pair->server->connectToHost(QHostAddress(QHostAddress::LocalHost), m_serverPort);
    connect(pair->client, &QTcpSocket::readyRead, this, [pair] {
        if (pair->server && pair->server->isOpen()) {
            pair->server->write(pair->client->readAll());
        }
    });
    connect(pair->server, &QTcpSocket::readyRead, this, [this, pair] { passDown(*pair); });
    connect(pair->server, &QTcpSocket::disconnected, this, [this, pair] {
        if (!pair->client) {
            return; // it takes the server's side along
        }
        passDown(*pair);
        if (!m_limit || m_fault != Fault::Stall) {
            pair->client->disconnectFromHost();
        }
    });
    connect(pair->client, &QTcpSocket::disconnected, pair->client, &QObject::deleteLater);
}

void Relay::passDown(Pair &pair)
{
    if (!pair.server->isOpen() || !pair.client->isOpen()) {
        return;
    }
    QByteArray bytes = pair.server->readAll();
    const qint64 clean = m_limit ? qMax<qint64>(*m_limit - pair.passed, 0) : bytes.size();
    if (clean < bytes.size()) {
        if (m_fault == Fault::Garble) {
            std::for_each(bytes.begin() + clean, bytes.end(), [](char &c) { c = char(~c); });
        } else {
            bytes.truncate(clean);
        }
    }
    pair.passed += bytes.size();
    m_passed += bytes.size();
    pair.client->write(bytes);
    if (m_limit && m_fault == Fault::Close && pair.passed >= *m_limit) {
        pair.client->disconnectFromHost();
    }
}

} // namespace proverdeck::testing
