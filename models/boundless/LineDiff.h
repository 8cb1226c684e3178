// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace proverdeck::models::boundless {

/// One line of a comparison.
struct DiffLine
{
    enum class Kind { Same, Removed, Added };
    Kind kind = Kind::Same;
    QString text; ///< without its line end
    int oldLine = 0; ///< 1-based; 0: not there
    int newLine = 0;
    bool operator==(const DiffLine &) const = default;
};

/// What turns one text into another, line by line. Line ends are no difference.
[[nodiscard]] QList<DiffLine> lineDiff(const QByteArray &before, const QByteArray &after);
/// The changed lines with @p context lines around them, as "diff -u" shows them, without its head.
[[nodiscard]] QString diffText(const QList<DiffLine> &diff, int context = 2);

} // namespace proverdeck::models::boundless
