// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Result.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace proverdeck::ssh {

/// What a private key file says about itself without its passphrase.
struct KeyHeader
{
    QByteArray type; ///< "ssh-ed25519"; PEM files say only "ssh-rsa" or "ecdsa"; may be empty
    QByteArray cipher; ///< "none", or how the file is encrypted
    QByteArray publicBlob; ///< empty for PEM files
    bool isEncrypted = false;
    [[nodiscard]] bool isRsa() const { return type == "ssh-rsa"; }
    bool operator==(const KeyHeader &) const = default;
};

/// nullopt: the text is not a private key.
[[nodiscard]] std::optional<KeyHeader> parseKeyHeader(const QByteArray &text);

/// The blob in a "type base64 comment" line of a .pub file; empty if there is none.
[[nodiscard]] QByteArray parsePublicKey(const QByteArray &line);

/// The public key that belongs to @p keyFile: from the file itself or from the .pub beside it.
[[nodiscard]] QByteArray publicBlobFor(const QString &keyFile);

} // namespace proverdeck::ssh
