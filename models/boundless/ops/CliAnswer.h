// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/TransferPlan.h"
#include "models/boundless/ops/Checkout.h"

namespace proverdeck::models::boundless {

/// What `boundless` says of the deposit of its account.
struct CliBalance
{
    QString account; ///< "0x…", as it was printed
    QString deposited; ///< decimal text; from 1.1 on cut to four decimals
    QString symbol;
    bool isExact = false;
    bool operator==(const CliBalance &) const = default;
};

/// The words of the command line, without the amount or address that may follow.
[[nodiscard]] QString balanceWords(CliDialect dialect);
[[nodiscard]] QString transferWords(CliDialect dialect, TransferKind kind);

/// None if the output does not tell. Lines of every release: log lines on standard output with or
/// without colours (crates/boundless-cli, up to 1.0), labelled lines (from 1.1 on).
[[nodiscard]] std::optional<CliBalance> readCliBalance(const QByteArray &out);

/// Why the program ended badly, in its own words, for the middle of a sentence; secrets masked.
[[nodiscard]] QString cliFailure(const QByteArray &output);

/// What a deposit or withdrawal came to, by its output and exit status (none: it is not known).
/// Only failures from before anything was sent count as NotSent; whatever is not clear is Unknown.
[[nodiscard]] TransferOutcome readTransferOutcome(CliDialect dialect, TransferKind kind,
                                                  const QByteArray &output,
                                                  std::optional<int> exitCode);

} // namespace proverdeck::models::boundless
