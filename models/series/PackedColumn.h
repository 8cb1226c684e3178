// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <cstddef>
#include <span>
#include <vector>

namespace proverdeck::models::series {

/// Numbers that will not change any more, in as few bytes as give each of them back exactly: none
/// if they are all the same, one or two if they are whole hundredths close together (what a GPU
/// tells), else four. Not a number stands for unknown.
class PackedColumn
{
public:
    explicit PackedColumn(std::span<const float> values);

    [[nodiscard]] float at(std::size_t i) const;
    [[nodiscard]] std::size_t bytes() const;

private:
    [[nodiscard]] bool packWhole(std::span<const float> values, double scale);

    float m_constant = 0;
    double m_scale = 1; ///< parts of one that are counted
    qint64 m_lowest = 0;
    bool m_isConstant = false;
    std::vector<quint8> m_narrow;
    std::vector<quint16> m_wide;
    std::vector<float> m_plain;
};

} // namespace proverdeck::models::series
