// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/series/PackedColumn.h"

#include <array>
#include <limits>
#include <optional>

namespace proverdeck::models::series {

/// Smallest, largest, sum and number of the known values of a stretch of samples.
struct Extent
{
    float low = std::numeric_limits<float>::infinity();
    float high = -std::numeric_limits<float>::infinity();
    double sum = 0;
    quint64 count = 0; ///< of known values; 0: the rest means nothing

    void add(float value);
    void add(const Extent &other);
    [[nodiscard]] bool isEmpty() const { return count == 0; }
    [[nodiscard]] double mean() const { return sum / double(count); }
};

/// Up to Size samples of a SampleStore with their pyramid. While it is filled, what was written
/// below the published number of samples never changes, so that views may read it meanwhile.
class SampleBlock
{
public:
    static constexpr std::size_t Size = 4096;
    static constexpr std::array<std::size_t, 3> Spans{32, 512, 4096}; ///< samples per node

    SampleBlock(std::size_t columns, qint64 base);

    /// @p index counts up from 0; @p at is within fits() of the base.
    void write(std::size_t index, qint64 at, std::span<const float> values);
    /// The same samples in fewer bytes; @p count of them were written.
    [[nodiscard]] SampleBlock sealed(std::size_t count) const;

    [[nodiscard]] bool fits(qint64 at) const;
    [[nodiscard]] qint64 timeAt(std::size_t index) const { return m_base + m_offsets[index]; }
    [[nodiscard]] float valueAt(std::size_t column, std::size_t index) const;
    /// Of [from, to) of the first @p count samples.
    [[nodiscard]] Extent extent(std::size_t column, std::size_t from, std::size_t to) const;
    [[nodiscard]] std::size_t bytes() const;

private:
    /// An Extent in 16 bytes.
    struct Node
    {
        float low, high, sum;
        quint32 count;
    };
    struct Column
    {
        std::vector<float> plain; ///< while it is filled
        std::optional<PackedColumn> packed;
        std::array<std::vector<Node>, Spans.size()> levels;
    };

    SampleBlock() = default;
    static void fold(Column &column, std::size_t end);
    [[nodiscard]] static Extent toExtent(const Node &node);

    qint64 m_base = 0;
    std::vector<quint32> m_offsets; ///< milliseconds after the base
    std::vector<Column> m_columns;
};

} // namespace proverdeck::models::series
