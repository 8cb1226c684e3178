// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/report/Report.h"

#include <QByteArray>

#include <optional>

namespace proverdeck::models {

/// A script for sh and awk that tells what the connection in which it runs has cost the server up
/// to now: the processor time of the sshd process that serves it and of all that it has started
/// (the samplers, those who follow logs, the checks), as /proc tells it. Detached jobs are none of
/// these. Prints nothing where that cannot be known.
[[nodiscard]] QByteArray serverCostScript();
/// Reads what the script printed.
[[nodiscard]] std::optional<report::ServerCost> readServerCost(QByteArrayView output);

} // namespace proverdeck::models
