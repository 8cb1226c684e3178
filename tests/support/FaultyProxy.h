// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QList>
#include <QNetworkAccessManager>
#include <QObject>
#include <QTcpServer>
#include <QUrl>

#include <functional>

class QTcpSocket;

namespace proverdeck::testing {

/// One way to spoil answers. Shapes follow what large providers document or are known to send.
struct Fault
{
    QString kind; ///< see FaultyProxy.cpp; an unknown one fails the test
    int count = 1; ///< how many exchanges; -1 = until clear()
    QString method; ///< only exchanges with this method; empty = all
    qint64 value = 0; ///< of the kind: a range, seconds
    int ms = 0; ///< of "slow" and "drip"
};

/// An HTTP server on the loopback that speaks JSON-RPC: in front of a real node, or with answers of
/// its own, and that misbehaves on demand.
class FaultyProxy : public QObject
{
    Q_OBJECT

public:
    /// @p node answers one request object: {"result": …} or {"error": {…}}.
    using Node = std::function<QJsonObject(const QString &method, const QJsonArray &params)>;

    explicit FaultyProxy(QUrl upstream);
    explicit FaultyProxy(Node node);
    ~FaultyProxy() override;

    [[nodiscard]] QUrl url(const QString &path = QStringLiteral("/v2/SECRETKEY123")) const;
    void fail(Fault fault);
    void clear(); ///< passes everything again and forgets what was seen

    struct Seen
    {
        QDateTime at;
        QStringList methods;
        bool isBatch = false;
        QByteArray contentType;
        QString path;
        QString fault;
        QJsonArray params; ///< of the first call
    };
    [[nodiscard]] const QList<Seen> &seen() const { return m_seen; }
    [[nodiscard]] int seenCount(const QString &method) const;

private:
    struct Reply
    {
        int status = 200;
        QByteArray headers;
        QByteArray body;
    };
    struct Plan;
    void onConnection();
    void onBytes(QTcpSocket *socket);
    void handle(QTcpSocket *socket, const QString &path, const QByteArray &contentType,
                const QByteArray &body);
    void pass(QTcpSocket *socket, const QByteArray &body, const Plan &plan);
    void answer(QTcpSocket *socket, const Reply &reply, int dripMs);
    [[nodiscard]] Plan planFor(const QJsonArray &calls, bool isBatch, QString *kind);
    [[nodiscard]] QByteArray ownAnswer(const QByteArray &body) const;

    QUrl m_upstream;
    Node m_node;
    QTcpServer m_server;
    QNetworkAccessManager m_network;
    QList<Fault> m_faults;
    QList<Seen> m_seen;
    QHash<QTcpSocket *, QByteArray> m_input;
};

} // namespace proverdeck::testing
