// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace proverdeck::app {

/// From now on a crash of this process, or of a process that it starts, writes no memory image:
/// secrets of a login may be in it.
void forbidCoreDumps();

} // namespace proverdeck::app
