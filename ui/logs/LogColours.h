// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogText.h"
#include "ui/logs/LogCells.h"

#include <QPalette>
#include <QTextLayout>

namespace proverdeck::ui {

/// A terminal's style as it can be read in @p palette.
[[nodiscard]] CellStyle cellStyle(const models::LogStyle &style, const QPalette &palette);
[[nodiscard]] QList<QTextLayout::FormatRange> logFormats(const models::LogText &text,
                                                         const QPalette &palette);
/// Text and ground of what the search has found.
[[nodiscard]] CellStyle hitStyle();
[[nodiscard]] CellStyle selectionStyle(const QPalette &palette);
[[nodiscard]] QTextCharFormat textFormat(const CellStyle &style);

} // namespace proverdeck::ui
