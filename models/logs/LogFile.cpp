// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogFile.h"

#include "models/logs/LogCompressor.h"
#include "models/logs/LogCut.h"
#include "models/logs/LogPartReader.h"
#include "models/logs/PosixFile.h"

#include <QCoreApplication>
#include <QDir>
#include <QSaveFile>

#include <sys/file.h>

#include <algorithm>
#include <utility>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype CopyChunk = 1024 * 1024;

using Outcome = tl::expected<void, QString>;

QString say(const char *text)
{
    return QCoreApplication::translate("LogFile", text);
}

QString unwritable(const QString &path, const QString &why)
{
    return say("The log %1 could not be written: %2. Check the free space and the permissions of "
               "its folder.")
        .arg(path, why);
}

QString unreadable(const QString &path, const QString &why)
{
    return say("The log %1 could not be read: %2.").arg(path, why);
}

} // namespace

struct LogFile::Private
{
    Private(QString path_, Limits limits_)
        : path(std::move(path_))
        , limits(limits_)
        , closed(path, limits.kept)
    {
    }

    const QString path;
    const Limits limits;
    LogCompressor closed; ///< the parts before the growing one
    bool isWriter = false;
    FileHandle growing;
    quint64 growingBegin = 0;
    quint64 growingSize = 0;
    bool mustCut = false; ///< bytes beyond growingSize could not be removed yet
    LogPartReader reader;

    [[nodiscard]] quint64 size() const { return growingBegin + growingSize; }
    [[nodiscard]] quint64 firstKept() const
    {
        const QList<LogPart> parts = closed.parts();
        return parts.isEmpty() ? growingBegin : parts.constFirst().begin;
    }

    [[nodiscard]] Outcome ensureGrowing();
    [[nodiscard]] Outcome takeOver();
    [[nodiscard]] Outcome lookAgain();
    bool cutBack();
    void rotate();
    [[nodiscard]] Outcome cutInside(quint64 size);
    [[nodiscard]] tl::expected<QByteArray, QString> readPiece(quint64 offset, qsizetype limit);
    [[nodiscard]] tl::expected<QByteArray, QString> readClosed(quint64 offset, qsizetype limit);
};

/// Opens or creates the growing part and makes sure that nobody else writes it.
Outcome LogFile::Private::ensureGrowing()
{
    for (int attempt = 0; !growing.isOpen(); ++attempt) {
        FileHandle file = openFile(path, O_RDWR | O_CREAT | O_APPEND);
        if (!file.isOpen()) {
            return tl::unexpected(unwritable(path, systemReason()));
        }
        if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            return tl::unexpected(say("The log %1 is being written by another window or program; "
                                      "end that one first.")
                                      .arg(path));
        }
        // Its writer may have given it another name before it let go.
        if (isNamed(file, path)) {
            growingSize = quint64(std::max<qint64>(0, sizeOf(file)));
            growing = std::move(file);
            mustCut = false;
        } else if (attempt == 10) {
            return tl::unexpected(unwritable(path, say("it keeps being replaced")));
        }
    }
    return {};
}

/// Reads what is on the disk, and tidies up after a writer that ended in the middle of something.
Outcome LogFile::Private::takeOver()
{
    const LogParts found = findParts(path);
    bool ok = mendParts(path, found);
    for (const QString &file : found.unfinished + found.leftovers) {
        ok = removeFile(file) && ok;
    }
    if (!ok) {
        return tl::unexpected(unwritable(path, systemReason()));
    }
    const QList<LogPart> parts = findParts(path).parts;
    closed.setParts(parts);
    reader.forget();
    growing.close();
    growingBegin = parts.isEmpty() ? 0 : parts.constLast().end;
    growingSize = 0;
    return ensureGrowing();
}

/// For readers: the parts as they are now, up to where the growing one begins.
Outcome LogFile::Private::lookAgain()
{
    QList<LogPart> now = findParts(path).parts;
    while (!now.isEmpty() && now.constLast().end > growingBegin) {
        now.removeLast();
    }
    if (now.isEmpty() || now.constLast().end != growingBegin) {
        return tl::unexpected(unreadable(path, say("it was changed meanwhile")));
    }
    closed.setParts(now);
    return {};
}

/// Removes what a write that failed has left.
bool LogFile::Private::cutBack()
{
    mustCut = ::ftruncate(growing.get(), off_t(growingSize)) != 0;
    return !mustCut;
}

