// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/LoginControl.h"
#include "ssh/Result.h"

#include <QByteArray>
#include <QList>
#include <QLocalSocket>
#include <QString>

#include <chrono>

namespace proverdeck::ssh {

/// The user's ssh agent. Asked directly, not through libssh2: that cannot be interrupted while the
/// agent waits for a person, and cannot join a certificate from a file with a key of the agent.
///
/// Blocks, so it lives in the worker thread; LoginControl::abort() ends a call within 50 ms. The
/// sentences of its errors are parts of one, for a list of what was tried.
class AgentClient
{
public:
    struct Key
    {
        QByteArray blob; ///< a public key or a certificate
        QString comment; ///< fit for people
    };

    /// What must be done with the bytes to be signed, as the protocol has it.
    enum Flag : quint32 { Plain = 0, RsaSha256 = 2, RsaSha512 = 4 };

    AgentClient(QString socket, const LoginControl &control);

    /// Connects if need be. Up to 10 s.
    [[nodiscard]] Result<QList<Key>> keys();
    /// The signature with the name of its algorithm before it. Up to 2 min: an agent may wait for
    /// its owner to confirm or to touch a token.
    [[nodiscard]] Result<QByteArray> sign(const QByteArray &keyBlob, const QByteArray &data,
                                          quint32 flags);

private:
    [[nodiscard]] Result<QByteArray> ask(const QByteArray &request, std::chrono::seconds limit);
    [[nodiscard]] Result<> connect();

    QString m_path;
    const LoginControl &m_control;
    QLocalSocket m_socket;
};

} // namespace proverdeck::ssh
