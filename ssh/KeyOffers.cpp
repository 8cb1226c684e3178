// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/KeyOffers.h"

#include "ssh/Text.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kMaxBytes = 65536;
constexpr qsizetype kMaxAgentKeys = 5; // the sixth would exceed a server's usual MaxAuthTries

QByteArray readFile(const QString &path)
{
    QFile file(path);
    return QFileInfo(path).isFile() && file.open(QIODevice::ReadOnly) ? file.read(kMaxBytes)
                                                                      : QByteArray();
}

/// Why a certificate is of no use today; nullopt if it may be.
std::optional<QString> whyNotNow(const Certificate &certificate)
{
    const auto now = quint64(qMax<qint64>(QDateTime::currentSecsSinceEpoch(), 0));
    const auto day = [](quint64 seconds) {
        return QDateTime::fromSecsSinceEpoch(qint64(seconds)).toString(u"yyyy-MM-dd HH:mm"_s);
    };
    if (certificate.isForHost) {
        return Text::tr("it is a certificate for a host, not for a person");
    }
    if (now >= certificate.validBeforeSecs) {
        return Text::tr("it expired on %1; ask its authority for a new one")
            .arg(day(certificate.validBeforeSecs));
    }
    if (now + 60 < certificate.validAfterSecs) {
        return Text::tr("it is not good before %1").arg(day(certificate.validAfterSecs));
    }
    return {};
}

} // namespace

KeyOffers::KeyOffers(const HostConfig &config, QList<AgentClient::Key> agentKeys, WhyNot whyNot,
                     Note note)
    : m_config(config)
    , m_agentKeys(std::move(agentKeys))
    , m_whyNot(std::move(whyNot))
    , m_note(std::move(note))
{
}

QList<KeyOffer> KeyOffers::list()
{
    readIdentities();
    addCertificates();
    addAgentKeys();
    addKeyFiles();
    return m_offers;
}

void KeyOffers::readIdentities()
{
    for (const QString &path : m_config.identityFiles) {
        m_identities << Identity{path, publicBlobFor(path), parseKeyHeader(readFile(path))};
    }
}

bool KeyOffers::isUsable(const QByteArray &type, const QString &name)
{
    const std::optional<QString> why = m_whyNot(type);
    if (why) {
        m_note(name, *why);
    }
    return !why;
}

bool KeyOffers::isInAgent(const QByteArray &blob) const
{
    return !blob.isEmpty()
        && std::ranges::any_of(m_agentKeys, [&blob](const auto &key) { return key.blob == blob; });
}

bool KeyOffers::isConfigured(const QByteArray &blob) const
{
    const std::optional<Certificate> certificate = parseCertificate(blob);
    return std::ranges::any_of(m_identities, [&](const Identity &identity) {
        return identity.blob == blob || (certificate && identity.blob == certificate->keyBlob);
    });
}

void KeyOffers::addCertificates()
{
    for (const QString &path : m_config.certificateFiles) {
        addCertificate(path, true);
    }
    for (const Identity &identity : std::as_const(m_identities)) {
        addCertificate(identity.path + u"-cert.pub"_s, false);
    }
}

void KeyOffers::addCertificate(const QString &path, bool isNamed)
{
    const QString name = Text::tr("certificate %1").arg(path);
    const QByteArray text = readFile(path);
    const std::optional<Certificate> certificate = parseCertificate(parsePublicKey(text));
    if (!certificate) {
        if (isNamed || !text.isEmpty()) {
            m_note(name,
                   text.isEmpty() ? Text::tr("it cannot be read")
                                  : Text::tr("it is not a certificate"));
        }
        return;
    }
    if (m_certified.contains(certificate->blob)) {
        return;
    }
    if (const std::optional<QString> why = whyNotNow(*certificate)) {
        m_note(name, *why);
        return;
    }
    if (!isUsable(certificate->type, name)) {
        return;
    }
    KeyOffer offer{.name = name, .blob = certificate->blob, .certificateFile = path};
    const auto owner = std::ranges::find_if(m_identities, [&](const Identity &identity) {
        return identity.header && identity.blob == certificate->keyBlob;
    });
    if (isInAgent(certificate->keyBlob)) {
        offer.agentKey = certificate->keyBlob;
    } else if (owner != m_identities.end()) {
        offer.keyFile = owner->path;
        offer.header = *owner->header;
    } else {
        m_note(name,
               Text::tr("neither the agent nor an IdentityFile has the private key %1 for it")
                   .arg(fingerprintOf(certificate->keyBlob)));
        return;
    }
    m_certified << certificate->blob;
    m_offers << offer;
}

/// How many places the key files need in the server's patience.
qsizetype KeyOffers::usableFiles() const
{
    return std::ranges::count_if(m_identities, [this](const Identity &identity) {
        return identity.header && !isInAgent(identity.blob) && !m_whyNot(identity.header->type);
    });
}

void KeyOffers::addAgentKeys()
{
    QList<AgentClient::Key> keys;
    for (const AgentClient::Key &key : std::as_const(m_agentKeys)) {
        if (!m_certified.contains(key.blob)
            && (!m_config.identitiesOnly || isConfigured(key.blob))) {
            keys << key;
        }
    }
    const auto others = std::stable_partition(
        keys.begin(), keys.end(), [this](const auto &key) { return isConfigured(key.blob); });
    const auto configured = others - keys.begin();
    const qsizetype room = qMax<qsizetype>(kMaxAgentKeys - m_offers.size() - usableFiles(), 1);
    qsizetype offered = 0;
    for (qsizetype i = 0; i < keys.size(); ++i) {
        const AgentClient::Key &key = keys[i];
        const QString name = key.comment.isEmpty()
            ? Text::tr("agent key %1").arg(fingerprintOf(key.blob))
            : Text::tr("agent key %1 (%2)").arg(fingerprintOf(key.blob), key.comment);
        if (!isUsable(keyTypeOf(key.blob), name)) {
            continue;
        }
        if (++offered > (i < configured ? kMaxAgentKeys : room)) {
            m_note(Text::tr("other agent keys"),
                   Text::tr("not tried, a server accepts few attempts; name the right one by "
                            "IdentityFile in the ssh configuration"));
            return;
        }
        m_offers << KeyOffer{.name = name, .blob = key.blob, .agentKey = key.blob};
    }
}

void KeyOffers::addKeyFiles()
{
    for (const Identity &identity : std::as_const(m_identities)) {
        addKeyFile(identity);
    }
}

void KeyOffers::addKeyFile(const Identity &identity)
{
    const QString name = Text::tr("key file %1").arg(identity.path);
    if (!QFileInfo(identity.path).isFile()) {
        return; // the configuration lists default names that need not exist
    }
    if (!identity.header) {
        QFile file(identity.path);
        if (!file.open(QIODevice::ReadOnly)) {
            m_note(name, file.errorString());
        } else if (identity.blob.isEmpty()) {
            m_note(name, Text::tr("it is not a private key"));
        } else if (!isInAgent(identity.blob)) {
            m_note(name,
                   Text::tr("it is a public key, and the agent does not have its private "
                            "key"));
        }
        return;
    }
    if (isInAgent(identity.blob)) {
        return; // the agent offers it
    }
    if (identity.header->type.startsWith("sk-")) {
        m_note(name,
               Text::tr("a key on a security token works through the agent only; add it with "
                        "ssh-add"));
        return;
    }
    if (isUsable(identity.header->type, name)) {
        m_offers << KeyOffer{.name = name,
                             .blob = identity.blob,
                             .keyFile = identity.path,
                             .header = *identity.header};
    }
}

} // namespace proverdeck::ssh
