// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Gathering.h"

#include <QStringList>

#include <atomic>
#include <functional>

namespace proverdeck::models::aztec {

/// One file to read, plain or compressed (gzip, zstd).
struct InputFile
{
    QString path;
    QString machine;
    qint64 size = 0; ///< as it lies on the disk
};

/// What the names on a command line or a drop mean: "NAME=FILE" names its machine, a folder stands
/// for the files in it. Without a name a file is a machine of its own, called after it. The error
/// is a sentence.
[[nodiscard]] tl::expected<QList<InputFile>, QString> listInputs(const QStringList &names);

/// Reads a file into @p gathering: a log, or an output of docker ps, stats or inspect, recognised
/// by what is in it. @p progress gets the bytes of the file that are done, and ends the reading by
/// false. The error is a sentence. Blocks; for a worker thread or a command.
using ReadProgress = std::function<bool(qint64 done)>;
[[nodiscard]] tl::expected<void, QString> readInput(const InputFile &file, Gathering &gathering,
                                                    const ReadProgress &progress = {});

/// If the beginning of a file reads like a log of an Aztec prover, or an output of docker.
[[nodiscard]] bool looksLikeAztec(QByteArrayView head);
[[nodiscard]] bool isAztecFile(const QString &path); ///< the same of a file, packed or not

/// The bytes of a log from @p offset to the end of the line, at most @p limit.
[[nodiscard]] QByteArray lineAt(const QString &path, qint64 offset, qsizetype limit = 4000);

} // namespace proverdeck::models::aztec
