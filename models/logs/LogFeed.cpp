// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogFeed.h"

#include "models/logs/LogFile.h"

#include <QFileInfo>

#include <archive.h>

#include <array>
#include <chrono>

namespace proverdeck::models {

using namespace std::chrono_literals;

namespace {

constexpr qsizetype Chunk = 512 * 1024;
constexpr auto PollInterval = 100ms; ///< of a file that might grow

struct ArchiveReader
{
    ArchiveReader() = default;
    ~ArchiveReader() { archive_read_free(handle); }
    ArchiveReader(const ArchiveReader &) = delete;
    ArchiveReader &operator=(const ArchiveReader &) = delete;
    archive *handle = archive_read_new();
};

/// By the first bytes of gzip, zstd, xz and bzip2 files.
bool isCompressed(const FileHandle &file)
{
    std::array<char, 6> head{};
    const qsizetype got = readAt(file, 0, head.data(), qsizetype(head.size()));
    const QByteArrayView bytes(head.data(), std::max<qsizetype>(0, got));
    return bytes.startsWith("\x1f\x8b") || bytes.startsWith("\x28\xb5\x2f\xfd")
        || bytes.startsWith("\xfd"
                            "7zXZ")
        || bytes.startsWith("BZh");
}

} // namespace

LogFeed::LogFeed(LogStore &store, QObject *parent)
    : QObject(parent)
    , m_store(store)
{
}

LogFeed::~LogFeed()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_all();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void LogFeed::push(const QByteArray &bytes, qint64 arrival)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_pieces.append({bytes, arrival});
    }
    if (!m_thread.joinable()) {
        m_thread = std::thread([this] { work(); });
    }
    m_wake.notify_all();
}

void LogFeed::openFile(const QString &path)
{
    open(path, {});
}

void LogFeed::openLog(const QString &path, quint64 size)
{
    open(path, size);
}

void LogFeed::open(const QString &path, std::optional<quint64> logSize)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_opened = {path, logSize};
        m_pieces.clear();
    }
    m_progress = 0;
    if (!m_thread.joinable()) {
        m_thread = std::thread([this] { work(); });
    }
    m_wake.notify_all();
}

bool LogFeed::isIdle() const
{
    const std::scoped_lock lock(m_mutex);
    return !m_isBusy && m_pieces.isEmpty() && m_opened.path.isEmpty();
}

void LogFeed::work()
{
    std::unique_lock lock(m_mutex);
    while (!m_stop) {
        if (!m_opened.path.isEmpty()) {
            const Opened opened = std::exchange(m_opened, {});
            m_isBusy = true;
            lock.unlock();
            if (opened.logSize) {
                readLog(opened.path, *opened.logSize);
            } else {
                readFile(opened.path);
            }
            lock.lock();
            m_isBusy = false;
        } else if (!m_pieces.isEmpty()) {
            storePieces(lock);
        } else {
            m_wake.wait(lock);
        }
    }
}

void LogFeed::storePieces(std::unique_lock<std::mutex> &lock)
{
    m_isBusy = true;
    const QList<Piece> pieces = std::exchange(m_pieces, {});
    lock.unlock();
    for (const Piece &piece : pieces) {
        if (m_stop) {
            break;
        }
        m_store.append(piece.bytes, piece.arrival);
    }
    lock.lock();
    m_isBusy = false;
    tellGrown();
    if (m_pieces.isEmpty()) {
        tellCaughtUp();
    }
}

void LogFeed::readFile(const QString &path)
{
    FileHandle file = models::openFile(path, O_RDONLY | O_NONBLOCK);
    if (!file.isOpen()) {
        tellFailed(path, systemReason());
        return;
    }
    if (!QFileInfo(path).isFile()) {
        tellFailed(path, tr("it is not a file"));
        return;
    }
    if (isCompressed(file) && unpack(path)) {
        return;
    }
    ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    m_store.attach(FileHandle(::dup(file.get())));
    quint64 offset = 0;
    if (!readOn(file, offset)) {
        tellFailed(path, systemReason());
        return;
    }
    follow(std::move(file), path, offset);
}

bool LogFeed::readOn(const FileHandle &file, quint64 &offset)
{
    static thread_local std::array<char, Chunk> chunk;
    const auto size = double(std::max<qint64>(1, sizeOf(file)));
    while (!m_stop) {
        const qsizetype got = readAt(file, offset, chunk.data(), Chunk);
        if (got < 0) {
            return false;
        }
        if (got == 0) {
            break;
        }
        m_store.index({chunk.data(), got});
        offset += quint64(got);
        m_progress = std::min(1.0, double(offset) / size);
        tellGrown();
    }
    m_progress = 1;
    return true;
}

