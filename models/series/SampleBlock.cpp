// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/SampleBlock.h"

#include <algorithm>
#include <cmath>

namespace proverdeck::models::series {

void Extent::add(float value)
{
    if (std::isnan(value)) {
        return;
    }
    low = std::min(low, value);
    high = std::max(high, value);
    sum += double(value);
    ++count;
}

void Extent::add(const Extent &other)
{
    low = std::min(low, other.low);
    high = std::max(high, other.high);
    sum += other.sum;
    count += other.count;
}

SampleBlock::SampleBlock(std::size_t columns, qint64 base)
    : m_base(base)
    , m_offsets(Size)
    , m_columns(columns)
{
    for (Column &column : m_columns) {
        column.plain.resize(Size);
        for (std::size_t level = 0; level < Spans.size(); ++level) {
            column.levels.at(level).resize(Size / Spans.at(level));
        }
    }
}

bool SampleBlock::fits(qint64 at) const
{
    return at >= m_base && at - m_base <= qint64(std::numeric_limits<quint32>::max());
}

void SampleBlock::write(std::size_t index, qint64 at, std::span<const float> values)
{
    m_offsets[index] = quint32(at - m_base);
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        m_columns[i].plain[index] = values[i];
        fold(m_columns[i], index + 1);
    }
}

/// Sums up what became whole with the sample before @p end.
void SampleBlock::fold(Column &column, std::size_t end)
{
    for (std::size_t level = 0; level < Spans.size() && end % Spans.at(level) == 0; ++level) {
        const std::size_t span = Spans.at(level);
        Extent all;
        if (level == 0) {
            for (std::size_t i = end - span; i < end; ++i) {
                all.add(column.plain[i]);
            }
        } else {
            const std::size_t below = Spans.at(level - 1);
            for (std::size_t i = (end - span) / below; i < end / below; ++i) {
                all.add(toExtent(column.levels.at(level - 1)[i]));
            }
        }
        column.levels.at(level)[end / span - 1]
            = {all.low, all.high, float(all.sum), quint32(all.count)};
    }
}

Extent SampleBlock::toExtent(const Node &node)
{
    return {node.low, node.high, double(node.sum), node.count};
}

SampleBlock SampleBlock::sealed(std::size_t count) const
{
    SampleBlock block;
    block.m_base = m_base;
    block.m_offsets.assign(m_offsets.begin(), m_offsets.begin() + qsizetype(count));
    block.m_columns.resize(m_columns.size());
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        Column &to = block.m_columns[i];
        to.packed.emplace(std::span(m_columns[i].plain).first(count));
        for (std::size_t level = 0; level < Spans.size(); ++level) {
            const auto &from = m_columns[i].levels.at(level);
            to.levels.at(level).assign(from.begin(),
                                       from.begin() + qsizetype(count / Spans.at(level)));
        }
    }
    return block;
}

float SampleBlock::valueAt(std::size_t column, std::size_t index) const
{
    const Column &from = m_columns[column];
    return from.packed ? from.packed->at(index) : from.plain[index];
}

Extent SampleBlock::extent(std::size_t column, std::size_t from, std::size_t to) const
{
    Extent all;
    const Column &values = m_columns[column];
    while (from < to) {
        std::size_t level = Spans.size();
        while (level > 0 && (from % Spans.at(level - 1) != 0 || from + Spans.at(level - 1) > to)) {
            --level;
        }
        if (level > 0) {
            const std::size_t span = Spans.at(level - 1);
            all.add(toExtent(values.levels.at(level - 1)[from / span]));
            from += span;
        } else {
            all.add(valueAt(column, from));
            ++from;
        }
    }
    return all;
}

std::size_t SampleBlock::bytes() const
{
    std::size_t all = sizeof(*this) + m_offsets.capacity() * sizeof(quint32);
    for (const Column &column : m_columns) {
        all += sizeof(Column) + column.plain.capacity() * sizeof(float);
        all += column.packed ? column.packed->bytes() : 0;
        for (const auto &level : column.levels) {
            all += level.capacity() * sizeof(Node);
        }
    }
    return all;
}

} // namespace proverdeck::models::series
