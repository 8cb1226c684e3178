// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/store/RunStore.h"

namespace proverdeck::models::store {

/// What an exchange of histories did.
struct SyncReport
{
    int sent = 0; ///< runs
    int received = 0;
    int waiting = 0; ///< runs that somebody else changed meanwhile: the next exchange has them
    QString problem; ///< a sentence; empty if all is well. What was done before it stays done.
    bool operator==(const SyncReport &) const = default;
};

/// Brings the history of this machine and the team's into step: runs that are over here go there,
/// those of others come here, and observations that two people wrote at once are both kept. A run
/// that is going on stays here, with its journal, so that a server that goes away disturbs nothing.
/// Blocks as long as the server takes. Nothing is ever removed.
[[nodiscard]] SyncReport syncHistories(RunStore &local, RunStore &team);

/// Copies every run and every journal that @p to does not hold, and compares what it holds then.
/// The source is left as it is. Runs that both hold and that differ are a problem and stay as they
/// are.
[[nodiscard]] SyncReport copyHistory(RunStore &from, RunStore &to);

} // namespace proverdeck::models::store
