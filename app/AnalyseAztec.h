// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace proverdeck::app {

/// The command "analyse aztec", with the arguments after these two words. Returns the exit status
/// and prints to stdout and stderr.
[[nodiscard]] int runAnalyseAztec(const QStringList &arguments);

/// Its --help.
[[nodiscard]] QString analyseAztecHelp();

} // namespace proverdeck::app
