// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/AztecTables.h"

#include "models/aztec/Texts.h"
#include "ui/common/Theme.h"

#include <QCoreApplication>

namespace proverdeck::ui::aztectables {

using namespace Qt::StringLiterals;
using namespace models::aztec;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("AztecTables", text);
}

TableCell text(const QString &value)
{
    return {value.isEmpty() ? u"–"_s : value, {}, {}, false, {}};
}

TableCell time(const Analysis &analysis, qint64 value)
{
    const QString full = analysis.timeText(value);
    const QString shown = full.isEmpty() ? u"–"_s
        : analysis.hasDates              ? full.mid(5, 5) + u' ' + full.mid(11, 12)
                                         : full;
    return {shown, value, full.isEmpty() ? tr("Not in these logs") : full, true, {}};
}

TableCell span(std::optional<double> ms, const QString &why = {})
{
    return TableCell::number(ms, ms ? durationText(*ms) : QString(), why);
}

TableCell span(std::optional<qint64> ms, const QString &why = {})
{
    return span(ms ? std::optional(double(*ms)) : std::nullopt, why);
}

QString whyText(const QString &word)
{
    if (word == u"no-broker-log") {
        return tr("The broker's log is not among these.");
    }
    if (word == u"no-agent-log") {
        return tr(
            "No agent's log is among these, and the broker prints nothing when it hands a job "
            "out.");
    }
    if (word == u"no-job-seen-whole") {
        return tr("No job of this type was seen from its beginning to its end.");
    }
    if (word == u"fewer-than-two-completions") {
        return tr("Fewer than two completions.");
    }
    if (word == u"block-sizes-not-logged") {
        return tr("Not every block of the epoch has its size in these logs. Upper levels appear "
                  "only when their inputs are done, so the jobs known so far are not the total.");
    }
    if (word == u"private-and-public-together") {
        return tr("The logs do not tell how many transactions have public calls.");
    }
    return word;
}

TableCell spread(const Spread &one)
{
    if (!one.median) {
        return TableCell::number(std::nullopt, {}, whyText(one.why));
    }
    return TableCell::number(one.median, durationText(*one.median),
                             tr("median of %1; 95 % within %2; longest %3")
                                 .arg(one.n)
                                 .arg(durationText(*one.p95), durationText(*one.max)));
}

QString outcomeTitle(const EpochRow &row)
{
    const QString &word = row.outcome;
    return word == u"submitted"        ? tr("Submitted to L1")
        : word == u"proved"            ? tr("Proved, submission not seen")
        : word == u"submission-failed" ? tr("Submission failed")
        : word == u"deadline-missed"   ? tr("Deadline missed")
        : word == u"proving-failed"    ? tr("Proving failed")
        : word == u"in-progress"       ? tr("In progress")
        : word == u"reorg"             ? tr("Halted by a reorg")
                                       : tr("Unknown");
}

models::StepOutcome signOf(const EpochRow &row)
{
    return row.outcome == u"submitted"                              ? models::StepOutcome::Done
        : row.outcome == u"in-progress" || row.outcome == u"proved" ? models::StepOutcome::Running
        : row.outcome == u"unknown"                                 ? models::StepOutcome::Skipped
                                                                    : models::StepOutcome::Failed;
}

} // namespace

QStringList epochTitles()
{
    return {tr("Epoch"),   tr("Outcome"), tr("First cause"), tr("Jobs done"), tr("Blocks"),
            tr("Started"), tr("Proved"),  tr("On L1"),       tr("Deadline"),  tr("Margin")};
}

