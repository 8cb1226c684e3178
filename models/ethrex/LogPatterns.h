// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/findings/Finding.h"

#include <QStringList>

#include <span>
#include <string_view>

namespace proverdeck::models::ethrex {

/// What is known of a trap, said once. "%1" stands for what the line names (a program, a port).
struct TrapText
{
    std::string_view code;
    Severity severity;
    const char *text; ///< untranslated
    const char *advice;
};

/// Where a pattern may match. A framed line is one of the tracing crate's, a raw line any other.
enum class PatternPlace { Framed, Raw, Anywhere };

/// How to recognise a trap: every needle occurs in the line. The first row that matches decides.
struct TrapPattern
{
    const char *code;
    unsigned logs; ///< bits of LogKind
    PatternPlace place;
    bool atStart; ///< the message begins with the first needle
    std::string_view needle;
    std::string_view also;
    std::string_view unless; ///< and this does not occur
};

constexpr unsigned InProver = 1;
constexpr unsigned InL2 = 2;
constexpr unsigned InLoadTest = 4;
constexpr unsigned InCommand = 8;
constexpr unsigned InAll = 15;

[[nodiscard]] std::span<const TrapPattern> trapPatterns();
/// A finding with the text and advice of @p code, without evidence.
[[nodiscard]] Finding trapFinding(std::string_view code, const QString &what = {});
/// Every code that trapFinding() knows, also those of judge().
[[nodiscard]] QStringList trapCodes();

} // namespace proverdeck::models::ethrex
