// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/FaultyProxy.h"

#include "support/Test.h"

#include <QJsonDocument>
#include <QNetworkReply>
#include <QPointer>
#include <QTcpSocket>
#include <QTimer>

#include <optional>

namespace proverdeck::testing {

using namespace Qt::StringLiterals;

/// What to do with one exchange.
struct FaultyProxy::Plan
{
    std::optional<Reply> reply;
    std::function<QByteArray(const QByteArray &)> edit;
    int waitMs = 0;
    int dripMs = 0;
    bool isHang = false;
    bool isReset = false;
};

namespace {

QByteArray json(const QJsonValue &value)
{
    return value.isArray() ? QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact)
                           : QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact);
}

/// The same error for every call, as an array for a batch.
QByteArray errors(const QJsonArray &calls, bool isBatch, int code, const QString &message,
                  const QJsonObject &data = {})
{
    QJsonArray list;
    for (const QJsonValue &call : calls) {
        QJsonObject error{{u"code"_s, code}, {u"message"_s, message}};
        if (!data.isEmpty()) {
            error.insert(u"data"_s, data);
        }
        list << QJsonObject{
            {u"jsonrpc"_s, u"2.0"_s}, {u"id"_s, call[u"id"_s]}, {u"error"_s, error}};
    }
    return isBatch ? json(list) : json(list.first());
}

qint64 widthOf(const QJsonValue &call)
{
    const QJsonObject filter = call[u"params"_s].toArray().first().toObject();
    const auto number = [&](const QString &key) {
        return filter.value(key).toString().mid(2).toLongLong(nullptr, 16);
    };
    return number(u"toBlock"_s) - number(u"fromBlock"_s) + 1;
}

QByteArray eachAnswer(const QByteArray &text, const std::function<void(QJsonObject &)> &edit)
{
    const QJsonDocument document = QJsonDocument::fromJson(text);
    QJsonArray list = document.isArray() ? document.array() : QJsonArray{document.object()};
    for (qsizetype i = 0; i < list.size(); ++i) {
        QJsonObject object = list.at(i).toObject();
        edit(object);
        list[i] = object;
    }
    return document.isArray() ? json(list) : json(list.first());
}

} // namespace

FaultyProxy::FaultyProxy(QUrl upstream)
    : m_upstream(std::move(upstream))
{
    EXPECT_TRUE(m_server.listen(QHostAddress::LocalHost));
    connect(&m_server, &QTcpServer::newConnection, this, &FaultyProxy::onConnection);
}

FaultyProxy::FaultyProxy(Node node)
    : FaultyProxy(QUrl())
{
    m_node = std::move(node);
}

FaultyProxy::~FaultyProxy()
{
    const auto sockets = m_input.keys();
    for (QTcpSocket *socket : sockets) {
        socket->disconnect(this);
    }
}

QUrl FaultyProxy::url(const QString &path) const
{
    return QUrl(u"http://127.0.0.1:%1%2"_s.arg(m_server.serverPort()).arg(path));
}

void FaultyProxy::fail(Fault fault)
{
    m_faults << std::move(fault);
}

void FaultyProxy::clear()
{
    m_faults.clear();
    m_seen.clear();
}

int FaultyProxy::seenCount(const QString &method) const
{
    int count = 0;
    for (const Seen &one : m_seen) {
        count += int(one.methods.count(method));
    }
    return count;
}

void FaultyProxy::onConnection()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        m_input.insert(socket, {});
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { onBytes(socket); });
        connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
            m_input.remove(socket);
            socket->deleteLater();
        });
    }
}

void FaultyProxy::onBytes(QTcpSocket *socket)
{
    QByteArray &input = m_input[socket];
    input += socket->readAll();
    const qsizetype head = input.indexOf("\r\n\r\n");
    if (head < 0) {
        return;
    }
    qsizetype length = 0;
    QByteArray contentType;
    const QList<QByteArray> lines = input.left(head).split('\n');
    for (const QByteArray &line : lines) {
        const QByteArray lower = line.trimmed().toLower();
        if (lower.startsWith("content-length:")) {
            length = lower.mid(15).trimmed().toLongLong();
        } else if (lower.startsWith("content-type:")) {
            contentType = lower.mid(13).trimmed();
        }
    }
    if (input.size() < head + 4 + length) {
        return;
    }
    const QByteArray body = input.mid(head + 4, length);
    const QString path = QString::fromLatin1(lines.first().split(' ').value(1));
    input.clear();
    handle(socket, path, contentType, body);
}