Rows epochRows(const Analysis &analysis, const QPalette &palette)
{
    Rows rows;
    for (const EpochRow &row : analysis.epochs) {
        TableCell outcome = text(outcomeTitle(row));
        outcome.icon = outcomeIcon(signOf(row), palette);
        if (row.outcome == u"unknown") {
            outcome.why = tr("The prover node's log is not among these.");
        }
        TableCell cause = text(row.cause ? row.cause->text : QString());
        if (row.consequences > 0) {
            cause.why
                = tr("%1\n%2 further lines only repeat it.").arg(cause.text).arg(row.consequences);
        }
        TableCell jobs{u"%1 / %2"_s.arg(row.jobsDone).arg(row.jobs),
                       row.jobsDone,
                       row.outstanding
                           ? tr("The node itself counted %1 outstanding jobs at its last "
                                "poll.")
                                 .arg(*row.outstanding)
                           : tr("Of the jobs known so far, which are not the total."),
                       true,
                       {}};
        TableCell deadline = time(analysis, row.deadline);
        if (row.deadline == NoTime) {
            deadline.why = tr("The network, and so the slot times, are not known from these logs.");
        }
        TableCell margin = span(row.marginMs);
        if (!row.marginMs && row.deadline != NoTime && row.outcome == u"in-progress"
            && analysis.last != NoTime && analysis.last < row.deadline) {
            const auto left = double(row.deadline - analysis.last);
            margin = TableCell::number(left, tr("%1 left").arg(durationText(left)),
                                       tr("From the last that is known to the deadline."));
        }
        if (row.marginMs && *row.marginMs < 0) {
            margin = TableCell::number(double(*row.marginMs),
                                       u'−' + durationText(double(-*row.marginMs)));
        }
        rows << CellTableModel::Row{
            row.epoch,
            {TableCell{
                 row.epoch < 0 ? u"–"_s : QString::number(row.epoch), row.epoch, {}, true, {}},
             outcome, cause, jobs, TableCell::count(row.blocks), time(analysis, row.started),
             time(analysis, row.proved),
             time(analysis, row.mined != NoTime ? row.mined : row.submitted), deadline, margin}};
    }
    return rows;
}

QStringList typeTitles()
{
    return {tr("Epoch"),   tr("Type"),     tr("Enqueued"), tr("Started"),    tr("Completed"),
            tr("Failed"),  tr("Wait"),     tr("Work"),     tr("Cadence"),    tr("Timed out"),
            tr("Retried"), tr("Attempts"), tr("Expected"), tr("Per second"), tr("Peak parallel")};
}

Rows typeRows(const Analysis &analysis, std::optional<qint64> epoch)
{
    Rows rows;
    for (const EpochRow &row : analysis.epochs) {
        if (epoch && row.epoch != *epoch) {
            continue;
        }
        for (const TypeStats &type : row.types) {
            const QString noBroker = whyText(u"no-broker-log"_s);
            const QString noAgent = whyText(u"no-agent-log"_s);
            const JobType *known = Vocabulary::builtIn()->type(type.type);
            TableCell name = text(type.type);
            name.why = known ? known->what : tr("A type that this version does not know.");
            name.sort = type.level * 100 + int(rows.size() % 100);
            TableCell completed = TableCell::count(type.completed);
            completed.why = type.startUnseen
                ? tr("%1 of them began before the log.").arg(type.startUnseen)
                : QString();
            rows << CellTableModel::Row{
                QVariantList{row.epoch, type.type},
                {TableCell{QString::number(row.epoch), row.epoch, {}, true, {}}, name,
                 TableCell::count(type.enqueued, type.enqueued ? QString() : noBroker),
                 TableCell::count(type.started, type.started ? QString() : noAgent), completed,
                 TableCell::count(type.failed), spread(type.wait), spread(type.work),
                 spread(type.cadence),
                 TableCell::count(
                     type.timedOut,
                     tr("Of %1 jobs. A time-out is no attempt.").arg(type.jobsTimedOut)),
                 TableCell::count(type.retried),
                 TableCell::count(type.mostAttempts, tr("The most that one job needed.")),
                 TableCell::count(type.expected, whyText(type.whyNoExpected)),
                 TableCell::number(type.perSecond,
                                   type.perSecond ? QString::number(*type.perSecond, 'g', 3)
                                                  : QString(),
                                   whyText(type.whyNoRate)),
                 TableCell::count(type.peakParallel, whyText(type.whyNoPeak))}};
        }
    }
    return rows;
}

QStringList txTitles()
{
    return {tr("Transaction"),     tr("Machine"),   tr("Received"),
            tr("AVM proof begun"), tr("AVM proof"), tr("Failures")};
}

