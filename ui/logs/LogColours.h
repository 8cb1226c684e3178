// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogText.h"

#include <QPalette>
#include <QTextLayout>

namespace proverdeck::ui {

/// A terminal's colour as it can be read on the base of @p palette.
[[nodiscard]] QColor logColour(const models::LogStyle &style, const QPalette &palette);
[[nodiscard]] QList<QTextLayout::FormatRange> logFormats(const models::LogText &text,
                                                         const QPalette &palette);
/// Behind what the search has found.
[[nodiscard]] QTextCharFormat hitFormat();
[[nodiscard]] QTextCharFormat selectionFormat(const QPalette &palette);

} // namespace proverdeck::ui
