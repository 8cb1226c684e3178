// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/SshSession.h"

#include "ssh/Dialer.h"
#include "ssh/HostConfig.h"
#include "ssh/Text.h"

#include <QThread>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds kInterval = 9s; // a dead server is known after three of these
constexpr std::chrono::milliseconds kVerdictTime = 5s;
constexpr std::chrono::milliseconds kLate = 2s; // a timer later than that means that we stood still
constexpr std::chrono::milliseconds kLongest = 1h; // between two looks

QString secondsOf(std::chrono::milliseconds time)
{
    return QString::number(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

} // namespace

SshSession::SshSession(HostTarget target, std::shared_ptr<LoginControl> control)
    : m_target(std::move(target))
    , m_control(std::move(control))
    , m_keepAlive(this)
{
    m_keepAlive.setSingleShot(true);
    m_keepAlive.setTimerType(Qt::PreciseTimer); // to tell a late one from a coarse one
    connect(&m_keepAlive, &QTimer::timeout, this, &SshSession::onKeepAlive);
}

SshSession::~SshSession()
{
    tearDown();
}

void SshSession::open()
{
    Q_ASSERT(QThread::currentThread() == thread());
    m_isLoggingIn = true;
    m_mustClose = false;
    const Result<> result = logIn();
    m_isLoggingIn = false;
    if (result) {
        emit opened();
    } else {
        tearDown();
        emit openFailed(result.error());
    }
    if (m_mustClose) {
        close();
    }
}

Result<> SshSession::logIn()
{
    Dialer dialer(
        m_target, *m_control,
        {.state = [this](ConnectionState state) { emit stateChanged(state); },
         .hostKey = [this](const HostKeyQuestion &question) { emit hostKeyAsked(question); },
         .secret = [this](const SecretQuestion &question) { emit secretAsked(question); }});
    Result<std::unique_ptr<Transport>> transport = dialer.run();
    if (!transport) {
        return tl::unexpected(transport.error());
    }
    m_transport = std::move(*transport);
    goOnline(dialer.config());
    return {};
}

void SshSession::goOnline(const HostConfig &config)
{
    m_queue = std::make_unique<CommandQueue>(*m_transport);
    m_queue->removeLeftovers(std::exchange(m_leftovers, {}));
    connect(m_queue.get(), &CommandQueue::output, this, &SshSession::output);
    connect(m_queue.get(), &CommandQueue::progress, this, &SshSession::progress);
    connect(m_queue.get(), &CommandQueue::finished, this, &SshSession::finished);
    Link &link = m_transport->link();
    connect(&link, &Link::readyRead, this, &SshSession::onReadyRead);
    connect(&link, &Link::written, m_queue.get(), &CommandQueue::pump);
    // Queued: it must not tear down what is on the stack.
    connect(&link, &Link::ended, this, &SshSession::onEnded, Qt::QueuedConnection);

    const bool isSet = config.serverAliveInterval > 0s;
    m_interval = isSet ? config.serverAliveInterval : kInterval;
    m_limit = m_interval * (isSet ? config.serverAliveCountMax : 3);
    m_limit = qMax(m_limit, m_interval + qMin(m_interval, kVerdictTime)); // to answer takes time
    link.limitSilence(qMin<std::chrono::milliseconds>(m_limit, 24h)); // the system's has 32 bits
    noteSignOfLife();
    armKeepAlive();
    link.acknowledgeQuickly();
    if (!link.isOpen()) {
        QMetaObject::invokeMethod(this, &SshSession::onEnded, Qt::QueuedConnection);
    }
}

void SshSession::onReadyRead()
{
    if (m_queue == nullptr) {
        return;
    }
    m_transport->link().acknowledgeQuickly();
    m_queue->pump();
    // What a jump host says is no sign of life of the server behind it, so only bytes that got
    // through to the session count.
    if (m_transport->received() != m_received) {
        noteSignOfLife();
    }
    if (m_transport->isFlooded()) { // queued like the end of the link, and for the same reason
        QMetaObject::invokeMethod(this, &SshSession::onEnded, Qt::QueuedConnection);
    }
}

void SshSession::resume()
{
    if (m_queue != nullptr) {
        noteSignOfLife(); // silence while we did not read proves nothing
        m_queue->pump();
    }
}

void SshSession::onEnded()
{
    if (m_queue == nullptr || m_transport->isOpen()) {
        return; // of a connection before this one
    }
    // What the server still said comes first: a command whose end arrived has ended.
    for (quint64 before = 0; m_transport->received() != before;) {
        before = m_transport->received();
        m_queue->pump();
    }
    const QString reason = m_transport->disconnectReason();
    if (m_transport->isFlooded()) {
        lose(Text::tr("the server sent far more than it was asked for"));
    } else {
        lose(reason.isEmpty() ? Text::tr("the server or the network closed it") : reason);
    }
}

void SshSession::noteSignOfLife()
{
    m_received = m_transport->received();
    m_silence.restart();
    m_hasAsked = false;
    m_verdict.reset();
}

void SshSession::armKeepAlive()
{
    const std::chrono::milliseconds silence(m_silence.elapsed());
    std::chrono::milliseconds due = (m_hasAsked ? m_limit : m_interval) - silence;
    if (m_verdict) {
        due = qMin(due, std::chrono::milliseconds(m_verdict->remainingTime()));
    }
    due = qBound(0ms, due, kLongest);
    m_due = QDeadlineTimer(due);
    m_keepAlive.start(due + 1ms);
}

void SshSession::onKeepAlive()
{
    if (m_queue == nullptr) {
        return;
    }
    const std::chrono::milliseconds late(QDeadlineTimer::current().deadline() - m_due.deadline());
    const std::chrono::milliseconds silence(m_silence.elapsed());
    if (m_queue->isPaused()) {
        noteSignOfLife();
    } else if (late > kLate) {
        verify(); // an answer may have come while this program or machine stood still
    } else if (m_hasAsked && m_verdict && m_verdict->hasExpired()) {
        lose(Text::tr("the server gave no sign of life within %1 seconds when it was asked for one")
                 .arg(secondsOf(kVerdictTime)));
        return;
    } else if (m_hasAsked && silence >= m_limit) {
        lose(Text::tr("nothing came from the server for %1 seconds").arg(secondsOf(m_limit)));
        return;
    } else if (!m_hasAsked && silence >= m_interval) {
        m_hasAsked = true;
        m_queue->ping();
    }
    armKeepAlive();
}

void SshSession::verify()
{
    if (m_queue == nullptr || m_queue->isPaused()) {
        return;
    }
    noteSignOfLife();
    m_hasAsked = true;
    m_verdict = QDeadlineTimer(kVerdictTime);
    m_queue->ping();
    armKeepAlive();
}

void SshSession::lose(const QString &why)
{
    const QString complaint = m_transport->link().complaint();
    const Error error{
        ErrorCode::ConnectionLost,
        complaint.isEmpty()
            ? Text::tr("The connection to %1 was lost: %2.").arg(m_target.host, why)
            : Text::tr("The connection to %1 was lost. %2").arg(m_target.host, complaint)};
    m_transport->markClosed();
    m_queue->endAll(error);
    m_leftovers += m_queue->leftovers();
    tearDown();
    emit lost(error);
}

void SshSession::close()
{
    if (m_isLoggingIn) { // called from the event loop that waits for the connection
        m_mustClose = true;
        return;
    }
    if (m_queue != nullptr) {
        m_queue->endAll({ErrorCode::Cancelled, Text::tr("The connection was closed.")});
        m_leftovers += m_queue->leftovers();
    }
    tearDown();
    emit closed();
}

void SshSession::tearDown()
{
    m_keepAlive.stop();
    if (m_transport != nullptr) {
        m_transport->link().disconnect(this);
    }
    m_queue.reset();
    m_transport.reset();
}

void SshSession::run(CommandId id, const Command &command)
{
    if (m_queue == nullptr) {
        emit finished(id, fail(ErrorCode::ConnectionLost, Text::tr("There is no connection.")));
        return;
    }
    m_queue->run(id, command);
}

void SshSession::transfer(CommandId id, const FileTransfer &file, const QByteArray &data)
{
    if (m_queue == nullptr) {
        emit finished(id, fail(ErrorCode::ConnectionLost, Text::tr("There is no connection.")));
        return;
    }
    m_queue->transfer(id, file, data);
}

void SshSession::cancel(CommandId id)
{
    if (m_queue != nullptr) {
        m_queue->cancel(id, {ErrorCode::Cancelled, Text::tr("The command was cancelled.")});
    }
}

} // namespace proverdeck::ssh
