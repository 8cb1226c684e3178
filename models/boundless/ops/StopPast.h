// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/ops/ProofLimit.h"
#include "models/run/Journal.h"

namespace proverdeck::models::boundless {

/// What the journal tells of a safe stop that another program began.
///
/// Entries: "stop" (host, dir, account, token), "limit" (value, text: what was there, before it is
/// set to 0; from: the copy that it is out of, if it was 0 already), "drained" (server_ms), "down"
/// (before the job that stops the stack is asked for), "ended" (exit), "restored", "cancel",
/// "overtaken" (somebody else took the stack down), "finish" (state).
struct StopPast
{
    bool isBegun = false;
    QString host;
    QString dir;
    QString account;
    QByteArray token; ///< of the lease
    std::optional<ProofLimit> before; ///< the limit may have been set to 0 already
    QString beforeFrom; ///< the copy that the limit is out of; empty: broker.toml itself
    std::optional<qint64> drainedMs; ///< the server's clock
    bool isDownAsked = false;
    std::optional<int> downExit;
    int failedDowns = 0; ///< after each, the broker still ran
    bool isRestored = false;
    bool isCancelled = false;
    bool isOvertaken = false;
    bool isOver = false;
    bool operator==(const StopPast &) const = default;
};

[[nodiscard]] StopPast readStopPast(const QList<JournalEntry> &entries);

} // namespace proverdeck::models::boundless
