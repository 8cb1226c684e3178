// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ChannelTask.h"

#include "ssh/Text.h"

#include <QRegularExpression>

#include <array>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr unsigned kWindow = 8 << 20; // 117 MB/s at a round trip of 50 ms
constexpr unsigned kPacket = 32768;
constexpr qsizetype kPiece = 65536;
constexpr int kMaxPieces = 16; // per step, so that no stream starves another
constexpr int kOpenRetries = 12;
constexpr std::chrono::milliseconds kOpenPause{150};

} // namespace

ChannelTask::ChannelTask(Transport &transport, Command command, Listener listener)
    : m_transport(transport)
    , m_command(std::move(command))
    , m_listener(std::move(listener))
    , m_filters{MarkerFilter(m_command.marker), MarkerFilter(m_command.marker)}
{
}

ChannelTask::~ChannelTask()
{
    if (m_channel != nullptr) {
        libssh2_channel_free(m_channel); // on a closed transport it cannot ask to wait
    }
}

bool ChannelTask::step(bool mayRead)
{
    switch (m_phase) {
    case Phase::Opening:
        return open();
    case Phase::Starting:
        return start();
    case Phase::Running:
        return transfer(mayRead);
    case Phase::Closing:
        return closeChannel();
    case Phase::Freeing:
        return freeChannel();
    case Phase::Gone:
        break;
    }
    return false;
}

void ChannelTask::cancel(const Error &error)
{
    end(tl::unexpected(error));
    if (m_phase == Phase::Starting || m_phase == Phase::Running || m_phase == Phase::Closing) {
        m_phase = Phase::Freeing;
    } else if (m_phase == Phase::Opening && !m_isOpenPending) {
        m_phase = Phase::Gone; // libssh2 has nothing in hand
    }
}

void ChannelTask::end(const Result<ExitStatus> &result)
{
    m_command.input.clear();
    if (!m_hasEnded) {
        if (result) {
            deliverDropped();
        }
        m_hasEnded = true;
        m_listener.ended(result);
    }
}

/// After such a failure the end of the session comes, and with it the reason for every command.
bool ChannelTask::isLinkGone(int code) const
{
    return Transport::isLinkFailure(code) || !m_transport.isOpen();
}

bool ChannelTask::open()
{
    if (m_openFailures > 0 && !m_retryAt.hasExpired()) {
        return false;
    }
    m_channel = libssh2_channel_open_ex(m_transport.session(), "session", 7, kWindow, kPacket,
                                        nullptr, 0);
    if (m_channel != nullptr) {
        m_phase = m_hasEnded || m_command.line.isEmpty() ? Phase::Freeing : Phase::Starting;
        return true;
    }
    const int code = libssh2_session_last_errno(m_transport.session());
    m_isOpenPending = code == LIBSSH2_ERROR_EAGAIN;
    if (m_isOpenPending) {
        return false;
    }
    const bool mayRetry = !m_hasEnded && !m_command.line.isEmpty();
    if (code == LIBSSH2_ERROR_CHANNEL_FAILURE && mayRetry && ++m_openFailures <= kOpenRetries) {
        m_retryAt = QDeadlineTimer(kOpenPause); // the server may still be clearing old ones away
        return false;
    }
    if (isLinkGone(code)) {
        return false;
    }
    end(fail(ErrorCode::Channel,
             Text::tr("The server opens no further channel: %1. Its MaxSessions may be too small, "
                      "or other programs use this connection's share.")
                 .arg(m_transport.errorText())));
    m_phase = Phase::Gone;
    return true;
}

bool ChannelTask::start()
{
    const int code = libssh2_channel_process_startup(
        m_channel, "exec", 4, m_command.line.constData(), unsigned(m_command.line.size()));
    if (code == LIBSSH2_ERROR_EAGAIN || (code != 0 && isLinkGone(code))) {
        return false;
    }
    if (code != 0) {
        end(fail(
            ErrorCode::Channel,
            Text::tr("The server refused to start a command: %1.").arg(m_transport.errorText())));
        m_phase = Phase::Freeing;
        return true;
    }
    m_phase = Phase::Running;
    return true;
}

bool ChannelTask::transfer(bool mayRead)
{
    bool hasMoved = writeInput();
    if (mayRead) {
        hasMoved |= readStream(Stream::Stdout, 0);
        hasMoved |= readStream(Stream::Stderr, SSH_EXTENDED_DATA_STDERR);
        hasMoved |= checkEnd();
    }
    return hasMoved;
}

