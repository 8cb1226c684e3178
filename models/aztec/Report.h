// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Analysis.h"
#include "models/aztec/FindingTexts.h"

#include <functional>
#include <string_view>

namespace proverdeck::models::aztec {

struct ReportOptions
{
    Language language = Language::English;
    bool showNames
        = false; ///< leave network addresses as they are; secrets are masked all the same
};

/// Gets a report in pieces of UTF-8.
using ReportSink = std::function<void(std::string_view)>;

/// One document; the keys are stable.
void writeJson(const Gathering &gathering, const Analysis &analysis, const ReportOptions &options,
               const ReportSink &sink);
/// One row per epoch and type.
void writeTypesCsv(const Analysis &analysis, const ReportSink &sink);
/// One row per job.
void writeJobsCsv(const Gathering &gathering, const Analysis &analysis, const ReportSink &sink);
/// For people, in the outline of the guide.
[[nodiscard]] QString toMarkdown(const Analysis &analysis, const ReportOptions &options);

/// A text of a log for other eyes: secrets masked, network addresses replaced unless they may be
/// shown.
[[nodiscard]] QString forStrangers(const QString &text, bool showNames);

} // namespace proverdeck::models::aztec
