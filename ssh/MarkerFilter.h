// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace proverdeck::ssh {

/// Drops what comes before a marker line in a stream: a banner, the noise of the shell's start-up
/// files. Keeps at most a few KiB of it.
class MarkerFilter
{
public:
    /// An empty marker lets everything pass.
    explicit MarkerFilter(const QByteArray &marker);

    /// What of @p bytes counts. nullopt: still before the marker.
    [[nodiscard]] std::optional<QByteArrayView> pass(QByteArrayView bytes);
    [[nodiscard]] bool hasPassed() const { return m_hasPassed; }
    /// The beginning of what was dropped, as long as the marker has not come.
    [[nodiscard]] QByteArray dropped() const { return m_head; }

private:
    QByteArray m_line; // "\nMARKER\n"
    QByteArray m_head;
    QByteArray m_tail{"\n"}; // what may be the beginning of the line
    bool m_hasPassed = false;
};

} // namespace proverdeck::ssh
