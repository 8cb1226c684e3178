// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/PosixFile.h"

#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>

#include <cerrno>

namespace proverdeck::models {

FileHandle openFile(const QString &path, int flags)
{
    return FileHandle(::open(QFile::encodeName(path).constData(), flags | O_CLOEXEC, 0600));
}

bool removeFile(const QString &path)
{
    return ::unlink(QFile::encodeName(path).constData()) == 0 || errno == ENOENT;
}

bool renameFile(const QString &from, const QString &to)
{
    return ::rename(QFile::encodeName(from).constData(), QFile::encodeName(to).constData()) == 0;
}

bool truncateFile(const QString &path, quint64 size)
{
    return ::truncate(QFile::encodeName(path).constData(), off_t(size)) == 0;
}

qint64 sizeOf(const FileHandle &file)
{
    struct stat status
    {
    };
    return ::fstat(file.get(), &status) == 0 ? qint64(status.st_size) : -1;
}

bool isNamed(const FileHandle &file, const QString &path)
{
    struct stat opened
    {
    };
    struct stat named
    {
    };
    return ::fstat(file.get(), &opened) == 0
        && ::stat(QFile::encodeName(path).constData(), &named) == 0 && opened.st_ino == named.st_ino
        && opened.st_dev == named.st_dev;
}

bool syncFile(const FileHandle &file)
{
    return ::fsync(file.get()) == 0;
}

bool syncFolderOf(const QString &path)
{
    const FileHandle folder = openFile(QFileInfo(path).absolutePath(), O_RDONLY | O_DIRECTORY);
    return folder.isOpen() && syncFile(folder);
}

bool writeAll(const FileHandle &file, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), size_t(bytes.size()));
        if (written < 0 && errno != EINTR) {
            return false;
        }
        bytes = bytes.sliced(written > 0 ? written : 0);
    }
    return true;
}

qsizetype readAt(const FileHandle &file, quint64 offset, char *bytes, qsizetype wanted)
{
    qsizetype filled = 0;
    while (filled < wanted) {
        const ssize_t got
            = ::pread(file.get(), bytes + filled, size_t(wanted - filled), off_t(offset) + filled);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        filled += got;
    }
    return filled;
}

QString systemReason()
{
    return qt_error_string(errno);
}

} // namespace proverdeck::models
