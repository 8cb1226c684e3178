// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/Terminal.h"

#include "models/logs/LogText.h"

#include <QJsonDocument>

#include <unistd.h>

namespace proverdeck::app {

namespace {

void write(std::FILE *stream, const QByteArray &bytes)
{
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stream);
    std::fflush(stream);
}

} // namespace

void printText(std::FILE *stream, const QString &text)
{
    write(stream, models::plainText(text).toUtf8());
}

void printExact(std::FILE *stream, const QString &text)
{
    if (isatty(fileno(stream)) != 0) {
        printText(stream, text);
    } else {
        write(stream, text.toUtf8());
    }
}

void printJson(std::FILE *stream, const QJsonObject &object)
{
    write(stream, jsonForTerminal(object));
}

void wipeLine(std::FILE *stream)
{
    write(stream, "\r\x1b[K");
}

QByteArray jsonForTerminal(const QJsonObject &object)
{
    // The writer escapes what is below 0x20. All else stands in texts only, where an escape is the
    // same.
    const QString json = QString::fromUtf8(QJsonDocument(object).toJson());
    QString safe;
    safe.reserve(json.size());
    for (const QChar c : json) {
        const char16_t code = c.unicode();
        const bool isSafe = code == u'\n' || (code >= 0x20 && code < 0x7f)
            || models::plainText(QString(c)) == QString(c) || c.isSurrogate();
        if (isSafe) {
            safe += c;
        } else {
            safe += QStringLiteral("\\u%1").arg(uint(code), 4, 16, QChar(u'0'));
        }
    }
    return safe.toUtf8();
}

} // namespace proverdeck::app
