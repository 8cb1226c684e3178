// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/Report.h"

namespace proverdeck::models::aztec {

QString toMarkdown(const Analysis &analysis, const ReportOptions &options)
{
    (void)analysis;
    (void)options;
    return {};
}

} // namespace proverdeck::models::aztec
