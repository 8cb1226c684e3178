// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/series/GpuSamples.h"
#include "models/series/SampleStore.h"

#include <memory>

namespace proverdeck::models::series {

/// What GPU boards took in a stretch of time: all boards of the server, idle ones too, and nothing
/// of CPU, memory, fans or power supplies.
struct Energy
{
    double joules = 0;
    /// To either side, at least: 5 W per board, as NVIDIA says of the sensors of older boards, and
    /// what the sum changes if only every other sample is used. The sensors of A100 and H100 see
    /// about a quarter of the time (arXiv:2312.02741), which no sampling makes up for.
    double uncertainty = 0; ///< J
    qint64 sampleIntervalMs = 0; ///< the longest typical one of a board
    bool operator==(const Energy &) const = default;
};

/// The area below the power of each board, as trapezoids between samples at their own times, cut at
/// both ends. None if a board has an unknown value or a pause in [@p from, @p to] (ms since the
/// epoch, UTC), or no samples on both sides of it.
[[nodiscard]] std::optional<Energy> energyOf(const QList<SampleView> &boards, std::size_t column,
                                             qint64 from, qint64 to);

/// Keeps the power of every GPU of a server, in bounded memory (SampleStore).
class PowerMeter
{
public:
    static constexpr std::size_t MaxBoards = 64;

    void add(const QList<GpuSample> &samples);
    /// Up to when every board is sampled; 0 without a sample.
    [[nodiscard]] qint64 knownUntil() const;
    [[nodiscard]] std::optional<Energy> energy(qint64 from, qint64 to) const;

private:
    struct Board
    {
        int index;
        QString uuid;
        std::unique_ptr<SampleStore> store;
    };
    std::vector<Board> m_boards;
};

} // namespace proverdeck::models::series
