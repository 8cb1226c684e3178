// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/AgentClient.h"

#include "ssh/Text.h"
#include "ssh/Wire.h"

#include <QDeadlineTimer>

namespace proverdeck::ssh {

namespace {

constexpr char kRequestIdentities = 11;
constexpr char kIdentities = 12;
constexpr char kSignRequest = 13;
constexpr char kSignature = 14;
constexpr quint32 kMaxAnswer = 256 << 10;
constexpr quint32 kMaxKeys = 1000;
constexpr std::chrono::seconds kListLimit{10};
constexpr std::chrono::seconds kSignLimit{120};
constexpr int kSliceMs = 50;

} // namespace

AgentClient::AgentClient(QString socket, const LoginControl &control)
    : m_path(std::move(socket))
    , m_control(control)
{
    m_socket.setReadBufferSize(kMaxAnswer);
}

Result<> AgentClient::connect()
{
    if (m_socket.state() == QLocalSocket::ConnectedState) {
        return {};
    }
    m_socket.connectToServer(m_path);
    if (!m_socket.waitForConnected(int(std::chrono::milliseconds(kListLimit).count()))) {
        return fail(ErrorCode::Local,
                    Text::tr("nobody answers at %1 (%2)").arg(m_path, m_socket.errorString()));
    }
    return {};
}

Result<QByteArray> AgentClient::ask(const QByteArray &request, std::chrono::seconds limit)
{
    if (const Result<> connected = connect(); !connected) {
        return tl::unexpected(connected.error());
    }
    m_socket.write(wireString(request));
    QByteArray answer;
    const QDeadlineTimer deadline(limit);
    for (;;) {
        answer += m_socket.readAll();
        QByteArrayView view(answer);
        if (const auto message = takeString(view)) {
            return message->toByteArray();
        }
        view = answer;
        const auto size = takeUint32(view);
        if (size.value_or(0) > kMaxAnswer) {
            return fail(ErrorCode::Local, Text::tr("its answer makes no sense"));
        }
        if (m_control.isAborted()) {
            return fail(ErrorCode::Cancelled, Text::tr("Connecting was cancelled."));
        }
        if (deadline.hasExpired()) {
            m_socket.abort(); // a late answer must not be taken for the next one
            return fail(ErrorCode::Local,
                        Text::tr("it did not answer within %1 seconds")
                            .arg(QString::number(limit.count())));
        }
        if (!m_socket.waitForReadyRead(kSliceMs)
            && m_socket.state() != QLocalSocket::ConnectedState) {
            return fail(ErrorCode::Local, Text::tr("it ended the conversation"));
        }
    }
}

Result<QList<AgentClient::Key>> AgentClient::keys()
{
    const Result<QByteArray> answer = ask(QByteArray(1, kRequestIdentities), kListLimit);
    if (!answer) {
        return tl::unexpected(answer.error());
    }
    QByteArrayView rest(*answer);
    const auto code = takeByte(rest);
    const auto count = takeUint32(rest);
    if (code != quint8(kIdentities) || !count || *count > kMaxKeys) {
        return fail(ErrorCode::Local, Text::tr("it does not list its keys"));
    }
    QList<Key> keys;
    for (quint32 i = 0; i < *count; ++i) {
        const auto blob = takeString(rest);
        const auto comment = takeString(rest);
        if (!blob || !comment) {
            return fail(ErrorCode::Local, Text::tr("its list of keys makes no sense"));
        }
        keys << Key{blob->toByteArray(), plainBytes(*comment, 100)};
    }
    return keys;
}

Result<QByteArray> AgentClient::sign(const QByteArray &keyBlob, const QByteArray &data,
                                     quint32 flags)
{
    const Result<QByteArray> answer = ask(QByteArray(1, kSignRequest) + wireString(keyBlob)
                                              + wireString(data) + wireUint32(flags),
                                          kSignLimit);
    if (!answer) {
        return tl::unexpected(answer.error());
    }
    QByteArrayView rest(*answer);
    const auto code = takeByte(rest);
    const auto signature = takeString(rest);
    if (code != quint8(kSignature) || !signature) {
        return fail(ErrorCode::Local,
                    Text::tr("the agent refused to sign with it (not confirmed, or locked?)"));
    }
    return signature->toByteArray();
}

} // namespace proverdeck::ssh
