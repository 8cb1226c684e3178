// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/State.h"
#include "app/demo/tool/Tree.h"

namespace proverdeck::demo {

/// The stand-in Boundless tree of the release 0.13 or 2.0, written for the demo.
[[nodiscard]] std::vector<TreeFile> boundlessFiles(bool isNew, const std::string &version);

/// Makes its repository with the tags of both and the clones ~/boundless (0.13) and ~/boundless-2
/// (2.0) with an operator's settings in them.
[[nodiscard]] bool placeBoundless(const State &state);

} // namespace proverdeck::demo
