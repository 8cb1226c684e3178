// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/HostAddress.h"

#include "ssh/Text.h"

#include <QRegularExpression>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

tl::unexpected<Error> bad(const QString &sentence)
{
    return fail(ErrorCode::BadInput, sentence);
}

Result<quint16> parsePort(const QString &text)
{
    bool isNumber = false;
    const uint port = text.toUInt(&isNumber);
    static const QRegularExpression digits(u"\\A[0-9]{1,5}\\z"_s);
    if (!isNumber || port == 0 || port > 65535 || !digits.match(text).hasMatch()) {
        return bad(Text::tr("\"%1\" is not a port; ports are numbers from 1 to 65535.")
                       .arg(plainText(text, 40)));
    }
    return static_cast<quint16>(port);
}

/// Splits "host", "host:port", "[host]" and "[host]:port"; several colons without brackets are an
/// IPv6 address.
Result<HostAddress> splitPort(const QString &text)
{
    HostAddress address;
    QString port;
    if (text.startsWith(u'[')) {
        const qsizetype end = text.indexOf(u']');
        if (end < 0) {
            return bad(Text::tr("The bracket before the address is never closed."));
        }
        address.host = text.sliced(1, end - 1);
        const QString rest = text.sliced(end + 1);
        if (!rest.isEmpty() && !rest.startsWith(u':')) {
            return bad(Text::tr("After \"]\" only a colon and a port may follow."));
        }
        port = rest.sliced(rest.isEmpty() ? 0 : 1);
        if (!rest.isEmpty() && port.isEmpty()) {
            return bad(Text::tr("The port after the colon is missing."));
        }
    } else if (text.count(u':') == 1) {
        address.host = text.section(u':', 0, 0);
        port = text.section(u':', 1);
        if (port.isEmpty()) {
            return bad(Text::tr("The port after the colon is missing."));
        }
    } else {
        address.host = text;
    }
    if (!port.isEmpty()) {
        const Result<quint16> number = parsePort(port);
        if (!number) {
            return tl::unexpected(number.error());
        }
        address.port = *number;
    }
    return address;
}

} // namespace

Result<HostAddress> parseHostAddress(const QString &typed)
{
    static const QRegularExpression hostPattern(u"\\A[A-Za-z0-9_:][A-Za-z0-9_.:%-]*\\z"_s);
    static const QRegularExpression userPattern(u"\\A[A-Za-z0-9_][A-Za-z0-9_.@\\\\-]*\\z"_s);

    QString text = typed.trimmed();
    if (text.startsWith(u"ssh://"_s, Qt::CaseInsensitive)) {
        text.remove(0, 6);
        if (text.endsWith(u'/')) {
            text.chop(1);
        }
    }
    if (text.isEmpty()) {
        return bad(Text::tr("Name a host: an alias from the ssh configuration, or user@host."));
    }
    if (text.size() > 512) {
        return bad(Text::tr("This host name is too long."));
    }
    const qsizetype at = text.lastIndexOf(u'@');
    Result<HostAddress> address = splitPort(text.sliced(at + 1));
    if (!address) {
        return address;
    }
    if (at >= 0) {
        address->user = text.first(at);
        if (!userPattern.match(address->user).hasMatch()) {
            return bad(Text::tr("\"%1\" cannot be used as a user name: letters, digits and _ . @ - "
                                "are allowed, and it may not begin with a dash.")
                           .arg(plainText(address->user, 80)));
        }
    }
    if (!hostPattern.match(address->host).hasMatch()) {
        return bad(Text::tr("\"%1\" cannot be used as a host name: letters, digits and _ . : % - "
                            "are allowed, and it may not begin with a dash.")
                       .arg(plainText(address->host, 80)));
    }
    return address;
}

} // namespace proverdeck::ssh
