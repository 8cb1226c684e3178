// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace proverdeck::ssh {

/// The script that keeps durable jobs on a server, version 2: POSIX sh, with bash and setsid.
///
/// Everything lies in one folder (mode 0700), beside the script itself. A job is a folder ID with
///   cmd       the script as it was uploaded; run by a bash login shell with </dev/null
///   log       its stdout and stderr, append only
///   meta      start time and boot id
///   claim/    made once, by a rename: the job has begun. In it job and sup: process id and birth
///             time of the job's session leader, which is also its process group, and of the
///             supervisor. "stopped" in place of a process: it was stopped before it began
///   beat      when the supervisor was last seen alive, every 15 s
///   rc        exit code and end time; complete as soon as it exists. "rc.tmp" before, whose block
///             is taken at the start, so that a full disk cannot lose the exit code
/// A job of version 1 has sup and job in the folder itself, no claim and no beat.
///   .ended/ID     what rc said of a job that was removed: the id never begins again
///   .notes/NAME   a note
///   .leases/SLOT  numbered folders, the last one counts; each change is the next number, put there
///                 by a rename that only one can win
/// All times are the server's own. Answers are lines, found by their first word:
///   "S STATE rc= size= pgid= inode= started= ended= now= boot= beat=" of a job, and before it "S
///   started", "S exists", "S interrupted", "S terminated", "S killed", "S forestalled", "S
///   removed" "J ID STATE rc= …" of a list, "H sha256= size=" of a range of a log "L STATE run=
///   previous= taken= renewed= now= holder=…" of a lease "E REASON" of a failure, with an exit
///   status that is not 0
///
/// start may be cut off at any point and called again: it goes on, and the script runs at most
/// once. Whatever fails before the claim leaves nothing behind. A removed job answers "none" with
/// the exit code that it had, also to start. stop of a job that has not begun sees to it that it
/// never does (exit code 143).
struct JobScript
{
    /// The script; its last line is "# VERSION".
    [[nodiscard]] static QByteArray text();
    /// Changes with every change of the script.
    [[nodiscard]] static QByteArray version();
};

} // namespace proverdeck::ssh
