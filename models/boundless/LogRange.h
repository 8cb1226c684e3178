// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <algorithm>
#include <optional>

namespace proverdeck::models::boundless {

/// How many blocks to ask for at once: starts at what the project's own client uses, halves when
/// the endpoint refuses (or takes the number that it names), and grows carefully while it does not.
class LogRange
{
public:
    static constexpr quint64 First = 499;
    static constexpr quint64 Widest = 10'000;

    [[nodiscard]] quint64 width() const { return m_width; }

    /// False if not even one block can be had.
    [[nodiscard]] bool refused(std::optional<quint64> named)
    {
        const quint64 before = m_width;
        m_limit = std::min(m_limit, before - 1);
        m_good = 0;
        m_width = named && *named < before ? *named : before / 2;
        if (named && *named < before) {
            m_limit = *named;
        }
        m_width = std::max<quint64>(m_width, 1);
        return before > 1;
    }

    void succeeded()
    {
        constexpr int GoodUntilWider = 4;
        if (++m_good >= GoodUntilWider && m_width < m_limit) {
            m_width = std::min(m_width * 2, m_limit);
            m_good = 0;
        }
    }

private:
    quint64 m_width = First;
    quint64 m_limit = Widest; ///< known to be refused above
    int m_good = 0; ///< in a row
};

} // namespace proverdeck::models::boundless
