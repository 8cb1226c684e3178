// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/StoredRun.h"

#include "models/store/RunJson.h"
#include "models/store/Sql.h"

#include <QJsonDocument>
#include <QRandomGenerator>

#include <utility>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

constexpr auto StepsName = "steps"_L1;
constexpr auto FindingsName = "findings"_L1;
constexpr auto BlueprintName = "blueprint"_L1;

using Outcome = tl::expected<void, QString>;

QString compact(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QString compact(const QJsonArray &array)
{
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

QJsonObject objectOf(const QVariant &value)
{
    return QJsonDocument::fromJson(value.toString().toUtf8()).object();
}

QJsonArray arrayOf(const QVariant &value)
{
    return QJsonDocument::fromJson(value.toString().toUtf8()).array();
}

tl::expected<QList<ethrex::BatchRow>, QString> rowsOf(const QSqlDatabase &database,
                                                      const QString &id)
{
    auto query = runSql(database, u"SELECT batch FROM batches WHERE run_id=? ORDER BY position"_s,
                        {textValue(id)});
    if (!query) {
        return tl::unexpected(query.error());
    }
    QList<ethrex::BatchRow> rows;
    while (query->next()) {
        rows << report::rowFromJson(objectOf(query->value(0)));
    }
    return rows;
}

Outcome readDocuments(const QSqlDatabase &database, RunRecord &record)
{
    auto query = runSql(database, u"SELECT name,document FROM documents WHERE run_id=?"_s,
                        {textValue(record.id)});
    if (!query) {
        return tl::unexpected(query.error());
    }
    while (query->next()) {
        const QString name = query->value(0).toString();
        if (name == StepsName) {
            record.steps = stepsFromJson(arrayOf(query->value(1)));
        } else if (name == FindingsName) {
            record.result.findings = findingsFromJson(arrayOf(query->value(1)));
        } else if (name == BlueprintName) {
            record.blueprint = objectOf(query->value(1));
        }
    }
    return {};
}

/// Columns of the table of runs and what they become.
struct Changes
{
    QStringList columns;
    QVariantList values;

    void set(const QString &column, const QVariant &value)
    {
        columns << column;
        values << value;
    }
    [[nodiscard]] Outcome insertInto(const QSqlDatabase &database) const
    {
        const QString marks = QStringList(columns.size(), u"?"_s).join(u',');
        return executeSql(
            database, u"INSERT INTO runs(%1) VALUES(%2)"_s.arg(columns.join(u','), marks), values);
    }
    [[nodiscard]] Outcome update(const QSqlDatabase &database, const QString &id) const
    {
        return executeSql(database,
                          u"UPDATE runs SET %1=? WHERE id=?"_s.arg(columns.join(u"=?,"_s)),
                          values + QVariantList{textValue(id)});
    }
};

/// What has to be written so that @p old becomes @p now; everything if there is no old one.
Changes changesOf(const RunRecord &now, const RunRecord *old)
{
    Changes changes;
    if (!old) {
        changes.set(u"id"_s, textValue(now.id));
        changes.set(u"workflow"_s, textValue(now.workflow));
    }
    if (!old || old->host != now.host) {
        changes.set(u"host"_s, textValue(now.host));
    }
    if (!old || old->state != now.state) {
        changes.set(u"state"_s, runStateWord(now.state));
    }
    if (!old || old->started != now.started) {
        changes.set(u"started"_s, timeValue(now.started));
    }
    if (!old || old->ended != now.ended) {
        changes.set(u"ended"_s, timeValue(now.ended));
    }
    if (!old || old->folder != now.folder) {
        changes.set(u"folder"_s, textValue(now.folder));
    }
    if (!old || old->values != now.values) {
        changes.set(u"inputs"_s, compact(valuesToJson(now.values)));
    }
    if (!old || old->result.session != now.result.session) {
        changes.set(u"session"_s, compact(sessionToJson(now.result.session)));
    }
    if (!old || old->result.rows != now.result.rows) {
        changes.set(u"batch_count"_s, now.result.rows.size());
        changes.set(u"counted_median_ms"_s,
                    numberValue(ethrex::summariseCounted(now.result.rows).medianMs));
    }
    return changes;
}

/// Documents by name that have to be written so that @p old becomes @p now.
QList<QPair<QString, QString>> documentsOf(const RunRecord &now, const RunRecord *old)
{
    QList<QPair<QString, QString>> documents;
    if (!old || old->steps != now.steps) {
        documents << QPair<QString, QString>(StepsName, compact(stepsToJson(now.steps)));
    }
    if (!old || old->result.findings != now.result.findings) {
        documents << QPair<QString, QString>(FindingsName,
                                             compact(findingsToJson(now.result.findings)));
    }
    if (!now.blueprint.isEmpty() && (!old || old->blueprint != now.blueprint)) {
        documents << QPair<QString, QString>(BlueprintName, compact(now.blueprint));
    }
    return documents;
}

Outcome writeDocuments(const QSqlDatabase &database, const QString &id,
                       const QList<QPair<QString, QString>> &documents)
{
    Outcome done;
    for (const auto &[name, document] : documents) {
        if (done) {
            done = executeSql(database,
                              u"INSERT INTO documents(run_id,name,document) VALUES(?,?,?) "
                              "ON CONFLICT(run_id,name) DO UPDATE SET document=excluded.document"_s,
                              {textValue(id), name, document});
        }
    }
    return done;
}

/// The rows that differ, and only these.
Outcome writeRows(const QSqlDatabase &database, const QString &id,
                  const QList<ethrex::BatchRow> &now, const QList<ethrex::BatchRow> &old)
{
    QSqlQuery query(database);
    if (!query.prepare(u"INSERT INTO batches(run_id,position,batch) VALUES(?,?,?) "
                       "ON CONFLICT(run_id,position) DO UPDATE SET batch=excluded.batch"_s)) {
        return tl::unexpected(reasonOf(query));
    }
    for (qsizetype i = 0; i < now.size(); ++i) {
        if (i < old.size() && old.at(i) == now.at(i)) {
            continue;
        }
        query.addBindValue(textValue(id));
        query.addBindValue(i);
        query.addBindValue(rowText(now.at(i)));
        if (!query.exec()) {
            return tl::unexpected(reasonOf(query));
        }
    }
    if (old.size() > now.size()) {
        return executeSql(database, u"DELETE FROM batches WHERE run_id=? AND position>=?"_s,
                          {textValue(id), now.size()});
    }
    return {};
}

} // namespace

const QString &headColumns()
{
    static const QString columns = u"id,host,workflow,state,started,ended,folder,inputs,session,"
                                   "observations,saved,revision"_s;
    return columns;
}

StoredRun headOf(const QSqlQuery &query)
{
    StoredRun run;
    run.record.id = query.value(0).toString();
    run.record.host = query.value(1).toString();
    run.record.workflow = query.value(2).toString();
    run.record.state = runStateFromWord(query.value(3).toString());
    run.record.started = timeOf(query.value(4));
    run.record.ended = timeOf(query.value(5));
    run.record.folder = query.value(6).toString();
    run.record.values = valuesFromJson(objectOf(query.value(7)));
    run.record.result.session = sessionFromJson(objectOf(query.value(8)));
    run.record.result.observations = query.value(9).toString();
    run.saved = query.value(10).toLongLong();
    run.revision = query.value(11).toLongLong();
    return run;
}

tl::expected<std::optional<StoredRun>, QString> readRun(const QSqlDatabase &database,
                                                        const QString &id)
{
    auto query
        = runSql(database, u"SELECT %1 FROM runs WHERE id=?"_s.arg(headColumns()), {textValue(id)});
    if (!query) {
        return tl::unexpected(query.error());
    }
    if (!query->next()) {
        return std::optional<StoredRun>();
    }
    StoredRun run = headOf(*query);
    if (const auto documents = readDocuments(database, run.record); !documents) {
        return tl::unexpected(documents.error());
    }
    auto rows = rowsOf(database, id);
    if (!rows) {
        return tl::unexpected(rows.error());
    }
    run.record.result.rows = std::move(*rows);
    return run;
}

tl::expected<StoredRun, QString> writeRun(const QSqlDatabase &database, const RunRecord &record,
                                          const StoredRun *old)
{
    const RunRecord *before = old ? &old->record : nullptr;
    StoredRun now{record, QDateTime::currentMSecsSinceEpoch(), 0};
    Changes changes = changesOf(record, before);
    const auto documents = documentsOf(record, before);
    if (!old) { // no number that the same id may have had before it was removed
        now.revision = QRandomGenerator::global()->bounded(1, 1 << 30);
    } else {
        now.revision = old->revision + (changes.columns.isEmpty() && documents.isEmpty() ? 0 : 1);
    }
    if (!old || now.revision != old->revision) {
        changes.set(u"revision"_s, now.revision);
    }
    changes.set(u"saved"_s, now.saved);
    if (old && record.blueprint.isEmpty()) {
        now.record.blueprint = old->record.blueprint;
    }
    Outcome done = old ? changes.update(database, record.id) : changes.insertInto(database);
    if (done) {
        done = writeDocuments(database, record.id, documents);
    }
    if (done) {
        done = writeRows(database, record.id, record.result.rows,
                         old ? old->record.result.rows : QList<ethrex::BatchRow>());
    }
    if (!done) {
        return tl::unexpected(done.error());
    }
    return now;
}

} // namespace proverdeck::models::store
