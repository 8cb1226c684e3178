// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/RemoteShell.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

namespace proverdeck::ssh {

/// How durable jobs are spoken of with a server: the command lines. The script that they call is
/// in JobScript, what it answers is read by parseJobStatus() and its siblings.
///
/// The script is installed once as STATE/proverdeck/jobs/h-2.sh (STATE is $XDG_STATE_HOME or
/// ~/.local/state). Its verbs:
///   start ID BYTES | status ID | log ID OFFSET | stop ID GRACE | rm ID | sum ID OFFSET LENGTH
///   list [PREFIX] | take SLOT RUN LIFETIME | drop SLOT | show SLOT
///   write NAME BYTES | read NAME | erase NAME
/// Texts, tokens and scripts travel on standard input, never on the command line.
struct JobProtocol
{
    enum class Verb {
        Start,
        Status,
        Log,
        Stop,
        Remove,
        Sum,
        List,
        TakeLease,
        DropLease,
        ShowLease,
        WriteNote,
        ReadNote,
        RemoveNote,
    };

    /// The helper script.
    [[nodiscard]] static QByteArray script();
    /// Puts script(), which arrives on standard input, in its place; prints "ok" or "E REASON".
    [[nodiscard]] static QByteArray installLine();
    /// The line that calls the installed script. A word outside [A-Za-z0-9_-]+ gives a line that
    /// prints "E bad-id" and exits with 64.
    [[nodiscard]] static QByteArray verbLine(Verb verb, const QList<QByteArray> &words);
    /// The same for an id and a number.
    [[nodiscard]] static QByteArray verbLine(Verb verb, const QByteArray &id, quint64 number);
    /// Whether @p word may stand on such a line: [A-Za-z0-9_-]+.
    [[nodiscard]] static bool isGoodWord(const QByteArray &word);
};

} // namespace proverdeck::ssh
