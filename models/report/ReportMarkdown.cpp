// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/LogText.h"
#include "models/report/Cells.h"
#include "models/report/Report.h"

#include <algorithm>
#include <iterator>

namespace proverdeck::models::report {

using namespace Qt::StringLiterals;

namespace {

using ethrex::BatchRow;
using ethrex::Summary;

const QString &unknown()
{
    static const QString dash = u"–"_s;
    return dash;
}

// One cell of a markdown table.
QString cell(QString text)
{
    text.replace(u'\\', "\\\\"_L1).replace(u'|', "\\|"_L1);
    text.replace("\r\n"_L1, " "_L1).replace(u'\n', u' ').replace(u'\r', u' ');
    text = text.trimmed();
    return text.isEmpty() ? unknown() : text;
}

QString tableRow(const QStringList &cells)
{
    QString line = u"|"_s;
    for (const QString &text : cells) {
        line += u' ' % cell(text) % " |"_L1;
    }
    return line % u'\n';
}

QString ruleRow(qsizetype columns)
{
    return u"|"_s % u"---|"_s.repeated(columns) % u'\n';
}

QString groupedOrNot(const std::optional<quint64> &value)
{
    return value ? groupedText(*value) : QString();
}

QString secondsText(const std::optional<qint64> &milliseconds)
{
    return milliseconds ? QString::number(static_cast<double>(*milliseconds) / 1000, 'f', 2)
                        : QString();
}

QString rateText(const std::optional<double> &rate)
{
    return rate ? QString::number(*rate, 'f', 3) : QString();
}

QString timeText(const std::optional<qint64> &milliseconds)
{
    return milliseconds
        ? secondsText(milliseconds) % " s ("_L1 % QString::number(*milliseconds) % " ms)"_L1
        : QString();
}

/// "411.25 ± 3.10"
QString energyText(const std::optional<double> &joules, const std::optional<double> &uncertainty)
{
    return joules ? QString::number(*joules / 1000, 'f', 2) % u" ± "_s
            % QString::number(uncertainty.value_or(0) / 1000, 'f', 2)
                  : QString();
}

/// How the energy was measured; empty if it was not.
QString energyNote(const QList<BatchRow> &rows)
{
    qint64 interval = 0;
    qsizetype unknown = 0;
    for (const BatchRow &row : rows) {
        interval = std::max(interval, row.energy ? row.energy->sampleIntervalMs : 0);
        unknown += row.energy ? 0 : 1;
    }
    if (unknown == rows.size()) {
        return {};
    }
    return u'\n'
        % say("Energy is that of all GPU boards of the server during the first proof of a batch, "
              "without CPU, memory, fans and power supplies: the area below samples %1 apart, "
              "± 5 W per board and what half as many samples would change. That is the least: the "
              "sensors of some cards (A100, H100) see only a part of the time. Energy is not known "
              "(–) where samples are missing.")
              .arg(durationText(interval))
        % u'\n';
}

QString yesNo(const std::optional<bool> &value)
{
    return value ? (*value ? say("yes") : say("no")) : QString();
}

quint64 floorGiB(quint64 mebibytes)
{
    return mebibytes / 1024;
}

QString gpusText(const QList<Gpu> &gpus)
{
    QStringList parts;
    for (const Gpu &gpu : gpus) {
        QString part = gpu.name;
        if (gpu.memoryMiB > 0) {
            part += ", "_L1 % groupedText(gpu.memoryMiB) % " MiB"_L1;
        }
        if (!gpu.driver.isEmpty()) {
            part += ", driver "_L1 % gpu.driver;
        }
        parts << part;
    }
    return parts.join("; "_L1);
}

QString refText(const Session &session)
{
    QString text = session.gitRef;
    if (!session.commit.isEmpty() && session.commit != session.gitRef) {
        text += (text.isEmpty() ? QString() : u" "_s) % "("_L1 % session.commit % ")"_L1;
    }
    return text;
}

QString sessionTable(const Session &session)
{
    QString memory;
    if (session.memoryKiB) {
        memory = QString::number(floorGiB(*session.memoryKiB / 1024)) % " GiB"_L1;
    }
    QString duration;
    if (session.started.isValid() && session.ended.isValid()) {
        duration = durationText(session.started.msecsTo(session.ended));
    }
    const QString date = session.started.isValid()
        ? session.started.toUTC().toString(u"yyyy-MM-dd HH:mm 'UTC'"_s)
        : QString();
    const QList<std::pair<QString, QString>> rows{
        {say("Date"), date},
        {say("Server"), session.server},
        {say("Backend"), session.backend},
        {say("GPU"), yesNo(session.gpu)},
        {say("GPU and driver"), gpusText(session.gpus)},
        {say("CPU"), session.cpuModel},
        {say("Memory"), memory},
        {say("Branch/Commit"), refText(session)},
        {say("Commit subject"), session.commitSubject},
        {say("Tx per Account"), numberText(session.txPerAccount)},
        {say("Tx Type"), session.txType},
        {say("Endless Mode"), yesNo(session.endless)},
        {say("Workflow"), session.workflow},
        {say("Run"), session.runId},
        {say("State"), session.state},
        {say("Duration"), duration},
        {say("Cost of Measuring"), session.cost ? serverCostText(*session.cost) : QString()},
    };
    QString text = tableRow({say("Field"), say("Value")}) % ruleRow(2);
    for (const auto &[name, value] : rows) {
        text += tableRow({"**"_L1 % name % "**"_L1, value});
    }
    return text;
}

QString resultsTable(const QList<BatchRow> &rows)
{
    const QStringList header{say("Batch"),       say("Time (s)"), say("Time (ms)"), say("Gas Used"),
                             say("Tx Count"),    say("Blocks"),   say("Mgas/s"),    say("tx/s"),
                             say("Energy (kJ)"), say("Flags")};
    QString text = tableRow(header) % ruleRow(header.size());
    for (const BatchRow &row : rows) {
        const QString flags = ethrex::flagWords(row.flags).join(", "_L1);
        text += tableRow(
            {QString::number(row.batch), secondsText(row.timeMs), numberText(row.timeMs),
             numberText(row.facts.gasUsed), numberText(row.facts.txCount),
             numberText(row.facts.blocks), rateText(row.mgasPerSecond()),
             rateText(row.txPerSecond()),
             row.energy ? energyText(row.energy->joules, row.energy->uncertainty) : QString(),
             flags});
        if (flags.isEmpty()) { // not unknown: there are none
            text.replace(text.size() - 4, 4, u" |\n"_s);
        }
    }
    return text;
}

QString summaryTable(const Summary &all, const Summary &counted)
{
    const auto time = [&](const char *name, std::optional<qint64> Summary::*member) {
        return tableRow(
            {"**"_L1 % say(name) % "**"_L1, timeText(all.*member), timeText(counted.*member)});
    };
    const auto total = [&](const char *name, std::optional<quint64> Summary::*member) {
        return tableRow({"**"_L1 % say(name) % "**"_L1, groupedOrNot(all.*member),
                         groupedOrNot(counted.*member)});
    };
    const auto rate = [&](const char *name, std::optional<double> Summary::*member) {
        return tableRow(
            {"**"_L1 % say(name) % "**"_L1, rateText(all.*member), rateText(counted.*member)});
    };
    return tableRow({say("Metric"), say("Every batch"), say("Counted")}) % ruleRow(3)
        % tableRow({"**"_L1 % say("Batches Proved") % "**"_L1, QString::number(all.batches),
                    QString::number(counted.batches)})
        % time("Avg Proving Time", &Summary::avgMs)
        % time("Median Proving Time", &Summary::medianMs)
        % time("Min Proving Time", &Summary::minMs) % time("Max Proving Time", &Summary::maxMs)
        % time("95th Percentile", &Summary::p95Ms) % time("Standard Deviation", &Summary::stddevMs)
        % total("Total Gas", &Summary::totalGas) % total("Total Txs", &Summary::totalTxs)
        % rate("Mgas/s", &Summary::mgasPerSecond) % rate("tx/s", &Summary::txPerSecond)
        % tableRow({"**"_L1 % say("Batches with Known Energy") % "**"_L1,
                    QString::number(all.energyBatches), QString::number(counted.energyBatches)})
        % tableRow({"**"_L1 % say("Total Energy (kJ)") % "**"_L1,
                    energyText(all.totalEnergyJ, all.energyUncertaintyJ),
                    energyText(counted.totalEnergyJ, counted.energyUncertaintyJ)})
        % rate("Avg Energy (J)", &Summary::avgEnergyJ) % rate("J/Mgas", &Summary::joulesPerMgas);
}

// One paragraph: a line break or a list mark in a log line must not change the document.
QString paragraph(QString text)
{
    return text.replace("\r\n"_L1, " "_L1).replace(u'\n', u' ').replace(u'\r', u' ').trimmed();
}

QString codeSpan(const QString &text)
{
    qsizetype longest = 0;
    qsizetype run = 0;
    for (const QChar c : text) {
        run = c == u'`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const QString fence(longest + 1, u'`');
    const QString space = longest > 0 ? u" "_s : QString();
    return fence % space % paragraph(text) % space % fence;
}

QString findingsText(const QList<Finding> &findings)
{
    if (findings.isEmpty()) {
        return say("None.") % u'\n';
    }
    QString text;
    for (const Finding &finding : findings) {
        text += "- **"_L1 % severityWord(finding.severity) % "** `"_L1 % finding.code % "`: "_L1
            % paragraph(finding.text) % u' ' % paragraph(finding.advice);
        if (finding.count > 1) {
            text += " ("_L1 % say("%1 times").arg(finding.count) % ")"_L1;
        }
        text += u'\n';
        if (finding.evidence.line > 0 || !finding.evidence.text.isEmpty()) {
            text += "  "_L1 % paragraph(finding.evidence.log) % u':'
                % QString::number(finding.evidence.line);
            if (!finding.evidence.text.isEmpty()) {
                text += u' ' % codeSpan(finding.evidence.text);
            }
            text += u'\n';
        }
    }
    return text;
}

// Upstream's cell: "-" for what the metrics do not know.
QString dashed(const std::optional<quint64> &value)
{
    return value ? QString::number(*value) : u"-"_s;
}

QString upstreamTime(const std::optional<qint64> &milliseconds)
{
    const qint64 value = milliseconds.value_or(0);
    return QString::number(value / 1000) % "s ("_L1 % QString::number(value) % "ms)"_L1;
}

} // namespace

QString toMarkdown(const ResultDocument &document)
{
    const Summary all = ethrex::summariseAll(document.rows);
    const Summary counted = ethrex::summariseCounted(document.rows);
    const QString notes = document.observations.trimmed();
    const QString text = "# "_L1 % say("Proving Benchmark Results") % "\n\n### "_L1
        % say("Test Session Info") % "\n\n"_L1 % sessionTable(document.session) % "\n### "_L1
        % say("Proving Results") % "\n\n"_L1 % resultsTable(document.rows) % "\n### "_L1
        % say("Summary") % "\n\n"_L1 % summaryTable(all, counted) % u'\n'
        % say("“Counted” leaves out batches flagged empty, warm-up, outlier, metrics-missing or "
              "l2-restarted.")
        % u'\n' % energyNote(document.rows) % "\n### "_L1 % say("Findings") % "\n\n"_L1
        % findingsText(document.findings) % "\n### "_L1 % say("Observations") % "\n\n"_L1
        % (notes.isEmpty() ? unknown() : notes) % u'\n';
    return plainText(text); // names and findings are the server's words
}

QString toUpstreamMarkdown(const ResultDocument &document)
{
    QList<BatchRow> rows;
    std::ranges::copy_if(document.rows, std::back_inserter(rows),
                         [](const BatchRow &row) { return row.timeMs.has_value(); });
    if (rows.isEmpty()) {
        return {};
    }
    const Session &session = document.session;
    QString text = u"# Proving Benchmark Results\n\n## Server Specs\n\n"_s;
    if (!session.cpuModel.isEmpty()) {
        text += "- "_L1 % session.cpuModel % u'\n';
    }
    if (session.memoryKiB) {
        text += "- "_L1 % QString::number(floorGiB(*session.memoryKiB / 1024)) % " GB RAM\n"_L1;
    }
    if (!session.gpus.isEmpty()) {
        const Gpu &gpu = session.gpus.first();
        text += "- "_L1 % gpu.name % u' ' % QString::number(floorGiB(gpu.memoryMiB)) % " GB\n"_L1;
    }
    text += "\n| Batch | Time (s) | Time (ms) | Gas Used | Tx Count | Blocks |\n"
            "|-------|----------|-----------|----------|----------|--------|\n"_L1;
    for (const BatchRow &row : std::as_const(rows)) {
        std::optional<quint64> size = row.facts.blocks;
        if (size && *size > 0) {
            --*size;
        }
        text += "| "_L1 % QString::number(row.batch) % " | "_L1
            % QString::number(*row.timeMs / 1000) % " | "_L1 % QString::number(*row.timeMs)
            % " | "_L1 % dashed(row.facts.gasUsed) % " | "_L1 % dashed(row.facts.txCount) % " | "_L1
            % dashed(size) % " |\n"_L1;
    }
    const Summary all = ethrex::summariseAll(rows);
    text += "\n## Summary\n\n| Metric | Value |\n|--------|-------|\n| Batches | "_L1
        % QString::number(all.batches) % " |\n| Avg | "_L1 % upstreamTime(all.avgMs)
        % " |\n| Min | "_L1 % upstreamTime(all.minMs) % " |\n| Max | "_L1 % upstreamTime(all.maxMs)
        % " |\n| Total gas | "_L1 % QString::number(all.totalGas.value_or(0))
        % " |\n| Total txs | "_L1 % QString::number(all.totalTxs.value_or(0)) % " |\n"_L1;
    return plainText(text);
}

} // namespace proverdeck::models::report
