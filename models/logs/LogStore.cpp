// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogStore.h"

#include "models/logs/ByteScan.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QLocale>

#include <fcntl.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

/// Bytes of a disk that are left to others.
constexpr quint64 LeftFree = 512ULL * 1024 * 1024;

bool hasRoom(int file)
{
    struct statvfs disk
    {
    };
    return ::fstatvfs(file, &disk) != 0 || quint64(disk.f_bavail) * disk.f_frsize > LeftFree;
}

bool writeAt(int file, quint64 offset, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t done
            = ::pwrite(file, bytes.data(), static_cast<std::size_t>(bytes.size()), off_t(offset));
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        bytes = bytes.sliced(done);
        offset += quint64(done);
    }
    return true;
}

} // namespace

LogStore::LogStore(QString folder, quint64 kept)
    : m_folder(folder.isEmpty() ? QDir::tempPath() : std::move(folder))
    , m_kept(kept)
{
}

void LogStore::append(QByteArrayView bytes, qint64 arrival)
{
    noteArrival(arrival);
    while (!bytes.isEmpty()) {
        bool isFull = false;
        {
            const std::scoped_lock lock(m_mutex);
            const qsizetype room
                = std::max<qsizetype>(TailSize - qsizetype(m_tail.size()) % TailSize, Block);
            const QByteArrayView piece = bytes.first(std::min(room, bytes.size()));
            m_tail.append(piece.data(), static_cast<std::size_t>(piece.size()));
            addToIndex(piece);
            bytes = bytes.sliced(piece.size());
            isFull = qsizetype(m_tail.size()) >= (m_isMemoryOnly ? MemoryOnly : TailSize);
        }
        if (isFull) {
            flush();
        }
    }
}

void LogStore::noteArrival(qint64 arrival)
{
    constexpr qint64 Second = 1000;
    const std::scoped_lock lock(m_mutex);
    if (m_arrivals.empty() ? arrival < 0 : std::abs(arrival - m_arrivals.back().time) < Second) {
        return;
    }
    m_arrivals.push_back({m_size, arrival});
}

// Only the writer changes the tail, so it can be read here without the lock.
void LogStore::flush()
{
    if (!m_isMemoryOnly) {
        QString reason;
        if (!openSpill()) {
            reason = systemReason();
        } else if (!hasRoom(m_file->get())) {
            reason = QCoreApplication::translate("LogStore", "the disk is nearly full");
        } else if (!writeAt(m_file->get(), m_inFile, {m_tail.data(), qsizetype(m_tail.size())})) {
            reason = systemReason();
        }
        if (reason.isEmpty()) {
            {
                const std::scoped_lock lock(m_mutex);
                m_inFile += m_tail.size();
                m_tail.clear();
            }
            if (m_inFile - m_begin > m_kept) {
                dropOldestOfFile();
            }
            return;
        }
        giveUp(reason);
    }
    if (qsizetype(m_tail.size()) >= MemoryOnly) {
        dropOldest();
    }
}

bool LogStore::openSpill()
{
    if (m_file) {
        return true;
    }
    FileHandle file = openFile(m_folder, O_RDWR | O_TMPFILE);
    if (!file.isOpen()) { // not every file system has files without names
        QByteArray name = QFile::encodeName(m_folder + u"/proverdeck-log-XXXXXX"_s);
        file = FileHandle(::mkostemp(name.data(), O_CLOEXEC));
        if (file.isOpen()) {
            ::unlink(name.constData());
        }
    }
    if (!file.isOpen()) {
        return false;
    }
    const std::scoped_lock lock(m_mutex);
    m_file = std::make_shared<FileHandle>(std::move(file));
    return true;
}

void LogStore::giveUp(const QString &reason)
{
    const std::scoped_lock lock(m_mutex);
    m_isMemoryOnly = true;
    m_problem = QCoreApplication::translate(
                    "LogStore",
                    "Only the end of this log is kept: the folder %1 cannot take more "
                    "(%2). Free some space there and open the log again.")
                    .arg(m_folder, reason);
}

