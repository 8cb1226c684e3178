// SPDX-License-Identifier: GPL-3.0-or-later
// What a RunStore gives to another one, and takes from it.
#include "models/store/RunStore.h"
#include "models/store/Sql.h"
#include "models/store/Transaction.h"

#include <QJsonDocument>

namespace proverdeck::models::store {

using namespace Qt::StringLiterals;

namespace {

const QString MarkName = u"team"_s; ///< a document that no other reader knows

QJsonObject objectOf(const QVariant &value)
{
    return QJsonDocument::fromJson(value.toString().toUtf8()).object();
}

} // namespace

tl::expected<QHash<QString, RunVersion>, QString> RunStore::versions() const
{
    auto query = runSql(database(), u"SELECT id,revision,state FROM runs"_s);
    if (!query) {
        return tl::unexpected(query.error());
    }
    QHash<QString, RunVersion> all;
    while (query->next()) {
        all[query->value(0).toString()]
            = {query->value(1).toLongLong(), runStateFromWord(query->value(2).toString())};
    }
    return all;
}

tl::expected<std::optional<RunCopy>, QString> RunStore::copyOf(const QString &id) const
{
    const Transaction view(database(), Transaction::Kind::Read);
    if (!view.begun()) {
        return tl::unexpected(view.begun().error());
    }
    auto stored = readRun(database(), id);
    if (!stored) {
        return tl::unexpected(stored.error());
    }
    auto entries = readJournal(id);
    if (!entries) {
        return tl::unexpected(entries.error());
    }
    if (!*stored && entries->isEmpty()) {
        return std::optional<RunCopy>();
    }
    RunCopy copy{{}, std::move(*entries), 0};
    if (*stored) {
        copy.run = std::move((*stored)->record);
        copy.revision = (*stored)->revision;
    }
    return std::optional(std::move(copy));
}

tl::expected<std::optional<qint64>, QString> RunStore::put(const RunCopy &copy, qint64 expected)
{
    const QString &id = copy.run.id;
    Transaction transaction(database(), Transaction::Kind::DurableWrite);
    tl::expected<void, QString> done = transaction.begun();
    if (!done) {
        return tl::unexpected(done.error());
    }
    auto old = readRun(database(), id);
    if (!old) {
        return tl::unexpected(old.error());
    }
    if ((*old ? (*old)->revision : 0) != expected) {
        return std::optional<qint64>();
    }
    auto now = writeRun(database(), copy.run, *old ? &**old : nullptr);
    if (!now) {
        return tl::unexpected(now.error());
    }
    const qint64 revision = now->revision + 1; // for the observations
    done = executeSql(database(), u"UPDATE runs SET observations=?,revision=? WHERE id=?"_s,
                      {textValue(copy.run.result.observations), revision, textValue(id)});
    done = done ? putJournal(id, copy.journal) : done;
    done = done ? transaction.commit() : done;
    if (!done) {
        return tl::unexpected(done.error());
    }
    m_written.remove(id);
    return std::optional(revision);
}

tl::expected<void, QString> RunStore::putJournalOnly(const QString &id,
                                                     const QList<JournalEntry> &entries)
{
    Transaction transaction(database(), Transaction::Kind::DurableWrite);
    tl::expected<void, QString> done = transaction.begun();
    done = done ? putJournal(id, entries) : done;
    return done ? transaction.commit() : done;
}

/// Inside a transaction: the entries that come after those that are here.
tl::expected<void, QString> RunStore::putJournal(const QString &id,
                                                 const QList<JournalEntry> &entries)
{
    auto here
        = runSql(database(), u"SELECT count(*) FROM journal WHERE run_id=?"_s, {textValue(id)});
    if (!here || !here->next()) {
        return tl::unexpected(here ? QString() : here.error());
    }
    const qsizetype count = here->value(0).toLongLong();
    here->finish();
    tl::expected<void, QString> done;
    for (qsizetype i = count; i < entries.size() && done; ++i) {
        const JournalEntry &entry = entries.at(i);
        done = executeSql(
            database(), u"INSERT INTO journal(run_id,at,what,step,data) VALUES(?,?,?,?,?)"_s,
            {textValue(id), timeValue(entry.at), textValue(entry.what), textValue(entry.step),
             QString::fromUtf8(QJsonDocument(entry.data).toJson(QJsonDocument::Compact))});
    }
    return done;
}

QHash<QString, QPair<qint64, qint64>> RunStore::marks() const
{
    QHash<QString, QPair<qint64, qint64>> all;
    auto query
        = runSql(database(), u"SELECT run_id,document FROM documents WHERE name=?"_s, {MarkName});
    while (query && query->next()) {
        const QJsonObject mark = objectOf(query->value(1));
        all[query->value(0).toString()]
            = {mark.value(u"here"_s).toInteger(), mark.value(u"there"_s).toInteger()};
    }
    return all;
}

tl::expected<void, QString> RunStore::setMark(const QString &id, qint64 here, qint64 there)
{
    Transaction transaction(database(), Transaction::Kind::Write);
    tl::expected<void, QString> done = transaction.begun();
    const QJsonObject mark{{u"here"_s, here}, {u"there"_s, there}};
    done = done
        ? executeSql(database(),
                     u"INSERT INTO documents(run_id,name,document) VALUES(?,?,?) "
                     "ON CONFLICT(run_id,name) DO UPDATE SET document=excluded.document"_s,
                     {textValue(id), MarkName,
                      QString::fromUtf8(QJsonDocument(mark).toJson(QJsonDocument::Compact))})
        : done;
    return done ? transaction.commit() : done;
}

} // namespace proverdeck::models::store
