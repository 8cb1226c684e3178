// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/CommandLine.h"
#include "models/workflow/Plan.h"

namespace proverdeck::app {

/// The commands that end at once. Each returns the exit status and prints to stdout and stderr.
[[nodiscard]] int runPlan(const models::Plan &plan, const QString &format);
[[nodiscard]] int runHistory(const Request &request);
[[nodiscard]] int runAnalyse(const Request &request);

/// Checks the answers of a benchmark; prints every problem and returns nullopt if there is one.
[[nodiscard]] std::optional<models::Plan> planFor(const Request &request);

/// A line on standard error.
void complain(const QString &line);

} // namespace proverdeck::app
