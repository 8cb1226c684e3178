// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/ops/Checkout.h"
#include "models/boundless/ops/StampedLog.h"
#include "models/run/Caller.h"

#include <QTimer>

namespace proverdeck::models::boundless {

/// Follows the log of a server's broker containers through docker compose, for as long as it lives.
///
/// Lives in the GUI thread. After a lost connection it waits for RemoteShell::opened() and goes on
/// so that no line is missing or twice; when the containers are down it asks again every few
/// seconds. The bytes are as the server wrote them: redact them before they are shown or kept.
class BrokerFollower : public QObject
{
    Q_OBJECT

public:
    /// @p shell must outlive the follower. @p tail: how many lines of the past to begin with;
    /// nullopt: all.
    BrokerFollower(ssh::RemoteShell &shell, Checkout checkout, std::optional<int> tail,
                   QObject *parent = nullptr);

    void start();
    void stop();
    /// Where a later follower can go on.
    [[nodiscard]] const StampedLog &position() const { return m_log; }
    void setPosition(const StampedLog &position) { m_log = position; }

signals:
    /// Complete lines.
    void bytesCame(const QByteArray &bytes);
    /// The log cannot be read at this moment, in a sentence; empty: it can again.
    void trouble(const QString &sentence);

private:
    void read();
    void onEnded(const Reply &reply);

    ssh::RemoteShell &m_shell;
    Caller m_caller;
    Checkout m_checkout;
    std::optional<int> m_tail;
    StampedLog m_log;
    std::optional<ssh::CommandId> m_reading;
    QTimer m_again;
    bool m_isWanted = false;
    bool m_hasTrouble = false;
};

/// The command of one reading, for a login shell.
[[nodiscard]] QByteArray followScript(const Checkout &checkout, const QByteArray &since,
                                      std::optional<int> tail);

} // namespace proverdeck::models::boundless
