// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <optional>
#include <vector>

namespace proverdeck::models::series {

/// Samples of one thing in a stretch of time, as they are kept for good.
struct SampleChunk
{
    std::vector<qint64> at; ///< ms since the epoch, UTC, ascending
    std::vector<std::vector<float>> columns; ///< as many values each; not a number: unknown

    /// Each value comes back exactly. Nothing for times and values that do not change, a byte or
    /// two for steady clocks and what a GPU tells, else four; and a checksum.
    [[nodiscard]] QByteArray packed() const;
    /// What packed() does last; @p bytes and what unpack() looks at first.
    [[nodiscard]] static QByteArray withChecksum(QByteArray bytes);
    /// None if the bytes are not what packed() made.
    [[nodiscard]] static std::optional<SampleChunk> unpack(const QByteArray &bytes);
};

} // namespace proverdeck::models::series
