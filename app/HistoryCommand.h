// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace proverdeck::app {

/// "proverdeck history status | sync | move --to TARGET [--from TARGET]": where the runs are kept,
/// an exchange with the team's history, and all runs and journals copied and compared into another
/// file or PostgreSQL database. Nothing is removed from where they were. Passwords come from where
/// libpq finds them. Returns the exit status: 0; 1 if it could not be done; 2 for bad arguments; 3
/// if the server could not be reached.
[[nodiscard]] int runHistoryCommand(const QStringList &words);

} // namespace proverdeck::app
