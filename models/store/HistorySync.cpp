// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/HistorySync.h"

#include <QCoreApplication>

#include <algorithm>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("HistorySync", text);
}

/// Nobody will go on with it.
bool isOver(RunState state)
{
    return isFinal(state) && state != RunState::Detached && state != RunState::Unknown;
}

bool hasSameRun(const RunRecord &a, const RunRecord &b)
{
    return a.id == b.id && a.host == b.host && a.workflow == b.workflow && a.state == b.state
        && a.started == b.started && a.ended == b.ended && a.values == b.values
        && a.steps == b.steps && a.blueprint == b.blueprint && a.result.session == b.result.session
        && a.result.rows == b.result.rows && a.result.findings == b.result.findings
        && a.result.observations == b.result.observations;
}

QString bothTexts(const QString &theirs, const QString &ours)
{
    if (ours.isEmpty() || theirs.contains(ours)) {
        return theirs;
    }
    return theirs.isEmpty() || ours.contains(theirs) ? ours : theirs + u"\n\n"_s + ours;
}

/// One exchange; ends with the first error.
class Exchange
{
public:
    Exchange(RunStore &local, RunStore &team)
        : m_local(local)
        , m_team(team)
    {
    }

    SyncReport run()
    {
        const auto here = m_local.versions();
        const auto there = m_team.versions();
        if (!here || !there) {
            m_report.problem = here ? there.error() : here.error();
            return m_report;
        }
        const auto marks = m_local.marks();
        for (auto run = here->begin(); run != here->end() && isWell(); ++run) {
            const auto mark = marks.value(run.key());
            const auto theirs = there->value(run.key());
            if (!isOver(run->state)) {
                continue;
            }
            const bool hasChanged = run->revision != mark.first;
            const bool haveTheyChanged = theirs.revision != mark.second;
            if (hasChanged && haveTheyChanged && theirs.revision != 0) {
                merge(run.key(), run->revision, theirs.revision);
            } else if (hasChanged || theirs.revision == 0) {
                send(run.key(), run->revision, theirs.revision);
            } else if (haveTheyChanged) {
                receive(run.key(), run->revision);
            }
        }
        for (auto run = there->begin(); run != there->end() && isWell(); ++run) {
            if (!here->contains(run.key())) {
                receive(run.key(), 0);
            }
        }
        return m_report;
    }

private:
    [[nodiscard]] bool isWell() const { return m_report.problem.isEmpty(); }

    template<class T> bool take(const tl::expected<T, QString> &result)
    {
        if (!result) {
            m_report.problem = result.error();
        }
        return result.has_value();
    }

    /// None if somebody changed the run since its version was read.
    std::optional<RunCopy> copyOf(const RunStore &store, const QString &id, qint64 revision)
    {
        auto copy = store.copyOf(id);
        if (!take(copy)) {
            return {};
        }
        if (!*copy || (revision != 0 && (*copy)->revision != revision)) {
            ++m_report.waiting;
            return {};
        }
        return std::move(*copy);
    }

    void send(const QString &id, qint64 here, qint64 there)
    {
        const auto copy = copyOf(m_local, id, here);
        const auto put = copy ? m_team.put(*copy, there) : std::optional<qint64>();
        if (!copy || !take(put)) {
            return;
        }
        if (!*put) {
            ++m_report.waiting;
        } else if (take(m_local.setMark(id, here, **put))) {
            ++m_report.sent;
        }
    }

    void receive(const QString &id, qint64 here)
    {
        auto copy = copyOf(m_team, id, 0);
        const auto ours = here != 0 ? copyOf(m_local, id, here) : std::optional<RunCopy>();
        if (!copy || (here != 0 && !ours)) {
            return;
        }
        if (!isOver(copy->run.state)) {
            return; // whoever drives it tells of it
        }
        // A folder is of one machine: what others name could be anything on this one.
        copy->run.folder = ours ? ours->run.folder : QString();
        const tl::expected<std::optional<qint64>, QString> put = m_local.put(*copy, here);
        if (!take(put)) {
            return;
        }
        if (!*put) {
            ++m_report.waiting;
        } else if (take(m_local.setMark(id, **put, copy->revision))) {
            ++m_report.received;
        }
    }

    /// Both were changed: of a run that is over, only the observations can have been.
    void merge(const QString &id, qint64 here, qint64 there)
    {
        auto ours = copyOf(m_local, id, here);
        const auto theirs = copyOf(m_team, id, there);
        if (!ours || !theirs) {
            return;
        }
        ours->run.result.observations
            = bothTexts(theirs->run.result.observations, ours->run.result.observations);
        const auto local = m_local.put(*ours, here);
        if (take(local) && *local) {
            ++m_report.received;
            send(id, **local, there);
        } else {
            ++m_report.waiting;
        }
    }

    RunStore &m_local;
    RunStore &m_team;
    SyncReport m_report;
};

} // namespace

SyncReport syncHistories(RunStore &local, RunStore &team)
{
    return Exchange(local, team).run();
}

SyncReport copyHistory(RunStore &from, RunStore &to)
{
    SyncReport report;
    const auto runs = from.versions();
    if (!runs) {
        report.problem = runs.error();
        return report;
    }
    QStringList ids = runs->keys();
    for (const QString &id : from.journalled({})) {
        if (!ids.contains(id)) {
            ids << id;
        }
    }
    std::ranges::sort(ids);
    for (const QString &id : std::as_const(ids)) {
        const auto copy = from.copyOf(id);
        if (!copy) {
            report.problem = copy.error();
            return report;
        }
        if (!*copy) {
            continue; // removed meanwhile
        }
        if ((*copy)->run.id.isEmpty()) {
            if (const auto done = to.putJournalOnly(id, (*copy)->journal); !done) {
                report.problem = done.error();
                return report;
            }
        } else if (const auto put = to.put(**copy, 0); !put) {
            report.problem = put.error();
            return report;
        } else {
            report.sent += put->has_value() ? 1 : 0;
        }
        const auto check = to.copyOf(id);
        if (!check || !*check) {
            report.problem = check ? say("it is not there") : check.error();
            return report;
        }
        if (!hasSameRun((*check)->run, (*copy)->run)
            || (*check)->journal.size() < (*copy)->journal.size()) {
            report.problem
                = say("the other history already holds a run %1 that differs from this one")
                      .arg(id);
            return report;
        }
    }
    return report;
}

} // namespace proverdeck::models::store
