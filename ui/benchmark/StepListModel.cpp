// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/benchmark/StepListModel.h"

#include "ui/common/Theme.h"

#include <QPainter>
#include <QTextDocument>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::StepOutcome;

void StepListModel::setRows(const QList<Row> &rows)
{
    beginResetModel();
    m_rows = rows;
    endResetModel();
}

void StepListModel::setState(int row, const models::StepState &state)
{
    m_rows[row].state = state;
    emit dataChanged(index(row), index(row));
}

void StepListModel::tick()
{
    for (int row = 0; row < m_rows.size(); ++row) {
        const StepOutcome outcome = m_rows.at(row).state.outcome;
        if (outcome == StepOutcome::Running || outcome == StepOutcome::Serving) {
            emit dataChanged(index(row), index(row), {ElapsedRole});
        }
    }
}

int StepListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant StepListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const Row &row = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return row.title;
    case Qt::ToolTipRole:
        return Qt::convertFromPlainText( // else what looks like HTML would be taken for HTML
            row.state.note.isEmpty() ? row.title : QString(row.title + u"\n"_s + row.state.note));
    case Qt::AccessibleTextRole:
        return QString(row.title + u", "_s + models::stepOutcomeWord(row.state.outcome) + u". "_s
                       + row.state.note);
    case OutcomeRole:
        return int(row.state.outcome);
    case NoteRole:
        return row.state.note;
    case PhaseRole:
        return row.phase;
    case LogRole:
        return row.log;
    case ElapsedRole: {
        if (!row.state.started.isValid() || row.state.outcome == StepOutcome::Skipped) {
            return QString();
        }
        const QDateTime end
            = row.state.ended.isValid() ? row.state.ended : QDateTime::currentDateTimeUtc();
        const qint64 elapsed = row.state.started.msecsTo(end);
        return elapsed < 1000
            ? QString()
            : models::report::durationText(elapsed / 1000 * 1000).remove(u".00"_s);
    }
    default:
        return {};
    }
}

void StepDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                         const QModelIndex &index) const
{
    QStyleOptionViewItem plain = option;
    initStyleOption(&plain, index);
    plain.text.clear();
    const QWidget *widget = option.widget;
    widget->style()->drawControl(QStyle::CE_ItemViewItem, &plain, painter, widget);
    painter->save();
    const auto outcome = StepOutcome(index.data(StepListModel::OutcomeRole).toInt());
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QPalette &palette = option.palette;
    const bool quiet = outcome == StepOutcome::Waiting || outcome == StepOutcome::Skipped;
    const QColor strong = palette.color(selected    ? QPalette::HighlightedText
                                            : quiet ? QPalette::PlaceholderText
                                                    : QPalette::Text);
    const QColor soft
        = palette.color(selected ? QPalette::HighlightedText : QPalette::PlaceholderText);
    const QRect rect = option.rect.adjusted(8, 4, -8, -4);
    const int line = option.fontMetrics.height();
    outcomeIcon(outcome, palette)
        .paint(painter, QRect(rect.left(), rect.top() + (line - 16) / 2, 16, 16));
    const QString elapsed = index.data(StepListModel::ElapsedRole).toString();
    const int elapsedWidth
        = elapsed.isEmpty() ? 0 : option.fontMetrics.horizontalAdvance(elapsed) + 8;
    QFont font = option.font;
    font.setBold(outcome == StepOutcome::Running);
    painter->setFont(font);
    painter->setPen(strong);
    const QRect titleRect(rect.left() + 24, rect.top(), rect.width() - 24 - elapsedWidth, line);
    painter->drawText(
        titleRect, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, titleRect.width()));
    painter->setFont(option.font);
    painter->setPen(soft);
    painter->drawText(QRect(rect.left(), rect.top(), rect.width(), line),
                      Qt::AlignRight | Qt::AlignVCenter, elapsed);
    const QString note = index.data(StepListModel::NoteRole).toString();
    if (!note.isEmpty()) {
        QFont small = option.font;
        small.setPointSizeF(small.pointSizeF() * 0.9);
        painter->setFont(small);
        const QRect noteRect(rect.left() + 24, rect.top() + line, rect.width() - 24, line);
        painter->drawText(
            noteRect, Qt::AlignLeft | Qt::AlignVCenter,
            QFontMetrics(small).elidedText(note.simplified(), Qt::ElideRight, noteRect.width()));
    }
    painter->restore();
}

QSize StepDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const bool hasNote = !index.data(StepListModel::NoteRole).toString().isEmpty();
    return {120, option.fontMetrics.height() * (hasNote ? 2 : 1) + 9};
}

} // namespace proverdeck::ui
