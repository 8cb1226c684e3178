// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Handles.h"
#include "ssh/Result.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace proverdeck::ssh {

/// "1.10.0": the libssh2 that this process runs with.
[[nodiscard]] QString libraryVersion();

/// What the running libssh2 can do for a LIBSSH2_METHOD_… class.
[[nodiscard]] QList<QByteArray> supportedAlgorithms(LIBSSH2_SESSION *session, int method);

/// Whether RSA keys can be used: servers have refused SHA-1 signatures since OpenSSH 8.8.
[[nodiscard]] bool canSignRsaSha2(LIBSSH2_SESSION *session);
/// The same without a session, for people who ask what this program can do.
[[nodiscard]] bool canUseRsaKeys();
/// Why a key or certificate of @p type cannot log in anywhere with the running libssh2; nullopt if
/// it can. Part of a sentence.
[[nodiscard]] std::optional<QString> whyKeyIsUnusable(LIBSSH2_SESSION *session,
                                                      const QByteArray &type);

/// Sets the preferences for the handshake; host key types in @p knownTypes come first.
[[nodiscard]] Result<> setPreferences(LIBSSH2_SESSION *session,
                                      const QList<QByteArray> &knownTypes);

/// The host key preference list for a host that is known under @p knownTypes.
[[nodiscard]] QList<QByteArray> hostKeyPreference(const QList<QByteArray> &knownTypes);

} // namespace proverdeck::ssh
