// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LineSplitter.h"

#include <QDateTime>
#include <QList>
#include <QString>

#include <optional>

namespace proverdeck::models::series {

/// What one GPU did at one moment. What the card or its driver does not tell is none, never 0.
struct GpuSample
{
    QDateTime at; ///< of the server's clock; nvidia-smi prints no zone, so it is kept as UTC
    int index = -1;
    QString uuid;
    QString name;
    std::optional<double> utilisation; ///< per cent
    std::optional<double> memoryUtilisation; ///< per cent
    std::optional<double> memoryUsedMiB;
    std::optional<double> memoryTotalMiB;
    std::optional<double> temperatureC;
    std::optional<double> powerW;
    std::optional<double> powerLimitW;
    std::optional<double> fanPercent;
    std::optional<double> smClockMHz;
    QString performanceState; ///< "P2"
    QString trouble; ///< "GPU is lost", "Unknown Error"; empty if all is well
    bool operator==(const GpuSample &) const = default;
};

/// Reads the output of `nvidia-smi --query-gpu=<Query> --format=csv[,noheader,nounits]`, also as an
/// endless stream (-l, -lms). A header line, if there is one, says which columns follow. Pure.
class GpuSampleReader
{
public:
    /// The columns that are expected without a header.
    static constexpr auto Query
        = "timestamp,index,uuid,name,utilization.gpu,utilization.memory,memory.used,"
          "memory.total,temperature.gpu,power.draw,power.limit,fan.speed,clocks.sm,pstate";

    GpuSampleReader();
    [[nodiscard]] QList<GpuSample> feed(QByteArrayView bytes);
    /// The stream has ended: an unfinished last line counts.
    [[nodiscard]] QList<GpuSample> finish();
    /// What nvidia-smi (or the shell) printed instead of samples; empty if nothing.
    [[nodiscard]] const QString &error() const { return m_error; }

private:
    void onLine(QByteArrayView line, QList<GpuSample> &samples);

    LineSplitter m_splitter;
    QStringList m_columns;
    QString m_error;
};

} // namespace proverdeck::models::series
