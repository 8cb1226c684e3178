// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/RemoteShell.h"

#include "ssh/JobProtocol.h"
#include "ssh/ScriptCommand.h"
#include "ssh/Text.h"

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds kNoDeadline{0};
constexpr std::chrono::milliseconds kShortDeadline{30s};
constexpr quint64 kSlowestReading = 10 << 20; // bytes a second of a busy disk
constexpr qsizetype kMaxHolder = 120;

using Verb = JobProtocol::Verb;

/// A call of the job helper.
Command helperCommand(const QByteArray &line, const QByteArray &input = {},
                      std::chrono::milliseconds timeout = 60s)
{
    return {.line = line, .input = input, .timeout = timeout, .marker = ScriptCommand::marker()};
}

} // namespace

CommandId RemoteShell::installJobHelper()
{
    return run(helperCommand(JobProtocol::installLine(), JobProtocol::script()));
}

CommandId RemoteShell::startJob(const QByteArray &jobId, const QByteArray &script)
{
    return run(
        helperCommand(JobProtocol::verbLine(Verb::Start, jobId, quint64(script.size())), script));
}

CommandId RemoteShell::followJob(const QByteArray &jobId, quint64 offset)
{
    return run(helperCommand(JobProtocol::verbLine(Verb::Log, jobId, offset), {}, kNoDeadline));
}

CommandId RemoteShell::jobStatus(const QByteArray &jobId)
{
    return run(helperCommand(JobProtocol::verbLine(Verb::Status, jobId, 0), {}, kShortDeadline));
}

CommandId RemoteShell::stopJob(const QByteArray &jobId, std::chrono::seconds grace)
{
    const auto seconds = quint64(qMax<qint64>(grace.count(), 0));
    return run(helperCommand(JobProtocol::verbLine(Verb::Stop, jobId, seconds), {},
                             grace + kShortDeadline));
}

CommandId RemoteShell::removeJob(const QByteArray &jobId)
{
    return run(helperCommand(JobProtocol::verbLine(Verb::Remove, jobId, 0), {}, kShortDeadline));
}

CommandId RemoteShell::sumJob(const QByteArray &jobId, quint64 offset, quint64 length)
{
    const std::chrono::seconds reading{length / kSlowestReading};
    return run(helperCommand(
        JobProtocol::verbLine(Verb::Sum,
                              {jobId, QByteArray::number(offset), QByteArray::number(length)}),
        {}, kShortDeadline + reading));
}

CommandId RemoteShell::listJobs(const QByteArray &prefix)
{
    const QList<QByteArray> words = prefix.isEmpty() ? QList<QByteArray>() : QList{prefix};
    return run(helperCommand(JobProtocol::verbLine(Verb::List, words)));
}

CommandId RemoteShell::takeLease(const QByteArray &slot, const QByteArray &runId,
                                 const QByteArray &token, const QString &holder,
                                 std::chrono::seconds lifetime)
{
    const auto seconds = quint64(qMax<qint64>(lifetime.count(), 1));
    const QList<QByteArray> words{slot, runId, QByteArray::number(seconds)};
    return run(helperCommand(
        JobProtocol::isGoodWord(token) ? JobProtocol::verbLine(Verb::TakeLease, words)
                                       : JobProtocol::verbLine(Verb::TakeLease, {token}),
        token + '\n' + plainText(holder, kMaxHolder).toUtf8() + '\n', kShortDeadline));
}

CommandId RemoteShell::dropLease(const QByteArray &slot, const QByteArray &token)
{
    return run(helperCommand(JobProtocol::verbLine(Verb::DropLease, {slot}), token + '\n',
                             kShortDeadline));
}

CommandId RemoteShell::showLease(const QByteArray &slot)
{
    return run(helperCommand(JobProtocol::verbLine(Verb::ShowLease, {slot}), {}, kShortDeadline));
}

CommandId RemoteShell::writeNote(const QByteArray &name, const QByteArray &text)
{
    return run(
        helperCommand(JobProtocol::verbLine(Verb::WriteNote, name, quint64(text.size())), text));
}

CommandId RemoteShell::readNote(const QByteArray &name)
{
    return run(helperCommand(JobProtocol::verbLine(Verb::ReadNote, {name})));
}

CommandId RemoteShell::removeNote(const QByteArray &name)
{
    return run(helperCommand(JobProtocol::verbLine(Verb::RemoveNote, {name}), {}, kShortDeadline));
}

CommandId RemoteShell::runLoginScript(const QByteArray &script, std::chrono::milliseconds timeout)
{
    return run(ScriptCommand::login(script, timeout));
}

CommandId RemoteShell::runHelperScript(const QByteArray &script, std::chrono::milliseconds timeout)
{
    return run(ScriptCommand::helper(script, timeout));
}

QString shellQuoted(const QString &text)
{
    QString quoted = text;
    return u'\'' + quoted.replace(u'\'', u"'\\''"_s) + u'\'';
}

} // namespace proverdeck::ssh
