// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

namespace proverdeck::app::demo {

/// Holds a loopback port for a demo host without listening on it: an abstract Unix socket of the
/// port's name, so that two demo hosts never choose the same one. The system frees it with the
/// process.
class PortReservation
{
public:
    PortReservation() = default;
    PortReservation(PortReservation &&other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1))
        , m_port(std::exchange(other.m_port, 0))
    {
    }
    PortReservation &operator=(PortReservation &&other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        std::swap(m_port, other.m_port);
        return *this;
    }
    PortReservation(const PortReservation &) = delete;
    PortReservation &operator=(const PortReservation &) = delete;
    ~PortReservation();

    /// This port if nobody has it.
    [[nodiscard]] static PortReservation of(int port);
    /// This port, or some free one outside the range that the system gives to clients.
    [[nodiscard]] static PortReservation near(int port);

    [[nodiscard]] bool isHeld() const { return m_port != 0; }
    [[nodiscard]] int port() const { return m_port; }

private:
    int m_descriptor = -1;
    int m_port = 0;
};

} // namespace proverdeck::app::demo
