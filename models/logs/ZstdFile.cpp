// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/ZstdFile.h"

#include "models/logs/PosixFile.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype Chunk = 256 * 1024;

struct WriterCloser
{
    void operator()(archive *writer) const { archive_write_free(writer); }
};
struct EntryCloser
{
    void operator()(archive_entry *entry) const { archive_entry_free(entry); }
};
using Writer = std::unique_ptr<archive, WriterCloser>;
using Entry = std::unique_ptr<archive_entry, EntryCloser>;

QString reason(archive *of)
{
    const char *text = archive_error_string(of);
    return text ? QString::fromLocal8Bit(text) : u"libarchive failed"_s;
}

/// The filter alone, without a format around it: what the program zstd reads and writes, too.
tl::expected<Writer, QString> makeWriter(int target)
{
    Writer writer(archive_write_new());
    // Anything but OK means that another program would be started for it.
    if (!writer || archive_write_set_format_raw(writer.get()) != ARCHIVE_OK
        || archive_write_add_filter_zstd(writer.get()) != ARCHIVE_OK
        || archive_write_open_fd(writer.get(), target) != ARCHIVE_OK) {
        return tl::unexpected(writer ? reason(writer.get()) : u"out of memory"_s);
    }
    const Entry entry(archive_entry_new());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    if (archive_write_header(writer.get(), entry.get()) != ARCHIVE_OK) {
        return tl::unexpected(reason(writer.get()));
    }
    return writer;
}

} // namespace

tl::expected<void, QString> compressFile(const QString &source, const QString &target,
                                         quint64 length, const std::atomic<bool> &cancel)
{
    const FileHandle in = openFile(source, O_RDONLY);
    if (!in.isOpen()) {
        return tl::unexpected(systemReason());
    }
    const FileHandle out = openFile(target, O_WRONLY | O_CREAT | O_TRUNC);
    if (!out.isOpen()) {
        return tl::unexpected(systemReason());
    }
    auto writer = makeWriter(out.get());
    if (!writer) {
        return tl::unexpected(writer.error());
    }
    QByteArray buffer(Chunk, Qt::Uninitialized);
    for (quint64 done = 0; done < length;) {
        if (cancel) {
            return tl::unexpected(u"cancelled"_s);
        }
        const qsizetype got
            = readAt(in, done, buffer.data(), qsizetype(std::min(quint64(Chunk), length - done)));
        if (got <= 0) {
            return tl::unexpected(got < 0 ? systemReason()
                                          : u"the file is shorter than expected"_s);
        }
        if (archive_write_data(writer->get(), buffer.constData(), size_t(got)) != got) {
            return tl::unexpected(reason(writer->get()));
        }
        done += quint64(got);
    }
    if (archive_write_close(writer->get()) != ARCHIVE_OK) {
        return tl::unexpected(reason(writer->get()));
    }
    return syncFile(out) ? tl::expected<void, QString>() : tl::unexpected(systemReason());
}

struct ZstdReader::Archive
{
    ~Archive() { archive_read_free(handle); }
    archive *handle = archive_read_new();
    FileHandle file;
};

ZstdReader::ZstdReader() = default;
ZstdReader::~ZstdReader() = default;

tl::expected<void, QString> ZstdReader::open(const QString &path)
{
    m_position = 0;
    auto archive = std::make_unique<Archive>();
    m_archive.reset();
    archive->file = openFile(path, O_RDONLY);
    if (!archive->file.isOpen()) {
        return tl::unexpected(systemReason());
    }
    // The one filter, by name: what is compressed may itself look like something compressed.
    archive_entry *entry = nullptr;
    if (!archive->handle
        || archive_read_append_filter(archive->handle, ARCHIVE_FILTER_ZSTD) != ARCHIVE_OK
        || archive_read_support_format_raw(archive->handle) != ARCHIVE_OK
        || archive_read_open_fd(archive->handle, archive->file.get(), size_t(Chunk)) != ARCHIVE_OK
        || archive_read_next_header(archive->handle, &entry) != ARCHIVE_OK) {
        return tl::unexpected(archive->handle ? reason(archive->handle) : u"out of memory"_s);
    }
    m_archive = std::move(archive);
    return {};
}

tl::expected<QByteArray, QString> ZstdReader::read(qsizetype limit)
{
    QByteArray bytes(limit, Qt::Uninitialized);
    qsizetype filled = 0;
    while (m_archive && filled < limit) {
        const la_ssize_t got
            = archive_read_data(m_archive->handle, bytes.data() + filled, size_t(limit - filled));
        if (got < 0) {
            const QString why = reason(m_archive->handle);
            m_archive.reset();
            return tl::unexpected(why);
        }
        if (got == 0) {
            break;
        }
        filled += got;
        m_position += quint64(got);
    }
    bytes.resize(filled);
    return bytes;
}

tl::expected<void, QString> ZstdReader::skip(quint64 count)
{
    while (count > 0) {
        const auto bytes = read(qsizetype(std::min(quint64(Chunk), count)));
        if (!bytes) {
            return tl::unexpected(bytes.error());
        }
        if (bytes->isEmpty()) {
            return tl::unexpected(u"the file ends too early"_s);
        }
        count -= quint64(bytes->size());
    }
    return {};
}

} // namespace proverdeck::models
