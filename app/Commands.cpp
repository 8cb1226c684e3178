// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/Commands.h"

#include "app/RunExport.h"
#include "app/TeamHistory.h"
#include "app/Terminal.h"
#include "models/ethrex/ResultCollector.h"
#include "models/store/RunStore.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include <cstdio>

namespace proverdeck::app {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Commands", text);
}

void printOut(const QString &text)
{
    printText(stdout, text);
}

QString timeText(const QDateTime &time)
{
    const QDateTime local = time.toLocalTime();
    return local.isValid() ? local.toString(u"yyyy-MM-dd HH:mm:ss"_s) + local.toString(u" t"_s)
                           : u"–"_s;
}

int listRuns(const models::store::RunStore &store, const QString &format)
{
    const QList<models::store::RunHead> heads = store.heads();
    QJsonArray runs;
    QString text;
    for (const models::store::RunHead &head : heads) {
        const models::RunRecord &record = head.run;
        runs << QJsonObject{
            {u"id"_s, record.id},
            {u"host"_s, record.host},
            {u"started"_s, record.started.toString(Qt::ISODateWithMs)},
            {u"state"_s, models::runStateWord(record.state)},
            {u"batches"_s, head.batches},
            {u"counted_median_ms"_s,
             head.countedMedianMs ? QJsonValue(*head.countedMedianMs) : QJsonValue()}};
        text += u"%1  %2  %3  %4  %5\n"_s.arg(
            record.id.leftJustified(26), record.host.leftJustified(16), timeText(record.started),
            models::runStateWord(record.state).leftJustified(12),
            tr("%1 batches").arg(head.batches));
    }
    if (format == u"json") {
        printJson(stdout, {{u"runs"_s, runs}});
    } else {
        printOut(text.isEmpty() ? tr("There are no runs yet.\n") : text);
    }
    return 0;
}

int showRun(const models::RunRecord &record, const QString &format)
{
    if (format == u"json") {
        QJsonObject json = models::report::toJson(record.result, true);
        json.insert(u"id"_s, record.id);
        json.insert(u"state"_s, models::runStateWord(record.state));
        printJson(stdout, json);
        return 0;
    }
    for (const auto &[title, state] : record.steps) {
        printOut(u"%1 %2%3\n"_s.arg(models::stepOutcomeWord(state.outcome).leftJustified(9), title,
                                    state.note.isEmpty() ? QString() : u": "_s + state.note));
    }
    printOut(u'\n' + models::report::toMarkdown(record.result));
    return 0;
}

/// Feeds a whole file in pieces, so that a log of any size needs little memory.
bool feedFile(const QString &path, const std::function<void(const QByteArray &)> &sink)
{
    QFile file(path);
    if (QFileInfo(path).isDir() || !file.open(QIODevice::ReadOnly)) {
        complain(QFileInfo(path).isDir()
                     ? tr("%1 is a folder; name the prover's log file.").arg(path)
                     : tr("%1 cannot be read: %2.").arg(path, file.errorString()));
        return false;
    }
    while (!file.atEnd()) {
        sink(file.read(1 << 20));
        if (file.error() != QFileDevice::NoError) {
            complain(tr("%1 cannot be read to its end: %2.").arg(path, file.errorString()));
            return false;
        }
    }
    return true;
}

QString analysisText(const models::report::ResultDocument &document, const QString &file)
{
    QString text = models::report::toMarkdown(document);
    if (document.rows.isEmpty()) {
        text += tr("\nNo proved batch was found in %1.\n").arg(file);
    }
    return text;
}

} // namespace

void complain(const QString &line)
{
    printText(stderr, line + u'\n');
}

std::optional<models::Plan> planFor(const Request &request)
{
    const auto values = models::checkValues(request.workflow, request.given);
    if (!values) {
        for (const models::InputError &error : values.error()) {
            const models::Input *input = request.workflow.input(error.input);
            complain(input ? u"--%1: %2"_s.arg(input->option, error.text) : error.text);
        }
        return std::nullopt;
    }
    return models::makePlan(request.workflow, *values, request.sshConfig);
}

int runPlan(const models::Plan &plan, const QString &format)
{
    if (format == u"json") {
        printJson(stdout, models::planToJson(plan));
    } else if (format == u"sh") {
        printExact(stdout, models::planToScript(plan));
    } else {
        printOut(models::planToText(plan));
    }
    return 0;
}

int runHistory(const Request &request)
{
    models::store::RunStore store;
    if (const auto opened = store.open(models::store::RunStore::defaultPath()); !opened) {
        complain(opened.error());
        return 1;
    }
    if (const QString problem = exchangeWithTeam(store); !problem.isEmpty()) {
        complain(problem); // what is here is shown all the same
    }
    if (request.command == Request::Command::RunsList) {
        return listRuns(store, request.format);
    }
    const auto record = store.load(request.runId);
    if (!record) {
        complain(record.error());
        return 2;
    }
    if (request.command == Request::Command::RunsShow) {
        return showRun(*record, request.format);
    }
    const QString why = exportRun(*record, request.out, request.overwrite);
    if (!why.isEmpty()) {
        complain(why);
        return 2;
    }
    complain(tr("Results and logs are in %1").arg(request.out));
    return 0;
}

int runAnalyse(const Request &request)
{
    models::ethrex::ResultCollector collector;
    for (const QString &path : request.files) {
        const QString name = QFileInfo(path).fileName();
        QString reader;
        const bool read = feedFile(path, [&](const QByteArray &bytes) {
            if (reader.isEmpty()) {
                reader = models::ethrex::readerFor(bytes);
            }
            if (reader != u"metrics") {
                collector.feedLog(reader, name, bytes);
            }
        });
        if (!read) {
            return 2;
        }
        if (reader == u"metrics") {
            complain(tr("%1 is a body of the metrics endpoint, no log: give it with --metrics.")
                         .arg(path));
            return 2;
        }
        collector.finishLog(name);
    }
    if (!request.metrics.isEmpty()) {
        QByteArray body;
        if (!feedFile(request.metrics, [&](const QByteArray &bytes) { body += bytes; })) {
            return 2;
        }
        if (!collector.feedMetrics(body)) {
            complain(
                tr("%1 is no body of a metrics endpoint (Prometheus text).").arg(request.metrics));
            return 2;
        }
    }
    models::report::ResultDocument document;
    document.rows = collector.rows();
    document.findings = collector.findings();
    if (request.format == u"json") {
        QJsonObject json = models::report::toJson(document, false);
        const models::ethrex::MetricsSnapshot &latest = collector.metrics().latest();
        const auto number = [](const std::optional<quint64> &value) {
            return value ? QJsonValue(qint64(*value)) : QJsonValue();
        };
        const auto committed
            = latest.committedBatch ? latest.committedBatch : collector.l2().lastCommitted();
        json.insert(u"l2"_s,
                    QJsonObject{{u"committed_batch"_s, number(committed)},
                                {u"verified_batch"_s, number(latest.verifiedBatch)},
                                {u"last_block"_s,
                                 number(latest.blockNumber ? latest.blockNumber
                                                           : collector.l2().lastBlock())}});
        printJson(stdout, json);
    } else if (request.format == u"csv") {
        printExact(stdout, QString::fromUtf8(models::report::toCsv(document)));
    } else if (request.format == u"upstream") {
        printOut(models::report::toUpstreamMarkdown(document));
    } else if (request.format == u"markdown") {
        printOut(models::report::toMarkdown(document));
    } else {
        printOut(analysisText(document, request.files.join(u", "_s)));
    }
    return 0;
}

} // namespace proverdeck::app
