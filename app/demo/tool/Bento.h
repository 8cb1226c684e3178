// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/State.h"

namespace proverdeck::demo {

/// How many proofs the stand-in cluster works on: its agents log and heat the cards accordingly.
void setProofsActive(const State &state, int count);
[[nodiscard]] int proofsActive(const State &state);

} // namespace proverdeck::demo
