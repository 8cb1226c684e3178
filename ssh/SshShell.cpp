// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/SshShell.h"

#include "ssh/FileTransfer.h"
#include "ssh/LoginControl.h"
#include "ssh/SshSession.h"
#include "ssh/SystemWatch.h"
#include "ssh/Text.h"

#include <QMetaMethod>
#include <QThread>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr int kGoodbyeMs = 2000;
constexpr qint64 kResumeBytes = 8 << 20;

Error cancelled()
{
    return {ErrorCode::Cancelled, Text::tr("The connection was closed.")};
}

} // namespace

SshShell::SshShell(HostTarget target, QObject *parent, std::shared_ptr<SystemWatch> watch)
    : RemoteShell(parent)
    , m_target(std::move(target))
    , m_watch(watch ? std::move(watch) : std::make_shared<SystemWatch>())
    , m_control(std::make_shared<LoginControl>())
    , m_thread(new QThread)
    , m_session(new SshSession(m_target, m_control))
{
    m_thread->setObjectName(u"ssh "_s + m_target.host);
    m_session->moveToThread(m_thread);
    connect(m_thread, &QThread::finished, m_session, &QObject::deleteLater);
    connectSession();
    connect(m_watch.get(), &SystemWatch::changed, this, &SshShell::onSystemChanged);
    m_thread->start();
}

SshShell::~SshShell()
{
    m_session->disconnect(this);
    m_control->abort();
    m_thread->quit();
    if (m_thread->wait(kGoodbyeMs)) {
        delete m_thread;
    } else { // blocked in a system call: it ends by itself, without us
        connect(m_thread, &QThread::finished, m_thread, &QObject::deleteLater);
    }
}

void SshShell::connectSession()
{
    connect(m_session, &SshSession::stateChanged, this, [this](ConnectionState state) {
        if (!m_isClosing) {
            setState(state);
        }
    });
    connect(m_session, &SshSession::opened, this, &SshShell::onOpened);
    connect(m_session, &SshSession::openFailed, this, &SshShell::onOpenFailed);
    connect(m_session, &SshSession::lost, this, &SshShell::onLost);
    connect(m_session, &SshSession::closed, this, &SshShell::onClosed);
    connect(m_session, &SshSession::hostKeyAsked, this, &SshShell::onHostKeyAsked);
    connect(m_session, &SshSession::secretAsked, this, &SshShell::onSecretAsked);
    connect(m_session, &SshSession::output, this, &SshShell::onOutput);
    connect(m_session, &SshSession::finished, this, &SshShell::onFinished);
    connect(m_session, &SshSession::progress, this,
            [this](CommandId id, quint64 done, quint64 total) {
                if (m_running.contains(id)) {
                    emit progress(id, done, total);
                }
            });
}

void SshShell::setState(ConnectionState state)
{
    if (m_state != state) {
        m_state = state;
        emit stateChanged(state);
    }
}

void SshShell::open()
{
    if (m_isClosing) {
        m_mustReopen = true;
    } else if (m_state == ConnectionState::Connected) {
        QMetaObject::invokeMethod(this, &RemoteShell::opened, Qt::QueuedConnection);
    } else if (!m_isOpening) {
        startOpening();
    }
}

void SshShell::startOpening()
{
    m_isOpening = true;
    m_control->reset();
    setState(ConnectionState::Connecting);
    QMetaObject::invokeMethod(m_session, &SshSession::open, Qt::QueuedConnection);
}

void SshShell::close()
{
    m_mustReopen = false;
    if (m_isClosing || m_state == ConnectionState::Disconnected) {
        return;
    }
    m_isClosing = true;
    m_control->abort();
    QMetaObject::invokeMethod(m_session, &SshSession::close, Qt::QueuedConnection);
    setState(ConnectionState::Disconnected);
}

void SshShell::onOpened()
{
    m_isOpening = false;
    if (m_isClosing) {
        emit openFailed(cancelled());
        return;
    }
    setState(ConnectionState::Connected);
    emit opened();
}

void SshShell::onOpenFailed(const Error &error)
{
    m_isOpening = false;
    if (!m_isClosing) {
        setState(ConnectionState::Disconnected);
    }
    emit openFailed(error);
}

