// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/AgentClient.h"
#include "ssh/KeyOffers.h"
#include "ssh/LoginRecord.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace proverdeck::ssh {

/// The method "publickey" of a login: offers one key after the other. Blocks: worker thread.
class PublicKeyLogin
{
public:
    using Outcome = LoginRecord::Outcome;

    explicit PublicKeyLogin(LoginRecord &record);

    /// Goes on after the last key that was offered before.
    [[nodiscard]] Outcome run();

private:
    void findKeys();
    [[nodiscard]] QList<AgentClient::Key> agentKeys();
    [[nodiscard]] Outcome tryByAgent(const KeyOffer &offer);
    [[nodiscard]] Outcome tryByFile(const KeyOffer &offer);
    /// Asks the server whether it would take the key at all, before its owner is asked for the
    /// passphrase. nullopt: it would.
    [[nodiscard]] std::optional<Outcome> checkInterest(const KeyOffer &offer);
    [[nodiscard]] QString unreadableText(const KeyOffer &offer) const;

    LoginRecord &m_record;
    std::optional<AgentClient> m_agent;
    std::optional<QList<KeyOffer>> m_offers; // those not tried yet; nullopt before the first run
};

} // namespace proverdeck::ssh
