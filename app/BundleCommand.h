// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace proverdeck::app {

/// What "proverdeck bundle" was asked for.
struct BundleRequest
{
    QString runId;
    QString out; ///< the archive; empty: a name after the run, in the current folder
    bool overwrite = false;
    bool showNames = false; ///< leave host names, user names and addresses as they are
};

/// Writes a run's support bundle and lists on standard error what is in it and what is masked.
/// Returns the exit status: 0, 1 if it could not be written, 2 for bad arguments.
[[nodiscard]] int runBundle(const BundleRequest &request);

} // namespace proverdeck::app
