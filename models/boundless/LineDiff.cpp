// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/LineDiff.h"

#include <vector>

namespace proverdeck::models::boundless {
namespace {

/// A table of more cells is not made: such texts are shown as replaced as a whole.
constexpr std::size_t MostCells = 4'000'000;

QList<QByteArray> linesOf(const QByteArray &text)
{
    QList<QByteArray> lines = text.split('\n');
    if (!lines.isEmpty() && lines.last().isEmpty()) {
        lines.removeLast();
    }
    for (QByteArray &line : lines) {
        if (line.endsWith('\r')) {
            line.chop(1);
        }
    }
    return lines;
}

/// lengths[i][j]: how many lines the rests of both texts from i and j on have in common.
class Table
{
public:
    Table(const QList<QByteArray> &before, const QList<QByteArray> &after)
        : m_width(std::size_t(after.size()) + 1)
        , m_cells((std::size_t(before.size()) + 1) * m_width)
    {
        for (qsizetype i = before.size() - 1; i >= 0; --i) {
            for (qsizetype j = after.size() - 1; j >= 0; --j) {
                at(i, j) = before.at(i) == after.at(j) ? at(i + 1, j + 1) + 1
                                                       : std::max(at(i + 1, j), at(i, j + 1));
            }
        }
    }

    int &at(qsizetype i, qsizetype j) { return m_cells[std::size_t(i) * m_width + std::size_t(j)]; }

private:
    std::size_t m_width;
    std::vector<int> m_cells;
};

} // namespace

QList<DiffLine> lineDiff(const QByteArray &before, const QByteArray &after)
{
    const QList<QByteArray> from = linesOf(before);
    const QList<QByteArray> to = linesOf(after);
    QList<DiffLine> diff;
    const auto put = [&](DiffLine::Kind kind, qsizetype i, qsizetype j) {
        const bool isOld = kind != DiffLine::Kind::Added;
        diff << DiffLine{kind, QString::fromUtf8(isOld ? from.at(i) : to.at(j)),
                         isOld ? int(i) + 1 : 0, kind != DiffLine::Kind::Removed ? int(j) + 1 : 0};
    };
    if ((std::size_t(from.size()) + 1) * (std::size_t(to.size()) + 1) > MostCells) {
        for (qsizetype i = 0; i < from.size(); ++i) {
            put(DiffLine::Kind::Removed, i, 0);
        }
        for (qsizetype j = 0; j < to.size(); ++j) {
            put(DiffLine::Kind::Added, 0, j);
        }
        return diff;
    }
    Table table(from, to);
    qsizetype i = 0;
    qsizetype j = 0;
    while (i < from.size() || j < to.size()) {
        if (i < from.size() && j < to.size() && from.at(i) == to.at(j)) {
            put(DiffLine::Kind::Same, i++, j++);
        } else if (i < from.size()
                   && (j == to.size() || table.at(i + 1, j) >= table.at(i, j + 1))) {
            put(DiffLine::Kind::Removed, i++, 0);
        } else {
            put(DiffLine::Kind::Added, 0, j++);
        }
    }
    return diff;
}

QString diffText(const QList<DiffLine> &diff, int context)
{
    QString text;
    qsizetype shown = -1;
    for (qsizetype i = 0; i < diff.size(); ++i) {
        bool isNear = false;
        for (qsizetype k = std::max<qsizetype>(0, i - context);
             k <= std::min(diff.size() - 1, i + context); ++k) {
            isNear = isNear || diff.at(k).kind != DiffLine::Kind::Same;
        }
        if (!isNear) {
            continue;
        }
        if (shown >= 0 && shown != i - 1) {
            text += QStringLiteral("  …\n");
        }
        shown = i;
        const DiffLine &line = diff.at(i);
        text += line.kind == DiffLine::Kind::Same  ? QLatin1Char(' ')
            : line.kind == DiffLine::Kind::Removed ? QLatin1Char('-')
                                                   : QLatin1Char('+');
        text += QLatin1Char(' ');
        text += line.text;
        text += QLatin1Char('\n');
    }
    return text;
}

} // namespace proverdeck::models::boundless