void SshShell::onLost(const Error &error)
{
    // Commands that were on their way down when the link broke: their own answers come too late.
    const std::set<CommandId> running = std::exchange(m_running, {});
    for (const CommandId id : running) {
        emit finished(id, tl::unexpected(error));
    }
    if (!m_isClosing) {
        setState(ConnectionState::Disconnected);
        emit connectionLost(error);
    }
}

void SshShell::onClosed()
{
    m_isClosing = false;
    const std::set<CommandId> running = std::exchange(m_running, {});
    for (const CommandId id : running) {
        emit finished(id, tl::unexpected(cancelled()));
    }
    if (std::exchange(m_mustReopen, false)) {
        startOpening();
    }
}

void SshShell::onHostKeyAsked(const HostKeyQuestion &question)
{
    if (isSignalConnected(QMetaMethod::fromSignal(&RemoteShell::hostKeyAsked)) && !m_isClosing) {
        emit hostKeyAsked(question);
    } else {
        m_control->answerHostKey(false);
    }
}

void SshShell::onSecretAsked(const SecretQuestion &question)
{
    if (isSignalConnected(QMetaMethod::fromSignal(&RemoteShell::secretAsked)) && !m_isClosing) {
        emit secretAsked(question);
    } else {
        m_control->answerSecret(std::nullopt);
    }
}

void SshShell::answerHostKey(bool trust)
{
    m_control->answerHostKey(trust);
}

void SshShell::answerSecret(const std::optional<QString> &secret)
{
    m_control->answerSecret(secret);
}

CommandId SshShell::nextId()
{
    const CommandId id{++m_lastId};
    m_running.insert(id);
    return id;
}

bool SshShell::isUsable() const
{
    return m_state == ConnectionState::Connected && !m_isClosing;
}

void SshShell::failLater(CommandId id)
{
    const Error error{ErrorCode::ConnectionLost,
                      Text::tr("There is no connection to %1.").arg(m_target.host)};
    QMetaObject::invokeMethod(
        this, [this, id, error] { onFinished(id, tl::unexpected(error)); }, Qt::QueuedConnection);
}

CommandId SshShell::run(const Command &command)
{
    const CommandId id = nextId();
    if (!isUsable()) {
        failLater(id);
        return id;
    }
    QMetaObject::invokeMethod(
        m_session, [session = m_session, id, command] { session->run(id, command); },
        Qt::QueuedConnection);
    return id;
}

void SshShell::cancel(CommandId id)
{
    QMetaObject::invokeMethod(
        m_session, [session = m_session, id] { session->cancel(id); }, Qt::QueuedConnection);
}

CommandId SshShell::transfer(const FileTransfer &file, const QByteArray &data)
{
    const CommandId id = nextId();
    if (!isUsable()) {
        failLater(id);
        return id;
    }
    QMetaObject::invokeMethod(
        m_session, [session = m_session, id, file, data] { session->transfer(id, file, data); },
        Qt::QueuedConnection);
    return id;
}

CommandId SshShell::readFile(const QString &path)
{
    return transfer(FileTransfer(FileTransfer::Direction::Read, path), {});
}

CommandId SshShell::writeFile(const QString &path, const QByteArray &data)
{
    return transfer(FileTransfer(FileTransfer::Direction::Write, path), data);
}

void SshShell::verify()
{
    if (isUsable()) {
        QMetaObject::invokeMethod(m_session, &SshSession::verify, Qt::QueuedConnection);
    }
}

void SshShell::onSystemChanged()
{
    verify();
    if (m_state == ConnectionState::Disconnected && !m_isOpening && m_watch->hasNetwork()) {
        emit worthTrying();
    }
}

void SshShell::onOutput(CommandId id, Stream stream, const QByteArray &bytes)
{
    if (m_running.contains(id)) {
        emit output(id, stream, bytes);
    }
    const qint64 before = m_control->bytesInFlight.fetch_sub(bytes.size());
    if (before > kResumeBytes && before - bytes.size() <= kResumeBytes) {
        QMetaObject::invokeMethod(m_session, &SshSession::resume, Qt::QueuedConnection);
    }
}

void SshShell::onFinished(CommandId id, const Result<ExitStatus> &result)
{
    if (m_running.erase(id) > 0) {
        emit finished(id, result);
    }
}

} // namespace proverdeck::ssh