bool ChannelTask::writeInput()
{
    bool hasMoved = false;
    while (m_written < m_command.input.size() && m_transport.canWrite()) {
        const qsizetype size = qMin(kPiece, m_command.input.size() - m_written);
        const auto count = libssh2_channel_write_ex(
            m_channel, 0, m_command.input.constData() + m_written, size_t(size));
        if (count == LIBSSH2_ERROR_EAGAIN) {
            return hasMoved;
        }
        if (count < 0) {
            m_isInputDone = true; // the command reads no further; how it ended comes by itself
            return true;
        }
        m_written += qsizetype(count);
        m_listener.written(quint64(m_written));
        hasMoved = hasMoved || count > 0;
        if (count == 0) {
            return hasMoved;
        }
    }
    if (m_written == m_command.input.size() && !m_isInputDone && !m_command.holdsInput
        && libssh2_channel_send_eof(m_channel) != LIBSSH2_ERROR_EAGAIN) {
        m_isInputDone = true;
        hasMoved = true;
    }
    return hasMoved;
}

bool ChannelTask::readStream(Stream stream, int streamId)
{
    std::array<char, kPiece> buffer; // NOLINT(*-member-init): filled by the read
    for (int i = 0; i < kMaxPieces; ++i) {
        const auto count
            = libssh2_channel_read_ex(m_channel, streamId, buffer.data(), buffer.size());
        if (count <= 0) {
            return i > 0; // lost links are noticed by the device, not here
        }
        if (!m_hasEnded) {
            deliver(stream, QByteArrayView(buffer.data(), qsizetype(count)));
        }
    }
    return true;
}

void ChannelTask::deliver(Stream stream, QByteArrayView bytes)
{
    const std::optional<QByteArrayView> output = m_filters.at(size_t(stream)).pass(bytes);
    if (output && !output->isEmpty()) {
        m_listener.data(stream, *output);
    }
}

void ChannelTask::deliverDropped()
{
    // The command never came to its output: why may stand in what the login shell has said.
    for (const MarkerFilter &filter : m_filters) {
        if (!filter.hasPassed() && !filter.dropped().isEmpty()) {
            m_listener.data(Stream::Stderr, filter.dropped());
        }
    }
}

bool ChannelTask::checkEnd()
{
    if (libssh2_channel_eof(m_channel) != 1) {
        return false;
    }
    // A command may close its output long before it ends, and still read its input meanwhile.
    const int code = libssh2_channel_wait_closed(m_channel);
    if (code == LIBSSH2_ERROR_EAGAIN || code == LIBSSH2_ERROR_INVAL) {
        return false;
    }
    if (code != 0) {
        return false;
    }
    m_phase = Phase::Closing;
    return true;
}

bool ChannelTask::closeChannel()
{
    const int code = libssh2_channel_close(m_channel);
    if (code == LIBSSH2_ERROR_EAGAIN || (code != 0 && !m_transport.isOpen())) {
        return false;
    }
    end(exitStatus());
    m_phase = Phase::Freeing;
    return true;
}

bool ChannelTask::freeChannel()
{
    if (libssh2_channel_free(m_channel) == LIBSSH2_ERROR_EAGAIN) {
        return false;
    }
    m_channel = nullptr;
    end(ExitStatus{}); // counts for the sign of life only
    m_phase = Phase::Gone;
    return true;
}

ExitStatus ChannelTask::exitStatus() const
{
    char *name = nullptr;
    size_t length = 0;
    libssh2_channel_get_exit_signal(m_channel, &name, &length, nullptr, nullptr, nullptr, nullptr);
    if (name != nullptr) {
        // A hostile server may have sent anything, or nothing that ends.
        static const QRegularExpression allowed(u"\\A[A-Z0-9@._-]{1,32}\\z"_s);
        const QString text
            = QString::fromLatin1(name, qsizetype(qstrnlen(name, qMin<size_t>(length, 33))));
        libssh2_free(m_transport.session(), name);
        return {.signal = allowed.match(text).hasMatch() ? text : u"unknown"_s};
    }
    return {.code = libssh2_channel_get_exit_status(m_channel)};
}

} // namespace proverdeck::ssh
