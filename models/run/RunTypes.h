// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/report/Report.h"
#include "models/workflow/Plan.h"

#include <QDateTime>
#include <QJsonObject>

namespace proverdeck::models {

enum class StepOutcome {
    Waiting, ///< its turn has not come
    Running,
    Serving, ///< a service that is ready and goes on
    Done,
    Warning, ///< done, with something to know
    Failed,
    Skipped,
    Cancelled,
    Unknown, ///< the server could not be asked
};

struct StepState
{
    StepOutcome outcome = StepOutcome::Waiting;
    QString note; ///< evidence of a check, why it was skipped, what went wrong
    QDateTime started; ///< UTC
    QDateTime ended;
    std::optional<int> exitCode;
    bool operator==(const StepState &) const = default;
};

enum class RunState {
    Idle,
    Connecting,
    Checking,
    Running,
    Unreachable, ///< the run goes on at the server; we try again
    TearingDown,
    Done,
    Failed,
    CheckFailed, ///< a preflight check failed; nothing was started
    Cancelled,
    Refused, ///< never logged in: unreachable, host key or login
    Unknown,
    Detached, ///< left running on the server on purpose
};

[[nodiscard]] QString stepOutcomeWord(StepOutcome outcome); ///< for JSON and people
[[nodiscard]] StepOutcome stepOutcomeFromWord(const QString &word); ///< Unknown for other words
[[nodiscard]] QString runStateWord(RunState state);
[[nodiscard]] RunState runStateFromWord(const QString &word);
[[nodiscard]] bool isFinal(RunState state);
/// The command line's exit status for a final state.
[[nodiscard]] int exitCodeFor(RunState state);

/// What is kept of a run: everything but the logs, which lie as files in its folder.
struct RunRecord
{
    QString id;
    QString host;
    QString workflow; ///< id
    QDateTime started; ///< UTC
    QDateTime ended;
    RunState state = RunState::Idle;
    QString folder; ///< with the logs, gpu.csv and metrics.txt
    InputValues values;
    QList<QPair<QString, StepState>> steps; ///< title and state, in order
    /// What attaching to the run needs: the workflow's text and how the server is reached. No
    /// secret.
    QJsonObject blueprint;
    report::ResultDocument result;
};

} // namespace proverdeck::models

Q_DECLARE_METATYPE(proverdeck::models::RunState)
