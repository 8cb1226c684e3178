// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Dialer.h"

#include "ssh/Authenticator.h"
#include "ssh/HostAddress.h"
#include "ssh/ProcessLink.h"
#include "ssh/Route.h"
#include "ssh/SocketLink.h"
#include "ssh/Text.h"
#include "ssh/TunnelLink.h"

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

Dialer::Dialer(const HostTarget &target, LoginControl &control, Talk talk)
    : m_target(target)
    , m_control(control)
    , m_talk(std::move(talk))
{
}

Result<std::unique_ptr<Transport>> Dialer::run()
{
    const Result<HostAddress> address = parseHostAddress(m_target.host);
    if (!address) {
        return tl::unexpected(address.error());
    }
    const Result<QList<HostConfig>> stops = planRoute(*address, [this](const HostAddress &machine) {
        return lookUpHostConfig(machine, m_target.sshConfigFile,
                                [this] { return m_control.isAborted(); });
    });
    if (!stops) {
        return tl::unexpected(stops.error());
    }
    m_config = stops->last();
    LinkMaker makeLink = firstLink(stops->first());
    for (qsizetype i = 0; i + 1 < stops->size(); ++i) {
        Result<std::unique_ptr<Transport>> jumpHost = reach(stops->at(i), makeLink);
        if (!jumpHost) {
            return jumpHost;
        }
        makeLink
            = [outer = std::shared_ptr<Transport>(std::move(*jumpHost)),
               name = stops->at(i).typedHost, next = stops->at(i + 1)](std::chrono::seconds limit) {
                  return TunnelLink::open(outer, name, next, limit);
              };
    }
    return reach(m_config, makeLink);
}

LinkMaker Dialer::firstLink(const HostConfig &stop) const
{
    return [this, &stop](std::chrono::seconds limit) {
        return stop.proxyCommand.isEmpty() ? SocketLink::open(stop, m_control, limit)
                                           : ProcessLink::open(stop);
    };
}

Result<std::unique_ptr<Transport>> Dialer::reach(const HostConfig &stop, const LinkMaker &makeLink)
{
    const bool isJumpHost = stop != m_config;
    m_talk.state(ConnectionState::Connecting);
    Connector connector(m_target, stop, m_control, makeLink,
                        [this, isJumpHost](HostKeyQuestion question) {
                            if (isJumpHost) {
                                question.note = Text::tr("It is a jump host on the way to %1. %2")
                                                    .arg(m_config.typedHost, question.note)
                                                    .trimmed();
                            }
                            m_talk.hostKey(question);
                        });
    Result<std::unique_ptr<Transport>> transport = connector.connect();
    if (!transport) {
        return tl::unexpected(onTheWay(stop, transport.error()));
    }
    m_talk.state(ConnectionState::Authenticating);
    Authenticator authenticator(**transport, stop, m_talk.secret);
    if (const Result<> loggedIn = authenticator.run(); !loggedIn) {
        return tl::unexpected(onTheWay(stop, loggedIn.error()));
    }
    return transport;
}

Error Dialer::onTheWay(const HostConfig &stop, const Error &error) const
{
    if (stop == m_config || error.code == ErrorCode::Cancelled) {
        return error;
    }
    return {error.code,
            Text::tr("On the way to %1, at the jump host %2: %3")
                .arg(m_config.typedHost, stop.typedHost, error.detail)};
}

} // namespace proverdeck::ssh
