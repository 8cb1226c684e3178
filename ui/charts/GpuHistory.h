// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/series/GpuSamples.h"

#include <QPointF>

#include <array>
#include <vector>

namespace proverdeck::ui {

enum class GpuMeasure { Load, Memory, Power, Temperature };
inline constexpr int GpuMeasures = 4;

/// What the GPUs of one server did in the last seven days, in bounded memory.
class GpuHistory
{
public:
    static constexpr size_t MaxMoments
        = 200'000; ///< of one GPU; more halve the detail of the older half

    static constexpr size_t MaxGpus = 64;

    struct Moment
    {
        qint64 at; ///< milliseconds since the epoch
        std::array<float, GpuMeasures> values; ///< not a number: unknown
    };
    struct Gpu
    {
        int index = -1;
        QString uuid;
        models::series::GpuSample latest;
        std::vector<Moment> moments; ///< in order of time
    };

    void add(const models::series::GpuSample &sample);
    void clear() { m_gpus.clear(); }
    [[nodiscard]] bool isEmpty() const { return m_gpus.empty(); }
    [[nodiscard]] const std::vector<Gpu> &gpus() const { return m_gpus; }

    /// In the units of the charts (memory in GiB), at most about @p most points, sorted by time.
    [[nodiscard]] QList<QPointF> points(const Gpu &gpu, GpuMeasure measure, int most) const;
    /// Where the axis of a measure ends: what the cards can do, or else what they did.
    [[nodiscard]] double top(GpuMeasure measure) const;
    [[nodiscard]] qint64 firstTime() const; ///< 0 if there is nothing
    [[nodiscard]] qint64 lastTime() const;

private:
    std::vector<Gpu> m_gpus; ///< by index
};

/// "87 % · 61.2 of 139.8 GiB · 512 W · 61 °C", "–" for what is not known.
[[nodiscard]] QString gpuValuesText(const models::series::GpuSample &sample);

} // namespace proverdeck::ui
