// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/RunTypes.h"

#include <QAbstractListModel>
#include <QStyledItemDelegate>

namespace proverdeck::ui {

/// The steps of a run with state, note and elapsed time.
class StepListModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { OutcomeRole = Qt::UserRole + 1, NoteRole, ElapsedRole, LogRole, PhaseRole };
    struct Row
    {
        QString title;
        QString log; ///< the log that its output goes to; empty for checks
        QString phase; ///< heading above the first step of a phase
        models::StepState state;
        bool operator==(const Row &) const = default;
    };

    using QAbstractListModel::QAbstractListModel;

    void setRows(const QList<Row> &rows);
    void setState(int row, const models::StepState &state);
    /// Running steps show the time until now; call about once a second.
    void tick();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    QList<Row> m_rows;
};

/// Paints a step: sign, title, elapsed time, and its note in a second line.
class StepDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override;
};

} // namespace proverdeck::ui
