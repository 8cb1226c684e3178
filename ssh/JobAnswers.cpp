// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/RemoteShell.h"
#include "ssh/Text.h"

#include <QHash>

#include <algorithm>

namespace proverdeck::ssh {

namespace {

using Fields = QHash<QByteArray, QByteArray>;

constexpr qsizetype kMaxHolder = 120;

/// "key=value" words from @p first on; the value of "holder" is the rest of the line.
Fields fieldsIn(const QList<QByteArray> &words, qsizetype first)
{
    Fields fields;
    for (qsizetype i = first; i < words.size(); ++i) {
        const qsizetype equals = words[i].indexOf('=');
        if (equals > 0) {
            fields.insert(words[i].first(equals), words[i].sliced(equals + 1));
        }
    }
    return fields;
}

std::optional<qint64> numberIn(const Fields &fields, const QByteArray &key)
{
    bool isNumber = false;
    const qint64 number = fields.value(key).toLongLong(&isNumber);
    return isNumber && number >= 0 ? std::optional(number) : std::nullopt;
}

/// An id as the helper takes it; anything else is none.
bool isWord(const QByteArray &text)
{
    return !text.isEmpty() && text.size() <= kMaxHolder && std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
            || c == '_' || c == '-';
    });
}

QByteArray wordIn(const Fields &fields, const QByteArray &key)
{
    const QByteArray word = fields.value(key);
    return word == "-" || !isWord(word) ? QByteArray() : word;
}

std::optional<JobStatus::State> stateNamed(QByteArrayView name)
{
    using State = JobStatus::State;
    static constexpr std::pair<QByteArrayView, State> states[] = {
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

/// @p words from @p first on are "STATE rc=… size=… …".
std::optional<JobStatus> statusIn(const QList<QByteArray> &words, qsizetype first)
{
    const std::optional<JobStatus::State> state = stateNamed(words.value(first));
    const Fields fields = fieldsIn(words, first + 1);
    if (!state || !fields.contains("rc")) {
        return {};
    }
    JobStatus status{.state = *state};
    if (const std::optional<qint64> code = numberIn(fields, "rc"); code && *code <= 255) {
        status.exitCode = static_cast<int>(*code);
    }
    status.size = quint64(numberIn(fields, "size").value_or(0));
    status.processGroup = numberIn(fields, "pgid");
    status.startedSecs = numberIn(fields, "started");
    status.endedSecs = numberIn(fields, "ended");
    status.nowSecs = numberIn(fields, "now");
    status.bootedSecs = numberIn(fields, "boot");
    status.beatSecs = numberIn(fields, "beat");
    status.inode = quint64(numberIn(fields, "inode").value_or(0));
    return status;
}

std::optional<JobStatus> statusOf(const QByteArray &line)
{
    const QList<QByteArray> words = line.simplified().split(' ');
    return words.value(0) == "S" ? statusIn(words, 1) : std::nullopt;
}

std::optional<JobSum> sumOf(const QByteArray &line)
{
    const QList<QByteArray> words = line.simplified().split(' ');
    const Fields fields = fieldsIn(words, 1);
    const QByteArray hash = fields.value("sha256").toLower();
    const std::optional<qint64> size = numberIn(fields, "size");
    const bool isHash = hash.size() == 64 && std::ranges::all_of(hash, [](char c) {
                            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                        });
    if (words.value(0) != "H" || !isHash || !size) {
        return {};
    }
    return JobSum{.sha256 = hash, .size = quint64(*size)};
}

std::optional<Lease::State> leaseStateNamed(const QByteArray &name)
{
    using State = Lease::State;
    static constexpr std::pair<QByteArrayView, State> states[] = {
        {"free", State::Free},
        {"mine", State::Mine},
        {"held", State::Held},
        {"expired", State::Expired},
    };
    for (const auto &[known, state] : states) {
        if (known == name) {
            return state;
        }
    }
    return {};
}

std::optional<Lease> leaseOf(const QByteArray &line)
{
    // "L STATE run=… previous=… taken=… renewed=… now=… boot=ID booted=… holder=REST OF THE LINE"
    const qsizetype at = line.indexOf(" holder=");
    const QList<QByteArray> words = line.first(at < 0 ? line.size() : at).simplified().split(' ');
    const std::optional<Lease::State> state = leaseStateNamed(words.value(1));
    if (words.value(0) != "L" || !state || at < 0) {
        return {};
    }
    const Fields fields = fieldsIn(words, 2);
    return Lease{
        .state = *state,
        .runId = wordIn(fields, "run"),
        .previousRun = wordIn(fields, "previous"),
        .holder = plainBytes(QByteArrayView(line).sliced(at + 8), kMaxHolder),
        .takenSecs = numberIn(fields, "taken"),
        .renewedSecs = numberIn(fields, "renewed"),
        .nowSecs = numberIn(fields, "now"),
        .bootId = wordIn(fields, "boot"),
        .bootedSecs = numberIn(fields, "booted"),
    };
}

/// What the last line says that says anything.
template<typename T>
std::optional<T> lastOf(QByteArrayView text, std::optional<T> (*read)(const QByteArray &))
{
    const QList<QByteArray> lines = text.toByteArray().split('\n');
    for (auto line = lines.crbegin(); line != lines.crend(); ++line) {
        if (std::optional<T> found = read(*line)) {
            return found;
        }
    }
    return {};
}

} // namespace

std::optional<JobStatus> parseJobStatus(QByteArrayView text)
{
    return lastOf(text, &statusOf);
}

std::optional<JobSum> parseJobSum(QByteArrayView text)
{
    return lastOf(text, &sumOf);
}

QList<QPair<QByteArray, JobStatus>> parseJobList(QByteArrayView text)
{
    QList<QPair<QByteArray, JobStatus>> jobs;
    const QList<QByteArray> lines = text.toByteArray().split('\n');
    for (const QByteArray &line : lines) {
        const QList<QByteArray> words = line.simplified().split(' ');
        if (words.size() < 3 || words[0] != "J" || !isWord(words[1])) {
            continue;
        }
        if (const std::optional<JobStatus> status = statusIn(words, 2)) {
            jobs.emplaceBack(words[1], *status);
        }
    }
    return jobs;
}

std::optional<Lease> parseLease(QByteArrayView text)
{
    return lastOf(text, &leaseOf);
}

} // namespace proverdeck::ssh
