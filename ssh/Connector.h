// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/HostConfig.h"
#include "ssh/KnownHosts.h"
#include "ssh/RemoteShell.h"
#include "ssh/Transport.h"

#include <chrono>
#include <functional>
#include <memory>

namespace proverdeck::ssh {

struct HostTarget;

/// Makes a way to a host within the given time; may be called more than once.
using LinkMaker = std::function<Result<std::unique_ptr<Link>>(std::chrono::seconds limit)>;

/// The first half of a login: connects, exchanges keys and decides whether the host is the right
/// one. Connecting and exchanging keys share one deadline: ConnectTimeout, or else 30 s. Blocks, so
/// it runs in the worker thread; LoginControl::abort() ends it within 50 ms.
class Connector
{
public:
    Connector(const HostTarget &target, const HostConfig &config, LoginControl &control,
              LinkMaker makeLink, std::function<void(const HostKeyQuestion &)> ask);

    /// A session with a trusted host that nobody is logged in to yet.
    [[nodiscard]] Result<std::unique_ptr<Transport>> connect();

private:
    [[nodiscard]] Error handshakeError(const Transport &transport, int code) const;
    [[nodiscard]] Error exchangeError(const Transport &transport) const;
    [[nodiscard]] Error bannerError(const Transport &transport) const;
    [[nodiscard]] Result<> checkHostKey(const QByteArray &blob);
    [[nodiscard]] Result<> decideUnknown(const QByteArray &blob, const HostKeyVerdict &verdict);
    [[nodiscard]] Result<> remember(const QByteArray &blob) const;
    [[nodiscard]] Error changedError(const QByteArray &blob, const HostKeyVerdict &verdict) const;
    [[nodiscard]] QString noteFor(const HostKeyVerdict &verdict) const;
    [[nodiscard]] std::chrono::seconds limit() const;
    [[nodiscard]] QString place() const { return m_config.place(); }

    const HostTarget &m_target;
    const HostConfig &m_config;
    LoginControl &m_control;
    LinkMaker m_makeLink;
    std::function<void(const HostKeyQuestion &)> m_ask;
    KnownHosts m_known;
    QByteArray m_name; // as in known_hosts
};

/// "Connecting was cancelled."
[[nodiscard]] Error cancelledError();

} // namespace proverdeck::ssh
