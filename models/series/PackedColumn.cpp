// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/PackedColumn.h"

#include "models/series/WholeNumbers.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace proverdeck::models::series {

namespace {

constexpr float Unknown = std::numeric_limits<float>::quiet_NaN();

/// The last code of each width stands for unknown.
template<class Code>
std::vector<Code> coded(std::span<const float> values, double scale, qint64 lowest)
{
    std::vector<Code> codes;
    codes.reserve(values.size());
    for (const float value : values) {
        codes.push_back(std::isnan(value)
                            ? std::numeric_limits<Code>::max()
                            : static_cast<Code>(std::llround(double(value) * scale) - lowest));
    }
    return codes;
}

} // namespace

PackedColumn::PackedColumn(std::span<const float> values)
{
    m_isConstant
        = std::ranges::all_of(values, [&](float v) { return isSameNumber(v, values.front()); });
    if (m_isConstant) {
        m_constant = values.empty() ? Unknown : values.front();
    } else if (!packWhole(values, 1) && !packWhole(values, 100)) {
        m_plain.assign(values.begin(), values.end());
    }
}

bool PackedColumn::packWhole(std::span<const float> values, double scale)
{
    const std::optional<WholeRange> range = wholeRange(values, scale);
    if (!range) {
        return false;
    }
    const auto [low, high, hasUnknown] = *range;
    m_scale = scale;
    m_lowest = low;
    if (high - low < std::numeric_limits<quint8>::max()) {
        m_narrow = coded<quint8>(values, scale, low);
        return true;
    }
    if (high - low < std::numeric_limits<quint16>::max()) {
        m_wide = coded<quint16>(values, scale, low);
        return true;
    }
    return false;
}

float PackedColumn::at(std::size_t i) const
{
    if (m_isConstant) {
        return m_constant;
    }
    if (!m_plain.empty()) {
        return m_plain[i];
    }
    qint64 code = 0;
    if (!m_narrow.empty()) {
        if (m_narrow[i] == std::numeric_limits<quint8>::max()) {
            return Unknown;
        }
        code = m_narrow[i];
    } else {
        if (m_wide[i] == std::numeric_limits<quint16>::max()) {
            return Unknown;
        }
        code = m_wide[i];
    }
    return float(double(m_lowest + code) / m_scale);
}

std::size_t PackedColumn::bytes() const
{
    return sizeof(*this) + m_narrow.capacity() + m_wide.capacity() * sizeof(quint16)
        + m_plain.capacity() * sizeof(float);
}

} // namespace proverdeck::models::series
