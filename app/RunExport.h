// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/RunTypes.h"

namespace proverdeck::app {

/// Writes results.md, results.csv, results.json, bench_results.md (upstream's layout) and the logs
/// of a run into @p folder. Empty, or a sentence for a person; without @p overwrite no file is
/// replaced, and nothing is written if one would have to be.
[[nodiscard]] QString exportRun(const models::RunRecord &record, const QString &folder,
                                bool overwrite);

/// The sentence if @p folder already holds results; empty if it does not.
[[nodiscard]] QString occupiedBy(const QString &folder);

} // namespace proverdeck::app
