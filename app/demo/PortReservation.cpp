// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/PortReservation.h"

#include <QRandomGenerator>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace proverdeck::app::demo {
namespace {

constexpr int FirstPort = 20'000;
constexpr int LastPort = 32'000; // below net.ipv4.ip_local_port_range
constexpr int Tries = 200;

template<class Address> bool binds(int descriptor, const Address &address, std::size_t size)
{
    return bind(descriptor, static_cast<const sockaddr *>(static_cast<const void *>(&address)),
                static_cast<socklen_t>(size))
        == 0;
}

/// Nobody listens on it, on loopback or everywhere.
bool isFree(int port)
{
    for (const in_addr_t where : {INADDR_LOOPBACK, INADDR_ANY}) {
        const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<quint16>(port));
        address.sin_addr.s_addr = htonl(where);
        const bool isBound
            = binds(descriptor, address, sizeof address) && listen(descriptor, 1) == 0;
        close(descriptor);
        if (!isBound) {
            return false;
        }
    }
    return true;
}

} // namespace

PortReservation::~PortReservation()
{
    if (m_descriptor >= 0) {
        close(m_descriptor);
    }
}

PortReservation PortReservation::of(int port)
{
    PortReservation result;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // The first byte stays 0: the name lives in the kernel, not in a folder.
    const int length = std::snprintf(address.sun_path + 1, sizeof address.sun_path - 1,
                                     "proverdeck-demo-port-%d", port);
    result.m_descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto size
        = offsetof(sockaddr_un, sun_path) + 1 + static_cast<std::size_t>(std::max(0, length));
    if (result.m_descriptor >= 0 && binds(result.m_descriptor, address, size) && isFree(port)) {
        result.m_port = port;
    }
    return result;
}

PortReservation PortReservation::near(int port)
{
    PortReservation result = of(port);
    for (int i = 0; i < Tries && !result.isHeld(); ++i) {
        result = of(QRandomGenerator::global()->bounded(FirstPort, LastPort));
    }
    return result;
}

} // namespace proverdeck::app::demo
