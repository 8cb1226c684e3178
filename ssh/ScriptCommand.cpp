// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ScriptCommand.h"

#include <QString>

namespace proverdeck::ssh {

using namespace std::chrono_literals;

namespace {

constexpr auto kGrace = 3s; // the panel's own deadline comes first

/// Reads the script behind itself from standard input and runs it in a process group of its own. A
/// guard waits for the end of standard input, which comes early only if the channel was closed:
/// then the group ends. Everything is one command, so that bash has read all of it before it
/// begins. A script that arrives incomplete is not run.
constexpr const char *kGuarded = R"sh({ pd_script=$(head -c %1) && exec 9<&0 </dev/null && {
pd_end=$'\n#proverdeck: end'; case $pd_script in *"$pd_end") ;; *) exit 1;; esac
pd_script=${pd_script%"$pd_end"}
%2
pd_end() { kill -TERM "-$pd_job"; sleep 1; kill -KILL "-$pd_job"; }
set -m; ( exec 9<&-; set +m; unset -f pd_end; eval "$pd_script" ) & pd_job=$!; set +m
trap 'pd_end 2>/dev/null; exit 143' TERM HUP INT
( trap '' TERM HUP INT; exec >/dev/null 2>&1
  while read -r -n 4096 _ <&9; do :; done
  pd_end; kill -KILL $$ ) & pd_guard=$!; disown "$pd_guard"
wait "$pd_job"; pd_code=$?
kill -KILL "$pd_guard"; exit "$pd_code"; }; exit 1; }
)sh";

} // namespace

Command ScriptCommand::login(const QByteArray &script, std::chrono::milliseconds timeout)
{
    QByteArray line = "exec bash -l";
    if (timeout > 0ms) {
        const auto limit = std::chrono::ceil<std::chrono::seconds>(timeout) + kGrace;
        line = "sh -c 'timeout -k 2 9 true 2>/dev/null && exec timeout -k 2 $1 bash -l; "
               "exec bash -l' proverdeck "
            + QByteArray::number(qint64(limit.count()));
    }
    QByteArray guarded = kGuarded;
    const QByteArray ended = script + "\n#proverdeck: end";
    guarded.replace("%1", QByteArray::number(ended.size())).replace("%2", printMarker());
    return {.line = line,
            .input = guarded + ended,
            .timeout = timeout,
            .marker = marker(),
            .holdsInput = true};
}

Command ScriptCommand::helper(const QByteArray &script, std::chrono::milliseconds timeout)
{
    // The braces make the shell read all of the script first, so that its children cannot eat it.
    return {.line = "exec sh",
            .input = "{\n" + printMarker() + '\n' + script + "\n} </dev/null\n",
            .timeout = timeout,
            .marker = marker()};
}

QByteArray ScriptCommand::marker()
{
    return "PROVERDECK-OUTPUT";
}

QByteArray ScriptCommand::printMarker()
{
    return "echo; echo " + marker() + "; { echo; echo " + marker() + "; } >&2";
}

} // namespace proverdeck::ssh