/// Half of the memory goes, at the end of a line where there is one.
void LogStore::dropOldest()
{
    const std::scoped_lock lock(m_mutex);
    std::size_t cut = m_tail.find('\n', m_tail.size() / 2);
    cut = cut == std::string::npos ? m_tail.size() / 2 : cut + 1;
    const QByteArrayView gone(m_tail.data(), qsizetype(cut));
    if (m_begin < m_inFile) { // what is in the file has a gap behind it now
        m_firstLine = m_lineEnds - countLineEnds({m_tail.data(), qsizetype(m_tail.size())});
        m_file.reset();
    }
    m_firstLine += countLineEnds(gone);
    m_inFile += cut;
    m_begin = m_inFile;
    m_tail.erase(0, cut);
}

/// A quarter goes, up to the line that begins there. The file keeps its offsets: what goes becomes
/// a hole. A file system without holes keeps the bytes, unseen.
void LogStore::dropOldestOfFile()
{
    const quint64 from = m_inFile - m_kept / 4 * 3;
    const qint64 line = lineAt(from) + 1;
    const std::optional<quint64> start = startOf(line);
    const bool isWithinLine = !start || *start <= from || *start >= m_inFile;
    const quint64 begin = isWithinLine ? from : *start;
    {
        const std::scoped_lock lock(m_mutex);
        m_firstLine = isWithinLine ? line - 1 : line;
        m_begin = begin;
        m_problem = QCoreApplication::translate("LogStore",
                                                "Only the end of this log is shown: %1 of it are "
                                                "kept here. A run's own log file has all of it.")
                        .arg(QLocale().formattedDataSize(qint64(m_kept)));
    }
    ::fallocate(m_file->get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, off_t(begin));
}

void LogStore::attach(FileHandle file)
{
    clear();
    const std::scoped_lock lock(m_mutex);
    m_file = std::make_shared<FileHandle>(std::move(file));
}

void LogStore::index(QByteArrayView bytes)
{
    const std::scoped_lock lock(m_mutex);
    addToIndex(bytes);
    m_inFile = m_size;
}

void LogStore::clear()
{
    const std::scoped_lock lock(m_mutex);
    m_file.reset();
    m_inFile = 0;
    m_tail.clear();
    m_before.clear();
    m_lineEnds = 0;
    m_size = 0;
    m_begin = 0;
    m_firstLine = 0;
    m_isOpen = false;
    m_isMemoryOnly = false;
    m_problem.clear();
    m_arrivals.clear();
    ++m_epoch;
}

void LogStore::addToIndex(QByteArrayView bytes)
{
    if (bytes.isEmpty()) {
        return;
    }
    m_isOpen = bytes.back() != '\n';
    while (!bytes.isEmpty()) {
        const auto inBlock = qsizetype(m_size % quint64(Block));
        if (inBlock == 0) {
            m_before.push_back(m_lineEnds);
        }
        const QByteArrayView piece = bytes.first(std::min(Block - inBlock, bytes.size()));
        m_lineEnds += countLineEnds(piece);
        m_size += quint64(piece.size());
        bytes = bytes.sliced(piece.size());
    }
}

LogExtent LogStore::extent() const
{
    const std::scoped_lock lock(m_mutex);
    return {.begin = m_begin,
            .end = m_size,
            .firstLine = m_firstLine,
            .lines = m_lineEnds + (m_isOpen ? 1 : 0),
            .isOpen = m_isOpen,
            .epoch = m_epoch};
}

std::optional<quint64> LogStore::startOf(qint64 line) const
{
    quint64 from = 0;
    qint64 before = 0;
    {
        const std::scoped_lock lock(m_mutex);
        if (line == m_firstLine) {
            return m_begin;
        }
        if (line < m_firstLine || line > m_lineEnds + 1 || (line == m_lineEnds + 1 && !m_isOpen)) {
            return {};
        }
        if (line == m_lineEnds + 1) {
            return m_size;
        }
        // The last block before which fewer than `line` lines have ended holds the end of the one
        // before this.
        const auto after = std::lower_bound(m_before.begin(), m_before.end(), line);
        const auto block = quint64(after - m_before.begin() - 1);
        from = block * quint64(Block);
        before = m_before[block];
        if (from < m_begin) {
            from = m_begin;
            before = m_firstLine;
        }
    }
    std::array<char, Block>
        bytes; // NOLINT(cppcoreguidelines-pro-type-member-init): is written next
    const qsizetype limit = Block - qsizetype(from % quint64(Block));
    const qsizetype got = readInto(from, bytes.data(), limit);
    const qsizetype found = afterLineEnd({bytes.data(), got}, line - before);
    return found < 0 ? std::optional<quint64>() : from + quint64(found);
}

