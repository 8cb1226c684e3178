// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace proverdeck::models {

/// Owns a file descriptor; -1 is none.
class FileHandle
{
public:
    FileHandle() = default;
    explicit FileHandle(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    FileHandle(FileHandle &&other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1))
    {
    }
    FileHandle &operator=(FileHandle &&other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }
    FileHandle(const FileHandle &) = delete;
    FileHandle &operator=(const FileHandle &) = delete;
    ~FileHandle() { close(); }

    [[nodiscard]] int get() const { return m_descriptor; }
    [[nodiscard]] bool isOpen() const { return m_descriptor >= 0; }
    void close()
    {
        if (m_descriptor >= 0) {
            ::close(std::exchange(m_descriptor, -1));
        }
    }

private:
    int m_descriptor = -1;
};

// What QFile cannot do as exactly: each is one step that is done or not. After a failure errno says
// why. What they create only its owner can read.

/// @p flags as for open(2); children do not inherit it.
[[nodiscard]] FileHandle openFile(const QString &path, int flags);
/// True if it is gone, also if it never was there.
bool removeFile(const QString &path);
/// Replaces what has that name.
[[nodiscard]] bool renameFile(const QString &from, const QString &to);
[[nodiscard]] bool truncateFile(const QString &path, quint64 size);
/// Bytes of an open file, or -1.
[[nodiscard]] qint64 sizeOf(const FileHandle &file);
/// Whether @p path still names the open file.
[[nodiscard]] bool isNamed(const FileHandle &file, const QString &path);
/// Puts the file's bytes on the disk.
[[nodiscard]] bool syncFile(const FileHandle &file);
/// Puts the names in the folder of @p path on the disk.
[[nodiscard]] bool syncFolderOf(const QString &path);
[[nodiscard]] bool writeAll(const FileHandle &file, QByteArrayView bytes);
/// Reads @p wanted bytes from @p offset; how many came before the end of the file, or -1.
[[nodiscard]] qsizetype readAt(const FileHandle &file, quint64 offset, char *bytes,
                               qsizetype wanted);
/// What errno says.
[[nodiscard]] QString systemReason();

} // namespace proverdeck::models
