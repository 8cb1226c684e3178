// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proverdeck::demo {

/// A JSON value as read: just enough for JSON-RPC. Scalars keep their text; strings are unescaped.
struct Json
{
    enum class Kind { Null, Boolean, Number, String, Array, Object };

    Kind kind = Kind::Null;
    std::string scalar;
    std::vector<Json> items; ///< of an array or an object
    std::vector<std::string> names; ///< of the items, if it is an object

    /// The member or item, or a null value.
    [[nodiscard]] const Json &operator[](std::string_view name) const;
    [[nodiscard]] const Json &operator[](std::size_t index) const;
    /// The value again as JSON text (scalars only; used for ids).
    [[nodiscard]] std::string echoed() const;
};

[[nodiscard]] std::optional<Json> parseJson(std::string_view text);
[[nodiscard]] std::string inQuotes(std::string_view text);

} // namespace proverdeck::demo
