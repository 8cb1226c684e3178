// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/State.h"

#include <set>

namespace proverdeck::demo {

/// Every living process that this demo host brought about: by the mark that each login gets, by the
/// program file, and the sshd processes above them. Not the caller.
[[nodiscard]] std::set<pid_t> ownProcesses(const State &state);
/// Kills them until none is left.
void killOwnProcesses(const State &state);

/// What the power plug would do: everything stops at one moment and is gone, no file is tidied up,
/// and the boot id and time that runCat() tells are new. While it happens there is a file
/// state/power-off; after it nothing runs, and the demo host starts its sshd again.
void cutPower(const State &state);
/// Kills the server's side of every ssh connection, and nothing that was started through it.
void cutConnections(const State &state);

/// Fault "reboot": the power is cut once, a while after the first prover has started.
void planReboot(const State &state);
[[nodiscard]] bool isRebootDue(const State &state);

} // namespace proverdeck::demo
