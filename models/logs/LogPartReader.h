// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogParts.h"
#include "models/logs/ZstdFile.h"

namespace proverdeck::models {

/// Reads parts of a log, plain or compressed. Remembers where the last read of a compressed part
/// ended: reading on from there is fast, going back unpacks the part from its beginning. Errors are
/// technical words.
class LogPartReader
{
public:
    /// @p limit bytes from @p from within the part, fewer only at its end.
    [[nodiscard]] tl::expected<QByteArray, QString> read(const LogPart &part, quint64 from,
                                                         qsizetype limit);
    void forget();

private:
    [[nodiscard]] tl::expected<QByteArray, QString> unpack(const LogPart &part, quint64 from,
                                                           qsizetype wanted);

    ZstdReader m_reader;
    QString m_path; ///< what it reads; empty: nothing
};

/// Writes the first @p length bytes of a part as a plain file, which is on the disk then.
[[nodiscard]] tl::expected<void, QString> copyBeginning(const LogPart &part, quint64 length,
                                                        const QString &target);

} // namespace proverdeck::models
