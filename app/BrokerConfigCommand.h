// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/CommandLine.h"

namespace proverdeck::app {

/// "proverdeck broker config check FILE" and "… set FILE KEY=VALUE…". Returns the exit status: of a
/// check 1 if something in the file is an error; prints to stdout and stderr.
[[nodiscard]] int runBrokerConfig(const Request &request);

} // namespace proverdeck::app
