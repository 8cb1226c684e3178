// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMetaType>
#include <QString>
#include <QStringView>

#include <tl/expected.hpp>

namespace proverdeck::models::evm {

/// An account or contract: 20 bytes. Compared by value, shown with the checksum case of EIP-55.
class Address
{
public:
    Address() = default; ///< no address; see isNull()

    /// "0x" and 40 hex digits. Mixed case must be the right checksum case, or the error says that a
    /// digit may be wrong.
    [[nodiscard]] static tl::expected<Address, QString> fromText(QStringView text);
    /// A word of the ABI (32 bytes whose first 12 are zero); null otherwise.
    [[nodiscard]] static Address fromWord(const QByteArray &word);

    [[nodiscard]] bool isNull() const { return m_bytes.isEmpty(); }
    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }
    [[nodiscard]] QString toString() const; ///< EIP-55; empty if null
    [[nodiscard]] QString shortText() const; ///< "0x7099…79C8"
    [[nodiscard]] QString toTopic() const; ///< "0x", 24 zeros, 40 digits: as a topic of a log
    bool operator==(const Address &) const = default;

private:
    QByteArray m_bytes;
};

} // namespace proverdeck::models::evm

Q_DECLARE_METATYPE(proverdeck::models::evm::Address)
