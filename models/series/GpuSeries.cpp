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

std::array<float, GpuQuantities> gpuValues(const GpuSample &sample)
{
    return {valueOr(sample.utilisation), valueOr(sample.memoryUsedMiB), valueOr(sample.powerW),
            valueOr(sample.temperatureC), valueOr(sample.smClockMHz)};
}

GpuSeries::Gpu *GpuSeries::gpuOf(const GpuSample &sample)
{
    if (sample.index < 0 && sample.uuid.isEmpty()) {
        return nullptr; // a word of trouble that names no card
    }
    auto gpu = std::ranges::find_if(m_gpus, [&sample](const Gpu &known) {
        return sample.uuid.isEmpty() ? known.index == sample.index : known.uuid == sample.uuid;
    });
    if (gpu == m_gpus.end()) {
        if (m_gpus.size() >= MaxGpus) {
            return nullptr; // no server has so many
        }
        gpu = std::ranges::find_if(m_gpus,
                                   [&sample](const Gpu &g) { return g.index > sample.index; });
        gpu = m_gpus.insert(
            gpu, Gpu{sample.index, sample.uuid, {}, std::make_shared<SampleStore>(GpuQuantities)});
    }
    return &*gpu;
}

void GpuSeries::add(const GpuSample &sample)
{
    Gpu *gpu = gpuOf(sample);
    if (!gpu) {
        return;
    }
    gpu->latest = sample;
    if (!sample.at.isValid()) {
        return;
    }
    const qint64 at = sample.at.toMSecsSinceEpoch();
    gpu->store->append(at, gpuValues(sample));
    gpu->store->forgetBefore(at - KeptMs);
}

void GpuSeries::addChunk(const GpuSample &latest, const SampleChunk &chunk)
{
    Gpu *gpu = gpuOf(latest);
    if (!gpu || chunk.columns.size() != GpuQuantities || chunk.at.empty()) {
        return;
    }
    gpu->latest = latest;
    for (std::size_t i = 0; i < chunk.at.size(); ++i) {
        gpu->store->append(chunk.at[i],
                           std::array{chunk.columns[0][i], chunk.columns[1][i], chunk.columns[2][i],
                                      chunk.columns[3][i], chunk.columns[4][i]});
    }
    gpu->store->forgetBefore(chunk.at.back() - KeptMs);
}

void GpuSeries::addLater(const GpuSeries &later)
{
    for (const Gpu &other : later.m_gpus) {
        GpuSample name;
        name.index = other.index;
        name.uuid = other.uuid;
        Gpu *gpu = gpuOf(name);
        if (!gpu) {
            continue;
        }
        gpu->latest = other.latest;
        const SampleView here = gpu->store->view();
        const SampleView there = other.store->view();
        for (std::size_t i = here.isEmpty() ? 0 : there.lowerBound(here.lastTime() + 1);
             i < there.size(); ++i) {
            std::array<float, GpuQuantities> values{};
            for (std::size_t column = 0; column < GpuQuantities; ++column) {
                values.at(column) = there.valueAt(column, i);
            }
            gpu->store->append(there.timeAt(i), values);
        }
    }
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
