// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace proverdeck::models {

/// A part of a log that grows no more, as it lies beside the growing one:
/// "l2.log.000000000000-000067108864" or the same with ".zst". Both offsets are in the name, so a
/// part that lost its end to a power cut is known by its size, and none need be unpacked to know
/// where the next one begins.
struct LogPart
{
    quint64 begin = 0; ///< offset of its first byte in the log
    quint64 end = 0;
    bool isCompressed = false;
    QString path;
    quint64 onDisk = 0; ///< bytes of the file
    bool operator==(const LogPart &) const = default;

    [[nodiscard]] quint64 length() const { return end - begin; }
    /// A plain part has as many bytes as its name says.
    [[nodiscard]] bool isWhole() const { return isCompressed || onDisk >= length(); }
};

/// What lies on the disk of a log, put in order.
struct LogParts
{
    QList<LogPart> parts; ///< each begins where the one before ends
    /// Superseded ones: the same bytes are in `parts`, or were cut off.
    QStringList leftovers;
    /// Written half when their writer ended.
    QStringList unfinished;
};

/// Looks at the files beside @p log and changes nothing. Where the parts have a gap, only those
/// after it count.
[[nodiscard]] LogParts findParts(const QString &log);
[[nodiscard]] QString partPath(const QString &log, quint64 begin, quint64 end, bool compressed);
/// What a file that is still being written is called.
[[nodiscard]] QString unfinishedPath(const QString &path);
/// The log's name if @p fileName is the name of a part.
[[nodiscard]] std::optional<QString> logOfPart(const QString &fileName);

} // namespace proverdeck::models
