// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace proverdeck::app {

/// Typed access to the settings file; the only place with its keys. Holds no secret.
class Settings
{
public:
    /// Servers that the user added by hand, in the order of adding.
    [[nodiscard]] static QStringList servers();
    static void addServer(const QString &host);
    /// What the Aztec page watched, see ui::WatchDialog.
    [[nodiscard]] static QStringList watchedServers();
    static void setWatchedServers(const QStringList &texts);
};

} // namespace proverdeck::app
