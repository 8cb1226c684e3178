// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/SecretStore.h"

#include <QObject>
#include <QSet>

#include <chrono>

namespace QKeychain {
class Job;
}

namespace proverdeck::app {

/// The desktop's keychain (Secret Service or KWallet) as a store of secrets.
///
/// GUI thread; every answer comes later by the event loop, exactly once, unless the store is
/// destroyed before. Where no keychain can be used, each answer says why in a sentence and what to
/// do; nothing is ever written to a file instead.
class KeychainSecretStore : public QObject, public models::SecretStore
{
    Q_OBJECT

public:
    /// @p service is the name under which the keychain lists the secrets. After @p limit a keychain
    /// that does not answer, perhaps because it waits for a person, is no longer waited for.
    explicit KeychainSecretStore(QString service = QStringLiteral("proverdeck"),
                                 std::chrono::milliseconds limit = std::chrono::seconds(60),
                                 QObject *parent = nullptr);
    ~KeychainSecretStore() override;

    void find(const QString &key, Found answer) override;
    void keep(const QString &key, const QString &secret, Done answer) override;
    /// Says that it is gone only after it was looked for and not found in an open keychain.
    void forget(const QString &key, Done answer) override;

private:
    using JobEnded = std::function<void(QKeychain::Job *job)>; ///< null: no answer in time
    /// Starts @p job unless the keychain is known not to answer.
    void start(QKeychain::Job *job, const JobEnded &ended);
    [[nodiscard]] QString whyNotAtAll() const;

    QString m_service;
    std::chrono::milliseconds m_limit;
    QSet<QKeychain::Job *> m_late; ///< still waited for by the keychain's own queue
};

} // namespace proverdeck::app
