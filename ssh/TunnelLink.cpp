// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/TunnelLink.h"

#include "ssh/Connector.h"
#include "ssh/Text.h"
#include "ssh/Wire.h"

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr unsigned kWindow = 8 << 20; // as wide as the channels of the session inside
constexpr unsigned kPacket = 32768;
constexpr qsizetype kCompact = 1 << 20;

Error openError(const Transport &outer, int code, const QString &jumpHost, const HostConfig &config,
                std::chrono::seconds limit)
{
    if (outer.control().isAborted()) {
        return cancelledError();
    }
    if (code == LIBSSH2_ERROR_TIMEOUT) {
        return {ErrorCode::Unreachable,
                Text::tr("The jump host %1 did not connect to %2 within %3 seconds. Is the machine "
                         "on, and may the jump host reach it?")
                    .arg(jumpHost, config.place(), QString::number(limit.count()))};
    }
    const QString words = outer.errorText();
    if (words.contains(u"administratively prohibited"_s)) {
        return {ErrorCode::Channel,
                Text::tr("The jump host %1 forbids connections to %2. Its administrator can allow "
                         "them (AllowTcpForwarding, PermitOpen).")
                    .arg(jumpHost, config.place())};
    }
    if (code == LIBSSH2_ERROR_CHANNEL_FAILURE) {
        return {ErrorCode::Unreachable,
                Text::tr("The jump host %1 could not connect to %2: nobody listens there, or it "
                         "cannot reach or name that machine.")
                    .arg(jumpHost, config.place())};
    }
    return {ErrorCode::Unreachable,
            Text::tr("The connection to the jump host %1 was lost: %2.").arg(jumpHost, words)};
}

} // namespace

TunnelLink::TunnelLink(std::shared_ptr<Transport> outer, LIBSSH2_CHANNEL *channel, QString jumpHost)
    : m_outer(std::move(outer))
    , m_channel(channel)
    , m_jumpHost(std::move(jumpHost))
    , m_wake(this)
{
    m_wake.setSingleShot(true);
    m_wake.setInterval(0);
    connect(&m_wake, &QTimer::timeout, this, &TunnelLink::onOuterMoved);
    connect(&m_outer->link(), &Link::readyRead, this, &TunnelLink::onOuterMoved);
    connect(&m_outer->link(), &Link::written, this, &TunnelLink::onOuterMoved);
    connect(&m_outer->link(), &Link::ended, this, &Link::ended);
}

Result<std::unique_ptr<Link>> TunnelLink::open(std::shared_ptr<Transport> outer,
                                               const QString &jumpHost, const HostConfig &config,
                                               std::chrono::seconds limit)
{
    // The library's own call for this offers no choice of the window.
    const QByteArray message = wireString(config.hostName.toUtf8()) + wireUint32(config.port)
        + wireString("127.0.0.1") + wireUint32(0);
    LIBSSH2_CHANNEL *channel = nullptr;
    const int code = outer->repeat(
        [&] {
            channel
                = libssh2_channel_open_ex(outer->session(), "direct-tcpip", 12, kWindow, kPacket,
                                          message.constData(), unsigned(message.size()));
            return channel == nullptr ? libssh2_session_last_errno(outer->session()) : 0;
        },
        limit);
    if (channel == nullptr) {
        return tl::unexpected(openError(*outer, code, jumpHost, config, limit));
    }
    return std::make_unique<TunnelLink>(std::move(outer), channel, jumpHost);
}

qint64 TunnelLink::read(char *buffer, qint64 size)
{
    if (m_hasEnded) {
        return 0;
    }
    m_outer->noteProgress();
    const auto count = libssh2_channel_read_ex(m_channel, 0, buffer, static_cast<size_t>(size));
    if (count > 0) {
        return count;
    }
    // Nothing without EAGAIN is the end only if the channel says so, too.
    if (count != LIBSSH2_ERROR_EAGAIN && (count < 0 || libssh2_channel_eof(m_channel) == 1)) {
        end();
    }
    return 0;
}

