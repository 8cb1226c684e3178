// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/JobProtocol.h"

#include "ssh/JobScript.h"
#include "ssh/ScriptCommand.h"

#include <algorithm>

#define STATE_FOLDER "${XDG_STATE_HOME:-$HOME/.local/state}/proverdeck/jobs"

namespace proverdeck::ssh {

namespace {

QByteArray nameOf(JobProtocol::Verb verb)
{
    switch (verb) {
    case JobProtocol::Verb::Start:
        return "start";
    case JobProtocol::Verb::Status:
        return "status";
    case JobProtocol::Verb::Log:
        return "log";
    case JobProtocol::Verb::Stop:
        return "stop";
    case JobProtocol::Verb::Remove:
        return "rm";
    case JobProtocol::Verb::Sum:
        return "sum";
    case JobProtocol::Verb::List:
        return "list";
    case JobProtocol::Verb::TakeLease:
        return "take";
    case JobProtocol::Verb::DropLease:
        return "drop";
    case JobProtocol::Verb::ShowLease:
        return "show";
    case JobProtocol::Verb::WriteNote:
        return "write";
    case JobProtocol::Verb::ReadNote:
        return "read";
    case JobProtocol::Verb::RemoveNote:
        return "erase";
    }
    return {};
}

} // namespace

QByteArray JobProtocol::script()
{
    return JobScript::text();
}

QByteArray JobProtocol::installLine()
{
    // Between the single quotes no quote, backslash or exclamation mark: see verbLine(). A helper
    // that is there already is not written again: the disk may be full by now.
    return "sh -c '" + ScriptCommand::printMarker()
        + "; umask 077; d=" STATE_FOLDER "; h=$d/h-2.sh; t=$d/.h-$$; "
          "if [ \"$(tail -n 1 \"$h\" 2>/dev/null)\" = \"# $2\" ] && [ $(wc -c <\"$h\") -eq $1 ]; "
          "then cat >/dev/null; echo ok; exit 0; fi; "
          "[ -n \"$XDG_STATE_HOME\" ] || [ -d \"$HOME\" ] || { cat >/dev/null; "
          "echo \"E cannot install the job helper: there is no home folder [$HOME]\"; exit 73; }; "
          "e=$( { mkdir -p \"$d\" && chmod 700 \"$d\" && cat >\"$t\" "
          "&& [ $(wc -c <\"$t\") -eq $1 ] && mv -f \"$t\" \"$h\"; } 2>&1 ) && echo ok && exit 0; "
          "rm -f \"$t\"; echo \"E cannot install the job helper in $d: $e\"; exit 73' proverdeck "
        + QByteArray::number(JobScript::text().size()) + ' ' + JobScript::version();
}

QByteArray JobProtocol::verbLine(Verb verb, const QList<QByteArray> &words)
{
    if (!std::ranges::all_of(words, &isGoodWord)) {
        return "sh -c '" + ScriptCommand::printMarker() + "; echo \"E bad-id\"; exit 64'";
    }
    // Every login shell, also tcsh and fish, passes this on as it stands.
    QByteArray line = "sh -c '" + ScriptCommand::printMarker()
        + "; h=" STATE_FOLDER "/h-2.sh; [ -f \"$h\" ] "
          "|| { echo \"E the job helper is not installed\"; exit 72; }; "
          "exec sh \"$h\" \"$@\"' proverdeck "
        + nameOf(verb);
    for (const QByteArray &word : words) {
        line += ' ' + word;
    }
    return line;
}

QByteArray JobProtocol::verbLine(Verb verb, const QByteArray &id, quint64 number)
{
    return verbLine(verb, {id, QByteArray::number(number)});
}

bool JobProtocol::isGoodWord(const QByteArray &word)
{
    return !word.isEmpty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
            || c == '_' || c == '-';
    });
}

} // namespace proverdeck::ssh
