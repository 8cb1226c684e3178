// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/PublicKeyLogin.h"

#include "ssh/Algorithms.h"
#include "ssh/PromptAnswers.h"
#include "ssh/Text.h"
#include "ssh/Wire.h"

#include <QFile>

#include <cstdlib>
#include <cstring>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMaxAttempts = 3;

/// A key is the same one wherever its file lies; some file formats do not tell which it is.
QString storeKeyOf(const KeyOffer &offer)
{
    const QByteArray &blob = offer.header.publicBlob;
    return blob.isEmpty() ? u"passphrase for the key file "_s + offer.keyFile
                          : u"passphrase for the key "_s + fingerprintOf(blob);
}

/// What libssh2 carries from our call to the callback that signs.
struct Signing
{
    AgentClient *agent = nullptr; // none: only ask whether the server is interested
    Transport &transport;
    QByteArray keyBlob;
    bool isWanted = false; ///< the server accepts the key and wants the signature
    QString failure;
};

/// The algorithm that stands in the data to be signed (RFC 4252, section 7).
QByteArray algorithmIn(QByteArrayView data)
{
    const auto session = takeString(data);
    const auto message = takeByte(data);
    const auto user = takeString(data);
    const auto service = takeString(data);
    const auto method = takeString(data);
    const auto hasSignature = takeByte(data);
    const auto algorithm = takeString(data);
    const bool isComplete
        = session && message && user && service && method && hasSignature && algorithm;
    return isComplete ? algorithm->toByteArray() : QByteArray();
}

quint32 flagsFor(const QByteArray &algorithm)
{
    if (algorithm.startsWith("rsa-sha2-512")) {
        return AgentClient::RsaSha512;
    }
    return algorithm.startsWith("rsa-sha2-256") ? AgentClient::RsaSha256 : AgentClient::Plain;
}

/// What libssh2 wants of a signature: without the name of its algorithm, and without the length of
/// the rest unless a security key has signed, whose counter follows.
std::optional<QByteArrayView> bareSignature(QByteArrayView signature)
{
    const auto algorithm = takeString(signature);
    if (!algorithm) {
        return {};
    }
    return algorithm->startsWith("sk-") ? std::optional(signature) : takeString(signature);
}

int sign(LIBSSH2_SESSION * /*session*/, unsigned char **signature, size_t *size,
         const unsigned char *data, size_t dataSize, void **abstract)
{
    auto &signing = *static_cast<Signing *>(*abstract);
    signing.isWanted = true;
    if (signing.agent == nullptr) {
        return -1;
    }
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(dataSize));
    const Result<QByteArray> answer
        = signing.agent->sign(signing.keyBlob, bytes, flagsFor(algorithmIn(bytes)));
    signing.transport.restartLimit();
    const auto bare = answer ? bareSignature(*answer) : std::nullopt;
    if (!bare || bare->isEmpty()) {
        signing.failure
            = answer ? Text::tr("the agent's signature makes no sense") : answer.error().detail;
        return -1;
    }
    auto *copy = static_cast<unsigned char *>(std::malloc(size_t(bare->size())));
    if (copy == nullptr) {
        return -1;
    }
    std::memcpy(copy, bare->data(), size_t(bare->size()));
    *signature = copy; // libssh2 frees it
    *size = size_t(bare->size());
    return 0;
}

} // namespace

PublicKeyLogin::PublicKeyLogin(LoginRecord &record)
    : m_record(record)
{
    if (const std::optional<QString> &socket = record.config().agentSocket) {
        m_agent.emplace(*socket, record.transport().control());
    }
}

QList<AgentClient::Key> PublicKeyLogin::agentKeys()
{
    if (!m_agent) {
        return {};
    }
    const Result<QList<AgentClient::Key>> keys = m_agent->keys();
    if (!keys) {
        m_record.note(Text::tr("ssh agent"), keys.error().detail);
        return {};
    }
    return *keys;
}

void PublicKeyLogin::findKeys()
{
    LIBSSH2_SESSION *session = m_record.transport().session();
    KeyOffers offers(
        m_record.config(), agentKeys(),
        [session](const QByteArray &type) { return whyKeyIsUnusable(session, type); },
        [this](const QString &name, const QString &why) { m_record.note(name, why); });
    m_offers = offers.list();
}

