// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/L2Series.h"
#include "models/series/GpuSeries.h"

#include <atomic>

namespace proverdeck::models::store {

/// What was sampled during a run.
struct PastSamples
{
    series::GpuSeries gpus;
    std::shared_ptr<ethrex::L2Series> l2 = std::make_shared<ethrex::L2Series>();
};

/// Reads a run's samples: the sealed ones from the archive in its folder, the rest (some hour) from
/// the text files beside it, of which each full hour is sealed on the way. Without an archive that
/// is all of them, once. What cannot be written or read is left out. Any thread; takes some ten
/// milliseconds for each GPU and week, and ends soon once @p stop is set.
[[nodiscard]] PastSamples readPastSamples(const QString &folder, const std::atomic<bool> &stop);

/// Only seals full hours, so that the next reading is quick.
void sealPastSamples(const QString &folder, const std::atomic<bool> &stop);

} // namespace proverdeck::models::store
