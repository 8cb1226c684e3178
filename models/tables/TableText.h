// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/tables/RowSort.h"

namespace proverdeck::models::tables {

enum class TextForm { Tsv, Markdown };

struct TextColumn
{
    int column = 0;
    QString title;
    bool isNumber = false; ///< to the right in Markdown
};

/// Rows of a table, to be pasted elsewhere, with a line of titles if @p isFirst. Tabs and line ends
/// within a cell become spaces, and what Markdown would take for its own is masked.
[[nodiscard]] QString tableText(const ColumnSource &source, const RowOrder &rows,
                                const std::vector<TextColumn> &columns, TextForm form,
                                bool isFirst = true);

} // namespace proverdeck::models::tables
