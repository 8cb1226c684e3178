// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace proverdeck::models::boundless {

// Exact amounts as texts of decimal digits, of any size. Nothing here rounds.

/// 1 to 78 digits, as many as a 256-bit number has at most.
[[nodiscard]] bool isDigits(QStringView text);
/// "0x4c4b40" → "5000000"; none if it is no hexadecimal number of at most 256 bits.
[[nodiscard]] std::optional<QString> digitsFromHex(QStringView text);
/// The sum of two texts of digits.
[[nodiscard]] QString sumOf(const QString &a, const QString &b);
/// Below, at or above zero: a < b, a == b, a > b.
[[nodiscard]] int compareDigits(QStringView a, QStringView b);
/// "4500000" with 6 decimals → "4.5".
[[nodiscard]] QString amountText(const QString &digits, int decimals);
/// "4.5" with 6 decimals → "4500000"; none if it is no such number or has more decimals.
[[nodiscard]] std::optional<QString> digitsOf(QStringView amount, int decimals);

} // namespace proverdeck::models::boundless
