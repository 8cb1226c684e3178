// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QUrl>

#include <tl/expected.hpp>

namespace proverdeck::models::evm {

/// The address of an RPC endpoint. Everything behind the host may be a key, so only masked() is
/// ever shown, logged or stored.
class RpcUrl
{
public:
    RpcUrl() = default;
    /// http or https with a host. The error is a sentence that does not repeat the address.
    [[nodiscard]] static tl::expected<RpcUrl, QString> fromText(const QString &text);

    [[nodiscard]] bool isEmpty() const { return m_url.isEmpty(); }
    /// Scheme and host, and the port where one is given: "https://base-mainnet.example".
    [[nodiscard]] QString masked() const;
    /// True if it goes unencrypted to another machine, so that anybody on the way can read the key.
    [[nodiscard]] bool isReadableOnTheWay() const;
    /// @p text without the parts of this address that could be a key.
    [[nodiscard]] QString redacted(QString text) const;

    /// For the request itself and for the keychain only.
    [[nodiscard]] const QUrl &secretUrl() const { return m_url; }
    [[nodiscard]] QString secretText() const { return m_url.toString(QUrl::FullyEncoded); }
    bool operator==(const RpcUrl &) const = default;

private:
    QUrl m_url;
};

} // namespace proverdeck::models::evm
