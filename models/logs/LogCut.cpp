// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogCut.h"

#include "models/logs/LogPartReader.h"
#include "models/logs/PosixFile.h"

#include <algorithm>

namespace proverdeck::models {

bool mendParts(const QString &log, const LogParts &found)
{
    const auto broken = std::find_if(found.parts.begin(), found.parts.end(),
                                     [](const LogPart &part) { return !part.isWhole(); });
    if (broken == found.parts.end()) {
        return true;
    }
    bool ok = removeFile(log);
    for (auto later = found.parts.end() - 1; ok && later != broken; --later) {
        ok = removeFile(later->path);
    }
    const bool isFirst = broken == found.parts.begin() && broken->begin > 0;
    const quint64 end = broken->begin + broken->onDisk;
    return ok && renameFile(broken->path, isFirst ? partPath(log, broken->begin, end, false) : log);
}

tl::expected<QString, QString> prepareCut(const QString &log, const QList<LogPart> &parts,
                                          quint64 size)
{
    if (size > 0 && size == parts.constFirst().begin) { // a mark of where the log begins
        const QString mark = partPath(log, size, size, false);
        return openFile(mark, O_WRONLY | O_CREAT).isOpen() ? tl::expected<QString, QString>(mark)
                                                           : tl::unexpected(systemReason());
    }
    for (const LogPart &part : parts) {
        if (part.isCompressed && part.begin < size && size < part.end) {
            const QString plain = partPath(log, part.begin, size, false);
            if (const auto done = copyBeginning(part, size - part.begin, unfinishedPath(plain));
                !done) {
                removeFile(unfinishedPath(plain));
                return tl::unexpected(done.error());
            }
            return plain;
        }
    }
    return QString();
}

bool cutParts(const QString &log, QList<LogPart> parts, quint64 size, const QString &replacement)
{
    bool ok = removeFile(log);
    while (ok && !parts.isEmpty() && parts.constLast().begin >= size
           && parts.constLast().path != replacement) {
        ok = removeFile(parts.takeLast().path);
    }
    if (!ok || parts.isEmpty()) {
        return ok;
    }
    LogPart &last = parts.last();
    if (size < last.end && last.isCompressed) {
        ok = renameFile(unfinishedPath(replacement), replacement) && removeFile(last.path);
        last = {last.begin, size, false, replacement, size - last.begin};
    } else if (size < last.end) { // one that is too short grows again, see mendParts()
        return truncateFile(last.path, size - last.begin);
    }
    const bool isPlain = !last.isCompressed && last.length() > 0;
    const bool isKnownBegin = parts.size() > 1 || last.begin == 0;
    return ok && (isPlain && isKnownBegin ? renameFile(last.path, log) : true);
}

} // namespace proverdeck::models
