// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <tl/expected.hpp>

namespace proverdeck::models {

/// One line of a run's journal: what is about to be done (the intent), or what came of it.
struct JournalEntry
{
    QDateTime at; ///< UTC
    QString what; ///< "step", "job", "started", "ended", "finish", … (see Run)
    QString step; ///< id of the step; empty: of the run
    QJsonObject data;
    bool operator==(const JournalEntry &) const = default;
};

/// Where a run writes what it is about to do, before it does it. After a crash the entries say
/// what was begun, so that no step is done twice and none is left out.
class Journal
{
public:
    Journal() = default;
    Journal(const Journal &) = delete;
    Journal &operator=(const Journal &) = delete;
    virtual ~Journal() = default;

    /// Returns only when the entry is safe on the disk, or with a sentence for a person.
    [[nodiscard]] virtual tl::expected<void, QString> append(const QString &runId,
                                                             const JournalEntry &entry)
        = 0;
};

} // namespace proverdeck::models
