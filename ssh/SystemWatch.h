// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>

namespace proverdeck::ssh {

/// Notices that this machine slept, that this program stood still, and that the network changed:
/// reasons to look after connections at once instead of waiting for their next sign of life.
///
/// Lives in the GUI thread. It looks every two seconds, and at once where Qt has a backend for
/// network information. Several shells may share one.
class SystemWatch : public QObject
{
    Q_OBJECT

public:
    /// Where it looks; a test gives its own.
    struct Source
    {
        std::function<std::chrono::milliseconds()> awake; ///< a clock that stops during sleep
        std::function<std::chrono::milliseconds()> always; ///< one that does not
        std::function<std::chrono::milliseconds()> wall; ///< the one on the wall
        std::function<QByteArray()> addresses; ///< this machine's; empty: no network
    };
    [[nodiscard]] static Source system();

    explicit SystemWatch(QObject *parent = nullptr);
    explicit SystemWatch(Source source, QObject *parent = nullptr);

    /// Whether this machine has an address that others can reach it by.
    [[nodiscard]] bool hasNetwork() const { return !m_addresses.isEmpty(); }
    /// Looks now; the timer calls it, and so may a test.
    void look();

signals:
    /// It woke up, went on, or has other addresses than before.
    void changed();

private:
    struct Times
    {
        std::chrono::milliseconds awake{0};
        std::chrono::milliseconds always{0};
        std::chrono::milliseconds wall{0};
    };

    [[nodiscard]] Times times() const;
    [[nodiscard]] bool hasSlept(const Times &now) const;
    void watchReachability();

    Source m_source;
    QTimer m_timer;
    Times m_last;
    QByteArray m_addresses;
};

} // namespace proverdeck::ssh
