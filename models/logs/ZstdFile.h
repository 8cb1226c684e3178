// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <tl/expected.hpp>

#include <atomic>
#include <memory>

namespace proverdeck::models {

/// Compresses exactly @p length bytes of the file @p source into the new file @p target, which is
/// on the disk when this returns. Stops with an error soon after @p cancel becomes true; the target
/// is then incomplete. Errors are technical words. For a worker thread.
[[nodiscard]] tl::expected<void, QString> compressFile(const QString &source, const QString &target,
                                                       quint64 length,
                                                       const std::atomic<bool> &cancel);

/// Reads a compressed file from its beginning to its end. Holds the file open: removing or renaming
/// it does not matter. Errors are technical words.
class ZstdReader
{
public:
    ZstdReader();
    ~ZstdReader();
    ZstdReader(const ZstdReader &) = delete;
    ZstdReader &operator=(const ZstdReader &) = delete;

    [[nodiscard]] tl::expected<void, QString> open(const QString &path);
    /// Of the uncompressed bytes.
    [[nodiscard]] quint64 position() const { return m_position; }
    /// Up to @p limit bytes; empty at the end.
    [[nodiscard]] tl::expected<QByteArray, QString> read(qsizetype limit);
    /// Fails if the end comes first.
    [[nodiscard]] tl::expected<void, QString> skip(quint64 count);

private:
    struct Archive;
    std::unique_ptr<Archive> m_archive;
    quint64 m_position = 0;
};

} // namespace proverdeck::models
