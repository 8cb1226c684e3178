// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/PosixFile.h"

#include <QByteArray>
#include <QString>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace proverdeck::models {

/// What of a log is in a LogStore at one moment. Lines are counted from 0, from the first that ever
/// came.
struct LogExtent
{
    quint64 begin = 0; ///< offset of the first byte that is kept; a line begins there
    quint64 end = 0; ///< bytes that have come in all
    qint64 firstLine = 0; ///< the line that begins at `begin`
    qint64 lines = 0; ///< that have come in all, an unfinished last one included
    bool isOpen = false; ///< the last line has not seen its \n
    quint32 epoch = 0; ///< changes when the log begins anew; what was known of it is void then
    bool operator==(const LogExtent &) const = default;
    [[nodiscard]] qint64 closedLines() const { return isOpen ? lines - 1 : lines; }
};

struct StoredLine
{
    qint64 line = 0;
    quint64 offset = 0;
    quint64 length = 0; ///< of all of it, without its \n
    QByteArray text; ///< its first bytes, as many as were asked for
};

/// A log of any length: its bytes, and where its lines begin.
///
/// Bytes that come are kept in a file, all but the last MiB; a log that is a file already is left
/// there. The index is one number for each 32 KiB, so a log of 100 GB takes some 25 MB of memory,
/// however long or short its lines. Where no file can be written, the store keeps the end of the
/// log in memory and says so in problem().
///
/// One thread writes; any number of threads read at the same time. What a reader learned from
/// extent() stays readable, except after clear() and when the disk is full.
class LogStore
{
public:
    static constexpr qsizetype Block = 32 * 1024;
    static constexpr qsizetype TailSize = 1024 * 1024; ///< in memory before it is written
    static constexpr qsizetype MemoryOnly = 16 * 1024 * 1024; ///< the same when no file can be

    static constexpr quint64 Kept = 4ULL * 1024 * 1024 * 1024; ///< bytes in the file of its own

    /// @p folder is where bytes are kept in a file without a name, of @p kept bytes at most: what
    /// came first goes when there are more. A file that is attached stays as it is.
    explicit LogStore(QString folder = {}, quint64 kept = Kept);

    // By the writer.
    /// @p arrival: when they came, ms since 1970 UTC; -1 where that is not known.
    void append(QByteArrayView bytes, qint64 arrival = -1);
    /// Begins anew, with a file that holds the bytes already.
    void attach(FileHandle file);
    /// The next bytes of the attached file, which the writer has just read.
    void index(QByteArrayView bytes);
    void clear();

    // By anybody.
    [[nodiscard]] LogExtent extent() const;
    /// Where a line begins; the end of the log for the one after the last. None if it is not there.
    [[nodiscard]] std::optional<quint64> startOf(qint64 line) const;
    /// The line that the byte belongs to.
    [[nodiscard]] qint64 lineAt(quint64 offset) const;
    /// Up to @p limit bytes; fewer at the end of the log, or where its file has lost them.
    [[nodiscard]] QByteArray read(quint64 offset, qsizetype limit) const;
    /// The same without memory of its own; how many it were.
    qsizetype readInto(quint64 offset, char *bytes, qsizetype limit) const;
    /// Up to @p count lines, of each its first @p limit bytes.
    [[nodiscard]] std::vector<StoredLine> lines(qint64 first, qsizetype count,
                                                qsizetype limit) const;
    /// When a byte came, to the second; -1 if that is not known.
    [[nodiscard]] qint64 arrivalOf(quint64 offset) const;
    /// Why the beginning of the log is not kept, for a person; empty: all is.
    [[nodiscard]] QString problem() const;
    /// Bytes of memory that grow with the log.
    [[nodiscard]] qsizetype indexBytes() const;

private:
    struct Arrival
    {
        quint64 offset;
        qint64 time;
    };

    void addToIndex(QByteArrayView bytes);
    void noteArrival(qint64 arrival);
    void flush();
    [[nodiscard]] bool openSpill();
    void giveUp(const QString &reason);
    void dropOldest();
    void dropOldestOfFile();

    const QString m_folder;
    const quint64 m_kept;
    mutable std::mutex m_mutex; ///< for all below
    std::shared_ptr<FileHandle> m_file;
    quint64 m_inFile = 0; ///< bytes of the log that are in the file
    std::string m_tail; ///< what follows them
    std::deque<qint64> m_before; ///< \n before each block
    qint64 m_lineEnds = 0;
    quint64 m_size = 0;
    quint64 m_begin = 0;
    qint64 m_firstLine = 0;
    bool m_isOpen = false;
    bool m_isMemoryOnly = false;
    quint32 m_epoch = 0;
    QString m_problem;
    std::vector<Arrival> m_arrivals;
};

} // namespace proverdeck::models
