// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/StoreTarget.h"

#include "models/logs/LogText.h"

#include <QCoreApplication>
#include <QHostAddress>
#include <QRegularExpression>
#include <QSqlDatabase>
#include <QStringList>
#include <QUrl>
#include <QUrlQuery>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("StoreTarget", text);
}

/// What may stand in a connection string without quotes.
bool isPlain(const QString &value)
{
    static const QRegularExpression plain(u"\\A[A-Za-z0-9_./@:%~+-]+\\z"_s);
    return plain.match(value).hasMatch();
}

bool isHere(const QString &host)
{
    return host.startsWith(u'/') || host == u"localhost" || QHostAddress(host).isLoopback();
}

} // namespace

tl::expected<StoreTarget, QString> StoreTarget::parse(const QString &text)
{
    StoreTarget target;
    if (!text.startsWith(u"postgresql://"_s) && !text.startsWith(u"postgres://"_s)) {
        if (text.isEmpty() || text.contains(u"://"_s)) {
            return tl::unexpected(say("A history is a file or postgresql://USER@HOST/DATABASE."));
        }
        // A word alone is a mistake more often than the name of a file.
        if (!text.contains(u'/') && !text.contains(u'.')) {
            return tl::unexpected(
                say("\"%1\" is not understood. A history is a file, written with its folder or its "
                    "ending (./%1, %1.db), or postgresql://USER@HOST/DATABASE.")
                    .arg(plainLine(text)));
        }
        target.path = text;
        return target;
    }
    const QUrl url(text, QUrl::StrictMode);
    if (text.section(u"://"_s, 1).section(u'/', 0, 0).section(u'@', 0, -2).contains(u':')) {
        return tl::unexpected(
            say("The address of the team's history holds a password, which others could read. "
                "Leave it out, and put it into ~/.pgpass (or the file that PGPASSFILE names) or "
                "into the keychain, in Settings › History."));
    }
    target.isPostgres = true;
    target.host = url.host();
    target.port = url.port(5432);
    target.user = url.userName(QUrl::FullyDecoded);
    target.database = url.path(QUrl::FullyDecoded).mid(1);
    const auto query = QUrlQuery(url).queryItems(QUrl::FullyDecoded);
    static const QStringList known{u"sslmode"_s, u"sslrootcert"_s, u"sslcert"_s, u"sslkey"_s};
    for (const auto &[name, value] : query) {
        if (name == u"host") {
            target.host = value;
        } else if (!known.contains(name) || !isPlain(value)) {
            return tl::unexpected(say("The address of the team's history has an option that is "
                                      "not understood, %1. These are: %2.")
                                      .arg(plainLine(name), known.join(u", "_s)));
        } else {
            target.options[name] = value;
        }
    }
    const bool isGood
        = url.isValid() && isPlain(target.host) && isPlain(target.user) && isPlain(target.database);
    if (!isGood) {
        return tl::unexpected(say("The address of the team's history is not understood. Write it "
                                  "as postgresql://USER@HOST/DATABASE."));
    }
    return target;
}

QString StoreTarget::shownText() const
{
    if (!isPostgres) {
        return path;
    }
    QUrl url;
    url.setScheme(u"postgresql"_s);
    url.setUserName(user);
    QUrlQuery query;
    if (host.startsWith(u'/')) {
        query.addQueryItem(u"host"_s, host);
    } else {
        url.setHost(host);
    }
    if (port != 5432) {
        url.setPort(port);
    }
    url.setPath(QString(u'/' + database));
    for (auto option = options.begin(); option != options.end(); ++option) {
        query.addQueryItem(option.key(), option.value());
    }
    url.setQuery(query);
    return url.toString(QUrl::FullyEncoded);
}

void StoreTarget::apply(QSqlDatabase &connection) const
{
    connection.setHostName(host);
    connection.setPort(port);
    connection.setUserName(user);
    connection.setDatabaseName(database);
    // A server that is gone is noticed within seconds, also in the middle of a statement.
    QStringList all{u"connect_timeout=5"_s,      u"keepalives_idle=5"_s,
                    u"keepalives_interval=2"_s,  u"keepalives_count=3"_s,
                    u"tcp_user_timeout=10000"_s, u"application_name=proverdeck"_s};
    if (!options.contains(u"sslmode"_s) && !isHere(host)) {
        all << u"sslmode=require"_s;
    }
    for (auto option = options.begin(); option != options.end(); ++option) {
        all << option.key() + u'=' + option.value();
    }
    connection.setConnectOptions(all.join(u';'));
}

} // namespace proverdeck::models::store
