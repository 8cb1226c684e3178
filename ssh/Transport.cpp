// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Transport.h"

#include "ssh/Text.h"

#include <QTcpSocket>

#include <cerrno>
#include <mutex>

#ifdef Q_OS_LINUX
#include <netinet/in.h>
#include <netinet/tcp.h>
#endif
#include <poll.h>
#include <sys/socket.h>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr libssh2_socket_t kTag = 0x7ffffff0; // no real descriptor: it only names the device
constexpr qint64 kWriteMark = 1 << 20; // writers of data pause above it
constexpr qint64 kWriteLimit = 64 << 20; // a peer that never reads is given up
constexpr int kSliceMs = 50;
constexpr int kAgentMs = 60'000; // an agent may wait for a person to confirm
constexpr qsizetype kFirstBytes = 512;
constexpr int kMaxEmptyReads = 5000; // a pass over all channels makes some dozens
constexpr int kSpinMs = 10'000;

/// Waits until the agent's socket is ready; false when nobody answers or the login was aborted.
bool waitForDescriptor(libssh2_socket_t fd, short events, const LoginControl &control)
{
    const QDeadlineTimer deadline(kAgentMs);
    while (!control.isAborted() && !deadline.hasExpired()) {
        pollfd entry{fd, events, 0};
        const int ready = ::poll(&entry, 1, kSliceMs);
        if (ready > 0) {
            return true;
        }
        if (ready < 0 && errno != EINTR) {
            return false;
        }
    }
    return false;
}

} // namespace

struct Transport::Callbacks
{
    static ssize_t receive(libssh2_socket_t fd, void *buffer, size_t size, int flags,
                           void **abstract)
    {
        auto *self = static_cast<Transport *>(*abstract);
        if (fd != kTag) { // the agent's socket comes through here as well
            if (!waitForDescriptor(fd, POLLIN, self->m_control)) {
                return -ETIMEDOUT;
            }
            const ssize_t count = ::recv(fd, buffer, size, flags);
            return count < 0 ? -errno : count;
        }
        const qint64 count = self->m_isClosed
            ? 0
            : self->m_device->read(static_cast<char *>(buffer), qint64(size));
        if (count > 0) {
            self->m_received += quint64(count);
            self->m_emptyReads = 0;
            if (self->m_firstBytes.size() < kFirstBytes) {
                self->m_firstBytes.append(
                    static_cast<const char *>(buffer),
                    qMin(qsizetype(count), kFirstBytes - self->m_firstBytes.size()));
            }
            return count;
        }
        if (!self->m_isClosed && ++self->m_emptyReads > kMaxEmptyReads) {
            self->waitInsideCall();
        }
        return self->m_isClosed ? 0 : -EAGAIN;
    }

    static ssize_t send(libssh2_socket_t fd, const void *buffer, size_t size, int flags,
                        void **abstract)
    {
        auto *self = static_cast<Transport *>(*abstract);
        if (fd != kTag) {
            if (!waitForDescriptor(fd, POLLOUT, self->m_control)) {
                return -ETIMEDOUT;
            }
            const ssize_t count = ::send(fd, buffer, size, flags | MSG_NOSIGNAL);
            return count < 0 ? -errno : count;
        }
        if (self->m_isClosed || self->m_device->bytesToWrite() > kWriteLimit) {
            return -EPIPE;
        }
        const qint64 count = self->m_device->write(static_cast<const char *>(buffer), qint64(size));
        return count < 0 ? -EPIPE : count;
    }

    static void disconnect(LIBSSH2_SESSION * /*session*/, int /*reason*/, const char *message,
                           int length, const char * /*language*/, int /*languageLength*/,
                           void **abstract)
    {
        auto *self = static_cast<Transport *>(*abstract);
        if (message != nullptr && length > 0) {
            self->m_disconnectReason = plainBytes(QByteArrayView(message, length), 300);
        }
    }
};

