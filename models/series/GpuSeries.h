// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/series/GpuSamples.h"
#include "models/series/SampleChunk.h"
#include "models/series/SampleStore.h"

#include <array>
#include <memory>

namespace proverdeck::models::series {

/// The columns of a GPU's store.
enum class GpuQuantity : std::size_t {
    Load, ///< per cent
    Memory, ///< MiB
    Power, ///< W
    Temperature, ///< °C
    Clock, ///< MHz, of the streaming multiprocessors
};
inline constexpr std::size_t GpuQuantities = 5;

/// What the GPUs of one server did in the last seven days, in bounded memory.
class GpuSeries
{
public:
    static constexpr std::size_t MaxGpus = 64;
    static constexpr qint64 KeptMs = 7LL * 24 * 3600 * 1000;

    struct Gpu
    {
        int index = -1;
        QString uuid;
        GpuSample latest;
        std::shared_ptr<SampleStore> store;
    };

    void add(const GpuSample &sample);
    void add(const QList<GpuSample> &samples);
    /// Many at once, of the GPU of @p latest, which is the last of them.
    void addChunk(const GpuSample &latest, const SampleChunk &chunk);
    /// What @p later has that comes after what is here.
    void addLater(const GpuSeries &later);
    void clear() { m_gpus.clear(); }
    [[nodiscard]] bool isEmpty() const { return m_gpus.empty(); }
    [[nodiscard]] const std::vector<Gpu> &gpus() const { return m_gpus; } ///< by index
    [[nodiscard]] qint64 firstTime() const; ///< ms since the epoch, UTC; 0 if there is nothing
    [[nodiscard]] qint64 lastTime() const;

private:
    /// Null if there are too many, or it names no card.
    [[nodiscard]] Gpu *gpuOf(const GpuSample &sample);

    std::vector<Gpu> m_gpus;
};

/// The values of the columns; not a number: unknown.
[[nodiscard]] std::array<float, GpuQuantities> gpuValues(const GpuSample &sample);

} // namespace proverdeck::models::series
