// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Algorithms.h"

#include "ssh/Certificate.h"
#include "ssh/Text.h"

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr const char *kKeyExchange
    = "mlkem768x25519-sha256,curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"
      "ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group16-sha512,"
      "diffie-hellman-group18-sha512,diffie-hellman-group14-sha256";
// chacha20 is last: without strict key exchange it is the one open to Terrapin.
constexpr const char *kCiphers = "aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,"
                                 "aes192-ctr,aes128-ctr,chacha20-poly1305@openssh.com";
constexpr const char *kMacs = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
                              "hmac-sha2-256,hmac-sha2-512";

} // namespace

QString libraryVersion()
{
    return QString::fromLatin1(libssh2_version(0));
}

QList<QByteArray> supportedAlgorithms(LIBSSH2_SESSION *session, int method)
{
    const char **names = nullptr;
    const int count = libssh2_session_supported_algs(session, method, &names);
    QList<QByteArray> list;
    for (int i = 0; i < count; ++i) {
        list << QByteArray(names[i]);
    }
    if (count > 0) {
        libssh2_free(session, static_cast<void *>(names));
    }
    return list;
}

bool canSignRsaSha2(LIBSSH2_SESSION *session)
{
    return supportedAlgorithms(session, LIBSSH2_METHOD_HOSTKEY).contains("rsa-sha2-256");
}

bool canUseRsaKeys()
{
    const SessionHandle session(libssh2_session_init());
    return session && canSignRsaSha2(session.get());
}

std::optional<QString> whyKeyIsUnusable(LIBSSH2_SESSION *session, const QByteArray &type)
{
    const bool isNew = libssh2_version(0x010b00) != nullptr;
    if (type == "ssh-rsa" && !canSignRsaSha2(session)) {
        return Text::tr("RSA keys need libssh2 1.11 or newer (this program runs with %1); use an "
                        "ed25519 or ECDSA key")
            .arg(libraryVersion());
    }
    if (type.startsWith("sk-") && !isNew) {
        return Text::tr("keys on security tokens need libssh2 1.11 or newer (this program runs "
                        "with %1); use an ed25519 or ECDSA key")
            .arg(libraryVersion());
    }
    if (isCertificateType(type) && !type.startsWith("ecdsa-") && !isNew) {
        return Text::tr("certificates other than ECDSA need libssh2 1.11 or newer (this program "
                        "runs with %1); let an ECDSA key be certified, or authorize the plain key")
            .arg(libraryVersion());
    }
    if (type == "ssh-dss") {
        return Text::tr("servers no longer accept DSA keys; use an ed25519 key");
    }
    return {};
}

QList<QByteArray> hostKeyPreference(const QList<QByteArray> &knownTypes)
{
    QList<QByteArray> types;
    for (const QByteArray &type : knownTypes) {
        if (type == "ssh-rsa") {
            types << "rsa-sha2-512"
                  << "rsa-sha2-256";
        } else if (type == "ssh-ed25519" || type.startsWith("ecdsa-sha2-nistp")) {
            types << type;
        }
    }
    for (const char *type : {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                             "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256"}) {
        if (!types.contains(type)) {
            types << QByteArray(type);
        }
    }
    return types;
}

Result<> setPreferences(LIBSSH2_SESSION *session, const QList<QByteArray> &knownTypes)
{
    const QByteArray hostKeys = hostKeyPreference(knownTypes).join(',');
    const std::pair<int, QByteArray> preferences[] = {
        {LIBSSH2_METHOD_KEX, kKeyExchange},  {LIBSSH2_METHOD_HOSTKEY, hostKeys},
        {LIBSSH2_METHOD_CRYPT_CS, kCiphers}, {LIBSSH2_METHOD_CRYPT_SC, kCiphers},
        {LIBSSH2_METHOD_MAC_CS, kMacs},      {LIBSSH2_METHOD_MAC_SC, kMacs},
    };
    for (const auto &[method, wanted] : preferences) {
        // Only names that the library knows: 1.10 takes the others out with an overlapping memcpy.
        const QList<QByteArray> supported = supportedAlgorithms(session, method);
        QList<QByteArray> names = wanted.split(',');
        names.removeIf([&supported](const QByteArray &name) { return !supported.contains(name); });
        const QByteArray list = names.join(',');
        if (list.isEmpty() || libssh2_session_method_pref(session, method, list.constData()) != 0) {
            return fail(ErrorCode::Negotiation,
                        Text::tr("libssh2 %1 supports none of the algorithms that this program "
                                 "trusts; install a newer one.")
                            .arg(libraryVersion()));
        }
    }
    return {};
}

} // namespace proverdeck::ssh
