// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/RemoteShell.h"

#include "ssh/JobProtocol.h"

#include <QHash>

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds kNoDeadline{0};
constexpr std::chrono::milliseconds kShortDeadline{30s};

using Verb = JobProtocol::Verb;

/// The braces make the shell read all of the script first, so that its children cannot eat it.
QByteArray wrapped(const QByteArray &script)
{
    return "{\n" + script + "\n} </dev/null\n";
}

std::optional<JobStatus::State> stateNamed(QByteArrayView name)
{
    using State = JobStatus::State;
    static const std::pair<QByteArrayView, State> states[] = {
        {"none", State::None},         {"starting", State::Starting}, {"running", State::Running},
        {"done", State::Done},         {"orphan", State::Orphan},     {"lost", State::Lost},
        {"rebooted", State::Rebooted},
    };
    for (const auto &[known, state] : states) {
        if (known == name) {
            return state;
        }
    }
    return {};
}

std::optional<qint64> numberIn(const QHash<QByteArray, QByteArray> &fields, const QByteArray &key)
{
    bool isNumber = false;
    const qint64 number = fields.value(key).toLongLong(&isNumber);
    return isNumber ? std::optional(number) : std::nullopt;
}

std::optional<JobStatus> parseLine(const QByteArray &line)
{
    const QList<QByteArray> words = line.simplified().split(' ');
    if (words.size() < 3 || words[0] != "S") {
        return {};
    }
    const std::optional<JobStatus::State> state = stateNamed(words[1]);
    QHash<QByteArray, QByteArray> fields;
    for (const QByteArray &word : words.sliced(2)) {
        const qsizetype equals = word.indexOf('=');
        if (equals > 0) {
            fields.insert(word.first(equals), word.sliced(equals + 1));
        }
    }
    if (!state || !fields.contains("rc")) {
        return {};
    }
    JobStatus status{.state = *state};
    if (const std::optional<qint64> code = numberIn(fields, "rc");
        code && *code >= 0 && *code <= 255) {
        status.exitCode = static_cast<int>(*code);
    }
    status.size = quint64(qMax<qint64>(numberIn(fields, "size").value_or(0), 0));
    status.processGroup = numberIn(fields, "pgid");
    status.startedSecs = numberIn(fields, "started");
    status.endedSecs = numberIn(fields, "ended");
    status.nowSecs = numberIn(fields, "now");
    return status;
}

} // namespace

CommandId RemoteShell::installJobHelper()
{
    return run({JobProtocol::installLine(), JobProtocol::script()});
}

CommandId RemoteShell::startJob(const QByteArray &jobId, const QByteArray &script)
{
    return run({JobProtocol::verbLine(Verb::Start, jobId, quint64(script.size())), script});
}

CommandId RemoteShell::followJob(const QByteArray &jobId, quint64 offset)
{
    return run({JobProtocol::verbLine(Verb::Log, jobId, offset), {}, kNoDeadline});
}

CommandId RemoteShell::jobStatus(const QByteArray &jobId)
{
    return run({JobProtocol::verbLine(Verb::Status, jobId, 0), {}, kShortDeadline});
}

CommandId RemoteShell::stopJob(const QByteArray &jobId, std::chrono::seconds grace)
{
    const auto seconds = quint64(qMax<qint64>(grace.count(), 0));
    return run({JobProtocol::verbLine(Verb::Stop, jobId, seconds), {}, grace + kShortDeadline});
}

CommandId RemoteShell::removeJob(const QByteArray &jobId)
{
    return run({JobProtocol::verbLine(Verb::Remove, jobId, 0), {}, kShortDeadline});
}

CommandId RemoteShell::runLoginScript(const QByteArray &script, std::chrono::milliseconds timeout)
{
    return run({"exec bash -l", wrapped(script), timeout});
}

CommandId RemoteShell::runHelperScript(const QByteArray &script, std::chrono::milliseconds timeout)
{
    return run({"exec sh", wrapped(script), timeout});
}

std::optional<JobStatus> parseJobStatus(QByteArrayView text)
{
    const QList<QByteArray> lines = text.toByteArray().split('\n');
    for (auto line = lines.crbegin(); line != lines.crend(); ++line) {
        if (const std::optional<JobStatus> status = parseLine(*line)) {
            return status;
        }
    }
    return {};
}

QString shellQuoted(const QString &text)
{
    QString quoted = text;
    return u'\'' + quoted.replace(u'\'', u"'\\''"_s) + u'\'';
}

} // namespace proverdeck::ssh
