// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/Settings.h"

#include <QSettings>

namespace proverdeck::app {

using namespace Qt::StringLiterals;

namespace {

const QString ServersKey = u"servers"_s;
const QString WatchedKey = u"aztec/watched"_s;
const QString TeamKey = u"history/team"_s;
const QString TablesKey = u"tables/"_s;

} // namespace

QStringList Settings::servers()
{
    return QSettings(u"proverdeck"_s, u"proverdeck"_s).value(ServersKey).toStringList();
}

void Settings::addServer(const QString &host)
{
    QSettings settings(u"proverdeck"_s, u"proverdeck"_s);
    QStringList hosts = settings.value(ServersKey).toStringList();
    if (!hosts.contains(host)) {
        settings.setValue(ServersKey, hosts << host);
    }
}

QStringList Settings::watchedServers()
{
    return QSettings(u"proverdeck"_s, u"proverdeck"_s).value(WatchedKey).toStringList();
}

void Settings::setWatchedServers(const QStringList &texts)
{
    QSettings(u"proverdeck"_s, u"proverdeck"_s).setValue(WatchedKey, texts);
}

QByteArray Settings::table(const QString &name)
{
    return QSettings(u"proverdeck"_s, u"proverdeck"_s).value(TablesKey + name).toByteArray();
}

void Settings::setTable(const QString &name, const QByteArray &state)
{
    QSettings(u"proverdeck"_s, u"proverdeck"_s).setValue(TablesKey + name, state);
}

QString Settings::teamHistory()
{
    return QSettings(u"proverdeck"_s, u"proverdeck"_s).value(TeamKey).toString();
}

void Settings::setTeamHistory(const QString &address)
{
    QSettings(u"proverdeck"_s, u"proverdeck"_s).setValue(TeamKey, address);
}

} // namespace proverdeck::app