/// Until another file is to be opened. A file that became shorter, or that was replaced by another
/// of its name, begins anew.
void LogFeed::follow(FileHandle file, const QString &path, quint64 offset)
{
    std::unique_lock lock(m_mutex);
    m_isBusy = false;
    tellCaughtUp();
    while (!m_stop && m_opened.path.isEmpty()) {
        m_wake.wait_for(lock, PollInterval);
        if (m_stop || !m_opened.path.isEmpty()) {
            return;
        }
        const qint64 size = sizeOf(file);
        const bool isReplaced = !isNamed(file, path) && QFileInfo::exists(path);
        if (size >= 0 && quint64(size) == offset && !isReplaced) {
            continue;
        }
        if (isReplaced || (size >= 0 && quint64(size) < offset)) {
            m_opened = {path, {}};
            return;
        }
        m_isBusy = true;
        lock.unlock();
        const bool isRead = readOn(file, offset);
        lock.lock();
        m_isBusy = false;
        if (!isRead) {
            tellFailed(path, systemReason());
            return;
        }
        tellCaughtUp();
    }
}

/// False if it only begins like a compressed file.
bool LogFeed::unpack(const QString &path)
{
    const FileHandle file = models::openFile(path, O_RDONLY);
    const ArchiveReader reader;
    archive_entry *entry = nullptr;
    m_store.clear();
    if (!reader.handle || archive_read_support_filter_all(reader.handle) < ARCHIVE_WARN
        || archive_read_support_format_raw(reader.handle) != ARCHIVE_OK
        || archive_read_open_fd(reader.handle, file.get(), std::size_t(Chunk)) != ARCHIVE_OK
        || archive_read_next_header(reader.handle, &entry) != ARCHIVE_OK) {
        tellFailed(path,
                   reader.handle ? QString::fromUtf8(archive_error_string(reader.handle))
                                 : tr("out of memory"));
        return true;
    }
    if (archive_filter_count(reader.handle) < 2) {
        return false;
    }
    QByteArray chunk(Chunk, Qt::Uninitialized);
    const auto size = double(std::max<qint64>(1, sizeOf(file)));
    while (!m_stop) {
        const la_ssize_t got
            = archive_read_data(reader.handle, chunk.data(), std::size_t(chunk.size()));
        if (got < 0) {
            tellFailed(path, QString::fromUtf8(archive_error_string(reader.handle)));
            return true;
        }
        if (got == 0) {
            break;
        }
        m_store.append({chunk.constData(), qsizetype(got)});
        m_progress = std::min(1.0, double(archive_filter_bytes(reader.handle, -1)) / size);
        tellGrown();
        const std::scoped_lock lock(m_mutex);
        if (!m_opened.path.isEmpty()) {
            return true;
        }
    }
    m_progress = 1;
    tellCaughtUp();
    return true;
}

void LogFeed::readLog(const QString &path, quint64 size)
{
    m_store.clear();
    LogFile log(path);
    if (const auto opened = log.openExisting(); !opened) {
        tellFailed(path, opened.error());
        return;
    }
    quint64 at = log.firstKept();
    while (!m_stop && at < size) {
        const auto bytes = log.read(at, qsizetype(std::min(quint64(Chunk), size - at)));
        if (!bytes) {
            tellFailed(path, bytes.error());
            return;
        }
        if (bytes->isEmpty()) {
            break;
        }
        m_store.append(*bytes);
        at += quint64(bytes->size());
        m_progress = double(at) / double(size);
        tellGrown();
        const std::scoped_lock lock(m_mutex);
        if (!m_opened.path.isEmpty()) {
            return;
        }
    }
    m_progress = 1;
    tellCaughtUp();
}

void LogFeed::tellGrown()
{
    if (!m_isTold.exchange(true)) {
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_isTold = false;
                emit grew();
            },
            Qt::QueuedConnection);
    }
}

void LogFeed::tellCaughtUp()
{
    QMetaObject::invokeMethod(this, &LogFeed::caughtUp, Qt::QueuedConnection);
}

void LogFeed::tellFailed(const QString &path, const QString &reason)
{
    const QString problem = tr("The log %1 could not be read: %2. Check that the file is there, "
                               "whole, and readable for you.")
                                .arg(QFileInfo(path).fileName(), reason);
    QMetaObject::invokeMethod(
        this, [this, problem] { emit failed(problem); }, Qt::QueuedConnection);
}

} // namespace proverdeck::models
