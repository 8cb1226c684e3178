// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/live/LiveSource.h"

namespace proverdeck::models::aztec {

/// Reads the frames of followFileScript(): which bytes of which file come. What was received of a
/// frame that the end of the connection cut counts; the next reading goes on behind it. Pure.
class FileJoin
{
public:
    /// The file's bytes. After a file that ended without a line end, one is put in before the next.
    [[nodiscard]] QByteArray feed(QByteArrayView bytes);
    /// The reading has ended; another one may follow.
    void interrupt();

    [[nodiscard]] const FilePlace &place() const { return m_place; }
    [[nodiscard]] qint64 lines() const { return m_lines; }
    /// How often a reading could not go on where the one before had ended: the file had been cut
    /// off, or was rotated away and is gone.
    [[nodiscard]] int gaps() const { return m_gaps; }

private:
    void enter(QByteArrayView head, QByteArray &out);

    FilePlace m_place;
    QByteArray m_head; ///< of a frame, incomplete
    quint64 m_left = 0; ///< of the current frame
    qint64 m_lines = 0;
    int m_gaps = 0;
    bool m_isFresh = true; ///< the first frame of a reading tells where it goes on
    char m_last = '\n';
};

} // namespace proverdeck::models::aztec
