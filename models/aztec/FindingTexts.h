// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Analysis.h"

namespace proverdeck::models::aztec {

enum class Language { English, Chinese };

/// The sentences of resources/aztec/findings.toml.
struct TroubleText
{
    Severity severity = Severity::Info;
    QString group;
    QString text;
    QString advice;
};
/// Of a code without a sentence, the code itself.
[[nodiscard]] TroubleText textOf(const Trouble &trouble, Language language = Language::English);
/// As the rest of the program shows findings.
[[nodiscard]] Finding toFinding(const Trouble &trouble, Language language = Language::English);
/// Every code that has sentences.
[[nodiscard]] QStringList knownCodes();

} // namespace proverdeck::models::aztec
