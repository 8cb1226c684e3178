// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/HostAddress.h"
#include "ssh/HostConfig.h"
#include "ssh/Result.h"

#include <QList>

#include <functional>

namespace proverdeck::ssh {

/// Finds out what ssh would use for a host; lookUpHostConfig() for one.
using LookUp = std::function<Result<HostConfig>(const HostAddress &)>;

/// The machines on the way to @p target, in the order in which they are reached; the last is the
/// target. Only the first may have a ProxyCommand. As ssh does it, the machines that a ProxyJump
/// names get their own configuration, and of a list only the first one's own ProxyJump counts.
/// Fails with ErrorCode::Config for a machine that is reached through itself.
[[nodiscard]] Result<QList<HostConfig>> planRoute(const HostAddress &target, const LookUp &lookUp);

} // namespace proverdeck::ssh
