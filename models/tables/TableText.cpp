// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tables/TableText.h"

namespace proverdeck::models::tables {

using namespace Qt::StringLiterals;

namespace {

void addCell(QString &out, QStringView cell, TextForm form)
{
    for (const QChar c : cell) {
        const char16_t unit = c.unicode();
        if (unit < 0x20 || unit == 0x7f || unit == QChar::LineSeparator
            || unit == QChar::ParagraphSeparator) {
            out += u' ';
            continue;
        }
        if (form == TextForm::Markdown && QStringView(u"\\|`*_<>[]").contains(c)) {
            out += u'\\';
        }
        out += c;
    }
}

} // namespace

QString tableText(const ColumnSource &source, const RowOrder &rows,
                  const std::vector<TextColumn> &columns, TextForm form, bool isFirst)
{
    const bool isMarkdown = form == TextForm::Markdown;
    const QString begin = isMarkdown ? u"| "_s : QString();
    const QString between = isMarkdown ? u" | "_s : u"\t"_s;
    const QString end = isMarkdown ? u" |\n"_s : u"\n"_s;
    QString out;
    const auto addLine = [&](const auto &cellOf) {
        out += begin;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            out += i > 0 ? between : QString();
            cellOf(columns[i]);
        }
        out += end;
    };
    if (isFirst) {
        addLine([&](const TextColumn &column) { addCell(out, column.title, form); });
    }
    if (isFirst && isMarkdown) {
        addLine([&](const TextColumn &column) { out += column.isNumber ? u"---:"_s : u"---"_s; });
    }
    QString buffer;
    for (const quint32 row : rows) {
        addLine([&](const TextColumn &column) {
            addCell(out, source.text(row, column.column, buffer), form);
        });
    }
    return out;
}

} // namespace proverdeck::models::tables
