// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/Chain.h"

#include <string>

namespace proverdeck::demo {

/// The body of /metrics, in upstream's order: sections by registry, families by name, series by
/// label text.
[[nodiscard]] std::string metricsPage(const Chain &chain, long long startSeconds);

} // namespace proverdeck::demo
