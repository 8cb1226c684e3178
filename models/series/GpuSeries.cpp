// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/GpuSeries.h"

#include <algorithm>
#include <cmath>

namespace proverdeck::models::series {

namespace {

float valueOr(const std::optional<double> &value)
{
    return value && std::isfinite(*value) ? float(*value) : std::numeric_limits<float>::quiet_NaN();
}

} // namespace

void GpuSeries::add(const GpuSample &sample)
{
    if (sample.index < 0 && sample.uuid.isEmpty()) {
        return; // a word of trouble that names no card
    }
    auto gpu = std::ranges::find_if(m_gpus, [&sample](const Gpu &known) {
        return sample.uuid.isEmpty() ? known.index == sample.index : known.uuid == sample.uuid;
    });
    if (gpu == m_gpus.end()) {
        if (m_gpus.size() >= MaxGpus) {
            return; // no server has so many
        }
        gpu = std::ranges::find_if(m_gpus,
                                   [&sample](const Gpu &g) { return g.index > sample.index; });
        gpu = m_gpus.insert(
            gpu, Gpu{sample.index, sample.uuid, {}, std::make_shared<SampleStore>(GpuQuantities)});
    }
    gpu->latest = sample;
    if (!sample.at.isValid()) {
        return;
    }
    const qint64 at = sample.at.toMSecsSinceEpoch();
    gpu->store->append(at,
                       std::array{valueOr(sample.utilisation), valueOr(sample.memoryUsedMiB),
                                  valueOr(sample.powerW), valueOr(sample.temperatureC),
                                  valueOr(sample.smClockMHz)});
    gpu->store->forgetBefore(at - KeptMs);
}

void GpuSeries::add(const QList<GpuSample> &samples)
{
    for (const GpuSample &sample : samples) {
        add(sample);
    }
}

qint64 GpuSeries::firstTime() const
{
    qint64 first = 0;
    for (const Gpu &gpu : m_gpus) {
        if (const SampleView view = gpu.store->view(); !view.isEmpty()) {
            first = first == 0 ? view.firstTime() : std::min(first, view.firstTime());
        }
    }
    return first;
}

qint64 GpuSeries::lastTime() const
{
    qint64 last = 0;
    for (const Gpu &gpu : m_gpus) {
        last = std::max(last, gpu.store->view().lastTime());
    }
    return last;
}

} // namespace proverdeck::models::series
