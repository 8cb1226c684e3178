// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ArchiveWriter.h"

#include <QDateTime>

#include <archive.h>
#include <archive_entry.h>

namespace proverdeck::app {

namespace {

struct FreeEntry
{
    void operator()(archive_entry *entry) const { archive_entry_free(entry); }
};

la_ssize_t writeTo(archive *one, void *file, const void *data, size_t size)
{
    auto *target = static_cast<QSaveFile *>(file);
    const qint64 written = target->write(static_cast<const char *>(data), qint64(size));
    if (written < 0) {
        archive_set_error(one, EIO, "%s", qPrintable(target->errorString()));
    }
    return la_ssize_t(written);
}

} // namespace

void ArchiveWriter::Free::operator()(archive *one) const
{
    archive_write_free(one);
}

ArchiveWriter::ArchiveWriter(const QString &path)
    : m_file(path)
    , m_archive(archive_write_new())
{
}

ArchiveWriter::~ArchiveWriter()
{
    // Freeing writes the end of the archive; the file must not be renamed by that.
    m_file.cancelWriting();
}

QString ArchiveWriter::failure() const
{
    const char *text = archive_error_string(m_archive.get());
    return text ? QString::fromLocal8Bit(text) : m_file.errorString();
}

QString ArchiveWriter::open()
{
    if (!m_file.open(QIODevice::WriteOnly)) {
        return m_file.errorString();
    }
    m_file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    if (archive_write_add_filter_gzip(m_archive.get()) != ARCHIVE_OK
        || archive_write_set_format_pax_restricted(m_archive.get()) != ARCHIVE_OK
        || archive_write_open2(m_archive.get(), &m_file, nullptr, writeTo, nullptr, nullptr)
            != ARCHIVE_OK) {
        return failure();
    }
    return {};
}

QString ArchiveWriter::add(const QString &name, const QByteArray &data, bool isFolder)
{
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname_utf8(entry.get(), name.toUtf8().constData());
    archive_entry_set_filetype(entry.get(), isFolder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry.get(), isFolder ? 0755 : 0644);
    archive_entry_set_size(entry.get(), data.size());
    archive_entry_set_mtime(entry.get(), QDateTime::currentSecsSinceEpoch(), 0);
    if (archive_write_header(m_archive.get(), entry.get()) != ARCHIVE_OK
        || archive_write_data(m_archive.get(), data.constData(), size_t(data.size()))
            != la_ssize_t(data.size())) {
        return failure();
    }
    return {};
}

QString ArchiveWriter::addFolder(const QString &name)
{
    return add(name, {}, true);
}

QString ArchiveWriter::addFile(const QString &name, const QByteArray &data)
{
    return add(name, data, false);
}

QString ArchiveWriter::commit()
{
    if (archive_write_close(m_archive.get()) != ARCHIVE_OK) {
        return failure();
    }
    return m_file.commit() ? QString() : m_file.errorString();
}

} // namespace proverdeck::app
