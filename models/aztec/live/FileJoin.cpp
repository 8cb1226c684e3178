// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/live/FileJoin.h"

#include <QList>

#include <algorithm>

namespace proverdeck::models::aztec {

QByteArray FileJoin::feed(QByteArrayView bytes)
{
    QByteArray out;
    while (!bytes.isEmpty()) {
        if (m_left > 0) {
            const qsizetype size = qsizetype(std::min<quint64>(m_left, quint64(bytes.size())));
            out += bytes.first(size);
            m_last = bytes.at(size - 1);
            m_lines += std::count(bytes.begin(), bytes.begin() + size, '\n');
            m_place.offset += quint64(size);
            m_left -= quint64(size);
            bytes = bytes.sliced(size);
            continue;
        }
        const qsizetype end = bytes.indexOf('\n');
        m_head += bytes.first(end < 0 ? bytes.size() : end);
        if (end < 0) {
            break;
        }
        enter(m_head, out);
        m_head.clear();
        bytes = bytes.sliced(end + 1);
    }
    return out;
}

/// "@INODE OFFSET LENGTH"
void FileJoin::enter(QByteArrayView head, QByteArray &out)
{
    const QList<QByteArray> words
        = head.sliced(std::min<qsizetype>(1, head.size())).toByteArray().split(' ');
    if (!head.startsWith('@') || words.size() != 3) {
        return;
    }
    const FilePlace place{words.at(0).toULongLong(), words.at(1).toULongLong()};
    const bool isOther = m_place.inode != 0 && place.inode != m_place.inode;
    if (isOther || place.offset < m_place.offset) {
        // The rest of the file before came in a frame of its own, if it could be found.
        m_gaps += m_isFresh || !isOther;
        if (m_last != '\n') {
            out += '\n';
            ++m_lines;
            m_last = '\n';
        }
    }
    m_isFresh = false;
    m_place = place;
    m_left = words.at(2).toULongLong();
}

void FileJoin::interrupt()
{
    m_head.clear();
    m_left = 0;
    m_isFresh = true;
}

} // namespace proverdeck::models::aztec
