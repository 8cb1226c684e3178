// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/RunSamples.h"

#include "models/logs/LogFile.h"
#include "models/report/Report.h"
#include "ui/charts/GpuCharts.h"
#include "ui/charts/L2Charts.h"

#include <QCoreApplication>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::ethrex::BatchFlag;
using models::ethrex::BatchRow;

namespace {

void readEnd(const QString &path, const std::function<void(const QByteArray &)> &take)
{
    static constexpr quint64 Shown = 32 * 1024 * 1024;
    static constexpr qsizetype Piece = 1 << 20;
    models::LogFile file(path);
    if (!file.openExisting()) {
        return;
    }
    quint64 at = file.size() > Shown ? file.size() - Shown : 0;
    at = std::max(at, file.firstKept());
    for (auto bytes = file.read(at, Piece); bytes && !bytes->isEmpty();
         bytes = file.read(at, Piece)) {
        at += quint64(bytes->size());
        take(*bytes);
    }
}

QString tr(const char *text)
{
    return QCoreApplication::translate("RunSamples", text);
}

} // namespace

void loadRunSamples(const QString &folder, GpuCharts &gpu, L2Charts &l2)
{
    if (folder.isEmpty()) {
        return;
    }
    models::series::GpuSampleReader gpuReader;
    readEnd(folder + u"/gpu.csv"_s,
            [&](const QByteArray &bytes) { gpu.addSamples(gpuReader.feed(bytes)); });
    models::ethrex::L2SampleReader l2Reader;
    readEnd(folder + u"/metrics.csv"_s,
            [&](const QByteArray &bytes) { l2.addSamples(l2Reader.feed(bytes)); });
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
