// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/HostConfig.h"
#include "ssh/Link.h"

#include <QProcess>

#include <memory>

namespace proverdeck::ssh {

/// The standard input and output of a ProxyCommand, run by "/bin/sh -c 'exec …'" in a session of
/// its own, so without a terminal. Worker thread. The destructor ends it with all its children.
class ProcessLink : public Link
{
    Q_OBJECT

public:
    explicit ProcessLink(QString host);
    ~ProcessLink() override;

    /// Starts @p config's ProxyCommand.
    [[nodiscard]] static Result<std::unique_ptr<Link>> open(const HostConfig &config);

    [[nodiscard]] qint64 read(char *buffer, qint64 size) override;
    [[nodiscard]] bool write(const char *bytes, qint64 size) override;
    [[nodiscard]] qint64 bytesToWrite() const override { return m_process.bytesToWrite(); }
    [[nodiscard]] bool hasBytes() const override { return m_process.bytesAvailable() > 0; }
    [[nodiscard]] bool isOpen() const override;
    void wait(std::chrono::milliseconds limit) override;
    void flush() override;
    void abort() override;
    [[nodiscard]] QString complaint() override;

private:
    void onErrors();
    void onOutputEnded();
    void signalAll(int number) const;

    QString m_host;
    QProcess m_process;
    QByteArray m_errors; // the last that it wrote to stderr
    bool m_hasEnded = false;
};

/// @p config's ProxyCommand with its tokens replaced, for a shell. Fails for tokens that ssh does
/// not know either, and for names that the shell would not take as they are.
[[nodiscard]] Result<QString> expandProxyCommand(const HostConfig &config);

} // namespace proverdeck::ssh
