// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Transport.h"

#include "ssh/Text.h"

#include <QScopedValueRollback>
#include <QtEndian>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <mutex>

#ifdef Q_OS_LINUX
#include <malloc.h>
#endif

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr libssh2_socket_t kTag = 0x7ffffff0; // no real descriptor: it only names the link
constexpr qint64 kWriteMark = 1 << 20; // writers of data pause above it
constexpr qint64 kWriteLimit = 64 << 20; // a peer that never reads is given up
constexpr auto kSlice = 50ms;
constexpr qsizetype kFirstBytes = 512;
constexpr quint64 kHandshakeBytes = 1 << 20; // an ordinary one takes some thousand
constexpr int kMaxEmptyReads = 5000; // a pass over all channels makes some dozens
constexpr auto kSpinTime = 10s;
constexpr char kUserAuthFailure = 51;
constexpr quint32 kMaxMethods = 1000;
constexpr qint64 kMaxMemory = 256 << 20; // ten windows, read-ahead, and as much again

/// Of a block of memory; 0 where the system does not tell.
qint64 sizeOf(void *block)
{
#ifdef Q_OS_LINUX
    return qint64(::malloc_usable_size(block));
#else
    Q_UNUSED(block)
    return 0;
#endif
}

} // namespace

std::optional<AuthRefusal> parseAuthRefusal(QByteArrayView packet)
{
    if (packet.size() < 6 || packet[0] != kUserAuthFailure) {
        return {};
    }
    const auto size = qFromBigEndian<quint32>(packet.data() + 1);
    if (size > kMaxMethods || qsizetype(size) > packet.size() - 6) {
        return {};
    }
    const QByteArrayView names = packet.sliced(5, qsizetype(size));
    const char flag = packet[5 + qsizetype(size)];
    const bool isText = std::ranges::all_of(names, [](char c) { return c > ' ' && c < '\x7f'; });
    if (!isText || (flag != 0 && flag != 1)) {
        return {};
    }
    return AuthRefusal{.methods = QString::fromLatin1(names).split(u',', Qt::SkipEmptyParts),
                       .isPartial = flag == 1};
}

struct Transport::Callbacks
{
    /// What the session holds may grow with what a server sends, asked or not: some packets wait
    /// in a list for ever. Beyond all that windows allow, the memory is refused.
    static bool mayHold(Transport &self, qint64 size)
    {
        if (self.m_memory + size > kMaxMemory) {
            self.m_isFlooded = true;
            self.m_isClosed = true;
        }
        return !self.m_isFlooded;
    }

    static void *allocate(size_t size, void **abstract)
    {
        auto &self = *static_cast<Transport *>(*abstract);
        void *block = mayHold(self, qint64(size)) ? std::malloc(size) : nullptr;
        self.m_memory += sizeOf(block);
        return block;
    }

    static void *reallocate(void *old, size_t size, void **abstract)
    {
        auto &self = *static_cast<Transport *>(*abstract);
        const qint64 before = sizeOf(old);
        void *block = mayHold(self, qint64(size) - before) ? std::realloc(old, size) : nullptr;
        self.m_memory += block == nullptr ? 0 : sizeOf(block) - before;
        return block;
    }

    /// libssh2 tells neither that a login step was accepted although more are needed, nor which
    /// methods are left then, and asking the server again would count as a failed attempt. But
    /// every packet that it has handled passes here.
    static void release(void *block, void **abstract)
    {
        auto *self = static_cast<Transport *>(*abstract);
        const QByteArrayView bytes(static_cast<const char *>(block), sizeOf(block));
        if (self->m_watchesRefusals) {
            if (std::optional<AuthRefusal> refusal = parseAuthRefusal(bytes)) {
                self->m_refusal = std::move(refusal);
            }
        }
        self->m_memory -= bytes.size();
        std::free(block);
    }

