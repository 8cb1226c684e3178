// SPDX-License-Identifier: GPL-3.0-or-later
// The end of a safe stop: taking the stack down, setting the limit back, giving up.
#include "models/boundless/ops/SafeStop.h"
#include "models/logs/LogText.h"
#include "models/logs/Redactor.h"

using namespace std::chrono_literals;

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr auto StatusAnswer = 90s;
constexpr qsizetype KeptTail = 4000;

/// "broker.toml.proverdeck-stop-1.bak" is of "stop-1".
QString copyId(const QString &name)
{
    return name.section(u".proverdeck-"_s, 1).chopped(4);
}

QString lastLines(const QByteArray &text)
{
    QStringList lines;
    const QList<QByteArray> all = text.split('\n');
    for (const QByteArray &line : all) {
        const QString plain = plainLineFromUtf8(line, 200);
        if (!plain.isEmpty()) {
            lines << plain;
        }
    }
    return lines.mid(qMax<qsizetype>(0, lines.size() - 3)).join(u" / "_s);
}

} // namespace

QString stopStateWord(StopState state)
{
    switch (state) {
    case StopState::Idle:
        return u"idle"_s;
    case StopState::Connecting:
        return u"connecting"_s;
    case StopState::Looking:
        return u"looking"_s;
    case StopState::Draining:
        return u"draining"_s;
    case StopState::Waiting:
        return u"waiting"_s;
    case StopState::Stopping:
        return u"stopping"_s;
    case StopState::Restoring:
        return u"restoring"_s;
    case StopState::Stopped:
        return u"stopped"_s;
    case StopState::Cancelled:
        return u"cancelled"_s;
    case StopState::Overtaken:
        return u"overtaken"_s;
    case StopState::Refused:
        return u"refused"_s;
    case StopState::Failed:
        break;
    }
    return u"failed"_s;
}

QString limitSourceText(const SafeStop &stop)
{
    const auto &before = stop.limitBefore();
    return stop.limitSource().isEmpty() || !before
        ? QString()
        : SafeStop::tr(
              "max_concurrent_proofs was 0 already, left by an earlier stop; before that it "
              "was %1, by %2, and it is set back to that.")
              .arg(before->value ? QString::number(*before->value) : SafeStop::tr("not there"),
                   stop.limitSource());
}

bool isFinal(StopState state)
{
    return state == StopState::Stopped || state == StopState::Cancelled
        || state == StopState::Overtaken || state == StopState::Refused
        || state == StopState::Failed;
}

void SafeStop::cancel()
{
    if (!canCancel() || m_past.isDownAsked) {
        return;
    }
    if (!m_past.before) {
        ++m_round;
        conclude(StopState::Cancelled);
        return;
    }
    if (!note(u"cancel"_s)) {
        return;
    }
    m_past.isCancelled = true;
    if (m_state != StopState::Waiting) {
        return; // a write may be under way: it is undone when it has ended
    }
    m_poll.stop();
    ++m_round;
    m_step = [this] { restoreLimit(); };
    if (m_shell.state() == ssh::ConnectionState::Connected) {
        m_step();
    }
}

/// Somebody took the stack down before it was safe. Said as it is, and the limit set back.
void SafeStop::overtake()
{
    if (!m_past.isOvertaken && !note(u"overtaken"_s)) {
        return;
    }
    m_past.isOvertaken = true;
    const qsizetype orders = m_verdict.holding.size();
    m_problem = tr("Somebody else has taken the broker down before it was safe.");
    m_problem += u' '
        + (orders == 0 ? tr("Whether collateral depended on it is not known.")
                       : tr("Orders that depended on it: %1. What is not delivered before its lock "
                            "deadline is lost; started again, the broker goes on with them.")
                             .arg(orders));
    step([this] { restoreLimit(); });
}

void SafeStop::stopStack()
{
    if (!note(u"down"_s)) {
        return;
    }
    m_past.isDownAsked = true;
    step([this] { followStop(); });
}

