// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

#include <optional>

namespace proverdeck::testing {

/// Passes bytes between a client and a server on loopback, and on demand passes them badly. Lives
/// in the test's thread and needs its event loop.
class Relay : public QObject
{
public:
    enum class Fault {
        Stall, ///< passes no more, and closes nothing
        Garble, ///< inverts every byte from there on
        Close,
    };

    explicit Relay(quint16 serverPort, QObject *parent = nullptr);

    [[nodiscard]] quint16 port() const { return m_listener.serverPort(); }
    /// What happens to each connection after the server's first @p bytes.
    void setFault(Fault fault, qint64 bytes);
    /// What the server has sent through all connections.
    [[nodiscard]] qint64 passed() const { return m_passed; }

private:
    struct Pair
    {
        QPointer<QTcpSocket> client;
        QPointer<QTcpSocket> server; ///< ends with the client
        qint64 passed = 0;
    };

    void accept();
    void passDown(Pair &pair);

    QTcpServer m_listener;
    quint16 m_serverPort;
    Fault m_fault = Fault::Stall;
    std::optional<qint64> m_limit;
    qint64 m_passed = 0;
};

} // namespace proverdeck::testing
