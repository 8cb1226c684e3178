// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/Workflow.h"

#include <QJsonObject>

namespace proverdeck::models {

/// A step with the operator's answers put in, as far as they are known before the run.
struct PlannedStep
{
    Step step;
    QString command; ///< for bash on the server; empty for wait, stop and skipped steps
    QList<Probe> probes; ///< placeholders put in
    QString skipped; ///< why it will not run; empty: it runs
    QString conditional; ///< runs only if this turns out true on the server; empty: certain
    int count = 0; ///< wait: batches
    bool endless = false;
};

struct Plan
{
    Workflow workflow;
    InputValues values;
    QString host;
    QString sshConfigFile; ///< as ssh -F; may be empty
    QList<PlannedStep> steps;
    QList<Finding> remarks; ///< what follows from the answers alone

    [[nodiscard]] const PlannedStep *step(const QString &id) const;
};

/// Puts the answers in. @p values must have passed checkValues().
[[nodiscard]] Plan makePlan(const Workflow &workflow, const InputValues &values,
                            const QString &sshConfigFile = {});

/// The names in {braces} of a command. Shell braces (${x}, { …; }, {{.Names}}) are none.
[[nodiscard]] QStringList placeholders(const QString &text);
/// Replaces each {name} by its value, quoted for the shell. A name without a value stays.
[[nodiscard]] QString expand(const QString &text, const Workflow &workflow,
                             const InputValues &values);
/// One value as a word of a bash command; ~ at the beginning of a path becomes "$HOME".
[[nodiscard]] QString shellWord(const QVariant &value, InputType type);

/// Functions for bash that checks and probes use: pd_tcp PORT, pd_http PORT PATH, pd_rpc PORT
/// METHOD PARAMS. They need nothing but bash on the server.
[[nodiscard]] QByteArray shellPrelude();
/// The prelude, if the command uses it, and the command.
[[nodiscard]] QByteArray scriptFor(const QString &command);
/// A script that exits 0 if every probe but the log ones holds, and prints the first that does not.
[[nodiscard]] QByteArray probeScript(const QList<Probe> &probes);

[[nodiscard]] QString planToText(const Plan &plan);
[[nodiscard]] QJsonObject planToJson(const Plan &plan);
/// A bash script that does the same by hand with the ssh program.
[[nodiscard]] QString planToScript(const Plan &plan);

[[nodiscard]] QString stepKindWord(StepKind kind);
[[nodiscard]] QString phaseWord(Phase phase);

} // namespace proverdeck::models
