// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

namespace proverdeck::models {

/// The 1-based line of the first dotted key with more parts than any workflow has; none if there is
/// none. toml++ makes a table of each part and takes them apart by recursion, so that a long enough
/// key would use up the stack.
[[nodiscard]] std::optional<int> lineOfTooDeepKey(std::string_view toml);

} // namespace proverdeck::models