PublicKeyLogin::Outcome PublicKeyLogin::run()
{
    if (!m_offers) {
        findKeys();
    }
    while (!m_offers->isEmpty()) {
        const KeyOffer offer = m_offers->takeFirst();
        const Outcome outcome = offer.agentKey.isEmpty() ? tryByFile(offer) : tryByAgent(offer);
        if (outcome != Outcome::Refused) {
            return outcome;
        }
    }
    return Outcome::Refused;
}

PublicKeyLogin::Outcome PublicKeyLogin::tryByAgent(const KeyOffer &offer)
{
    Transport &transport = m_record.transport();
    Signing signing{.agent = &*m_agent, .transport = transport, .keyBlob = offer.agentKey};
    void *abstract = &signing;
    const int code = m_record.call([&] {
        return libssh2_userauth_publickey(
            transport.session(), m_record.user().constData(),
            reinterpret_cast<const unsigned char *>(offer.blob.constData()),
            size_t(offer.blob.size()), &sign, &abstract);
    });
    if (!signing.failure.isEmpty() && transport.isOpen()) {
        m_record.note(offer.name, signing.failure);
        return transport.control().isAborted() ? Outcome::Dead : Outcome::Refused;
    }
    return m_record.judge(code, offer.name);
}

std::optional<PublicKeyLogin::Outcome> PublicKeyLogin::checkInterest(const KeyOffer &offer)
{
    Transport &transport = m_record.transport();
    Signing signing{.transport = transport};
    void *abstract = &signing;
    const int code = m_record.call([&] {
        return libssh2_userauth_publickey(
            transport.session(), m_record.user().constData(),
            reinterpret_cast<const unsigned char *>(offer.blob.constData()),
            size_t(offer.blob.size()), &sign, &abstract);
    });
    return signing.isWanted ? std::nullopt : std::optional(m_record.judge(code, offer.name));
}

PublicKeyLogin::Outcome PublicKeyLogin::tryByFile(const KeyOffer &offer)
{
    Transport &transport = m_record.transport();
    const bool isEncrypted = offer.header.isEncrypted;
    if (isEncrypted && !offer.blob.isEmpty()) {
        if (const std::optional<Outcome> outcome = checkInterest(offer)) {
            return *outcome;
        }
    }
    const QByteArray key = QFile::encodeName(offer.keyFile);
    const QByteArray certificate = QFile::encodeName(offer.certificateFile);
    for (int attempt = 0; attempt < (isEncrypted ? kMaxAttempts : 1); ++attempt) {
        QByteArray passphrase;
        if (isEncrypted) {
            const std::optional<QString> answer = m_record.ask(
                {.kind = SecretQuestion::Kind::Passphrase,
                 .prompt = Text::tr("Passphrase for the key file %1").arg(offer.keyFile),
                 .retry = attempt > 0,
                 .storeKey = storeKeyOf(offer)});
            if (!answer) {
                m_record.note(offer.name,
                              Text::tr("it needs a passphrase, and none was given (ssh-add puts "
                                       "the key into the agent)"));
                return Outcome::Refused;
            }
            passphrase = answer->toUtf8();
        }
        const int code = m_record.call([&] {
            return libssh2_userauth_publickey_fromfile_ex(
                transport.session(), m_record.user().constData(), unsigned(m_record.user().size()),
                certificate.isEmpty() ? nullptr : certificate.constData(), key.constData(),
                isEncrypted ? passphrase.constData() : nullptr);
        });
        overwrite(passphrase);
        if (code != LIBSSH2_ERROR_FILE) {
            return m_record.judge(code, offer.name);
        }
    }
    m_record.note(offer.name, unreadableText(offer));
    return Outcome::Refused;
}

QString PublicKeyLogin::unreadableText(const KeyOffer &offer) const
{
    const KeyHeader &header = offer.header;
    if (header.cipher.contains("gcm") || header.cipher.contains("chacha20")) {
        return Text::tr("wrong passphrase, or libssh2 %1 cannot read its cipher %2; run ssh-keygen "
                        "-p -Z aes256-ctr -f %3")
            .arg(libraryVersion(), plainBytes(header.cipher, 60), shellQuoted(offer.keyFile));
    }
    return header.isEncrypted
        ? Text::tr("the passphrase was wrong %1 times").arg(QString::number(kMaxAttempts))
        : Text::tr("libssh2 cannot read it");
}

} // namespace proverdeck::ssh