qint64 LogStore::lineAt(quint64 offset) const
{
    quint64 from = 0;
    qint64 before = 0;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_before.empty()) {
            return 0;
        }
        offset = std::clamp(offset, m_begin, m_size);
        const quint64 block = std::min(offset / quint64(Block), quint64(m_before.size() - 1));
        from = block * quint64(Block);
        before = m_before[block];
        if (from < m_begin) {
            from = m_begin;
            before = m_firstLine;
        }
    }
    std::array<char, Block>
        bytes; // NOLINT(cppcoreguidelines-pro-type-member-init): is written next
    const qsizetype got = readInto(from, bytes.data(), qsizetype(offset - from));
    return before + countLineEnds({bytes.data(), got});
}

qsizetype LogStore::readInto(quint64 offset, char *bytes, qsizetype limit) const
{
    std::shared_ptr<FileHandle> file;
    qsizetype fromFile = 0;
    qsizetype fromTail = 0;
    {
        const std::scoped_lock lock(m_mutex);
        if (offset < m_begin || offset >= m_size) {
            return 0;
        }
        limit = qsizetype(std::min(quint64(limit), m_size - offset));
        fromFile = offset < m_inFile ? qsizetype(std::min(quint64(limit), m_inFile - offset)) : 0;
        fromTail = limit - fromFile;
        if (fromTail > 0) {
            const quint64 at = std::max(offset, m_inFile) - m_inFile;
            m_tail.copy(bytes + fromFile, static_cast<std::size_t>(fromTail), at);
        }
        file = m_file;
    }
    if (fromFile == 0) {
        return limit;
    }
    const qsizetype got = file ? readAt(*file, offset, bytes, fromFile) : -1;
    return got == fromFile ? limit : std::max<qsizetype>(0, got);
}

QByteArray LogStore::read(quint64 offset, qsizetype limit) const
{
    QByteArray bytes(limit, Qt::Uninitialized);
    bytes.resize(readInto(offset, bytes.data(), limit));
    return bytes;
}

std::vector<StoredLine> LogStore::lines(qint64 first, qsizetype count, qsizetype limit) const
{
    std::vector<StoredLine> found;
    const LogExtent now = extent();
    count = qsizetype(std::min<qint64>(count, now.lines - first));
    auto start = count > 0 ? startOf(first) : std::nullopt;
    QByteArray bytes;
    qsizetype at = 0;
    while (start && qsizetype(found.size()) < count) {
        const qint64 line = first + qint64(found.size());
        qsizetype end = bytes.indexOf('\n', at);
        if (end < 0 && bytes.size() - at <= limit) {
            bytes = read(*start, limit + Block);
            at = 0;
            end = bytes.indexOf('\n');
        }
        StoredLine stored{.line = line, .offset = *start};
        if (end < 0) { // longer than what was read, or the last one
            const auto next = startOf(line + 1);
            const quint64 stop = !next || *next == 0 ? now.end : *next;
            const bool hasEnd = line < now.closedLines();
            stored.length = std::max(stop, *start) - *start - (hasEnd && stop > *start ? 1 : 0);
            stored.text = bytes.sliced(at, std::min(bytes.size() - at, limit));
            stored.text.truncate(qsizetype(std::min(stored.length, quint64(limit))));
            start = next;
            bytes.clear();
            at = 0;
        } else {
            stored.length = quint64(end - at);
            stored.text = bytes.sliced(at, std::min(end - at, limit));
            *start += quint64(end - at) + 1;
            at = end + 1;
        }
        found.push_back(std::move(stored));
    }
    return found;
}

qint64 LogStore::arrivalOf(quint64 offset) const
{
    const std::scoped_lock lock(m_mutex);
    const auto after = std::upper_bound(
        m_arrivals.begin(), m_arrivals.end(), offset,
        [](quint64 value, const Arrival &arrival) { return value < arrival.offset; });
    return after == m_arrivals.begin() ? -1 : std::prev(after)->time;
}

QString LogStore::problem() const
{
    const std::scoped_lock lock(m_mutex);
    return m_problem;
}

qsizetype LogStore::indexBytes() const
{
    const std::scoped_lock lock(m_mutex);
    return qsizetype(m_before.size() * sizeof(qint64) + m_arrivals.capacity() * sizeof(Arrival));
}

} // namespace proverdeck::models
