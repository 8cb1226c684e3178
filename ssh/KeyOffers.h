// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/AgentClient.h"
#include "ssh/Certificate.h"
#include "ssh/HostConfig.h"
#include "ssh/KeyFile.h"

#include <QList>

#include <functional>
#include <optional>

namespace proverdeck::ssh {

/// One key or certificate that a login can offer to a server.
struct KeyOffer
{
    QString name; ///< for people: "key file …", "agent key SHA256:… (comment)"
    QByteArray blob; ///< what is offered; empty if only the opened key file tells
    QByteArray agentKey; ///< the key of the agent that signs; empty: the file does
    QString keyFile;
    QString certificateFile; ///< beside keyFile
    KeyHeader header; ///< of keyFile
    bool operator==(const KeyOffer &) const = default;
};

/// Finds the keys for a login and puts them in order: certificates, keys of the agent that the
/// configuration names, others of the agent, key files. Worker thread.
class KeyOffers
{
public:
    /// Why a key of this type cannot be used; nullopt if it can.
    using WhyNot = std::function<std::optional<QString>(const QByteArray &type)>;
    /// Takes a key that was left out, and why.
    using Note = std::function<void(const QString &name, const QString &why)>;

    KeyOffers(const HostConfig &config, QList<AgentClient::Key> agentKeys, WhyNot whyNot,
              Note note);

    [[nodiscard]] QList<KeyOffer> list();

private:
    struct Identity
    {
        QString path;
        QByteArray blob; // of its public key; may be empty
        std::optional<KeyHeader> header; // nullopt: no private key lies there
    };

    void readIdentities();
    void addCertificates();
    void addCertificate(const QString &path, bool isNamed);
    void addAgentKeys();
    void addKeyFiles();
    void addKeyFile(const Identity &identity);
    [[nodiscard]] bool isConfigured(const QByteArray &blob) const;
    [[nodiscard]] bool isInAgent(const QByteArray &blob) const;
    [[nodiscard]] bool isUsable(const QByteArray &type, const QString &name);
    [[nodiscard]] qsizetype usableFiles() const;

    const HostConfig &m_config;
    QList<AgentClient::Key> m_agentKeys;
    WhyNot m_whyNot;
    Note m_note;
    QList<Identity> m_identities;
    QList<QByteArray> m_certified; // blobs of certificates that are offered already
    QList<KeyOffer> m_offers;
};

} // namespace proverdeck::ssh