/// The job has an id of its own and runs at most once, so asking for its start again is harmless.
void SafeStop::followStop()
{
    setState(StopState::Stopping);
    const QByteArray script
        = enterScript(m_options.dir) + "exec just " + m_checkout.recipe.toUtf8() + " down\n";
    ask(m_shell.startJob(jobId(), script), [this](const Reply &reply) {
        if (!reply.result || !ssh::parseJobStatus(reply.out)) {
            conclude(StopState::Failed,
                     tr("The command that stops the stack could not be started: %1.")
                         .arg(reply.result ? reply.firstLine() : reply.result.error().detail));
            return;
        }
        if (m_follower) {
            return; // it goes on by itself after a lost connection
        }
        m_follower = std::make_unique<JobFollower>(m_shell, jobId());
        connect(m_follower.get(), &JobFollower::bytesCame, this, [this](const QByteArray &bytes) {
            m_tail += bytes;
            m_tail = m_tail.right(KeptTail);
            emit output(bytes);
        });
        connect(m_follower.get(), &JobFollower::ended, this, &SafeStop::onStopEnded);
        m_follower->start();
    });
}

void SafeStop::onStopEnded(const ssh::JobStatus &status)
{
    m_follower.release()->deleteLater();
    const int code = status.exitCode.value_or(-1);
    if (!note(u"ended"_s, {{u"exit"_s, code}})) {
        return;
    }
    m_past.downExit = code;
    step([this] { checkStopped(); });
}

/// The containers decide, not the exit status: after a reboot there is none.
void SafeStop::checkStopped()
{
    ask(m_shell.runLoginScript(stackStatusScript(m_checkout), StatusAnswer),
        [this](const Reply &reply) {
            const auto status = parseStackStatus(reply.out);
            if (!status) {
                conclude(StopState::Failed, status.error());
                return;
            }
            m_status = *status;
            if (m_status.isBrokerRunning()) {
                // The next start of this stop waits again and gives the command again.
                if (!note(u"down-failed"_s)) {
                    return;
                }
                conclude(StopState::Failed,
                         tr("just %1 down ended (%2), but the broker still runs. It has said: %3")
                             .arg(m_checkout.recipe,
                                  m_past.downExit && *m_past.downExit >= 0
                                      ? tr("exit status %1").arg(*m_past.downExit)
                                      : tr("exit status unknown"),
                                  lastLines(redacted(m_tail))));
                return;
            }
            step([this] { restoreLimit(); });
        });
}

void SafeStop::restoreLimit()
{
    setState(StopState::Restoring);
    ask(m_shell.readFile(tomlPath()), [this](const Reply &reply) {
        const auto text = reply.ok()
            ? withLimitRestored(reply.out, *m_past.before)
            : tl::unexpected(reply.result ? reply.firstLine() : reply.result.error().detail);
        if (!text) {
            conclude(StopState::Failed,
                     tr("max_concurrent_proofs in broker.toml is still 0 and could not be set "
                        "back: %1 It was: %2")
                         .arg(text.error(),
                              m_past.before->value ? QString::number(*m_past.before->value)
                                                   : tr("not there")));
            return;
        }
        writeLimit(reply.out, *text ? **text : reply.out, [this] { retireCopy(); });
    });
}

/// Otherwise a later stop, of a limit that a person set to 0, would take it for one that was left.
void SafeStop::retireCopy()
{
    const QByteArray script = retireCopyScript(tomlPath(), m_options.id)
        + (m_past.beforeFrom.isEmpty() ? QByteArray()
                                       : retireCopyScript(tomlPath(), copyId(m_past.beforeFrom)));
    ask(m_shell.runHelperScript(script, StatusAnswer),
        [this](const Reply & /*reply*/) { afterRestore(); });
}

void SafeStop::afterRestore()
{
    if (!note(u"restored"_s)) {
        return;
    }
    m_past.isRestored = true;
    if (m_past.isOvertaken) {
        conclude(StopState::Overtaken, m_problem);
    } else if (!m_past.isCancelled) {
        conclude(StopState::Stopped);
    } else if (m_problem.isEmpty()) {
        conclude(StopState::Cancelled);
    } else {
        conclude(StopState::Refused, m_problem);
    }
}

} // namespace proverdeck::models::boundless
