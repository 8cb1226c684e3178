// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/evm/Backoff.h"
#include "models/evm/Rpc.h"
#include "models/evm/RpcUrl.h"

#include <QDateTime>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <deque>
#include <functional>
#include <memory>

class QNetworkAccessManager;
class QNetworkReply;

namespace proverdeck::models::evm {

/// Limits of one endpoint; tests make them short.
struct RpcLimits
{
    std::chrono::milliseconds exchange{20'000}; ///< one HTTP exchange, from start to last byte
    std::chrono::milliseconds patience{90'000}; ///< one call with all its waits and repetitions
    double waitScale = 1; ///< every pause is multiplied by this
    qint64 largestAnswer = 48 << 20; ///< bytes
};

/// How an endpoint does at the moment.
struct EndpointState
{
    enum class Kind {
        Unused, ///< nothing was asked yet
        Good,
        Waiting, ///< after a failure, until waitsUntil
        Blocked, ///< 401 or 403: it is not asked again before retry() or another address
    };
    Kind kind = Kind::Unused;
    QDateTime lastGood; ///< UTC; invalid = never
    QDateTime waitsUntil; ///< UTC
    int failures = 0; ///< in a row
    QString problem; ///< a sentence; empty while good
    bool takesBatches = true;
    bool operator==(const EndpointState &) const = default;
};

/// One Ethereum JSON-RPC endpoint: a queue of questions, one exchange at a time.
///
/// Lives in the GUI thread and never blocks it. Each call and batch is answered exactly once,
/// unless its context object is destroyed or the endpoint is. Throttling and passing trouble are
/// waited out for the endpoint as a whole; what the contract or the node finally says is handed on
/// at once.
class RpcEndpoint : public QObject
{
    Q_OBJECT

public:
    using Answer = std::function<void(const RpcAnswer &answer)>;
    using Answers
        = std::function<void(const QList<RpcAnswer> &answers)>; ///< in the order of the calls

    explicit RpcEndpoint(RpcUrl url, RpcLimits limits = {}, QObject *parent = nullptr);
    ~RpcEndpoint() override;

    /// Ends with Refused at once while the endpoint is blocked.
    void call(RpcCall call, QObject *context, Answer answer);
    /// One exchange where the endpoint takes batches, single calls otherwise. Not empty.
    void batch(QList<RpcCall> calls, QObject *context, Answers answers);
    /// Forgets waits, failures and a refusal: asks again at once.
    void retry();

    [[nodiscard]] QString name() const { return m_url.masked(); }
    [[nodiscard]] const EndpointState &state() const { return m_state; }
    [[nodiscard]] qint64 exchanges() const { return m_exchanges; } ///< HTTP requests so far

signals:
    void stateChanged();

private:
    struct Job;
    void pump();
    void send(Job &job);
    void onFinished();
    void onReadable();
    void take(Job &job, const RpcReading &reading, bool wasBatch);
    void failed(const RpcError &error);
    void finish(std::unique_ptr<Job> job);
    void giveUpLate();
    [[nodiscard]] RpcError transportError() const;
    void setState(EndpointState::Kind kind, const QString &problem);

    RpcUrl m_url;
    RpcLimits m_limits;
    Backoff m_backoff;
    EndpointState m_state;
    RpcError m_lastError;
    std::unique_ptr<QNetworkAccessManager> m_network;
    std::deque<std::unique_ptr<Job>> m_jobs;
    QNetworkReply *m_reply = nullptr;
    QByteArray m_body;
    QList<SentCall> m_sent;
    bool m_isTimedOut = false;
    bool m_isTooLarge = false;
    QTimer m_exchange; ///< the overall limit: Qt's own one watches for silence only
    QTimer m_pause;
    qint64 m_nextId = 1;
    qint64 m_exchanges = 0;
};

} // namespace proverdeck::models::evm
