// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QTcpServer>
#include <QTimer>

#include <chrono>

class QTcpSocket;

namespace proverdeck::testing {

/// Says the same to every client, whatever the client says, as no SSH server should. Lives in the
/// test's thread and needs its event loop.
class HostileServer : public QObject
{
public:
    enum class End {
        Stay, ///< says no more and closes nothing
        Close,
        Reset, ///< the client gets "connection reset by peer"
    };
    struct Script
    {
        QByteArray opening; ///< sent at once
        QByteArray endless; ///< sent after that again and again, as fast as the client reads it
        /// Of the opening: one byte at a time, with so much time in between; zero: all at once.
        std::chrono::milliseconds pace{0};
        End end = End::Stay; ///< after the opening, unless something endless follows
    };

    explicit HostileServer(Script script, QObject *parent = nullptr);
    ~HostileServer() override;
    Q_DISABLE_COPY_MOVE(HostileServer)

    [[nodiscard]] quint16 port() const { return m_listener.serverPort(); }
    [[nodiscard]] int connections() const { return m_connections; }
    /// Bytes that clients took.
    [[nodiscard]] qint64 sent() const { return m_sent; }

private:
    void accept();
    void goOn(QTcpSocket *socket);
    void drip();
    void end(QTcpSocket *socket) const;

    QTcpServer m_listener;
    Script m_script;
    QTimer m_drip;
    QList<QPair<QTcpSocket *, qsizetype>> m_dripping; ///< with the next byte of the opening
    QByteArray m_piece; ///< the endless part, long enough to keep the link busy
    int m_connections = 0;
    qint64 m_sent = 0;
};

/// A packet as it goes over the wire before anything is encrypted (RFC 4253, 6).
[[nodiscard]] QByteArray sshPacket(const QByteArray &payload);
/// The payload of a KEXINIT with these ten lists; missing ones are empty.
[[nodiscard]] QByteArray kexInit(const QList<QByteArray> &lists);
/// With its length before it.
[[nodiscard]] QByteArray sshString(const QByteArray &text);

/// What this process has of the machine's memory now, in bytes; 0 where it cannot be asked.
[[nodiscard]] qint64 residentBytes();

} // namespace proverdeck::testing
