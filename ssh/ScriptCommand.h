// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteShell.h"

#include <QByteArray>

#include <chrono>

namespace proverdeck::ssh {

/// Commands that run a script on the server which is nowhere on a command line.
struct ScriptCommand
{
    /// For a bash login shell. It does not outlive who asked for it: it ends within a few seconds
    /// when its channel is closed or the connection dies, by the end of the standard input that is
    /// kept open for that; and, where the server has "timeout", a few seconds after its deadline.
    [[nodiscard]] static Command login(const QByteArray &script, std::chrono::milliseconds timeout);
    /// For plain sh.
    [[nodiscard]] static Command helper(const QByteArray &script,
                                        std::chrono::milliseconds timeout);

    /// The line behind which the output of such a command and of the job helper begins, see
    /// Command::marker.
    [[nodiscard]] static QByteArray marker();
    /// Shell code that prints it on both streams, without quotes.
    [[nodiscard]] static QByteArray printMarker();
};

} // namespace proverdeck::ssh
