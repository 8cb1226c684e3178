// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evm/RpcEndpoint.h"

#include <QCoreApplication>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QRandomGenerator>

#include <algorithm>

namespace proverdeck::models::evm {

using namespace Qt::StringLiterals;
using std::chrono::milliseconds;

struct RpcEndpoint::Job
{
    QList<RpcCall> calls;
    QList<std::optional<RpcAnswer>> answers;
    QPointer<QObject> context;
    Answers callback;
    QDateTime deadline;
    bool isSingly = false; ///< a batch left answers out: the rest is asked one by one

    [[nodiscard]] QList<qsizetype> open() const
    {
        QList<qsizetype> indices;
        for (qsizetype i = 0; i < answers.size(); ++i) {
            if (!answers.at(i)) {
                indices << i;
            }
        }
        return indices;
    }

    QList<qsizetype> asked; ///< indices of the calls in the current exchange
};

RpcEndpoint::RpcEndpoint(RpcUrl url, RpcLimits limits, QObject *parent)
    : QObject(parent)
    , m_url(std::move(url))
    , m_limits(limits)
    , m_network(std::make_unique<QNetworkAccessManager>())
{
    m_exchange.setSingleShot(true);
    m_pause.setSingleShot(true);
    connect(&m_exchange, &QTimer::timeout, this, [this] {
        m_isTimedOut = true;
        m_reply->abort();
    });
    connect(&m_pause, &QTimer::timeout, this, &RpcEndpoint::pump);
}

RpcEndpoint::~RpcEndpoint()
{
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->abort();
        delete m_reply;
    }
}

void RpcEndpoint::call(RpcCall call, QObject *context, Answer answer)
{
    batch(
        {std::move(call)}, context,
        [answer = std::move(answer)](const QList<RpcAnswer> &answers) { answer(answers.first()); });
}

void RpcEndpoint::batch(QList<RpcCall> calls, QObject *context, Answers answers)
{
    Q_ASSERT(!calls.isEmpty());
    auto job = std::make_unique<Job>();
    job->calls = std::move(calls);
    job->answers.resize(job->calls.size());
    job->context = context;
    job->callback = std::move(answers);
    job->deadline = QDateTime::currentDateTimeUtc().addMSecs(m_limits.patience.count());
    m_jobs.push_back(std::move(job));
    // Never from within the call: the caller's state would change under its hands.
    QMetaObject::invokeMethod(this, &RpcEndpoint::pump, Qt::QueuedConnection);
}

void RpcEndpoint::retry()
{
    m_backoff.succeeded();
    m_pause.stop();
    setState(EndpointState::Kind::Unused, {});
    pump();
}

void RpcEndpoint::pump()
{
    std::erase_if(m_jobs, [](const auto &job) { return !job->context; });
    if (m_reply || m_jobs.empty()) {
        return;
    }
    if (m_state.kind == EndpointState::Kind::Blocked) {
        failed(m_lastError);
        return;
    }
    if (m_pause.isActive()) {
        giveUpLate();
        return;
    }
    send(*m_jobs.front());
}