/// The growing part is complete. Whatever fails here is tried again with the next bytes.
void LogFile::Private::rotate()
{
    const quint64 end = growingBegin + growingSize;
    const LogPart part{growingBegin, end, false, partPath(path, growingBegin, end, false),
                       growingSize};
    if (!renameFile(path, part.path)) {
        return;
    }
    closed.add(part);
    growing.close();
    growingBegin = end;
    growingSize = 0;
    (void)ensureGrowing();
    closed.start();
}

/// Cuts before the growing part.
Outcome LogFile::Private::cutInside(quint64 size)
{
    const QList<LogPart> parts = closed.parts();
    const auto replacement = prepareCut(path, parts, size);
    if (!replacement) {
        return tl::unexpected(unwritable(path, replacement.error()));
    }
    growing.close();
    const bool ok = cutParts(path, parts, size, *replacement);
    const QString why = ok ? QString() : systemReason();
    if (const auto taken = takeOver(); !taken) {
        isWriter = false; // what is here is known again after an open()
        return taken;
    }
    return ok ? Outcome() : tl::unexpected(unwritable(path, why));
}

tl::expected<QByteArray, QString> LogFile::Private::readClosed(quint64 offset, qsizetype limit)
{
    for (int attempt = 0;; ++attempt) {
        tl::expected<QByteArray, QString> bytes;
        const bool isHere = closed.withPart(offset, [&](const LogPart &part) {
            bytes = reader.read(part, offset - part.begin, limit);
        });
        if (!isHere) {
            return tl::unexpected(
                say("The beginning of the log %1 is no longer here: it grew beyond its limit, and "
                    "what was before byte %2 was dropped.")
                    .arg(path, QString::number(firstKept())));
        }
        if (bytes) {
            return bytes;
        }
        // The writer may have compressed, and so renamed, the part that a reader knows.
        if (isWriter || attempt == 3) {
            return tl::unexpected(unreadable(path, bytes.error()));
        }
        if (const auto found = lookAgain(); !found) {
            return tl::unexpected(found.error());
        }
    }
}

/// From one part; not empty unless the log ends.
tl::expected<QByteArray, QString> LogFile::Private::readPiece(quint64 offset, qsizetype limit)
{
    if (offset >= size()) {
        return QByteArray();
    }
    if (offset < growingBegin) {
        return readClosed(offset, limit);
    }
    const auto wanted = qsizetype(std::min(quint64(limit), size() - offset));
    QByteArray bytes(wanted, Qt::Uninitialized);
    const qsizetype got = readAt(growing, offset - growingBegin, bytes.data(), wanted);
    if (got != wanted) {
        return tl::unexpected(
            unreadable(path, got < 0 ? systemReason() : say("it was cut meanwhile")));
    }
    return bytes;
}

LogFile::LogFile(QString path)
    : LogFile(std::move(path), Limits())
{
}

LogFile::LogFile(QString path, Limits limits)
    : d(std::make_unique<Private>(std::move(path), limits))
{
}

LogFile::~LogFile() = default;

Outcome LogFile::open()
{
    d->closed.stop();
    d->growing.close();
    d->isWriter = false;
    if (const auto alone = d->ensureGrowing(); !alone) {
        return alone;
    }
    if (const auto taken = d->takeOver(); !taken) {
        return taken;
    }
    d->isWriter = true;
    d->closed.start();
    return {};
}

Outcome LogFile::openExisting()
{
    d->closed.stop();
    d->isWriter = false;
    d->reader.forget();
    // The writer may be closing a part: what is listed before and after must be the same.
    for (int attempt = 0; attempt < 100; ++attempt) {
        QList<LogPart> parts = findParts(d->path).parts;
        FileHandle growing = openFile(d->path, O_RDONLY);
        if (!growing.isOpen() && (errno != ENOENT || parts.isEmpty())) {
            const bool isMissing = errno == ENOENT;
            const QString why = systemReason();
            if (isMissing && !findParts(d->path).parts.isEmpty()) {
                continue; // its first part was closed just now
            }
            return tl::unexpected(unreadable(d->path, why));
        }
        d->growingSize = growing.isOpen() ? quint64(std::max<qint64>(0, sizeOf(growing))) : 0;
        d->growing = std::move(growing);
        if (findParts(d->path).parts != parts) {
            continue;
        }
        const auto broken = std::find_if(parts.begin(), parts.end(),
                                         [](const LogPart &part) { return !part.isWhole(); });
        if (broken != parts.end()) { // the log ends there, see mendParts()
            broken->end = broken->begin + broken->onDisk;
            parts.erase(broken + 1, parts.end());
            d->growingSize = 0;
        }
        d->growingBegin = parts.isEmpty() ? 0 : parts.constLast().end;
        d->closed.setParts(parts);
        return {};
    }
    return tl::unexpected(unreadable(d->path, say("it changes all the time")));
}

