// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/Containers.h"

namespace proverdeck::demo {

/// True if the words of "docker compose …", or the current folder, name a stack of Boundless.
[[nodiscard]] bool isBoundlessStack(const Words &words);
/// docker compose ps, logs, up, down, stop, config for such a stack.
int runCompose(const State &state, const Words &words);

// Verbs of docker on the containers of such a stack
int copyFromContainer(const State &state, const Words &words);
int showStats(const State &state, const Words &words);
/// What docker inspect can be asked for, as {{.Name}} and {{json .Name}}: the latter as raw JSON.
[[nodiscard]] Fields inspectedJson(const State &state, const Container &container);
/// 2026-02-12T15:03:12.418233000Z
[[nodiscard]] std::string daemonTime(long long ms);

} // namespace proverdeck::demo
