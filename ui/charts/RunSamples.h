// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/BatchTable.h"
#include "ui/charts/ChartLink.h"

#include <QThreadPool>

#include <atomic>
#include <memory>

namespace proverdeck::ui {

class GpuCharts;
class L2Charts;

/// Gives the charts what a run kept of its samples in its folder. A worker thread reads; what the
/// charts are given meanwhile stays. GUI thread; its end ends the reading. Both charts outlive it.
class RunSampleLoader : public QObject
{
    Q_OBJECT

public:
    RunSampleLoader(GpuCharts &gpu, L2Charts &l2, QObject *parent = nullptr);
    ~RunSampleLoader() override;

    /// Ends with one loaded(), unless another load() comes before.
    void load(const QString &folder);

signals:
    void loaded();

private:
    GpuCharts &m_gpu;
    L2Charts &m_l2;
    std::shared_ptr<std::atomic<bool>> m_stop; ///< of the reading that counts
    QThreadPool m_pool;
};

/// One for each proof whose time is known: done, done again, or far slower than its like.
[[nodiscard]] QList<ChartMarker> batchMarkers(const QList<models::ethrex::BatchRow> &rows);

/// The row that was proved nearest to @p at, if that is within @p within milliseconds.
[[nodiscard]] const models::ethrex::BatchRow *rowNear(const QList<models::ethrex::BatchRow> &rows,
                                                      qint64 at, qint64 within);

} // namespace proverdeck::ui
