// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/RunTypes.h"

#include <QObject>

#include <tl/expected.hpp>

namespace proverdeck::models::store {

/// The history of runs in SQLite (write-ahead log, one transaction per save). Logs and samples stay
/// files in each run's folder; only their place is kept here.
///
/// Used in the thread that opened it. Errors are sentences for a person.
class RunStore : public QObject
{
    Q_OBJECT

public:
    explicit RunStore(QObject *parent = nullptr);
    ~RunStore() override;

    /// Creates the file and brings an older schema up to date; refuses a newer one.
    [[nodiscard]] tl::expected<void, QString> open(const QString &path);
    [[nodiscard]] bool isOpen() const { return !m_connection.isEmpty(); }

    [[nodiscard]] tl::expected<void, QString> save(const RunRecord &record);
    /// Newest first; without rows, findings and steps.
    [[nodiscard]] QList<RunRecord> list() const;
    [[nodiscard]] tl::expected<RunRecord, QString> load(const QString &id) const;
    [[nodiscard]] tl::expected<void, QString> setObservations(const QString &id,
                                                              const QString &text);
    [[nodiscard]] tl::expected<void, QString> remove(const QString &id);
    /// The last answers for a server, or for any server if it has none.
    [[nodiscard]] InputValues lastValues(const QString &workflow, const QString &host) const;

    [[nodiscard]] static QString defaultPath();
    [[nodiscard]] static QString runsFolder();
    /// "20261121-134455-sp1-4f2a": sorts by time, fits job ids and file names.
    [[nodiscard]] static QString newRunId(const QString &backend);

signals:
    void changed();

private:
    [[nodiscard]] tl::expected<void, QString> migrate();
    void close();

    QString m_connection;
};

} // namespace proverdeck::models::store
