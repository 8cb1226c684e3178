// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Tokens.h"

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

std::optional<QString> expandTokens(const QString &text, const QHash<QChar, QString> &values)
{
    QString expanded;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != u'%') {
            expanded += text[i];
            continue;
        }
        const QChar token = ++i < text.size() ? text[i] : QChar();
        if (token == u'%') {
            expanded += token;
        } else if (values.contains(token)) {
            expanded += values.value(token);
        } else {
            return {};
        }
    }
    return expanded;
}

std::optional<QString> expandVariables(const QString &text,
                                       const std::function<QString(const QString &)> &environment)
{
    QString expanded;
    qsizetype from = 0;
    for (qsizetype at = text.indexOf(u"${"_s); at >= 0; at = text.indexOf(u"${"_s, from)) {
        const qsizetype end = text.indexOf(u'}', at);
        const QString value = end < 0 ? QString() : environment(text.sliced(at + 2, end - at - 2));
        if (value.isEmpty()) {
            return {};
        }
        expanded += QStringView(text).sliced(from, at - from) + value;
        from = end + 1;
    }
    return expanded + QStringView(text).sliced(from);
}

} // namespace proverdeck::ssh
