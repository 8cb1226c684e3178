// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>
#include <QStringView>

#include <tl/expected.hpp>

#include <array>
#include <compare>
#include <optional>

namespace proverdeck::models::evm {

/// An unsigned integer of 256 bits, exact: the only type in which an amount on a chain is kept.
///
/// Amounts count base units of a token; decimals (0..36) only matter where a person reads or
/// writes. Nothing wraps around: what does not fit is std::nullopt or an error.
class U256
{
public:
    static constexpr int MaxDecimals = 36;

    constexpr U256() = default;
    constexpr U256(quint64 value) // NOLINT(google-explicit-constructor): exact for every value
        : m_limbs{quint32(value), quint32(value >> 32)}
    {
    }

    /// "0x" and 1 to 64 significant hex digits; leading zeros count for nothing. "0x" alone is no
    /// number.
    [[nodiscard]] static std::optional<U256> fromHex(QStringView text);
    /// Decimal digits only.
    [[nodiscard]] static std::optional<U256> fromDecimal(QStringView text);
    /// What a person typed, in units of a token with @p decimals. The error is a sentence.
    [[nodiscard]] static tl::expected<U256, QString> fromUnits(QStringView text, int decimals);
    [[nodiscard]] static U256 max();
    [[nodiscard]] static U256 powerOfTen(int exponent); ///< exponent 0..77

    [[nodiscard]] QString toHex() const; ///< "0x…" without leading zeros: a quantity of JSON-RPC
    [[nodiscard]] QString toWord() const; ///< 64 hex digits without "0x": a word of the ABI
    [[nodiscard]] QString toDecimal() const;
    /// Exact, without trailing zeros: "512.5".
    [[nodiscard]] QString toUnits(int decimals) const;
    /// At most @p digits after the point; "…" follows where something was cut off. Never rounded.
    [[nodiscard]] QString toUnitsCut(int decimals, int digits) const;
    /// For drawing and estimates only.
    [[nodiscard]] double approximate(int decimals) const;

    [[nodiscard]] bool isZero() const { return *this == U256(); }
    [[nodiscard]] int bits() const; ///< position of the highest set bit plus one; 0 for zero
    [[nodiscard]] std::optional<quint64> toUInt64() const;

    [[nodiscard]] std::optional<U256> plus(const U256 &other) const;
    [[nodiscard]] std::optional<U256> minus(const U256 &other) const;
    [[nodiscard]] std::optional<U256> times(quint32 factor) const;
    [[nodiscard]] U256 dividedBy(quint32 divisor, quint32 *rest = nullptr) const; ///< divisor > 0

    bool operator==(const U256 &) const = default;
    std::strong_ordering operator<=>(const U256 &other) const;

private:
    std::array<quint32, 8> m_limbs{}; ///< lowest first
};

/// A difference of two amounts: sign and size. Zero is never negative.
struct Difference
{
    bool isNegative = false;
    U256 size;

    [[nodiscard]] static Difference between(const U256 &from, const U256 &to); ///< to - from
    [[nodiscard]] static Difference gain(const U256 &size) { return {false, size}; }
    [[nodiscard]] static Difference loss(const U256 &size) { return {!size.isZero(), size}; }
    [[nodiscard]] Difference negated() const { return isNegative ? gain(size) : loss(size); }
    [[nodiscard]] std::optional<Difference> plus(const Difference &other) const;
    /// @p value moved by this; nullopt below zero or above the largest number.
    [[nodiscard]] std::optional<U256> appliedTo(const U256 &value) const;
    [[nodiscard]] QString toUnits(int decimals) const; ///< with "+" or "−"
    [[nodiscard]] QString toDecimal() const; ///< with "-" where negative, for programs
    bool operator==(const Difference &) const = default;
};

} // namespace proverdeck::models::evm

Q_DECLARE_METATYPE(proverdeck::models::evm::U256)
