// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <cstring>
#include <string_view>

namespace proverdeck::models::aztec {

/// Comparing without a call, for the few texts that are compared once a line and more.

[[nodiscard]] inline quint64 eightBytes(const char *at)
{
    quint64 bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

[[nodiscard]] inline bool sameBytes(const char *a, const char *b, std::size_t size)
{
    constexpr std::size_t Step = sizeof(quint64);
    if (size < Step) {
        for (std::size_t i = 0; i < size; ++i) {
            if (a[i] != b[i]) {
                return false;
            }
        }
        return true;
    }
    // The end first: what begins alike differs there.
    if (eightBytes(a + size - Step) != eightBytes(b + size - Step)) {
        return false;
    }
    for (std::size_t i = 0; i + Step < size; i += Step) {
        if (eightBytes(a + i) != eightBytes(b + i)) {
            return false;
        }
    }
    return true;
}

[[nodiscard]] inline bool sameText(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && sameBytes(a.data(), b.data(), a.size());
}

[[nodiscard]] inline bool beginsWith(std::string_view text, std::string_view part)
{
    return text.size() >= part.size() && sameBytes(text.data(), part.data(), part.size());
}

} // namespace proverdeck::models::aztec