Rows txRows(const Analysis &analysis)
{
    Rows rows;
    for (const TxRow &row : analysis.txs) {
        rows << CellTableModel::Row{row.hash,
                                    {text(row.hash), text(row.machine),
                                     time(analysis, row.received), time(analysis, row.proving),
                                     span(row.proofMs), TableCell::count(row.failures)}};
    }
    return rows;
}

QStringList machineTitles()
{
    return {tr("Machine"), tr("Role"), tr("First"),        tr("Last"),
            tr("Jobs"),    tr("Logs"), tr("Clock offset"), tr("Dates from")};
}

Rows machineRows(const Analysis &analysis)
{
    Rows rows;
    for (const MachineRow &row : analysis.machines) {
        QStringList dates;
        for (const LogRow &log : analysis.logs) {
            const QString from = log.dateFrom == u"log" ? tr("the log")
                : log.dateFrom == u"epoch"              ? tr("the epochs' times")
                : log.dateFrom == u"blocks"             ? tr("the blocks' times")
                : log.dateFrom == u"other-log"          ? tr("jobs of other logs")
                : log.dateFrom == u"file-time"          ? tr("the file's time (a guess)")
                : log.dateFrom == u"user"               ? tr("you")
                                                        : tr("nowhere: clock times only");
            if (log.machine == row.name && !dates.contains(from)) {
                dates << from;
            }
        }
        TableCell offset = TableCell::number(
            row.clockOffsetMs ? std::optional(double(*row.clockOffsetMs)) : std::nullopt,
            u"%1 ms"_s.arg(row.clockOffsetMs.value_or(0)),
            row.clockOffsetMs ? tr("From %1 jobs seen on both machines.").arg(row.clockSamples)
                              : tr("Not enough jobs are seen both here and at the broker."));
        rows << CellTableModel::Row{
            row.name,
            {text(row.name), text(row.roles.isEmpty() ? tr("unknown") : row.roles.join(u" + "_s)),
             time(analysis, row.first), time(analysis, row.last), TableCell::count(row.jobsStarted),
             text(row.logs.join(u", "_s)), offset, text(dates.join(u", "_s))}};
    }
    return rows;
}

QStringList agentTitles()
{
    return {tr("Agent"), tr("Now"), tr("What its lines show")};
}

Rows agentRows(const Analysis &analysis, const QPalette &palette)
{
    const auto title = [](const QString &verdict) {
        return verdict == u"working"            ? tr("working")
            : verdict == u"idle"                ? tr("idle, nothing to do")
            : verdict == u"cannot-reach-broker" ? tr("cannot reach the broker")
            : verdict == u"wrong-service"       ? tr("asks the wrong service")
            : verdict == u"loading-crs"         ? tr("loading the CRS")
            : verdict == u"restarting"          ? tr("restarting")
                                                : tr("unknown");
    };
    Rows rows;
    for (const AgentRow &row : analysis.agents) {
        QStringList history;
        for (const WorkSpan &one :
             row.history.mid(std::max<qsizetype>(0, row.history.size() - 8))) {
            history << u"%1 (%2)"_s.arg(title(one.verdict), analysis.timeText(one.from).right(13));
        }
        TableCell now = text(title(row.verdict));
        const bool isBad = row.verdict == u"cannot-reach-broker" || row.verdict == u"wrong-service"
            || row.verdict == u"restarting";
        now.icon = outcomeIcon(isBad                           ? models::StepOutcome::Failed
                                   : row.verdict == u"working" ? models::StepOutcome::Done
                                                               : models::StepOutcome::Skipped,
                               palette);
        rows << CellTableModel::Row{
            QStringList{row.machine, row.name},
            {text(row.name.isEmpty() ? row.machine : row.machine + u" / "_s + row.name), now,
             text(history.join(u" → "_s))}};
    }
    return rows;
}

QStringList containerTitles()
{
    return {tr("Machine"), tr("Container"), tr("State"),    tr("CPU"),
            tr("Memory"),  tr("Of limit"),  tr("Restarts"), tr("Ports")};
}

