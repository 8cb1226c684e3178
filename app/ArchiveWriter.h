// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSaveFile>
#include <QString>

#include <memory>

struct archive;

namespace proverdeck::app {

/// Writes a .tar.gz beside its path and renames it at the end. Without commit() nothing stays.
/// Names of this machine's user and group do not enter it.
class ArchiveWriter
{
public:
    explicit ArchiveWriter(const QString &path);
    ~ArchiveWriter();
    ArchiveWriter(const ArchiveWriter &) = delete;
    ArchiveWriter &operator=(const ArchiveWriter &) = delete;

    /// Each returns an empty string, or why it failed; then nothing more can be added.
    [[nodiscard]] QString open();
    [[nodiscard]] QString addFolder(const QString &name);
    [[nodiscard]] QString addFile(const QString &name, const QByteArray &data);
    [[nodiscard]] QString commit();

private:
    struct Free
    {
        void operator()(archive *one) const;
    };

    [[nodiscard]] QString add(const QString &name, const QByteArray &data, bool isFolder);
    [[nodiscard]] QString failure() const;

    QSaveFile m_file; // before the archive, which writes to it when it is freed
    std::unique_ptr<archive, Free> m_archive;
};

} // namespace proverdeck::app
