// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/findings/Finding.h"

#include <QHash>
#include <QList>
#include <QMap>
#include <QVariant>

#include <tl/expected.hpp>

#include <chrono>
#include <optional>

namespace proverdeck::models {

enum class InputType { Text, Integer, Boolean, Choice, GitRef, RemotePath, Host };

/// Values by input id: QString, qint64 or bool, as the input's type says.
using InputValues = QMap<QString, QVariant>;

/// All of the named inputs and facts have the given value: `{ backend = "sp1", gpu = true }`, one
/// of a list (`backend = ["sp1", "risc0"]`), or, for integers, a comparison (`tx_count = ">=59"`).
struct Condition
{
    QMap<QString, QVariantList> terms;
    bool operator==(const Condition &) const = default;
    [[nodiscard]] bool isEmpty() const { return terms.isEmpty(); }
    /// Terms whose name has no value yet are undecided: nullopt. An empty condition is true.
    [[nodiscard]] std::optional<bool> holds(const InputValues &values) const;
    /// "backend is sp1, endless is off": for people.
    [[nodiscard]] QString toText() const;
};

/// One question that the operator answers.
struct Input
{
    QString id;
    InputType type = InputType::Text;
    QString title;
    QString help;
    QString option; ///< long option of the command line, without dashes
    QStringList choices;
    QVariant defaultValue; ///< invalid: must be answered
    std::optional<qint64> minimum;
    std::optional<qint64> maximum;
    bool advanced = false; ///< not one of the main questions
    bool optional = false; ///< may be empty
    QString page; ///< "server", "prove" or "load"
    /// Integers only: a variable of the server's login shell that wins over the default, as in
    /// ${ETHREX_HTTP_PORT:-1729}, unless the operator gives a value.
    QString environment;
    Condition enabledWhen;
    QVariant valueWhenDisabled;
    QString disabledHelp; ///< why it cannot be chosen
};

/// A remark that follows from the answers alone, shown in the wizard and among the findings.
struct Advice
{
    QString input; ///< beside which question
    Condition when;
    Finding finding;
};

/// Evidence that a service is ready. Exactly one member is set.
struct Probe
{
    QString rpc; ///< port (placeholder text): eth_chainId answers
    QString tcp; ///< port: accepts a connection; nothing is sent
    QString http; ///< "port/path": answers 200
    QString log; ///< regular expression that matches a line of the step's log
};

enum class StepKind { Check, Command, Service, Wait, Collect, Stop };
enum class Phase { Preflight, Main, Teardown };

/// One of several commands of a step; the first whose condition holds is taken.
struct Variant
{
    Condition when;
    QString command;
    int line = 0; ///< in the workflow file
};

struct Step
{
    QString id;
    QString title;
    StepKind kind = StepKind::Command;
    Phase phase = Phase::Main;
    QList<Variant> run;
    QString log; ///< file name of its output in the run's folder; empty: steps.log
    Condition when;
    QList<Probe> ready; ///< all must hold
    std::chrono::milliseconds timeout{600'000};
    QString expectedAfter; ///< service: once a log line matches, readiness is near …
    std::chrono::milliseconds expectedWithin{0}; ///< … and fails if it takes longer than this
    QString fact; ///< check: sets this fact to whether it exited 0, and never fails
    QString output; ///< check: the first line of its stdout becomes this placeholder
    bool required = true; ///< check: a failure stops the run; otherwise it is a warning
    QString code; ///< check: code of its finding
    QString fix; ///< check: what to do
    QString service; ///< stop: which service's process group
    std::chrono::seconds grace{20}; ///< stop
    bool mayFail = false; ///< command: a failure is a warning and the run goes on
    QString failure; ///< what a failure means, for people
    QMap<QString, int> fatal; ///< service: a finding of this code, seen so often, ends the run
    QString reader; ///< service: "ethrex-prover", "ethrex-l2", "ethrex-loadtest"
    QString count; ///< wait: how many batches (placeholder text)
    Condition endless; ///< wait: never satisfied, only stopped
    std::chrono::milliseconds stall{0}; ///< wait: no progress for so long is a failure
    QString collects; ///< collect: "session" or "batches"
    int line = 0; ///< in the workflow file
};

struct Workflow
{
    QString id;
    QString title;
    QString version;
    QString origin; ///< "built in" or the file's path
    QByteArray source; ///< the text of the file
    QList<Input> inputs;
    QList<Advice> advice;
    QList<Step> steps;

    [[nodiscard]] const Input *input(const QString &inputId) const;
    [[nodiscard]] const Step *step(const QString &stepId) const;
};

/// Reads a workflow file. The error says the line, the key, and what was expected.
[[nodiscard]] tl::expected<Workflow, QString> parseWorkflow(const QByteArray &toml,
                                                            const QString &origin);
/// The operator's own copy if there is one (config folder), else the one that is built in.
[[nodiscard]] tl::expected<Workflow, QString> loadWorkflow(const QString &idOrPath);
[[nodiscard]] QString userWorkflowFolder();

/// A value that did not pass: which input, and a sentence for the person.
struct InputError
{
    QString input;
    QString text;
    bool operator==(const InputError &) const = default;
};

/// Converts and checks one value (a QString from a form or the command line, or already typed).
[[nodiscard]] tl::expected<QVariant, InputError> checkValue(const Input &input,
                                                            const QVariant &value);
/// Fills defaults, applies valueWhenDisabled, checks everything; all problems at once.
[[nodiscard]] tl::expected<InputValues, QList<InputError>> checkValues(const Workflow &workflow,
                                                                       const InputValues &given);

[[nodiscard]] std::optional<std::chrono::milliseconds> parseDuration(const QString &text);

} // namespace proverdeck::models
