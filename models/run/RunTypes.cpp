// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/RunTypes.h"

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

const QStringList &stateWords()
{
    static const QStringList words{
        u"waiting"_s,      u"connecting"_s, u"checking"_s, u"running"_s,      u"unreachable"_s,
        u"tearing down"_s, u"done"_s,       u"failed"_s,   u"check failed"_s, u"cancelled"_s,
        u"refused"_s,      u"unknown"_s,    u"detached"_s};
    return words;
}

const QStringList &outcomeWords()
{
    static const QStringList words{u"waiting"_s, u"running"_s,   u"serving"_s,
                                   u"done"_s,    u"warning"_s,   u"failed"_s,
                                   u"skipped"_s, u"cancelled"_s, u"unknown"_s};
    return words;
}

} // namespace

QString stepOutcomeWord(StepOutcome outcome)
{
    return outcomeWords().at(int(outcome));
}

StepOutcome stepOutcomeFromWord(const QString &word)
{
    const qsizetype index = outcomeWords().indexOf(word);
    return index < 0 ? StepOutcome::Unknown : StepOutcome(index);
}

QString runStateWord(RunState state)
{
    return stateWords().at(int(state));
}

RunState runStateFromWord(const QString &word)
{
    const qsizetype index = stateWords().indexOf(word);
    return index < 0 ? RunState::Unknown : RunState(index);
}

bool isFinal(RunState state)
{
    return state >= RunState::Done;
}

int exitCodeFor(RunState state)
{
    switch (state) {
    case RunState::Done:
    case RunState::Detached:
        return 0;
    case RunState::Failed:
        return 1;
    case RunState::Refused:
        return 3;
    case RunState::CheckFailed:
        return 4;
    case RunState::Cancelled:
        return 5;
    default:
        return 6;
    }
}

} // namespace proverdeck::models
