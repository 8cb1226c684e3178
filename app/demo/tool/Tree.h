// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace proverdeck::demo {

/// Path and content of a file.
using TreeFile = std::pair<std::string, std::string>;

/// The stand-in ethrex tree, written for the demo: what the workflows touch, and readable notes for
/// people.
[[nodiscard]] std::vector<TreeFile> repositoryFiles();

} // namespace proverdeck::demo
