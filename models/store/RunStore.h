// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/Journal.h"
#include "models/store/StoreTarget.h"
#include "models/store/StoredRun.h"

#include <QHash>
#include <QObject>
#include <QStringList>

#include <tl/expected.hpp>

namespace proverdeck::models::store {

/// A run in the list of runs: its record without rows, findings, steps and blueprint.
struct RunHead
{
    RunRecord run;
    qsizetype batches = 0;
    std::optional<qint64> countedMedianMs; ///< of the batches that count
};

/// A run as it is stored, to be put into another history.
struct RunCopy
{
    RunRecord run; ///< an empty id: only a journal
    QList<JournalEntry> journal;
    qint64 revision = 0;
};

/// Which version of a run a history holds.
struct RunVersion
{
    qint64 revision = 0; ///< differs after every change
    RunState state{}; ///< as it was written
};

/// The history of runs and their journals in SQLite (write-ahead log) or PostgreSQL. Logs and
/// samples stay files in each run's folder; only their place is kept here.
///
/// Used in the thread that opened it. Several processes may have the same file open, each driving
/// runs of its own; one that writes makes the others wait for at most five seconds. Errors are
/// sentences for a person, and what failed has changed nothing.
class RunStore : public QObject, public Journal
{
    Q_OBJECT

public:
    explicit RunStore(QObject *parent = nullptr);
    ~RunStore() override;

    /// Creates the file and brings an older schema up to date, with a backup; refuses a newer one
    /// and a damaged file, and leaves them alone.
    [[nodiscard]] tl::expected<void, QString> open(const QString &path);
    /// The same for a team's history. An empty password: libpq looks for one in PGPASSFILE or
    /// ~/.pgpass. Blocks while the server does not answer, for up to five seconds.
    [[nodiscard]] tl::expected<void, QString> open(const StoreTarget &target,
                                                   const QString &password = {});
    [[nodiscard]] bool isOpen() const { return !m_connection.isEmpty(); }

    /// Writes what differs from what is stored, all of it or nothing. A change of the state is on
    /// the disk when this returns; other changes survive the end of this program, but a power cut
    /// may take the last seconds of them. An empty blueprint leaves the stored one alone.
    [[nodiscard]] tl::expected<void, QString> save(const RunRecord &record);
    /// Newest first. Reads no rows, so that long runs cost nothing here.
    [[nodiscard]] QList<RunHead> heads() const;
    /// The records of heads().
    [[nodiscard]] QList<RunRecord> list() const;
    /// Everything that was saved. A run that nobody has saved for 30 s and that is not over is
    /// "unknown", here and in heads().
    [[nodiscard]] tl::expected<RunRecord, QString> load(const QString &id) const;
    /// The state as it was last written; unknown if there is no such run.
    [[nodiscard]] RunState storedState(const QString &id) const;
    /// Ids of the runs that may still have something on their server, newest first: not over when
    /// last written, detached, or of unknown outcome.
    [[nodiscard]] QStringList unfinished() const;
    [[nodiscard]] tl::expected<void, QString> setObservations(const QString &id,
                                                              const QString &text);
    /// Takes the run out of the history, with its journal. Its folder is left alone.
    [[nodiscard]] tl::expected<void, QString> remove(const QString &id);
    /// The last answers for a server, or for any server if it has none.
    [[nodiscard]] InputValues lastValues(const QString &workflow, const QString &host) const;

    /// The run need not be in the history yet.
    [[nodiscard]] tl::expected<void, QString> append(const QString &runId,
                                                     const JournalEntry &entry) override;
    /// The entries of a run in the order in which they were appended.
    [[nodiscard]] QList<JournalEntry> journal(const QString &runId) const;
    /// Ids with a journal that begin with @p prefix, newest first; also of what is no run.
    [[nodiscard]] QStringList journalled(const QString &prefix) const;

    // For HistorySync, between two histories.
    /// Of every run; an error where heads() would be empty.
    [[nodiscard]] tl::expected<QHash<QString, RunVersion>, QString> versions() const;
    /// None if there is neither such a run nor such a journal.
    [[nodiscard]] tl::expected<std::optional<RunCopy>, QString> copyOf(const QString &id) const;
    /// Puts a run in as it is, with its observations and what the journal here lacks, if this
    /// history holds it with the revision @p expected (0: does not hold it). Returns the revision
    /// that it has now; none if somebody else was faster.
    [[nodiscard]] tl::expected<std::optional<qint64>, QString> put(const RunCopy &copy,
                                                                   qint64 expected);
    /// The entries that the journal here lacks, of what is no run.
    [[nodiscard]] tl::expected<void, QString> putJournalOnly(const QString &id,
                                                             const QList<JournalEntry> &entries);
    /// What was last exchanged with the team's history: the revisions here and there.
    [[nodiscard]] QHash<QString, QPair<qint64, qint64>> marks() const;
    [[nodiscard]] tl::expected<void, QString> setMark(const QString &id, qint64 here, qint64 there);
    /// Another connection of this program has changed what heads() shows.
    void noteChange() { emit changed(); }

    /// The file on this machine: in the data folder, or what PROVERDECK_STORE names.
    [[nodiscard]] static QString defaultPath();
    [[nodiscard]] static QString runsFolder();
    /// "20261121-134455-sp1-4f2a": sorts by time, fits job ids and file names.
    [[nodiscard]] static QString newRunId(const QString &backend);

signals:
    /// Something that heads() or load() would show is different now.
    void changed();

private:
    [[nodiscard]] QSqlDatabase database() const;
    [[nodiscard]] tl::expected<bool, QString> write(const RunRecord &record);
    [[nodiscard]] tl::expected<QList<JournalEntry>, QString> readJournal(const QString &id) const;
    [[nodiscard]] tl::expected<void, QString> putJournal(const QString &id,
                                                         const QList<JournalEntry> &entries);
    void close();

    QString m_connection;
    /// What this object last wrote of the runs that are not over: only what differs is written.
    QHash<QString, StoredRun> m_written;
};

} // namespace proverdeck::models::store
