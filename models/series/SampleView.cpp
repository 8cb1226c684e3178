// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/SampleView.h"

#include <algorithm>
#include <cmath>

namespace proverdeck::models::series {

std::size_t SampleView::blocks() const
{
    return (m_sealed ? m_sealed->size() : 0) + std::size_t(m_size > m_openBegin);
}

const SampleBlock &SampleView::block(std::size_t i) const
{
    return m_sealed && i < m_sealed->size() ? *(*m_sealed)[i].block : *m_open;
}

std::size_t SampleView::beginOf(std::size_t i) const
{
    return m_sealed && i < m_sealed->size() ? (*m_sealed)[i].begin - m_sealed->front().begin
        : i < blocks()                      ? m_openBegin
                                            : m_size;
}

std::size_t SampleView::blockOf(std::size_t index) const
{
    if (index >= m_openBegin) {
        return m_sealed ? m_sealed->size() : 0;
    }
    const std::size_t first = m_sealed->front().begin;
    const auto after = std::ranges::upper_bound(*m_sealed, index + first, {}, &Sealed::begin);
    return std::size_t(after - m_sealed->begin()) - 1;
}

SampleView::Place SampleView::place(std::size_t index) const
{
    const std::size_t i = blockOf(index);
    return {&block(i), index - beginOf(i)};
}

qint64 SampleView::timeAt(std::size_t index) const
{
    const Place found = place(index);
    return found.block->timeAt(found.index);
}

float SampleView::valueAt(std::size_t column, std::size_t index) const
{
    const Place found = place(index);
    return found.block->valueAt(column, found.index);
}

std::size_t SampleView::lowerBound(qint64 at) const
{
    // The last block that begins before the time has it, or it is the beginning of the next.
    std::size_t low = 0;
    std::size_t high = blocks();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (block(middle).timeAt(0) < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return 0;
    }
    const SampleBlock &in = block(low - 1);
    const std::size_t begin = beginOf(low - 1);
    std::size_t first = 0;
    std::size_t end = beginOf(low) - begin;
    while (first < end) {
        const std::size_t middle = (first + end) / 2;
        if (in.timeAt(middle) < at) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin + first;
}

std::optional<std::size_t> SampleView::nearest(qint64 at, qint64 within) const
{
    const std::size_t after = lowerBound(at);
    std::optional<std::size_t> best;
    qint64 distance = within;
    if (after < m_size && timeAt(after) - at <= distance) {
        best = after;
        distance = timeAt(after) - at;
    }
    if (after > 0 && at - timeAt(after - 1) <= distance) {
        best = after - 1;
    }
    return best;
}

std::optional<float> SampleView::last(std::size_t column) const
{
    for (std::size_t i = m_size; i-- > 0;) {
        if (const float value = valueAt(column, i); !std::isnan(value)) {
            return value;
        }
        if (m_size - i > SampleBlock::Size) {
            break; // unknown for an hour: not what it is now
        }
    }
    return std::nullopt;
}

Extent SampleView::extent(std::size_t column, std::size_t from, std::size_t to) const
{
    Extent all;
    to = std::min(to, m_size);
    if (from >= to) {
        return all;
    }
    for (std::size_t i = blockOf(from); i < blocks() && beginOf(i) < to; ++i) {
        const std::size_t begin = beginOf(i);
        const std::size_t end = beginOf(i + 1);
        all.add(block(i).extent(column, std::max(from, begin) - begin, std::min(to, end) - begin));
    }
    return all;
}

std::vector<Bucket> SampleView::buckets(std::size_t column, double from, double to,
                                        std::size_t count) const
{
    std::vector<Bucket> result(count);
    const double step = (to - from) / double(std::max<std::size_t>(count, 1));
    if (m_size == 0 || !(step > 0)) {
        return result;
    }
    // One walk through the blocks, from each boundary to the next.
    std::size_t at = 0; // block
    std::size_t first = 0; // sample in it
    const std::size_t all = blocks();
    const auto startOf = [&](std::size_t i) {
        return i < all ? block(i).timeAt(0) : std::numeric_limits<qint64>::max();
    };
    qint64 nextStart = startOf(1);
    std::size_t size = beginOf(1) - beginOf(0); // of the block
    const auto walkTo = [&](qint64 time) {
        while (nextStart < time) {
            ++at;
            first = 0;
            size = beginOf(at + 1) - beginOf(at);
            nextStart = startOf(at + 1);
        }
        const SampleBlock &in = block(at);
        std::size_t low = first;
        std::size_t high = size;
        for (std::size_t hop = 16; low + hop < high; hop *= 4) { // near, most of the time
            if (in.timeAt(low + hop) >= time) {
                high = low + hop;
                break;
            }
            low += hop;
        }
        while (low < high) {
            const std::size_t middle = (low + high) / 2;
            if (in.timeAt(middle) < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        first = low;
        return beginOf(at) + first;
    };
    std::size_t begin = walkTo(qint64(std::ceil(from)));
    for (std::size_t i = 0; i < count && begin < m_size; ++i) {
        const std::size_t end = walkTo(qint64(std::ceil(from + step * double(i + 1))));
        if (end > begin) {
            result[i] = {extent(column, begin, end), end - begin, timeAt(begin), timeAt(end - 1)};
            begin = end;
        }
    }
    return result;
}

qint64 SampleView::typicalStep() const
{
    constexpr std::size_t Asked = 31;
    std::vector<qint64> steps;
    const std::size_t stride = std::max<std::size_t>(1, m_size / Asked);
    for (std::size_t i = 1; i < m_size; i += stride) {
        steps.push_back(timeAt(i) - timeAt(i - 1));
    }
    if (steps.empty()) {
        return 0;
    }
    const auto middle = steps.begin() + qsizetype(steps.size() / 2);
    std::ranges::nth_element(steps, middle);
    return *middle;
}

qint64 SampleView::gapAfter(qint64 atLeast) const
{
    return std::max(atLeast, typicalStep() * 5 / 2);
}

} // namespace proverdeck::models::series
