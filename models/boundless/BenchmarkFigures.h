// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/SettingsCheck.h"
#include "models/run/RunTypes.h"

namespace proverdeck::models::boundless {

/// What a benchmark of a Boundless cluster has measured: its slowest proof.
struct BenchmarkFigure
{
    QString run; ///< id in the history
    QString host;
    QDateTime when; ///< UTC
    QString what; ///< "1024 iterations", or request ids
    double khz = 0;
    qint64 cycles = 0;
    double seconds = 0;
    int proofs = 1;

    [[nodiscard]] qint64 proposal() const { return peakProveKhzFor(khz); }
    /// Of a million cycles and more: less is over before the cluster is busy.
    [[nodiscard]] bool saysSomething() const { return cycles >= 1'000'000; }
    bool operator==(const BenchmarkFigure &) const = default;
};

/// The line that the step "result" of the workflow boundless-benchmark prints; none if it is
/// another.
[[nodiscard]] std::optional<BenchmarkFigure> parseFigure(const QString &note);
/// Of the runs that are benchmarks with a figure, in their order.
[[nodiscard]] QList<BenchmarkFigure> benchmarkFigures(const QList<RunRecord> &runs);

} // namespace proverdeck::models::boundless
