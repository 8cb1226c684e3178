// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evm/RpcUrl.h"

#include <QCoreApplication>
#include <QHostAddress>
#include <QUrlQuery>

#include <algorithm>

namespace proverdeck::models::evm {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("RpcUrl", text);
}

} // namespace

tl::expected<RpcUrl, QString> RpcUrl::fromText(const QString &text)
{
    const QString typed = text.trimmed();
    if (typed.isEmpty()) {
        return tl::unexpected(tr("No RPC endpoint was given: the address of a node, as the "
                                 "provider shows it (https://…)."));
    }
    const bool hasControl = std::any_of(typed.begin(), typed.end(), [](QChar letter) {
        return !letter.isPrint() || letter.isSpace();
    });
    const QUrl url(typed, QUrl::StrictMode);
    if (hasControl || !url.isValid() || url.host().isEmpty()) {
        return tl::unexpected(
            tr("The RPC endpoint is no valid address: it takes https://, a host, and "
               "what the provider puts behind it, on one line."));
    }
    if (url.scheme() != u"https" && url.scheme() != u"http") {
        return tl::unexpected(
            tr("The RPC endpoint begins with %1://, and only https:// and http:// are possible. "
               "Providers show both kinds side by side.")
                .arg(url.scheme()));
    }
    RpcUrl result;
    result.m_url = url;
    return result;
}

QString RpcUrl::masked() const
{
    if (isEmpty()) {
        return {};
    }
    const QString port = m_url.port() < 0 ? QString() : u':' + QString::number(m_url.port());
    return m_url.scheme() + u"://" + m_url.host() + port;
}

bool RpcUrl::isReadableOnTheWay() const
{
    return m_url.scheme() == u"http" && m_url.host() != u"localhost"
        && !QHostAddress(m_url.host()).isLoopback();
}

QString RpcUrl::redacted(QString text) const
{
    QStringList secrets = m_url.path().split(u'/', Qt::SkipEmptyParts);
    secrets << m_url.query() << m_url.userInfo() << m_url.password() << m_url.userName();
    const auto items = QUrlQuery(m_url).queryItems();
    for (const auto &item : items) {
        secrets << item.second;
    }
    std::sort(secrets.begin(), secrets.end(),
              [](const QString &a, const QString &b) { return a.size() > b.size(); });
    constexpr qsizetype ShortestKey = 6; // "v2" and the like are no key
    for (const QString &secret : std::as_const(secrets)) {
        if (secret.size() >= ShortestKey) {
            text.replace(secret, u"***"_s);
        }
    }
    return text;
}

} // namespace proverdeck::models::evm