FaultyProxy::Plan FaultyProxy::planFor(const QJsonArray &calls, bool isBatch, QString *kind)
{
    QStringList methods;
    for (const QJsonValue &call : calls) {
        methods << call[u"method"_s].toString();
    }
    for (Fault &fault : m_faults) {
        if (fault.count == 0 || (!fault.method.isEmpty() && !methods.contains(fault.method))) {
            continue;
        }
        const auto fails = [&](int status, int code, const QString &message,
                               const QJsonObject &data = {}, const QByteArray &headers = {}) {
            return Plan{Reply{status, headers, errors(calls, isBatch, code, message, data)}};
        };
        const QString range = QString::number(fault.value > 0 ? fault.value : 500);
        Plan plan;
        if (fault.kind == u"throttle-http") {
            plan = fails(429, 429, u"compute units per second capacity exceeded"_s, {},
                         "Retry-After: " + QByteArray::number(fault.value) + "\r\n");
        } else if (fault.kind == u"throttle-bare") {
            plan.reply = Reply{429, "Content-Type: text/plain\r\n", "Too Many Requests"};
        } else if (fault.kind == u"throttle-backoff") {
            plan = fails(429, -32005, u"project ID request rate exceeded"_s,
                         {{u"current_rps"_s, 13.3}, {u"backoff_seconds"_s, fault.value}});
        } else if (fault.kind == u"throttle-daily") {
            plan = fails(429, -32005, u"daily request count exceeded, request rate limited"_s);
        } else if (fault.kind == u"throttle-200") {
            plan = fails(200, -32007, u"50/second request limit reached"_s);
        } else if (fault.kind == u"range-400") {
            plan = fails(400, -32600, u"eth_getLogs is limited to a %1 block range"_s.arg(range));
        } else if (fault.kind == u"range-200") {
            plan = fails(200, -32602, u"range exceeds limit of %1"_s.arg(range));
        } else if (fault.kind == u"results-200") {
            plan = fails(200, -32005, u"query returned more than 10000 results"_s);
        } else if (fault.kind == u"range-limit") {
            const bool isWide
                = std::any_of(calls.begin(), calls.end(), [&](const QJsonValue &call) {
                      return call[u"method"_s].toString() == u"eth_getLogs"
                          && widthOf(call) > fault.value;
                  });
            if (!isWide) {
                continue;
            }
            plan = fails(400, -32600, u"eth_getLogs is limited to a %1 block range"_s.arg(range));
        } else if (fault.kind == u"unauthorized") {
            plan = fails(401, -32000, u"must be authenticated"_s);
        } else if (fault.kind == u"forbidden") {
            plan = fails(403, -32000, u"key SECRETKEY123 may not use this network"_s);
        } else if (fault.kind == u"html-502") {
            plan.reply = Reply{502, "Content-Type: text/html\r\n", "<html>502 Bad Gateway</html>"};
        } else if (fault.kind == u"busy-503") {
            plan = fails(503, -32001, u"unable to complete the request at this time"_s);
        } else if (fault.kind == u"html-200") {
            plan.reply = Reply{200, "Content-Type: text/html\r\n", "<html>Sign in</html>"};
        } else if (fault.kind == u"redirect") {
            plan.reply = Reply{301, "Location: /elsewhere\r\n", {}};
        } else if (fault.kind == u"empty-200") {
            plan.reply = Reply{};
        } else if (fault.kind == u"null-result") {
            plan.edit = [](const QByteArray &text) {
                return eachAnswer(text, [](QJsonObject &one) { one[u"result"_s] = QJsonValue(); });
            };
        } else if (fault.kind == u"header-not-found") {
            plan = fails(200, -32000, u"header not found"_s);
        } else if (fault.kind == u"slow") {
            plan.waitMs = fault.ms;
        } else if (fault.kind == u"hang") {
            plan.isHang = true;
        } else if (fault.kind == u"reset") {
            plan.isReset = true;
        } else if (fault.kind == u"truncate") {
            plan.edit = [](const QByteArray &text) { return text.left(text.size() / 2); };
        } else if (fault.kind == u"drip") {
            plan.dripMs = fault.ms;
        } else if (fault.kind == u"wrong-id") {
            plan.edit = [](const QByteArray &text) {
                return eachAnswer(text, [](QJsonObject &one) { one[u"id"_s] = 999999; });
            };
        } else if (fault.kind == u"wrong-chain" || fault.kind == u"old-block") {
            const QString method
                = fault.kind == u"wrong-chain" ? u"eth_chainId"_s : u"eth_blockNumber"_s;
            QList<qint64> ids;
            for (const QJsonValue &call : calls) {
                if (call[u"method"_s] == method) {
                    ids << call[u"id"_s].toInteger();
                }
            }
            const QString value = u"0x"_s + QString::number(fault.value > 0 ? fault.value : 1, 16);
            plan.edit = [ids, value](const QByteArray &text) {
                return eachAnswer(text, [&](QJsonObject &one) {
                    if (ids.contains(one[u"id"_s].toInteger())) {
                        one[u"result"_s] = value;
                    }
                });
            };
        } else if (fault.kind == u"batch-shuffle") {
            plan.edit = [](const QByteArray &text) {
                const QJsonArray list = QJsonDocument::fromJson(text).array();
                QJsonArray back;
                for (const QJsonValue &one : list) {
                    back.prepend(one);
                }
                return list.isEmpty() ? text : json(back);
            };
        } else if (fault.kind == u"batch-drop") {
            plan.edit = [](const QByteArray &text) {
                QJsonArray list = QJsonDocument::fromJson(text).array();
                if (list.isEmpty()) {
                    return text;
                }
                list.removeLast();
                return json(list);
            };
        } else if (fault.kind == u"batch-refuse") {
            if (!isBatch) {
                continue;
            }
            plan.reply
                = Reply{400,
                        {},
                        json(QJsonObject{
                            {u"jsonrpc"_s, u"2.0"_s},
                            {u"id"_s, QJsonValue()},
                            {u"error"_s,
                             QJsonObject{{u"code"_s, -32600},
                                         {u"message"_s,
                                          u"batch requests are not allowed on this plan"_s}}}})};
        } else {
            ADD_FAILURE() << "unknown fault " << fault.kind.toStdString();
        }
        if (fault.count > 0) {
            --fault.count;
        }
        *kind = fault.kind;
        return plan;
    }
    return {};
}

