// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Route.h"

#include "ssh/Text.h"

#include <optional>

namespace proverdeck::ssh {

namespace {

constexpr int kMaxStops = 12;

class Planner
{
public:
    explicit Planner(const LookUp &lookUp)
        : m_lookUp(lookUp)
    {
    }

    /// Adds the way to @p address and itself. With @p jumps its own proxy settings do not count.
    [[nodiscard]] Result<> add(const HostAddress &address,
                               const std::optional<QList<HostAddress>> &jumps);

    QList<HostConfig> stops;

private:
    [[nodiscard]] Result<> check(const HostAddress &address, bool isOwn) const;

    const LookUp &m_lookUp;
    QList<HostAddress> m_open; // whose own ProxyJump is being followed
    int m_depth = 0;
};

Result<> Planner::check(const HostAddress &address, bool isOwn) const
{
    const QString name = plainText(address.host, 80);
    if (isOwn && m_open.contains(address)) {
        return fail(ErrorCode::Config,
                    Text::tr("The ssh configuration reaches %1 through %1 itself, which never "
                             "ends. Give %1 a Host section with \"ProxyJump none\" before the "
                             "section that says ProxyJump.")
                        .arg(name));
    }
    if (m_depth >= kMaxStops) {
        return fail(ErrorCode::Config,
                    Text::tr("The ssh configuration reaches %1 through more than %2 jump hosts. "
                             "Look for ProxyJump lines that lead from one to the next.")
                        .arg(name, QString::number(kMaxStops - 1)));
    }
    return {};
}

Result<> Planner::add(const HostAddress &address, const std::optional<QList<HostAddress>> &jumps)
{
    if (const Result<> possible = check(address, !jumps); !possible) {
        return possible;
    }
    Result<HostConfig> config = m_lookUp(address);
    if (!config) {
        return tl::unexpected(config.error());
    }
    Result<QList<HostAddress>> before
        = jumps ? Result<QList<HostAddress>>(*jumps) : jumpList(*config);
    if (!before) {
        return tl::unexpected(before.error());
    }
    if (jumps) {
        config->proxyCommand.clear();
    } else {
        m_open << address;
    }
    ++m_depth;
    if (!before->isEmpty()) {
        const HostAddress last = before->takeLast();
        const Result<> added = add(last, before->isEmpty() ? std::nullopt : std::optional(*before));
        if (!added) {
            return added;
        }
    }
    if (!jumps) {
        m_open.removeLast();
    }
    stops << *config;
    return {};
}

} // namespace

Result<QList<HostConfig>> planRoute(const HostAddress &target, const LookUp &lookUp)
{
    Planner planner(lookUp);
    if (const Result<> added = planner.add(target, std::nullopt); !added) {
        return tl::unexpected(added.error());
    }
    return planner.stops;
}

} // namespace proverdeck::ssh
