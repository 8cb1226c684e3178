// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Link.h"
#include "ssh/LoginControl.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace proverdeck::ssh {

/// What a server offers in its first packet, which is sent before anything is secret.
struct KexOffer
{
    QList<QByteArray> keyExchange;
    QList<QByteArray> hostKeys;
    QList<QByteArray> ciphers; ///< server to client
    QList<QByteArray> macs; ///< server to client
    bool operator==(const KexOffer &) const = default;
};

/// Reads the identification line and the KEXINIT packet from the beginning of what a server sent;
/// nullopt while bytes are missing and if they make no sense.
[[nodiscard]] std::optional<KexOffer> parseKexInit(const QByteArray &bytes);

/// Names each class without a common algorithm, with both lists; empty if there is none.
[[nodiscard]] QString describeMismatch(const KexOffer &theirs, const KexOffer &ours);

/// Asks over a fresh @p link why a key exchange failed. Blocks for up to 5 s: worker thread only.
/// Empty if nothing could be found out.
[[nodiscard]] QString probeNegotiation(Link &link, const KexOffer &ours,
                                       const LoginControl &control);

} // namespace proverdeck::ssh
