// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/series/SampleView.h"

#include <mutex>

namespace proverdeck::models::series {

/// What one thing (a GPU, an L2) did over time: some quantities, sampled together, each with a
/// pyramid of smallest, largest and sum, so that any stretch is summed up in O(log n).
///
/// One thread appends; any thread takes a view(), which does not change and stays valid after the
/// store is gone. An unknown value is not a number and stays a gap.
///
/// Memory: at most about MaxSamples (12 days at one sample a second); the oldest are forgotten
/// first, a block at a time. A value takes 0.5 to 4.5 bytes and a time 4 bytes per sample, so that
/// six quantities of ten GPUs over a week at one sample a second take less than 120 MiB.
class SampleStore
{
public:
    static constexpr std::size_t MaxSamples = std::size_t(1) << 20U;

    explicit SampleStore(std::size_t columns, std::size_t maxSamples = MaxSamples);

    /// False, and nothing is kept, if @p at (milliseconds since the epoch, UTC) is before the last
    /// sample: the order of the rest is worth more than what came while a clock was set back.
    bool append(qint64 at, std::span<const float> values);
    /// Sooner than the limit does: what is wholly older than @p at.
    void forgetBefore(qint64 at);
    void clear();

    [[nodiscard]] std::size_t columns() const { return m_columns; }
    [[nodiscard]] SampleView view() const;
    [[nodiscard]] std::size_t bytes() const;

private:
    void seal();

    const std::size_t m_columns;
    const std::size_t m_maxBlocks;
    mutable std::mutex m_mutex; ///< guards what follows
    std::shared_ptr<const SampleView::Blocks> m_sealed;
    std::shared_ptr<SampleBlock> m_open;
    std::size_t m_openCount = 0;
    qint64 m_last = 0;
    bool m_hasLast = false;
};

} // namespace proverdeck::models::series
