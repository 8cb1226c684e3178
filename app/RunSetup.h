// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/Run.h"
#include "models/store/RunStore.h"

#include <QLockFile>

#include <memory>

namespace proverdeck::app {

/// Options of a run that begins now: id, folder, journal, and a lease in this user's name.
[[nodiscard]] models::RunOptions newRunOptions(const models::Plan &plan,
                                               models::store::RunStore &store);

/// Says to other processes of this machine that a run is being driven; given back by deleting it.
/// Null if another living process has it; @p holder then names that process.
[[nodiscard]] std::unique_ptr<QLockFile> lockRun(const QString &folder, QString *holder = nullptr);

/// What is needed to go on with a run of the history.
struct Attachment
{
    models::Plan plan;
    models::RunRecord record;
    models::RunPast past;
    models::RunOptions options;
    std::unique_ptr<QLockFile> lock; ///< null: another process of this machine drives it
    QString holder; ///< which one
};

/// The error is a sentence: no such run, or one that cannot be gone on with.
[[nodiscard]] tl::expected<Attachment, QString> prepareAttach(models::store::RunStore &store,
                                                              const QString &runId);

} // namespace proverdeck::app
