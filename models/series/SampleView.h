// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/series/SampleBlock.h"

#include <functional>
#include <memory>

namespace proverdeck::models::series {

/// What a chart draws in one column of pixels.
struct Bucket
{
    Extent extent;
    std::size_t samples = 0; ///< known or not
    qint64 firstAt = 0; ///< of its samples; 0 without one
    qint64 lastAt = 0;
};

/// A SampleStore as it was at one moment. Cheap to copy; may be read in any thread.
class SampleView
{
public:
    struct Sealed
    {
        std::shared_ptr<const SampleBlock> block;
        std::size_t begin = 0; ///< number of its first sample, counted from the first kept one
        std::size_t count = 0;
    };
    using Blocks = std::vector<Sealed>;

    SampleView() = default;

    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] bool isEmpty() const { return m_size == 0; }
    [[nodiscard]] qint64 timeAt(std::size_t index) const; ///< ms since the epoch, UTC
    [[nodiscard]] float valueAt(std::size_t column, std::size_t index) const;
    [[nodiscard]] qint64 firstTime() const { return m_size > 0 ? timeAt(0) : 0; }
    [[nodiscard]] qint64 lastTime() const { return m_size > 0 ? timeAt(m_size - 1) : 0; }
    /// The number of the first sample at or after @p at; size() if there is none.
    [[nodiscard]] std::size_t lowerBound(qint64 at) const;
    /// The sample nearest to @p at, if it is not farther away than @p within milliseconds.
    [[nodiscard]] std::optional<std::size_t> nearest(qint64 at, qint64 within) const;
    /// The last known value.
    [[nodiscard]] std::optional<float> last(std::size_t column) const;

    [[nodiscard]] Extent extent(std::size_t column, std::size_t from, std::size_t to) const;
    /// [@p from, @p to) milliseconds in @p count equal parts, in O(count log n).
    [[nodiscard]] std::vector<Bucket> buckets(std::size_t column, double from, double to,
                                              std::size_t count) const;
    /// The middle one of the distances of some samples; 0 with fewer than two.
    [[nodiscard]] qint64 typicalStep() const;
    /// Two and a half times that, but at least @p atLeast: what is farther apart has a gap between.
    [[nodiscard]] qint64 gapAfter(qint64 atLeast) const;

private:
    friend class SampleStore;
    struct Place
    {
        const SampleBlock *block;
        std::size_t index;
    };
    [[nodiscard]] std::size_t blocks() const;
    [[nodiscard]] const SampleBlock &block(std::size_t i) const;
    [[nodiscard]] std::size_t beginOf(std::size_t i) const;
    [[nodiscard]] std::size_t blockOf(std::size_t index) const;
    [[nodiscard]] Place place(std::size_t index) const;

    std::shared_ptr<const Blocks> m_sealed;
    std::shared_ptr<const SampleBlock> m_open;
    std::size_t m_openBegin = 0;
    std::size_t m_size = 0;
};

} // namespace proverdeck::models::series
