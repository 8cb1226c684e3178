// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteShell.h"

#include <QByteArray>
#include <QByteArrayView>

namespace proverdeck::ssh {

/// How durable jobs are spoken of with a server.
///
/// A POSIX sh script, installed once as STATE/proverdeck/jobs/h-1.sh (STATE is $XDG_STATE_HOME or
/// ~/.local/state), keeps one folder per job beside itself:
///   cmd         the script as it was uploaded; run by a bash login shell with </dev/null
///   log         its stdout and stderr, append only
///   sup, job    process id and birth time of the supervisor and of the job's session leader, which
///               is also its process group
///   meta        start time and boot id
///   rc          exit code and end time; complete as soon as it exists
/// Verbs: start ID BYTES | status ID | log ID OFFSET | stop ID GRACE | rm ID. Every verb but log
/// ends with a status line "S STATE rc= size= pgid= inode= started= ended= now=" or one line "E
/// REASON". stop sends INT, TERM after half of the grace, KILL after all of it, and waits for the
/// death.
struct JobProtocol
{
    enum class Verb { Start, Status, Log, Stop, Remove };

    /// The helper script.
    [[nodiscard]] static QByteArray script();
    /// Puts script(), which arrives on standard input, in its place; prints "ok" or "E REASON".
    [[nodiscard]] static QByteArray installLine();
    /// The line that calls the installed script. An id outside [A-Za-z0-9_-]+ gives a line that
    /// prints "E bad-id" and exits with 64.
    [[nodiscard]] static QByteArray verbLine(Verb verb, const QByteArray &jobId, quint64 argument);
};

} // namespace proverdeck::ssh