bool TunnelLink::write(const char *bytes, qint64 size)
{
    if (!isOpen()) {
        return false;
    }
    m_out.append(bytes, size);
    push();
    return true;
}

void TunnelLink::push()
{
    if (m_outer->isInsideCall()) {
        m_wake.start();
        return;
    }
    while (m_sent < m_out.size() && !m_hasEnded && m_outer->canWrite()) {
        m_outer->noteProgress();
        const quint64 received = m_outer->received();
        const auto count = libssh2_channel_write_ex(m_channel, 0, m_out.constData() + m_sent,
                                                    static_cast<size_t>(m_out.size() - m_sent));
        if (m_outer->received() != received) {
            m_wake.start(); // the call also took in what the jump host sent
        }
        if (count == LIBSSH2_ERROR_EAGAIN || count == 0) {
            break; // the window is full, or keys are being exchanged
        }
        if (count < 0) {
            end();
            return;
        }
        m_sent += count;
    }
    if (m_sent == m_out.size()) {
        m_out.resize(0);
        m_sent = 0;
    } else if (m_sent > kCompact) {
        m_out.remove(0, m_sent);
        m_sent = 0;
    }
}

qint64 TunnelLink::bytesToWrite() const
{
    return m_out.size() - m_sent + m_outer->link().bytesToWrite();
}

bool TunnelLink::hasPackets() const
{
    unsigned long available = 0;
    libssh2_channel_window_read_ex(m_channel, &available, nullptr);
    return available > 0;
}

bool TunnelLink::hasBytes() const
{
    return !m_hasEnded && (hasPackets() || m_outer->link().hasBytes());
}

bool TunnelLink::isOpen() const
{
    return !m_hasEnded && !m_outer->isClosed() && m_outer->link().isOpen();
}

void TunnelLink::wait(std::chrono::milliseconds limit)
{
    flush();
    if (!hasBytes() && isOpen()) {
        m_outer->link().wait(limit);
        push();
    }
}

void TunnelLink::flush()
{
    push();
    m_outer->link().flush();
}

void TunnelLink::abort()
{
    m_hasEnded = true;
    m_outer->markClosed();
    m_outer->link().abort();
}

void TunnelLink::acknowledgeQuickly()
{
    m_outer->link().acknowledgeQuickly();
}

void TunnelLink::limitSilence(std::chrono::milliseconds limit)
{
    m_outer->link().limitSilence(limit);
}

QString TunnelLink::complaint()
{
    const QString deeper = m_outer->link().complaint();
    if (!deeper.isEmpty()) {
        return deeper;
    }
    const QString reason = m_outer->disconnectReason();
    if (!reason.isEmpty()) {
        return Text::tr("The jump host %1 ended the connection: %2.").arg(m_jumpHost, reason);
    }
    if (!m_outer->link().isOpen()) {
        return Text::tr("The connection to the jump host %1 ended.").arg(m_jumpHost);
    }
    return {};
}

void TunnelLink::end()
{
    if (!m_hasEnded) {
        m_hasEnded = true;
        QMetaObject::invokeMethod(this, &Link::ended, Qt::QueuedConnection);
    }
}

void TunnelLink::checkEnd()
{
    // Asking for no bytes takes in what has come, and then the channel knows.
    char none = 0;
    m_outer->noteProgress();
    const auto count = libssh2_channel_read_ex(m_channel, 0, &none, 0);
    if (m_outer->link().isOpen() && count != LIBSSH2_ERROR_EAGAIN
        && (count < 0 || libssh2_channel_eof(m_channel) == 1)) {
        end();
    }
}

void TunnelLink::onOuterMoved()
{
    if (m_hasEnded) {
        return;
    }
    if (m_outer->isInsideCall()) { // of libssh2, which waits for bytes in there
        m_wake.start();
        return;
    }
    push();
    checkEnd();
    emit readyRead();
}

} // namespace proverdeck::ssh
