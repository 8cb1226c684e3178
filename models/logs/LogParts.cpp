// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogParts.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

/// Name, first offset, second offset, ending, mark of a half-written file.
const QRegularExpression &form()
{
    static const QRegularExpression expression(
        u"^(.+)\\.(\\d{12,19})-(\\d{12,19})(\\.zst)?(\\.part)?$"_s);
    return expression;
}

QString offsetText(quint64 offset)
{
    return u"%1"_s.arg(offset, 12, 10, QChar(u'0'));
}

/// Of two parts that begin at the same byte, the one to keep comes first. The shorter one is what a
/// truncation left. Of two of the same bytes the compressed one is whole, as it has its name.
bool goesBefore(const LogPart &a, const LogPart &b)
{
    if (a.begin != b.begin) {
        return a.begin < b.begin;
    }
    return a.end != b.end ? a.end < b.end : a.isCompressed && !b.isCompressed;
}

} // namespace

LogParts findParts(const QString &log)
{
    const QFileInfo info(log);
    const QDir folder = info.dir();
    LogParts found;
    QList<LogPart> parts;
    const QFileInfoList files
        = folder.entryInfoList({u"*-*"_s}, QDir::Files | QDir::Hidden | QDir::NoSymLinks);
    for (const QFileInfo &file : files) {
        const QRegularExpressionMatch match = form().match(file.fileName());
        if (!match.hasMatch() || match.captured(1) != info.fileName()) {
            continue;
        }
        if (match.hasCaptured(5) && !match.captured(5).isEmpty()) {
            found.unfinished << file.filePath();
            continue;
        }
        const LogPart part{match.captured(2).toULongLong(), match.captured(3).toULongLong(),
                           !match.captured(4).isEmpty(), file.filePath(), quint64(file.size())};
        if (part.begin <= part.end) {
            parts << part;
        }
    }
    std::sort(parts.begin(), parts.end(), goesBefore);
    QList<LogPart> kept;
    for (const LogPart &part : std::as_const(parts)) {
        // An empty part only marks where the log begins.
        if (!kept.isEmpty() && kept.constLast().begin == part.begin
            && kept.constLast().length() > 0) {
            found.leftovers << part.path;
        } else {
            kept << part;
        }
    }
    qsizetype first = kept.size();
    while (first > 0 && (first == kept.size() || kept.at(first - 1).end == kept.at(first).begin)) {
        --first;
    }
    found.parts = kept.mid(first);
    while (found.parts.size() > 1 && found.parts.constFirst().length() == 0) {
        found.leftovers << found.parts.takeFirst().path;
    }
    return found;
}

QString partPath(const QString &log, quint64 begin, quint64 end, bool compressed)
{
    return log + u'.' + offsetText(begin) + u'-' + offsetText(end)
        + (compressed ? u".zst"_s : QString());
}

QString unfinishedPath(const QString &path)
{
    return path + u".part"_s;
}

std::optional<QString> logOfPart(const QString &fileName)
{
    const QRegularExpressionMatch match = form().match(fileName);
    return match.hasMatch() && match.captured(5).isEmpty() ? std::optional(match.captured(1))
                                                           : std::nullopt;
}

} // namespace proverdeck::models