QByteArray FaultyProxy::ownAnswer(const QByteArray &body) const
{
    const QJsonDocument document = QJsonDocument::fromJson(body);
    const QJsonArray calls = document.isArray() ? document.array() : QJsonArray{document.object()};
    QJsonArray list;
    for (const QJsonValue &call : calls) {
        QJsonObject answer = m_node(call[u"method"_s].toString(), call[u"params"_s].toArray());
        answer.insert(u"jsonrpc"_s, u"2.0"_s);
        answer.insert(u"id"_s, call[u"id"_s]);
        list << answer;
    }
    return document.isArray() ? json(list) : json(list.first());
}

void FaultyProxy::handle(QTcpSocket *socket, const QString &path, const QByteArray &contentType,
                         const QByteArray &body)
{
    const QJsonDocument document = QJsonDocument::fromJson(body);
    const bool isBatch = document.isArray();
    const QJsonArray calls = isBatch ? document.array() : QJsonArray{document.object()};
    Seen seen{QDateTime::currentDateTimeUtc(),     {}, isBatch, contentType, path, {},
              calls.first()[u"params"_s].toArray()};
    for (const QJsonValue &call : calls) {
        seen.methods << call[u"method"_s].toString();
    }
    const Plan plan = planFor(calls, isBatch, &seen.fault);
    m_seen << seen;
    if (plan.isReset) {
        socket->abort();
        return;
    }
    if (plan.isHang) {
        return;
    }
    const QPointer<QTcpSocket> target(socket);
    QTimer::singleShot(plan.waitMs, this, [this, target, body, plan] {
        if (!target) {
            return;
        }
        if (plan.reply) {
            answer(target, *plan.reply, 0);
        } else {
            pass(target, body, plan);
        }
    });
}

void FaultyProxy::pass(QTcpSocket *socket, const QByteArray &body, const Plan &plan)
{
    const auto edited
        = [edit = plan.edit](const QByteArray &text) { return edit ? edit(text) : text; };
    if (m_node) {
        answer(socket, {200, {}, edited(ownAnswer(body))}, plan.dripMs);
        return;
    }
    QNetworkRequest request(m_upstream);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    QNetworkReply *reply = m_network.post(request, body);
    const QPointer<QTcpSocket> target(socket);
    connect(reply, &QNetworkReply::finished, this, [this, reply, target, edited, plan] {
        reply->deleteLater();
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (target && status == 0) {
            target->abort(); // what is behind is down: look down, too
        } else if (target) {
            answer(target, {status, {}, edited(reply->readAll())}, plan.dripMs);
        }
    });
}

void FaultyProxy::answer(QTcpSocket *socket, const Reply &reply, int dripMs)
{
    const bool hasType = reply.headers.contains("Content-Type");
    const QByteArray head = "HTTP/1.1 " + QByteArray::number(reply.status) + " Answer\r\n"
        + (hasType ? QByteArray() : "Content-Type: application/json\r\n") + reply.headers
        + "Content-Length: " + QByteArray::number(reply.body.size()) + "\r\n\r\n";
    if (dripMs == 0) {
        socket->write(head + reply.body); // in one piece: in two the kernel holds the second back
        return;
    }
    socket->write(head);
    auto *timer = new QTimer(socket);
    connect(timer, &QTimer::timeout, socket, [socket, timer, left = reply.body]() mutable {
        socket->write(left.left(16));
        left.remove(0, 16);
        if (left.isEmpty()) {
            timer->stop();
        }
    });
    timer->start(dripMs);
}

} // namespace proverdeck::testing
