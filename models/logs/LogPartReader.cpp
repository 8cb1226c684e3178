// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogPartReader.h"

#include "models/logs/PosixFile.h"

#include <algorithm>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

tl::expected<QByteArray, QString> LogPartReader::read(const LogPart &part, quint64 from,
                                                      qsizetype limit)
{
    const auto wanted = qsizetype(std::min(quint64(limit), part.length() - from));
    if (part.isCompressed) {
        return unpack(part, from, wanted);
    }
    const FileHandle file = openFile(part.path, O_RDONLY);
    QByteArray bytes(wanted, Qt::Uninitialized);
    const qsizetype got = file.isOpen() ? readAt(file, from, bytes.data(), wanted) : -1;
    if (got != wanted) {
        return tl::unexpected(got < 0 ? systemReason() : u"%1 ends too early"_s.arg(part.path));
    }
    return bytes;
}

tl::expected<QByteArray, QString> LogPartReader::unpack(const LogPart &part, quint64 from,
                                                        qsizetype wanted)
{
    tl::expected<void, QString> ready;
    if (m_path != part.path || m_reader.position() > from) {
        ready = m_reader.open(part.path);
        m_path = part.path;
    }
    if (ready) {
        ready = m_reader.skip(from - m_reader.position());
    }
    auto bytes = ready ? m_reader.read(wanted) : tl::unexpected(ready.error());
    if (!bytes || bytes->size() != wanted) {
        forget();
        return tl::unexpected(
            u"%1 is damaged (%2)"_s.arg(part.path, bytes ? u"it ends too early"_s : bytes.error()));
    }
    return bytes;
}

void LogPartReader::forget()
{
    m_path.clear();
}

tl::expected<void, QString> copyBeginning(const LogPart &part, quint64 length,
                                          const QString &target)
{
    constexpr quint64 Chunk = 1024 * 1024;
    const FileHandle file = openFile(target, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.isOpen()) {
        return tl::unexpected(systemReason());
    }
    LogPartReader reader;
    for (quint64 done = 0; done < length;) {
        const auto bytes = reader.read(part, done, qsizetype(std::min(Chunk, length - done)));
        if (!bytes) {
            return tl::unexpected(bytes.error());
        }
        if (!writeAll(file, *bytes)) {
            return tl::unexpected(systemReason());
        }
        done += quint64(bytes->size());
    }
    return syncFile(file) ? tl::expected<void, QString>() : tl::unexpected(systemReason());
}

} // namespace proverdeck::models
