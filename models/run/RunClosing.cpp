// SPDX-License-Identifier: GPL-3.0-or-later
// The end of a run: logs are compared with the server's, folders on the server deleted, the lease
// given back.
#include "models/run/Run.h"

namespace proverdeck::models {

using namespace Qt::StringLiterals;

void Run::beginClosing(RunState state)
{
    if (m_closing || isFinal(m_state)) {
        return;
    }
    m_closing = state;
    m_lease.stop();
    saveMarks();
    m_retry = [this] { closeNext(); };
    closeNext();
}

void Run::closeNext()
{
    for (auto &[id, job] : m_jobs) {
        if (!job.ended || job.removed) {
            continue;
        }
        if (!job.compared) {
            compareLog(job);
            return;
        }
        removeJob(job);
        return;
    }
    dropLease();
}

/// Each stretch that was received is summed on the server, too.
void Run::compareLog(Job &job)
{
    const QString stepId = m_plan.steps.at(job.step).step.id;
    if (!m_logs.knows(job.id) || job.ended->state == ssh::JobStatus::State::None) {
        compared(job, u"gone"_s);
        return;
    }
    if (!m_logs.isComparable(job.id)) {
        compared(job, u"replaced"_s);
        return;
    }
    const QList<RunLogs::Stretch> stretches = m_logs.stretches(job.id);
    if (stretches.isEmpty()) {
        compared(job, job.ended->size == 0 ? u"same"_s : u"shorter"_s);
        return;
    }
    const RunLogs::Stretch &first = stretches.first();
    m_caller.call(m_shell.sumJob(job.id, first.from, first.to - first.from),
                  [this, stepId](const Reply &reply) { onSum(stepId, 0, reply); });
}

void Run::onSum(const QString &stepId, qsizetype index, const Reply &reply)
{
    if (reply.lost() || isFinal(m_state)) {
        return; // from the first stretch again after the reconnect
    }
    Job &job = m_jobs.at(stepId);
    const QList<RunLogs::Stretch> stretches = m_logs.stretches(job.id);
    const auto sum = reply.ok() ? ssh::parseJobSum(reply.out) : std::nullopt;
    if (!sum) {
        compared(job, u"not possible"_s);
        return;
    }
    if (sum->sha256 != stretches.at(index).sha256) {
        compared(job, u"different"_s);
        return;
    }
    if (index + 1 < stretches.size()) {
        const RunLogs::Stretch &next = stretches.at(index + 1);
        m_caller.call(
            m_shell.sumJob(job.id, next.from, next.to - next.from),
            [this, stepId, index](const Reply &answer) { onSum(stepId, index + 1, answer); });
        return;
    }
    compared(job, sum->size == m_logs.offset(job.id) ? u"same"_s : u"shorter"_s);
}

void Run::compared(Job &job, const QString &result)
{
    const Step &step = m_plan.steps.at(job.step).step;
    const Evidence where{logOf(step), 0, -1, {}};
    job.compared = true;
    if (result == u"different" || result == u"shorter" || result == u"gone") {
        addFinding({u"log-differs"_s, Severity::Warning,
                    result == u"different"
                        ? tr("%1: the copy of the log here is not what the server has: somebody "
                             "changed the file there.")
                              .arg(step.title)
                        : tr("%1: the end of the log did not come here: the server's file was "
                             "removed or is longer.")
                              .arg(step.title),
                    tr("Do not publish a number that depends on this log."), where});
    } else if (result == u"not possible") {
        addFinding({u"log-not-compared"_s, Severity::Info,
                    tr("%1: the server could not sum its log, so the copy here was not compared "
                       "with it.")
                        .arg(step.title),
                    tr("sha256sum, shasum or openssl on the server makes that possible."), where});
    }
    note(u"compared"_s, step.id, {{u"result"_s, result}});
    closeNext();
}

void Run::removeJob(Job &job)
{
    const QString stepId = m_plan.steps.at(job.step).step.id;
    if (!note(u"removing"_s, stepId)) {
        m_diskRetry.start();
        return;
    }
    m_caller.call(m_shell.removeJob(job.id), [this, stepId](const Reply &reply) {
        if (reply.lost() || isFinal(m_state)) {
            return;
        }
        m_jobs.at(stepId).removed = true; // or it stays: a few files in a hidden folder
        closeNext();
    });
}

void Run::dropLease()
{
    const RunState state = *m_closing;
    if (!m_holdsLease || m_shell.state() != ssh::ConnectionState::Connected) {
        conclude(state);
        return;
    }
    m_caller.call(m_shell.removeNote(m_options.id.toUtf8()), [](const Reply &) {});
    m_caller.call(m_shell.dropLease(m_plan.workflow.id.toUtf8(), m_options.token),
                  [this, state](const Reply &reply) {
                      if (!reply.lost()) {
                          m_holdsLease = false;
                          conclude(state);
                      }
                  });
}

} // namespace proverdeck::models
