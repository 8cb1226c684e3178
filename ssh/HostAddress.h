// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Result.h"

#include <QString>

#include <optional>

namespace proverdeck::ssh {

/// What a user typed to name a host, taken apart. Empty user and port: as the configuration says.
struct HostAddress
{
    QString host; ///< alias, name or address; never begins with '-'
    QString user;
    std::optional<quint16> port;
    bool operator==(const HostAddress &) const = default;
};

/// Reads "alias", "user@host:port", "[v6]:port", a bare IPv6 address and "ssh://…". The error's
/// sentence names the part that cannot be used.
[[nodiscard]] Result<HostAddress> parseHostAddress(const QString &typed);

} // namespace proverdeck::ssh
