// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LineSet.h"

#include <algorithm>

namespace proverdeck::models {

namespace {
constexpr qint64 PartSize = 65'536;
} // namespace

void LineSet::append(qint64 line)
{
    const qint64 base = line - line % PartSize;
    if (m_parts.empty() || m_parts.back().base != base) {
        m_parts.push_back({base, m_size, {}});
    }
    m_parts.back().numbers.push_back(static_cast<quint16>(line - base));
    ++m_size;
}

void LineSet::removeLast()
{
    m_parts.back().numbers.pop_back();
    if (m_parts.back().numbers.empty()) {
        m_parts.pop_back();
    }
    --m_size;
}

void LineSet::clear()
{
    m_parts.clear();
    m_size = 0;
}

qint64 LineSet::at(qint64 i) const
{
    const auto part
        = std::prev(std::upper_bound(m_parts.begin(), m_parts.end(), i,
                                     [](qint64 value, const Part &p) { return value < p.before; }));
    return part->base + part->numbers[static_cast<std::size_t>(i - part->before)];
}

qint64 LineSet::lowerBound(qint64 line) const
{
    const qint64 base = line - line % PartSize;
    const auto part = std::lower_bound(m_parts.begin(), m_parts.end(), base,
                                       [](const Part &p, qint64 value) { return p.base < value; });
    if (part == m_parts.end()) {
        return m_size;
    }
    if (part->base > base) {
        return part->before;
    }
    const auto &numbers = part->numbers;
    return part->before
        + (std::lower_bound(numbers.begin(), numbers.end(), static_cast<quint16>(line - base))
           - numbers.begin());
}

} // namespace proverdeck::models
