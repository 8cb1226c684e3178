// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/HostConfig.h"
#include "ssh/Link.h"
#include "ssh/Transport.h"

#include <QTimer>

#include <chrono>
#include <memory>

namespace proverdeck::ssh {

/// A connection that a jump host makes for us: a direct-tcpip channel of the session with it.
///
/// Nothing is read ahead: bytes stay in the outer session until the inner one asks, so a slow
/// reader slows the sender. Lives in the same worker thread as both sessions. It holds the outer
/// session, which nobody else uses, and so the whole way to the jump host.
class TunnelLink : public Link
{
    Q_OBJECT

public:
    TunnelLink(std::shared_ptr<Transport> outer, LIBSSH2_CHANNEL *channel, QString jumpHost);

    /// Lets the machine behind @p outer, for people @p jumpHost, connect to @p config's host.
    /// Blocks until it is connected, @p limit, or abort().
    [[nodiscard]] static Result<std::unique_ptr<Link>> open(std::shared_ptr<Transport> outer,
                                                            const QString &jumpHost,
                                                            const HostConfig &config,
                                                            std::chrono::seconds limit);

    [[nodiscard]] qint64 read(char *buffer, qint64 size) override;
    [[nodiscard]] bool write(const char *bytes, qint64 size) override;
    [[nodiscard]] qint64 bytesToWrite() const override;
    [[nodiscard]] bool hasBytes() const override;
    [[nodiscard]] bool isOpen() const override;
    void wait(std::chrono::milliseconds limit) override;
    void flush() override;
    void abort() override;
    void acknowledgeQuickly() override;
    void limitSilence(std::chrono::milliseconds limit) override;
    [[nodiscard]] QString complaint() override;

private:
    void onOuterMoved();
    [[nodiscard]] bool hasPackets() const;
    void push();
    void end();
    void checkEnd();

    std::shared_ptr<Transport> m_outer;
    LIBSSH2_CHANNEL *m_channel = nullptr; // freed with the outer session
    QString m_jumpHost;
    QByteArray m_out; // what the channel's window has no room for
    qsizetype m_sent = 0; // of m_out
    QTimer m_wake; // bytes of ours may lie in the outer session, where no signal tells of them
    bool m_hasEnded = false;
};

} // namespace proverdeck::ssh
