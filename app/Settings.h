// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
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
    /// How somebody arranged a table, as its pane writes it; empty if nobody did.
    [[nodiscard]] static QByteArray table(const QString &name);
    static void setTable(const QString &name, const QByteArray &state);
    /// The address of the team's history, without a password; empty if there is none.
    [[nodiscard]] static QString teamHistory();
    static void setTeamHistory(const QString &address);
};

} // namespace proverdeck::app
