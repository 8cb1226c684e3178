// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <vector>

namespace proverdeck::models {

/// Line numbers in ascending order, two bytes each. The same line may stand there more than once.
class LineSet
{
public:
    /// @p line is not less than the last one.
    void append(qint64 line);
    void removeLast();
    void clear();
    [[nodiscard]] qint64 size() const { return m_size; }
    [[nodiscard]] bool isEmpty() const { return m_size == 0; }
    [[nodiscard]] qint64 at(qint64 i) const;
    /// The index of the first that is not less than @p line.
    [[nodiscard]] qint64 lowerBound(qint64 line) const;

private:
    struct Part
    {
        qint64 base; ///< of the numbers
        qint64 before; ///< how many stand in earlier parts
        std::vector<quint16> numbers;
    };
    std::vector<Part> m_parts;
    qint64 m_size = 0;
};

} // namespace proverdeck::models