Rows containerRows(const Analysis &analysis)
{
    Rows rows;
    for (const DockerContainer &one : analysis.containers) {
        rows << CellTableModel::Row{
            QStringList{one.machine, one.name},
            {text(one.machine), text(one.name), text(one.status.isEmpty() ? one.state : one.status),
             TableCell::number(one.cpuPercent,
                               tr("%1 cores").arg(one.cpuPercent.value_or(0) / 100, 0, 'f', 1),
                               tr("Docker sums over all cores: 100 % is one core.")),
             TableCell::number(one.memoryBytes, bytesText(one.memoryBytes.value_or(0))),
             TableCell::number(one.memoryPercent,
                               u"%1 %"_s.arg(one.memoryPercent.value_or(0), 0, 'f', 1)),
             TableCell::count(one.restarts), text(one.ports)}};
    }
    return rows;
}

QStringList compareTitles()
{
    return {tr("Type"),           tr("A: median work"), tr("A: jobs"),
            tr("B: median work"), tr("B: jobs"),        tr("Verdict")};
}

Rows compareRows(const QList<Comparison> &list)
{
    Rows rows;
    for (const Comparison &one : list) {
        TableCell verdict = text(one.verdict == u"too-few"        ? tr("too few to tell")
                                     : one.verdict == u"b-slower" ? tr("B is slower")
                                     : one.verdict == u"b-faster" ? tr("B is faster")
                                                                  : tr("no clear difference"));
        verdict.why = tr("Rank sum test at 5 %; at least 8 jobs on each side.");
        rows << CellTableModel::Row{one.type,
                                    {text(one.type), span(one.medianA), TableCell::count(one.nA),
                                     span(one.medianB), TableCell::count(one.nB), verdict}};
    }
    return rows;
}

QStringList startUpTitles()
{
    return {tr("Where"),           tr("Begun"),        tr("CRS"), tr("CRS time"),
            tr("Until listening"), tr("To first job"), tr("Port")};
}

Rows startUpRows(const Analysis &analysis)
{
    Rows rows;
    for (const StartUpRow &row : analysis.startUps) {
        QStringList crs;
        for (const CrsRow &one : row.crs) {
            crs << tr("%1: %2 points = %3, %4")
                       .arg(one.isGrumpkin ? u"Grumpkin"_s : u"BN254"_s)
                       .arg(one.points)
                       .arg(one.bytes < 0 ? u"–"_s : bytesText(double(one.bytes)),
                            one.isDownload ? tr("downloaded") : tr("from the cache"));
        }
        const QString untimed = tr("The CRS lines have no time; docker logs -t adds one.");
        rows << CellTableModel::Row{
            QStringList{row.machine, row.container, QString::number(row.spot.line)},
            {text(row.container.isEmpty() ? row.machine : row.machine + u" / "_s + row.container),
             time(analysis, row.from), text(crs.join(u"; "_s)), span(row.crsMs, untimed),
             span(row.readyMs, row.readyMs ? QString() : untimed), span(row.firstJobMs),
             TableCell::count(row.port < 0 ? std::optional<int>() : int(row.port))}};
    }
    return rows;
}

QStringList circuitTitles()
{
    return {tr("Machine"),        tr("Type"),  tr("Proofs"), tr("Proof median"),
            tr("Witness median"), tr("Input"), tr("Output")};
}

Rows circuitRows(const Analysis &analysis)
{
    Rows rows;
    for (const CircuitRow &row : analysis.circuits) {
        const auto bytes = [](const Spread &one) {
            return TableCell::number(one.median, bytesText(one.median.value_or(0)),
                                     one.median ? QString() : tr("Not logged for this circuit."));
        };
        rows << CellTableModel::Row{
            QStringList{row.machine, row.container, row.circuit},
            {text(row.container.isEmpty() ? row.machine : row.machine + u" / "_s + row.container),
             text(row.type.isEmpty() ? row.circuit : row.type), TableCell::count(row.proofMs.n),
             spread(row.proofMs), spread(row.witnessMs), bytes(row.inputBytes),
             bytes(row.outputBytes)}};
    }
    return rows;
}

} // namespace proverdeck::ui::aztectables
