// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/HostConfig.h"
#include "ssh/Link.h"
#include "ssh/LoginControl.h"

#include <QDeadlineTimer>
#include <QTcpSocket>

#include <memory>

namespace proverdeck::ssh {

/// A TCP connection. Worker thread.
class SocketLink : public Link
{
    Q_OBJECT

public:
    SocketLink();

    /// Connects to @p config's host. Blocks until it is connected, @p deadline, or abort().
    [[nodiscard]] static Result<std::unique_ptr<Link>>
    open(const HostConfig &config, const LoginControl &control, std::chrono::seconds limit);

    [[nodiscard]] qint64 read(char *buffer, qint64 size) override;
    [[nodiscard]] bool write(const char *bytes, qint64 size) override;
    [[nodiscard]] qint64 bytesToWrite() const override { return m_socket.bytesToWrite(); }
    [[nodiscard]] bool hasBytes() const override { return m_socket.bytesAvailable() > 0; }
    [[nodiscard]] bool isOpen() const override;
    void wait(std::chrono::milliseconds limit) override;
    void flush() override { m_socket.flush(); }
    void abort() override { m_socket.abort(); }
    void acknowledgeQuickly() override;
    void limitSilence(std::chrono::milliseconds limit) override;

private:
    void setOption(int level, int option, int value) const;

    QTcpSocket m_socket;
};

} // namespace proverdeck::ssh
