// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogMatcher.h"
#include "models/logs/LogStore.h"
#include "models/logs/LogText.h"

#include <QTextLayout>

#include <memory>
#include <vector>

namespace proverdeck::ui {

/// One line of a log, made ready for being painted.
struct LogRow
{
    static constexpr qsizetype ShownBytes = 64 * 1024; ///< of a line; all of it is in the log

    explicit LogRow(const models::StoredLine &line);

    /// The cell where a character of a plain row begins.
    [[nodiscard]] int cellOf(int column) const;
    [[nodiscard]] int columnOf(int cell) const;
    /// The character's column, or how many there are.
    [[nodiscard]] int clamped(int column) const;

    models::LogText text;
    quint64 offset = 0;
    quint64 length = 0; ///< bytes of the whole line
    bool isPlain = false; ///< ASCII and tabs: painted in cells
    QByteArray cells; ///< of a plain row: what is painted, tabs as blanks
    QByteArray tail; ///< says how much is not shown
    std::unique_ptr<QTextLayout> layout; ///< of any other row, made when it is needed
    QList<models::LogMatcher::Hit> hits;
    int hitsOf = -1; ///< of which search
    QByteArray raw; ///< to know whether an unfinished line has grown

private:
    std::vector<int> m_cells; ///< where the columns are; empty without tabs
};

} // namespace proverdeck::ui
