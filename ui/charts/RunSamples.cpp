// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/RunSamples.h"

#include "models/report/Report.h"
#include "models/store/PastSamples.h"
#include "ui/charts/GpuCharts.h"
#include "ui/charts/L2Charts.h"

#include <QCoreApplication>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::ethrex::BatchFlag;
using models::ethrex::BatchRow;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("RunSamples", text);
}

} // namespace

RunSampleLoader::RunSampleLoader(GpuCharts &gpu, L2Charts &l2, QObject *parent)
    : QObject(parent)
    , m_gpu(gpu)
    , m_l2(l2)
{
    m_pool.setMaxThreadCount(1);
}

RunSampleLoader::~RunSampleLoader()
{
    if (m_stop) {
        *m_stop = true;
    }
    m_pool.waitForDone();
}

void RunSampleLoader::load(const QString &folder)
{
    if (m_stop) {
        *m_stop = true; // of another run
    }
    m_stop = std::make_shared<std::atomic<bool>>(false);
    if (folder.isEmpty()) {
        emit loaded();
        return;
    }
    m_pool.start([this, folder, stop = m_stop] {
        auto past = std::make_shared<models::store::PastSamples>(
            models::store::readPastSamples(folder, *stop));
        QMetaObject::invokeMethod(
            this,
            [this, past, stop] {
                if (!*stop) {
                    m_gpu.setPast(std::move(past->gpus));
                    m_l2.setPast(past->l2);
                    emit loaded();
                }
            },
            Qt::QueuedConnection);
    });
}

QList<ChartMarker> batchMarkers(const QList<BatchRow> &rows)
{
    QList<ChartMarker> markers;
    for (const BatchRow &row : rows) {
        if (!row.provedAt.isValid()) {
            continue;
        }
        ChartMarker marker{row.provedAt.toMSecsSinceEpoch(), ChartMarker::Kind::BatchDone, {}};
        marker.text = row.timeMs ? tr("batch %1 proved in %2")
                                       .arg(row.batch)
                                       .arg(models::report::provingTimeText(*row.timeMs))
                                 : tr("batch %1 proved").arg(row.batch);
        if (row.flags.testFlag(BatchFlag::Outlier)) {
            marker.kind = ChartMarker::Kind::Alert;
            marker.text += tr(", out of line with its like");
        } else if (row.flags.testFlag(BatchFlag::Repeat)) {
            marker.kind = ChartMarker::Kind::Repeat;
            marker.text += tr(", proved again later");
        }
        markers << marker;
    }
    return markers;
}

const BatchRow *rowNear(const QList<BatchRow> &rows, qint64 at, qint64 within)
{
    const BatchRow *best = nullptr;
    for (const BatchRow &row : rows) {
        const qint64 away = std::abs(row.provedAt.toMSecsSinceEpoch() - at);
        if (row.provedAt.isValid() && away <= within) {
            within = away;
            best = &row;
        }
    }
    return best;
}

} // namespace proverdeck::ui