    static ssize_t receive(libssh2_socket_t /*tag*/, void *buffer, size_t size, int /*flags*/,
                           void **abstract)
    {
        auto *self = static_cast<Transport *>(*abstract);
        const qint64 count
            = self->m_isClosed ? 0 : self->m_link->read(static_cast<char *>(buffer), qint64(size));
        if (count > 0) {
            self->m_received += quint64(count);
            if (self->m_received > self->m_mayReceive) {
                self->m_hasSaidTooMuch = true;
                self->m_isClosed = true;
                return 0;
            }
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

    static ssize_t send(libssh2_socket_t /*tag*/, const void *buffer, size_t size, int /*flags*/,
                        void **abstract)
    {
        auto *self = static_cast<Transport *>(*abstract);
        if (self->m_isClosed || self->m_link->bytesToWrite() > kWriteLimit
            || !self->m_link->write(static_cast<const char *>(buffer), qint64(size))) {
            return -EPIPE;
        }
        return qint64(size);
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

Transport::Transport(std::unique_ptr<Link> link, LoginControl &control)
    : m_control(control)
    , m_link(std::move(link))
{
    static std::once_flag once;
    std::call_once(once, [] { libssh2_init(0); });
    m_session.reset(libssh2_session_init_ex(&Callbacks::allocate, &Callbacks::release,
                                            &Callbacks::reallocate, this));
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
    m_link->disconnect();
    if (isOpen()) {
        libssh2_session_disconnect(m_session.get(), "closed by the user");
        m_link->flush();
    }
    m_isClosed = true; // from here on nothing can ask us to wait
    m_session.reset();
}

bool Transport::canWrite() const
{
    return m_link->bytesToWrite() < kWriteMark;
}

std::optional<AuthRefusal> Transport::takeRefusal()
{
    return std::exchange(m_refusal, std::nullopt);
}

void Transport::waitInsideCall()
{
    if (m_emptyReads == kMaxEmptyReads + 1) {
        m_spinLimit = QDeadlineTimer(kSpinTime);
    }
    const QScopedValueRollback<bool> guard(m_isInsideCall, true);
    if (m_spinLimit.hasExpired() || !m_link->isOpen()) {
        m_isClosed = true;
        m_link->abort();
        return;
    }
    m_link->wait(kSlice); // also sends: what the call waits for answers what it has sent
}

int Transport::repeat(const std::function<int()> &call, std::chrono::milliseconds limit)
{
    m_limit = limit;
    restartLimit();
    for (;;) {
        noteProgress();
        const int code = call();
        if (code != LIBSSH2_ERROR_EAGAIN) {
            return code;
        }
        if (m_control.isAborted() || m_deadline.hasExpired()) {
            return LIBSSH2_ERROR_TIMEOUT;
        }
        m_link->acknowledgeQuickly();
        m_link->flush();
        if (m_link->isOpen()) {
            m_link->wait(kSlice);
        } else if (!m_link->hasBytes()) {
            m_isClosed = true;
        }
    }
}

int Transport::handshake(std::chrono::milliseconds limit)
{
    m_mayReceive = m_received + kHandshakeBytes;
    const int code
        = repeat([this] { return libssh2_session_handshake(m_session.get(), kTag); }, limit);
    m_mayReceive = std::numeric_limits<quint64>::max();
    return code;
}

bool Transport::isLinkFailure(std::ptrdiff_t code)
{
    return code == LIBSSH2_ERROR_SOCKET_DISCONNECT || code == LIBSSH2_ERROR_SOCKET_RECV
        || code == LIBSSH2_ERROR_SOCKET_SEND;
}

QString Transport::errorText() const
{
    char *text = nullptr;
    int length = 0;
    const int code = libssh2_session_last_error(m_session.get(), &text, &length, 0);
    return plainBytes(QByteArrayView(text, text == nullptr ? 0 : length), 300) + u" ("_s
        + QString::number(code) + u')';
}

} // namespace proverdeck::ssh
