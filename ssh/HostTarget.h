// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace proverdeck::ssh {

/// Which host to reach, and how its questions are answered.
struct HostTarget
{
    QString host; ///< as typed: an alias, user@host:port, [v6]:port or ssh://…
    QString sshConfigFile; ///< as ssh -F; empty: the user's own
    /// "SHA256:…" of host keys that are accepted, and remembered, without asking.
    QStringList trustedFingerprints;
    /// false: an unknown host ends open() with ErrorCode::HostKeyUnknown instead of a question.
    /// Secrets are asked for all the same as long as somebody is connected to secretAsked().
    bool interactive = true;
    bool operator==(const HostTarget &) const = default;
};

} // namespace proverdeck::ssh
