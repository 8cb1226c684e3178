// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <tl/expected.hpp>

#include <memory>

namespace proverdeck::models {

/// A run's log on this machine: append-only; complete old parts are compressed (zstd) so that weeks
/// of logs stay small. "l2.log" is the part that grows; beside it lie the older ones, see LogPart.
///
/// The end of this program at any moment, also by kill -9, leaves each byte here exactly once. A
/// power cut may take the end of what was appended last; size() then says how much is here.
///
/// One writer, which open() makes sure of. Not bound to a thread, used by one at a time. Errors are
/// sentences for a person, and after one the log holds what it held before the call.
class LogFile
{
public:
    struct Limits
    {
        quint64 part = 64 * 1024 * 1024; ///< bytes after which the growing part is compressed
        quint64 kept
            = quint64(16) * 1024 * 1024 * 1024; ///< compressed bytes on disk; older parts go
    };

    explicit LogFile(QString path);
    LogFile(QString path, Limits limits);
    /// Ends a compression that is under way; the next open() does it again.
    ~LogFile();
    LogFile(const LogFile &) = delete;
    LogFile &operator=(const LogFile &) = delete;

    /// Creates the file, or takes over the parts that are there. A compression that a crash
    /// interrupted is done again. Fails while somebody else has the log open for writing.
    [[nodiscard]] tl::expected<void, QString> open();
    /// For reading only, what the log holds now; creates and changes nothing. The writer may go on
    /// appending meanwhile.
    [[nodiscard]] tl::expected<void, QString> openExisting();
    [[nodiscard]] const QString &path() const;
    /// Bytes appended in all, dropped parts included.
    [[nodiscard]] quint64 size() const;
    /// Where the oldest part that is still here begins; 0 unless the limit was reached.
    [[nodiscard]] quint64 firstKept() const;
    /// Full parts that are not compressed yet; a thread of the log works on them.
    [[nodiscard]] int waitingParts() const;
    [[nodiscard]] tl::expected<void, QString> append(QByteArrayView bytes);
    /// Cuts the end off, also inside a compressed part. Beyond the end, or before firstKept()
    /// unless it is 0, is an error.
    [[nodiscard]] tl::expected<void, QString> truncate(quint64 size);
    /// Up to @p limit bytes from @p offset; empty at the end. Reading on where the last read ended
    /// is fast; elsewhere in a compressed part, all before it is unpacked first.
    [[nodiscard]] tl::expected<QByteArray, QString> read(quint64 offset, qsizetype limit) const;
    /// The whole log, from firstKept(), as one plain file, written beside and renamed.
    [[nodiscard]] tl::expected<void, QString> copyTo(const QString &target) const;
    /// The logs of a folder by name, also those whose growing part is missing or empty: "*.log",
    /// "gpu.csv", and whatever has parts.
    [[nodiscard]] static QStringList namesIn(const QString &folder);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace proverdeck::models
