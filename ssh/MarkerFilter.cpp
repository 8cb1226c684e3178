// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/MarkerFilter.h"

#include <QString>

namespace proverdeck::ssh {

namespace {
constexpr qsizetype kHeadBytes = 4096;
}

MarkerFilter::MarkerFilter(const QByteArray &marker)
    : m_line('\n' + marker + '\n')
    , m_hasPassed(marker.isEmpty())
{
}

std::optional<QByteArrayView> MarkerFilter::pass(QByteArrayView bytes)
{
    if (m_hasPassed) {
        return bytes;
    }
    const qsizetype before = m_tail.size();
    m_tail.append(bytes.data(), bytes.size());
    const qsizetype at = m_tail.indexOf(m_line);
    if (at < 0) {
        m_head.append(bytes.data(), qMin(bytes.size(), kHeadBytes - m_head.size()));
        m_tail = m_tail.last(qMin(m_tail.size(), m_line.size() - 1));
        return {};
    }
    m_hasPassed = true;
    m_head.clear();
    m_tail.clear();
    return bytes.sliced(at + m_line.size() - before);
}

} // namespace proverdeck::ssh
