// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace proverdeck::ssh {

/// The concrete names (no wildcard, no negation) of the Host lines in the user's ssh configuration
/// and in what it includes, each once, in the order of the file. An empty @p configFile means
/// ~/.ssh/config. Files that cannot be read count as empty. Reads files: a few milliseconds.
[[nodiscard]] QStringList configuredHosts(const QString &configFile);

} // namespace proverdeck::ssh
