// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/State.h"

namespace proverdeck::demo {

/// What cargo prints and does for the ethrex binary with these features: built anew when the
/// features or the checked-out commit differ from the last build. False if a signal or the end of
/// the demo host stopped it.
bool buildEthrex(const State &state, const std::string &features, const Words &crates,
                 double seconds);
/// The stand-in load test, at tooling/target/release/load_test; the exit status.
int buildLoadTest(const State &state, const std::string &repository);
/// "     Running `…`" and then this process becomes target/release/ethrex.
[[noreturn]] void becomeEthrex(const State &state, const Words &arguments);

} // namespace proverdeck::demo
