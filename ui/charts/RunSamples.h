// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/BatchTable.h"
#include "ui/charts/ChartLink.h"

namespace proverdeck::ui {

class GpuCharts;
class L2Charts;

/// Gives the charts what a run kept in its folder: gpu.csv and metrics.csv, of each the last
/// 32 MiB; all of it is in the folder. Blocks for as long as reading them takes.
void loadRunSamples(const QString &folder, GpuCharts &gpu, L2Charts &l2);

/// One for each proof whose time is known: done, done again, or far slower than its like.
[[nodiscard]] QList<ChartMarker> batchMarkers(const QList<models::ethrex::BatchRow> &rows);

/// The row that was proved nearest to @p at, if that is within @p within milliseconds.
[[nodiscard]] const models::ethrex::BatchRow *rowNear(const QList<models::ethrex::BatchRow> &rows,
                                                      qint64 at, qint64 within);

} // namespace proverdeck::ui
