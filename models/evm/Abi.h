// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/evm/Address.h"
#include "models/evm/U256.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace proverdeck::models::evm {

/// Keccak-256 as Ethereum uses it (not SHA3-256, which pads differently).
[[nodiscard]] QByteArray keccak(const QByteArray &bytes);
/// First 4 bytes for "name(types)" of a function or error.
[[nodiscard]] QByteArray selector(const QByteArray &signature);
/// "0x" and 64 digits for "name(types)" of an event.
[[nodiscard]] QString eventTopic(const QByteArray &signature);

/// "0x…" with an even number of digits; nullopt for anything else.
[[nodiscard]] std::optional<QByteArray> bytesFromHex(const QString &text);
[[nodiscard]] QString hexFromBytes(const QByteArray &bytes);

/// Call data: a selector and words.
class CallData
{
public:
    explicit CallData(const QByteArray &signature)
        : m_hex(u"0x" + QString::fromLatin1(selector(signature).toHex()))
    {
    }
    CallData &add(const Address &address);
    CallData &add(const U256 &value);
    [[nodiscard]] const QString &hex() const { return m_hex; }

private:
    QString m_hex;
};

/// Reads ABI-encoded data. Every read is bounds-checked; what does not fit is nullopt.
class AbiReader
{
public:
    explicit AbiReader(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
    }

    [[nodiscard]] qsizetype words() const { return m_bytes.size() / 32; }
    [[nodiscard]] std::optional<QByteArray> word(qsizetype index) const;
    [[nodiscard]] std::optional<U256> number(qsizetype index) const;
    [[nodiscard]] std::optional<quint64> smallNumber(qsizetype index) const;
    [[nodiscard]] Address address(qsizetype index) const; ///< null if it is none
    /// The word that the offset in word @p index points to, counted from the beginning of the data.
    [[nodiscard]] std::optional<qsizetype> target(qsizetype index) const;
    /// The dynamic bytes or string whose offset is in word @p index.
    [[nodiscard]] std::optional<QByteArray> dynamic(qsizetype index) const;

private:
    QByteArray m_bytes;
};

/// The one uint256 that a call returned; nothing else than exactly 32 bytes is one.
[[nodiscard]] std::optional<U256> singleNumber(const QByteArray &result);
/// The name or symbol of a token: a string, or 32 bytes padded with zeros as old tokens answer.
/// Control characters are removed, and it is cut to 32 characters.
[[nodiscard]] QString tokenText(const QByteArray &result);

/// What a contract said when it refused, from the data of the revert.
struct Revert
{
    QString name; ///< "InsufficientBalance"; empty if the data is of no known error
    QString text; ///< a sentence for a person
    bool operator==(const Revert &) const = default;
};
[[nodiscard]] Revert decodeRevert(const QByteArray &data);

} // namespace proverdeck::models::evm
