// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/tables/ColumnSource.h"

namespace proverdeck::models::tables {

/// What somebody typed above a column to see fewer rows. Pure.
///
/// `word` is in the shown text (upper or lower case), `!word` is not, `=word` is all of it, and a
/// dash finds what is not known. Above numbers also `<5`, `<=5`, `>5`, `>=5`, `=5` and `5..9`, with
/// k, M or G after them; durations are in seconds unless they say ms, min, h or d; times are
/// `2026-11-21`, also with ` 13:44` or ` 13:44:55`, in local time.
class CellFilter
{
public:
    CellFilter() = default;
    /// What cannot be understood lets every row through and has a problem().
    [[nodiscard]] static CellFilter parse(const QString &typed, ValueKind kind);

    [[nodiscard]] bool isEmpty() const { return m_rule == Rule::All; }
    /// A sentence, or empty.
    [[nodiscard]] const QString &problem() const { return m_problem; }
    /// Whether accepts(double) decides, otherwise accepts(QStringView) does.
    [[nodiscard]] bool isAboutNumbers() const { return m_rule == Rule::Range; }
    [[nodiscard]] bool accepts(QStringView text) const;
    [[nodiscard]] bool accepts(double number) const;

    bool operator==(const CellFilter &) const = default;

private:
    enum class Rule { All, Holds, HoldsNot, Is, Unknown, Range };

    [[nodiscard]] static CellFilter range(const QString &typed, ValueKind kind);

    Rule m_rule = Rule::All;
    QString m_text;
    double m_low = 0;
    double m_high = 0;
    bool m_withLow = true;
    bool m_withHigh = true;
    QString m_problem;
};

} // namespace proverdeck::models::tables
