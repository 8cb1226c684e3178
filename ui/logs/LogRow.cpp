// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/LogRow.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace proverdeck::ui {

namespace {
constexpr int TabWidth = 8;
} // namespace

LogRow::LogRow(const models::StoredLine &line)
    : text(models::readLogText(line.text))
    , offset(line.offset)
    , length(line.length)
{
    if (line.length > quint64(line.text.size())) {
        tail = QCoreApplication::translate("LogRow", " [%1 more in this line]")
                   .arg(QLocale::c().formattedDataSize(qint64(line.length) - line.text.size()))
                   .toLatin1();
    }
    isPlain = std::all_of(text.text.begin(), text.text.end(), [](QChar character) {
        return (character.unicode() >= ' ' && character.unicode() < 0x7f) || character == u'\t';
    });
    if (!isPlain) {
        return;
    }
    cells = text.text.toLatin1();
    if (!cells.contains('\t')) {
        return;
    }
    QByteArray expanded;
    for (const char byte : std::as_const(cells)) {
        m_cells.push_back(int(expanded.size()));
        if (byte == '\t') {
            expanded.append(TabWidth - expanded.size() % TabWidth, ' ');
        } else {
            expanded += byte;
        }
    }
    m_cells.push_back(int(expanded.size()));
    cells = expanded;
}

int LogRow::clamped(int column) const
{
    return std::clamp(column, 0, int(text.text.size()));
}

int LogRow::cellOf(int column) const
{
    column = clamped(column);
    return m_cells.empty() ? column : m_cells[static_cast<std::size_t>(column)];
}

int LogRow::columnOf(int cell) const
{
    if (m_cells.empty()) {
        return clamped(cell);
    }
    const auto found = std::upper_bound(m_cells.begin(), m_cells.end(), cell);
    return clamped(int(found - m_cells.begin()) - 1);
}

} // namespace proverdeck::ui