Transport::Transport(std::unique_ptr<QIODevice> device, LoginControl &control)
    : m_control(control)
    , m_device(std::move(device))
{
    static std::once_flag once;
    std::call_once(once, [] { libssh2_init(0); });
    m_session.reset(libssh2_session_init_ex(nullptr, nullptr, nullptr, this));
    libssh2_session_set_blocking(m_session.get(), 0);
    // The newer call exists from 1.11 on only, and the same binary must run with 1.10.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    const auto set = [this](int type, void *function) {
        libssh2_session_callback_set(m_session.get(), type, function);
    };
#pragma GCC diagnostic pop
    set(LIBSSH2_CALLBACK_RECV, reinterpret_cast<void *>(&Callbacks::receive));
    set(LIBSSH2_CALLBACK_SEND, reinterpret_cast<void *>(&Callbacks::send));
    set(LIBSSH2_CALLBACK_DISCONNECT, reinterpret_cast<void *>(&Callbacks::disconnect));
}

Transport::~Transport()
{
    if (isDeviceOpen() && !m_isClosed) {
        libssh2_session_disconnect(m_session.get(), "closed by the user");
        if (QTcpSocket *tcp = socket()) {
            tcp->flush();
        }
    }
    m_isClosed = true; // from here on nothing can ask us to wait
    m_session.reset();
}

QTcpSocket *Transport::socket() const
{
    return qobject_cast<QTcpSocket *>(m_device.get());
}

bool Transport::isDeviceOpen() const
{
    const QTcpSocket *tcp = socket();
    return tcp == nullptr ? m_device->isOpen() : tcp->state() == QAbstractSocket::ConnectedState;
}

bool Transport::canWrite() const
{
    return m_device->bytesToWrite() < kWriteMark;
}

void Transport::waitInsideCall()
{
    if (m_emptyReads == kMaxEmptyReads + 1) {
        m_spinLimit = QDeadlineTimer(kSpinMs);
    }
    QTcpSocket *tcp = socket();
    if (tcp != nullptr) {
        tcp->flush(); // what the call waits for answers what it has sent
    }
    if (m_spinLimit.hasExpired() || !isDeviceOpen()) {
        m_isClosed = true;
        if (tcp != nullptr) {
            tcp->abort();
        }
        return;
    }
    m_device->waitForReadyRead(kSliceMs);
}

int Transport::repeat(const std::function<int()> &call, std::chrono::milliseconds limit)
{
    const QDeadlineTimer deadline(limit);
    for (;;) {
        noteProgress();
        const int code = call();
        if (code != LIBSSH2_ERROR_EAGAIN) {
            return code;
        }
        if (m_control.isAborted() || deadline.hasExpired()) {
            return LIBSSH2_ERROR_TIMEOUT;
        }
        acknowledgeQuickly();
        if (QTcpSocket *tcp = socket()) {
            tcp->flush();
        }
        if (isDeviceOpen()) {
            m_device->waitForReadyRead(kSliceMs);
        } else if (m_device->bytesAvailable() == 0) {
            m_isClosed = true;
        }
    }
}

int Transport::handshake(std::chrono::milliseconds limit)
{
    return repeat([this] { return libssh2_session_handshake(m_session.get(), kTag); }, limit);
}

QString Transport::errorText() const
{
    char *text = nullptr;
    int length = 0;
    const int code = libssh2_session_last_error(m_session.get(), &text, &length, 0);
    return plainBytes(QByteArrayView(text, text == nullptr ? 0 : length), 300) + u" ("_s
        + QString::number(code) + u')';
}

void Transport::acknowledgeQuickly() const
{
#ifdef Q_OS_LINUX
    if (const QTcpSocket *tcp = socket()) {
        const int on = 1;
        ::setsockopt(int(tcp->socketDescriptor()), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    }
#endif
}

} // namespace proverdeck::ssh
