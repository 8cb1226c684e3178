// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/Journal.h"
#include "models/run/RunTypes.h"
#include "models/workflow/Plan.h"
#include "ssh/RemoteShell.h"

namespace proverdeck::models {

/// What a run's journal tells of it: where an earlier program was when it ended. Pure.
///
/// The entries, in the words of JournalEntry::what; each has the run's flags in "flags":
///   begin     {token}                  the run was created
///   attached                           another program goes on with it
///   step      step                     the step begins (intent)
///   job       step {id, log}           its durable job is about to be asked for (intent)
///   started   step                     the server has it
///   ended     step {state, code, size} the job has ended, its log is here
///   stopping  step {why}               the step's job is about to be stopped: "cancel", "timeout"
///   finish    step {outcome, note, code, known, text}  the step's outcome, and what it found out
///   stop      {mode}                   a person asked for the end
///   finding   {code, severity, text, advice}
///   compared  step {result}            the job's log was compared with the server's
///   removing  step                     the job's folder on the server is about to be deleted
///   end       {state}
struct RunPast
{
    struct Job
    {
        QByteArray id;
        QString log;
        bool started = false;
        std::optional<ssh::JobStatus> ended;
        bool compared = false;
        bool removed = false;
        bool operator==(const Job &) const = default;
    };

    QDateTime started; ///< invalid: the journal is empty
    QByteArray token; ///< of the lease
    QMap<QString, StepState> steps; ///< by id; those that were entered
    QMap<QString, Job> jobs; ///< by step id
    InputValues known; ///< facts and outputs
    QStringList flags; ///< as the last entry has them
    QString current; ///< the step that was entered last
    QString stopping; ///< why its job was being stopped; empty: it was not
    QByteArray sessionText; ///< what the session step printed
    QList<Finding> findings;
    std::optional<RunState> end;
};

[[nodiscard]] RunPast readPast(const QList<JournalEntry> &entries);

/// What another program needs to go on with the run: the workflow's text, the answers, how the
/// server is reached. No secret.
[[nodiscard]] QJsonObject blueprintOf(const Plan &plan);
/// The same plan again; the error is a sentence.
[[nodiscard]] tl::expected<Plan, QString> planFrom(const QJsonObject &blueprint);

/// Runs that another program can go on with: not over, detached, or of unknown outcome.
[[nodiscard]] bool isAttachable(RunState state);

} // namespace proverdeck::models