const QString &LogFile::path() const
{
    return d->path;
}

quint64 LogFile::size() const
{
    return d->size();
}

quint64 LogFile::firstKept() const
{
    return d->firstKept();
}

int LogFile::waitingParts() const
{
    const QList<LogPart> parts = d->closed.parts();
    return int(std::count_if(parts.begin(), parts.end(), [](const LogPart &part) {
        return !part.isCompressed && part.length() > 0;
    }));
}

Outcome LogFile::append(QByteArrayView bytes)
{
    if (!d->isWriter) {
        return tl::unexpected(unwritable(d->path, say("it is not open for writing")));
    }
    if (const auto ready = d->ensureGrowing(); !ready) {
        return ready;
    }
    if (d->mustCut && !d->cutBack()) {
        return tl::unexpected(unwritable(d->path, systemReason()));
    }
    if (!writeAll(d->growing, bytes)) {
        const QString why = systemReason();
        d->cutBack();
        return tl::unexpected(unwritable(d->path, why));
    }
    d->growingSize += quint64(bytes.size());
    if (d->growingSize >= d->limits.part) {
        d->rotate();
    }
    return {};
}

Outcome LogFile::truncate(quint64 size)
{
    if (!d->isWriter) {
        return tl::unexpected(unwritable(d->path, say("it is not open for writing")));
    }
    if (size > d->size() || (size > 0 && size < d->firstKept())) {
        return tl::unexpected(say("The log %1 cannot be cut at byte %2: it holds bytes %3 to %4.")
                                  .arg(d->path, QString::number(size),
                                       QString::number(d->firstKept()),
                                       QString::number(d->size())));
    }
    if (size >= d->growingBegin) {
        if (const auto ready = d->ensureGrowing(); !ready) {
            return ready;
        }
        if (::ftruncate(d->growing.get(), off_t(size - d->growingBegin)) != 0) {
            return tl::unexpected(unwritable(d->path, systemReason()));
        }
        d->growingSize = size - d->growingBegin;
        d->mustCut = false;
        return {};
    }
    d->closed.stop();
    auto done = d->cutInside(size);
    d->closed.start();
    return done;
}

tl::expected<QByteArray, QString> LogFile::read(quint64 offset, qsizetype limit) const
{
    QByteArray bytes;
    while (bytes.size() < limit) {
        const auto piece = d->readPiece(offset + quint64(bytes.size()), limit - bytes.size());
        if (!piece) {
            return piece;
        }
        if (piece->isEmpty()) {
            break;
        }
        bytes = bytes.isEmpty() ? *piece : bytes + *piece;
    }
    return bytes;
}

Outcome LogFile::copyTo(const QString &target) const
{
    QSaveFile file(target);
    bool ok = file.open(QIODevice::WriteOnly);
    d->closed.setPinned(true);
    Outcome done;
    for (quint64 offset = d->firstKept(); ok && done && offset < d->size();) {
        const auto bytes = read(offset, CopyChunk);
        if (!bytes) {
            done = tl::unexpected(bytes.error());
        } else {
            ok = file.write(*bytes) == bytes->size();
            offset += quint64(bytes->size());
        }
    }
    d->closed.setPinned(false);
    if (done && !(ok && file.commit())) {
        done = tl::unexpected(say("The log %1 could not be copied to %2: %3. Check the free space "
                                  "and the permissions.")
                                  .arg(d->path, target, file.errorString()));
    }
    return done;
}

QStringList LogFile::namesIn(const QString &folder)
{
    QStringList names;
    const QStringList files = QDir(folder).entryList(QDir::Files | QDir::Hidden);
    for (const QString &file : files) {
        const std::optional<QString> log = logOfPart(file);
        if (log || file.endsWith(u".log"_s) || file == u"gpu.csv" || file == u"metrics.csv") {
            names << log.value_or(file);
        }
    }
    names.removeDuplicates();
    names.sort();
    return names;
}

} // namespace proverdeck::models