void RpcEndpoint::send(Job &job)
{
    job.asked = job.open();
    const bool isBatch = job.asked.size() > 1 && m_state.takesBatches && !job.isSingly;
    if (!isBatch) {
        job.asked.resize(1);
    }
    m_sent.clear();
    QList<RpcCall> calls;
    for (const qsizetype index : std::as_const(job.asked)) {
        m_sent << SentCall{m_nextId++, job.calls.at(index).method};
        calls << job.calls.at(index);
    }
    QUrl url = m_url.secretUrl();
    QNetworkRequest request;
    if (!url.userInfo().isEmpty()) {
        const QString login
            = url.userName(QUrl::FullyDecoded) + u':' + url.password(QUrl::FullyDecoded);
        request.setRawHeader("Authorization", "Basic " + login.toUtf8().toBase64());
        url.setUserInfo({});
    }
    request.setUrl(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setRawHeader("Accept", "application/json");
    // The body, and the key in the address, go to nobody but the endpoint itself.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    m_body.clear();
    m_isTimedOut = false;
    m_isTooLarge = false;
    ++m_exchanges;
    m_reply = m_network->post(request, requestBody(m_sent, calls, isBatch));
    connect(m_reply, &QNetworkReply::readyRead, this, &RpcEndpoint::onReadable);
    connect(m_reply, &QNetworkReply::finished, this, &RpcEndpoint::onFinished);
    m_exchange.start(m_limits.exchange);
}

void RpcEndpoint::onReadable()
{
    m_body += m_reply->readAll();
    if (m_body.size() > m_limits.largestAnswer) {
        m_isTooLarge = true;
        m_reply->abort();
    }
}

RpcError RpcEndpoint::transportError() const
{
    if (m_isTooLarge) {
        RpcError error;
        error.fault
            = m_sent.first().method == u"eth_getLogs" ? RpcFault::Narrow : RpcFault::Rejected;
        error.detail = tr("the answer is larger than %1 MiB").arg(m_limits.largestAnswer >> 20);
        return error;
    }
    if (m_isTimedOut) {
        return {RpcFault::Timeout, 0, {}, tr("%1 s").arg(double(m_limits.exchange.count()) / 1000)};
    }
    // Qt's own words hold the whole address, key included.
    const auto words = [](QNetworkReply::NetworkError error) -> QString {
        switch (error) {
        case QNetworkReply::ConnectionRefusedError:
            return tr("the connection was refused");
        case QNetworkReply::RemoteHostClosedError:
            return tr("the connection was cut");
        case QNetworkReply::HostNotFoundError:
            return tr("there is no host of this name");
        case QNetworkReply::SslHandshakeFailedError:
            return tr("its certificate is not trusted");
        case QNetworkReply::NetworkSessionFailedError:
        case QNetworkReply::UnknownNetworkError:
        case QNetworkReply::TemporaryNetworkFailureError:
            return tr("there is no network");
        case QNetworkReply::ProxyConnectionRefusedError:
        case QNetworkReply::ProxyNotFoundError:
        case QNetworkReply::ProxyTimeoutError:
        case QNetworkReply::ProxyAuthenticationRequiredError:
            return tr("the network's proxy does not let it through");
        default:
            return tr("network error %1").arg(int(error));
        }
    };
    return {RpcFault::Transient, 0, {}, words(m_reply->error())};
}

void RpcEndpoint::onFinished()
{
    m_exchange.stop();
    if (m_reply->isOpen()) {
        m_body += m_reply->readAll();
    }
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const bool isBroken = status == 0 || m_isTimedOut || m_isTooLarge
        || m_reply->error() == QNetworkReply::RemoteHostClosedError;
    const QByteArray retryAfter = m_reply->rawHeader("Retry-After");
    const std::optional<RpcError> broken
        = isBroken ? std::optional(transportError()) : std::nullopt;
    m_reply->deleteLater();
    m_reply = nullptr;
    const QByteArray body = std::exchange(m_body, {});
    if (m_jobs.empty()) {
        return;
    }
    Job &job = *m_jobs.front();
    const bool wasBatch = job.asked.size() > 1;
    RpcReading reading;
    if (broken) {
        for (const SentCall &call : std::as_const(m_sent)) {
            reading.answers.insert(call.id, tl::unexpected(*broken));
        }
    } else {
        reading = readRpcAnswer({status, retryAfter, body}, m_sent, wasBatch,
                                QDateTime::currentDateTimeUtc());
    }
    take(job, reading, wasBatch);
}

/// Final answers stay with the job; the first one that is worth repeating decides what happens
/// next.
void RpcEndpoint::take(Job &job, const RpcReading &reading, bool wasBatch)
{
    if (reading.isBatchRefused) {
        m_state.takesBatches = false;
        pump();
        return;
    }
    std::optional<RpcError> trouble;
    bool isAnyGood = false;
    for (qsizetype i = 0; i < job.asked.size(); ++i) {
        const auto found = reading.answers.constFind(m_sent.at(i).id);
        if (found == reading.answers.constEnd()) {
            job.isSingly = wasBatch;
            continue;
        }
        RpcAnswer answer = *found;
        if (!answer) {
            answer.error().detail = m_url.redacted(answer.error().detail);
            const bool isEndpoints = answer.error().isWorthRetrying()
                || answer.error().fault == RpcFault::DailyQuota
                || answer.error().fault == RpcFault::Refused;
            if (isEndpoints) {
                trouble = answer.error();
                continue;
            }
        }
        isAnyGood = true;
        job.answers[job.asked.at(i)] = std::move(answer);
    }
    if (isAnyGood && !trouble) {
        m_backoff.succeeded();
        m_state.lastGood = QDateTime::currentDateTimeUtc();
        setState(EndpointState::Kind::Good, {});
    }
    if (job.open().isEmpty()) {
        auto done = std::move(m_jobs.front());
        m_jobs.pop_front();
        finish(std::move(done));
        return;
    }
    if (trouble) {
        failed(*trouble);
        return;
    }
    pump();
}

void RpcEndpoint::failed(const RpcError &error)
{
    m_lastError = error;
    if (error.fault == RpcFault::Refused) {
        setState(EndpointState::Kind::Blocked, errorText(error));
        giveUpLate();
        return;
    }
    const milliseconds pause
        = m_backoff.afterFailure(error, QRandomGenerator::global()->generateDouble());
    const auto scaled = milliseconds(qint64(double(pause.count()) * m_limits.waitScale));
    m_state.failures = m_backoff.failures();
    m_state.waitsUntil = QDateTime::currentDateTimeUtc().addMSecs(scaled.count());
    m_pause.start(scaled);
    setState(EndpointState::Kind::Waiting, errorText(error));
    giveUpLate();
}

/// Answers every job that the pause will outlast, or that may not be asked at all.
void RpcEndpoint::giveUpLate()
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const bool isBlocked = m_state.kind == EndpointState::Kind::Blocked;
    const QDateTime next = m_pause.isActive() ? m_state.waitsUntil : now;
    std::deque<std::unique_ptr<Job>> late;
    for (auto &job : m_jobs) {
        const bool isAsked = m_reply && job == m_jobs.front();
        if (!isAsked && (isBlocked || job->deadline <= next)) {
            late.push_back(std::move(job));
        }
    }
    std::erase(m_jobs, nullptr);
    const QPointer<RpcEndpoint> self(this);
    for (auto &job : late) {
        for (auto &answer : job->answers) {
            if (!answer) {
                answer = tl::unexpected(m_lastError);
            }
        }
        finish(std::move(job));
        if (!self) {
            return; // a callback destroyed the endpoint
        }
    }
}

void RpcEndpoint::finish(std::unique_ptr<Job> job)
{
    QList<RpcAnswer> answers;
    for (auto &answer : job->answers) {
        answers << std::move(*answer);
    }
    const QPointer<RpcEndpoint> self(this);
    if (job->context) {
        job->callback(answers);
    }
    if (self) {
        pump();
    }
}

void RpcEndpoint::setState(EndpointState::Kind kind, const QString &problem)
{
    m_state.kind = kind;
    m_state.problem = problem;
    m_state.failures = m_backoff.failures();
    if (kind != EndpointState::Kind::Waiting) {
        m_state.waitsUntil = {};
    }
    emit stateChanged();
}

} // namespace proverdeck::models::evm
