// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QString>

#include <functional>
#include <optional>

namespace proverdeck::models {

/// Where secrets are kept between sessions: the desktop's keychain, or nowhere. Implemented in
/// app/.
///
/// GUI thread; no call blocks. A store that cannot be used answers with why, and the caller asks
/// the person each time; there is no fallback to a file.
class SecretStore
{
public:
    /// The secret if there is one; otherwise nothing, and a sentence if the store could not be
    /// asked.
    using Found = std::function<void(const std::optional<QString> &secret, const QString &problem)>;
    /// Empty, or a sentence that says why it was not done.
    using Done = std::function<void(const QString &problem)>;

    SecretStore() = default;
    SecretStore(const SecretStore &) = delete;
    SecretStore &operator=(const SecretStore &) = delete;
    virtual ~SecretStore() = default;

    /// @p key names the secret for people, too: "passphrase SHA256:… for anna@prover1".
    virtual void find(const QString &key, Found answer) = 0;
    virtual void keep(const QString &key, const QString &secret, Done answer) = 0;
    /// What is not there any more is forgotten, too. Done without a problem means that it is gone.
    virtual void forget(const QString &key, Done answer) = 0;

    /// A server did not take what is kept under @p key: while this program runs it is not tried
    /// again, until it was replaced.
    void setRefused(const QString &key, bool isRefused)
    {
        if (isRefused) {
            m_refused.insert(key);
        } else {
            m_refused.remove(key);
        }
    }
    [[nodiscard]] bool isRefused(const QString &key) const { return m_refused.contains(key); }

private:
    QSet<QString> m_refused;
};

} // namespace proverdeck::models
