// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Certificate.h"

#include "ssh/Text.h"
#include "ssh/Wire.h"

namespace proverdeck::ssh {

namespace {

constexpr QByteArrayView kSuffix("-cert-v01@openssh.com");
constexpr quint32 kForHost = 2;

struct Kind
{
    QByteArray plainType;
    int fields = 0; ///< of which the public key consists
};

std::optional<Kind> kindOf(const QByteArray &type)
{
    const QByteArray name = type.chopped(qMin(kSuffix.size(), type.size()));
    if (name == "ssh-ed25519") {
        return Kind{name, 1};
    }
    if (name == "ssh-rsa" || name.startsWith("ecdsa-sha2-nistp")) {
        return Kind{name, 2};
    }
    if (name == "sk-ssh-ed25519") {
        return Kind{name + "@openssh.com", 2};
    }
    if (name == "sk-ecdsa-sha2-nistp256") {
        return Kind{name + "@openssh.com", 3};
    }
    return {};
}

} // namespace

bool isCertificateType(QByteArrayView type)
{
    return type.endsWith(kSuffix);
}

std::optional<Certificate> parseCertificate(const QByteArray &blob)
{
    Certificate certificate{.type = keyTypeOf(blob), .blob = blob};
    const std::optional<Kind> kind = kindOf(certificate.type);
    if (!isCertificateType(certificate.type) || !kind) {
        return {};
    }
    QByteArrayView rest(blob);
    if (!takeString(rest) || !takeString(rest)) { // the type and a random number
        return {};
    }
    certificate.keyBlob = wireString(kind->plainType);
    for (int i = 0; i < kind->fields; ++i) {
        const auto field = takeString(rest);
        if (!field) {
            return {};
        }
        certificate.keyBlob += wireString(*field);
    }
    const auto serial = takeUint64(rest);
    const auto use = takeUint32(rest);
    const auto keyId = takeString(rest);
    const auto names = takeString(rest);
    const auto after = takeUint64(rest);
    const auto before = takeUint64(rest);
    if (!serial || !use || !keyId || !names || !after || !before) {
        return {};
    }
    certificate.isForHost = *use == kForHost;
    certificate.keyId = plainBytes(*keyId, 100);
    certificate.validAfterSecs = *after;
    certificate.validBeforeSecs = *before;
    return certificate;
}

} // namespace proverdeck::ssh
