// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace proverdeck::ssh {

/// An OpenSSH user or host certificate: a public key with a signature of an authority that says
/// for whom and how long it is good.
struct Certificate
{
    QByteArray type; ///< "ssh-ed25519-cert-v01@openssh.com"
    QByteArray blob;
    QByteArray keyBlob; ///< the plain public key that it certifies
    bool isForHost = false;
    QString keyId; ///< as the authority named it; fit for people
    quint64 validAfterSecs = 0; ///< since 1970
    quint64 validBeforeSecs = 0; ///< the largest number: for ever
    bool operator==(const Certificate &) const = default;
};

/// Reads the blob of a certificate; its signature is not checked. nullopt for anything else.
[[nodiscard]] std::optional<Certificate> parseCertificate(const QByteArray &blob);

/// Whether "type" is that of a certificate.
[[nodiscard]] bool isCertificateType(QByteArrayView type);

} // namespace proverdeck::ssh
